package proof

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/cometbft/cometbft/types"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// Source is a node, as Build needs it. Nothing that it says is believed:
// records come with proofs, and what the others say only shows the way.
type Source interface {
	// Record returns the value of a state key at a height, nil when it is
	// absent, with the ICS-23 proof of it.
	Record(ctx context.Context, height uint64, key []byte) (value, proof []byte, err error)
	// Entries returns all entries of a segment.
	Entries(ctx context.Context, holding app.HoldingID, segment uint32) ([]app.Entry, error)
	// Place returns where a key is, nil when the node knows of no such key.
	Place(ctx context.Context, key gs1.Key) (*app.Place, error)
	// CommissionSegments returns the segments of one Commission, in order.
	CommissionSegments(ctx context.Context, lot app.LotID, sequence uint32) ([]app.CommissionSegment, error)
	// LightBlock returns the signed header at a height with its validators,
	// waiting for it if it is about to come; 0 is the latest.
	LightBlock(ctx context.Context, height uint64) (*types.LightBlock, error)
}

// ErrLotNeeded means that the node knows of no such serial, and that only the
// lot would allow to prove that there is none.
var ErrLotNeeded = errors.New("no such serial is known; to prove that there is none, name the lot")

// Query is what Build is asked.
type Query struct {
	Key gs1.Key
	// Lot is used for a serial that does not exist: then it is proved that
	// it is not in that lot.
	Lot string
	// Height is the height whose state is to be shown; 0 is the latest at
	// which the node knows where the key is.
	Height uint64
}

// Build makes the file that answers q. Headers are not verified here: Verify
// does, with the caller's trust. The error is the source's, ErrLotNeeded, or
// wraps ErrInvalid when the source contradicts itself.
func Build(ctx context.Context, src Source, q Query) (*Proof, error) {
	b := &builder{collector: collector{ctx: ctx, from: src}, src: src, query: q}
	place, err := src.Place(ctx, q.Key)
	if err != nil {
		return nil, err
	}
	if err := b.chooseHeight(place); err != nil {
		return nil, err
	}
	st, err := b.statement(place)
	if err != nil {
		return nil, err
	}
	if _, err := judgeStatement(b, st); err != nil {
		return nil, fmt.Errorf("the node's answers do not fit each other: %w", err)
	}
	return b.finish(st)
}

// builder makes a pedigree file.
type builder struct {
	collector
	src   Source
	query Query
}

// chooseHeight fixes the height and fetches the header that commits to its
// state: the next one.
func (b *builder) chooseHeight(place *app.Place) (err error) {
	if b.height = b.query.Height; b.height > 0 {
		b.block, err = b.src.LightBlock(b.ctx, b.height+1)
	} else {
		b.block, err = b.latest(place)
	}
	if err != nil {
		return err
	}
	if b.block.Height < 2 {
		return fmt.Errorf("the chain has %d blocks; a header that commits to a state is in the second", b.block.Height)
	}
	b.height = uint64(b.block.Height) - 1
	b.block, err = trim(b.block)
	return err
}

// latest fetches the newest header that commits to where the node has placed
// the key. On a quiet chain the header after the node's last block is yet to
// come; a last block without txs has changed nothing, so that its own header,
// which commits to the state before it, says the same.
func (b *builder) latest(place *app.Place) (*types.LightBlock, error) {
	lb, err := b.src.LightBlock(b.ctx, 0)
	if err != nil || place == nil || uint64(lb.Height) == place.Height+1 {
		return lb, err
	}
	if uint64(lb.Height) == place.Height && bytes.Equal(lb.DataHash, types.Txs(nil).Hash()) {
		return lb, nil
	}
	return b.src.LightBlock(b.ctx, place.Height+1)
}

// statement decides what can be said about the key.
func (b *builder) statement(place *app.Place) (*statement, error) {
	st := &statement{Key: b.query.Key}
	sg, isItem := st.Key.SGTIN()
	if isItem {
		p, err := read(b, app.ProductKey(sg.GTIN), app.DecodeProduct)
		if err != nil {
			return nil, err
		}
		switch {
		case p == nil:
			st.Kind = StatementUnknown
			return st, nil
		case p.Level == app.LevelUnit && place == nil:
			return b.unknown(st, sg.GTIN)
		case p.Level == app.LevelUnit:
			return b.item(st, place)
		}
	}
	st.Kind = StatementContainer
	if place == nil {
		return st, nil
	}
	h, err := need(b, app.HoldingKey(place.Holding), app.DecodeHolding)
	if err != nil {
		return nil, err
	}
	st.N = h.N
	return st, nil
}

// finish reads the statement once more out of what was collected, drops what
// it did not need, and writes the file.
func (b *builder) finish(st *statement) (*Proof, error) {
	witness, err := b.shown(func(r records) error {
		_, err := judgeStatement(r, st)
		return err
	})
	if err != nil {
		return nil, err
	}
	p := &Proof{statement: *st, witness: witness, block: b.block}
	if p.blockRaw, err = encodeBlock(b.block); err != nil {
		return nil, err
	}
	if n := len(p.Encode()); n > MaxBytes {
		return nil, fmt.Errorf("the proof would have %d bytes, at most %d", n, MaxBytes)
	}
	return p, nil
}
