package proof

import (
	"context"
	"fmt"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/app/merkle"
	"github.com/pedigree-ledger/pedigree/internal/lru"
)

// item finds the paths of an item that the node has placed.
func (b *builder) item(st *statement, place *app.Place) (*statement, error) {
	if len(place.Commissions) == 0 {
		return nil, fmt.Errorf("%w: the node places %s and does not know where it was commissioned", ErrInvalid, st.Key)
	}
	c := place.Commissions[0]
	st.Kind, st.Lot, st.Sequence = StatementItem, c.Lot.Lot, c.Sequence
	st.Holding, st.Segment, st.Acquired = place.At.Holding, place.At.Segment, place.Entry.Acquired
	seg, err := need(b, app.SegmentKey(st.Holding, st.Segment), app.DecodeSegment)
	if err != nil {
		return nil, err
	}
	st.Entry.Position = place.At.Position
	if st.Entry.Siblings, err = b.inSegment(seg.Root, place.At); err != nil {
		return nil, err
	}
	rec, err := need(b, app.CommissionKey(c.Lot, c.Sequence), app.DecodeCommissionRecord)
	if err != nil {
		return nil, err
	}
	st.Commissioned, err = b.inCommission(rec.Root, c)
	return st, err
}

// inSegment is the path of one position of the segment with a root.
func (b *builder) inSegment(root merkle.Hash, at app.Position) ([]merkle.Hash, error) {
	s, err := lru.Keep(b.kept, root, (*keptSegment).bytes, func() (*keptSegment, error) {
		entries, err := b.src.Entries(b.ctx, at.Holding, at.Segment)
		if err != nil {
			return nil, err
		}
		if len(entries) == 0 || len(entries) > merkle.SegmentSize {
			return nil, fmt.Errorf("%w: the node has %d entries in holding %s segment %d", ErrInvalid, len(entries), at.Holding, at.Segment)
		}
		s := newKeptSegment(entries)
		if s.blocks.Root() != root {
			return nil, fmt.Errorf("%w: the node's entries of holding %s segment %d are not those behind its root", ErrInvalid, at.Holding, at.Segment)
		}
		return s, nil
	})
	if err != nil {
		return nil, err
	}
	if int(at.Position) >= len(s.leaves) {
		return nil, fmt.Errorf("%w: the node has %d entries in holding %s segment %d, and one at position %d", ErrInvalid, len(s.leaves), at.Holding, at.Segment, at.Position)
	}
	return s.path(at.Position)
}

// inCommission is the path of one position of the Commission with a root: the
// path in its segment, within the path of the segment's root over all of them.
func (b *builder) inCommission(root merkle.Hash, c app.CommissionedAt) (path, error) {
	k, err := lru.Keep(b.kept, root, (*keptCommission).bytes, func() (*keptCommission, error) {
		segments, err := b.src.CommissionSegments(b.ctx, c.Lot, c.Sequence)
		if err != nil {
			return nil, err
		}
		if len(segments) == 0 || len(segments) > merkle.MaxLeaves/merkle.SegmentSize {
			return nil, fmt.Errorf("%w: the node has %d segments of commission %d of %s", ErrInvalid, len(segments), c.Sequence, c.Lot)
		}
		k := newKeptCommission(segments)
		if k.tree.Root() != root {
			return nil, fmt.Errorf("%w: the node's segments of commission %d of %s are not those behind its root", ErrInvalid, c.Sequence, c.Lot)
		}
		return k, nil
	})
	if err != nil {
		return path{}, err
	}
	s, at, err := runOf(k.segments, c)
	if err != nil {
		return path{}, err
	}
	inside, err := b.inSegment(s.Root, app.Position{Holding: s.Holding, Position: uint16(c.Position % merkle.SegmentSize)})
	if err != nil {
		return path{}, err
	}
	outside, err := k.tree.Prove([]uint16{uint16(at)})
	return path{uint16(c.Position), nested(inside, outside, len(k.segments), at)}, err
}

// runOf is the segment of a Commission that a position falls into, and its
// number.
func runOf(segments []app.CommissionSegment, c app.CommissionedAt) (*app.CommissionSegment, int, error) {
	at := int(c.Position) / merkle.SegmentSize
	if at >= len(segments) {
		return nil, 0, fmt.Errorf("%w: the node has %d segments of commission %d of %s, and an item at position %d", ErrInvalid, len(segments), c.Sequence, c.Lot, c.Position)
	}
	return &segments[at], at, nil
}

// CommissionedIn shows that a key is in one Commission, for ReportDuplicate. at
// is where a node has placed it; the ledger checks what is made of it.
func CommissionedIn(ctx context.Context, src Source, at app.CommissionedAt) (app.CommissionedIn, error) {
	shown := app.CommissionedIn{Lot: at.Lot.Lot, Sequence: at.Sequence, Position: uint16(at.Position)}
	segments, err := src.CommissionSegments(ctx, at.Lot, at.Sequence)
	if err != nil {
		return shown, err
	}
	s, n, err := runOf(segments, at)
	if err != nil {
		return shown, err
	}
	entries, err := src.Entries(ctx, s.Holding, 0)
	if err != nil {
		return shown, err
	}
	position := uint16(at.Position % merkle.SegmentSize)
	if int(position) >= len(entries) {
		return shown, fmt.Errorf("%w: the node has %d entries in holding %s, and one at position %d", ErrInvalid, len(entries), s.Holding, position)
	}
	outside, err := newKeptCommission(segments).tree.Prove([]uint16{uint16(n)})
	inside := merkle.Prove(leavesOf(entries), []uint16{position})
	shown.Siblings = nested(inside, outside, len(segments), n)
	return shown, err
}

// leavesOf hashes entries. Neighbors mostly share one value, whose hash is kept
// from one to the next.
func leavesOf(entries []app.Entry) []merkle.Hash {
	leaves := make([]merkle.Hash, len(entries))
	var last app.Entry
	var value merkle.Hash
	for i := range entries {
		e := &entries[i]
		if i == 0 || e.Lot != last.Lot || e.Child != last.Child || e.Acquired != last.Acquired {
			value, last = merkle.ValueHash(e.Value()), *e
		}
		leaves[i] = merkle.LeafHashPreString(string(e.Key), value)
	}
	return leaves
}

// leftOf counts the siblings of position at in a tree of n leaves that stand
// before it.
func leftOf(n, at int) int {
	left := 0
	for n > 1 {
		half := 1
		for half*2 < n {
			half *= 2
		}
		if at < half {
			n = half
			continue
		}
		left++
		n, at = n-half, at-half
	}
	return left
}

// unknown finds the neighbors of a serial in every Commission of the lot that
// spans it.
func (b *builder) unknown(st *statement, gtin gs1.GTIN) (*statement, error) {
	st.Kind, st.Lot = StatementUnknown, b.query.Lot
	if st.Lot == "" {
		return nil, fmt.Errorf("%s: %w", st.Key, ErrLotNeeded)
	}
	id := app.LotID{GTIN: gtin, Lot: st.Lot}
	lot, err := read(b, app.LotKey(id), app.DecodeLot)
	if err != nil || lot == nil {
		return st, err
	}
	for seq := range lot.Commissions {
		c, err := need(b, app.CommissionKey(id, seq), app.DecodeCommissionRecord)
		if err != nil {
			return nil, err
		}
		if st.Key < c.First || st.Key > c.Last {
			continue
		}
		a, err := b.missing(st.Key, id, seq)
		if err != nil {
			return nil, err
		}
		st.Missing = append(st.Missing, a)
	}
	return st, nil
}

// missing finds the neighbors of a serial in one Commission.
func (b *builder) missing(key gs1.Key, id app.LotID, seq uint32) (a absence, err error) {
	segments, err := b.src.CommissionSegments(b.ctx, id, seq)
	if err != nil {
		return a, err
	}
	var leaves []merkle.Leaf
	for i := range segments {
		entries, err := b.src.Entries(b.ctx, segments[i].Holding, 0)
		if err != nil {
			return a, err
		}
		for j := range entries {
			leaves = append(leaves, merkle.Leaf{Key: []byte(entries[j].Key), ValueHash: merkle.ValueHash(entries[j].Value())})
		}
	}
	left, right, siblings, err := merkle.ProveAbsence(leaves, []byte(key))
	if err != nil {
		return a, fmt.Errorf("%w: the node does not place %s, but: %v", ErrInvalid, key, err)
	}
	show := func(l *merkle.Leaf) *neighbor {
		if l == nil {
			return nil
		}
		return &neighbor{gs1.Key(l.Key), l.Position}
	}
	return absence{show(left), show(right), siblings}, nil
}
