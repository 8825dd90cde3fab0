package proof

import (
	"bytes"
	"context"
	"errors"

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
// wraps ErrInvalid when the source contradicts itself. Who makes many files
// uses a Builder.
func Build(ctx context.Context, src Source, q Query) (*Proof, error) {
	place, err := src.Place(ctx, q.Key)
	if err != nil {
		return nil, err
	}
	lb, err := chooseHeader(ctx, src, q.Height, place)
	if err != nil {
		return nil, err
	}
	h, err := NewHeader(lb)
	if err != nil {
		return nil, err
	}
	_, p, err := NewBuilder(src, 0).make(ctx, h, q, place)
	return p, err
}

// chooseHeader fetches the header that commits to the state at a height: the
// next one. For 0 it is the newest that commits to where the node has placed
// the key. On a quiet chain the header after the node's last block is yet to
// come; a last block without txs has changed nothing, so that its own header,
// which commits to the state before it, says the same.
func chooseHeader(ctx context.Context, src Source, height uint64, place *app.Place) (*types.LightBlock, error) {
	if height > 0 {
		return src.LightBlock(ctx, height+1)
	}
	lb, err := src.LightBlock(ctx, 0)
	if err != nil || place == nil || uint64(lb.Height) == place.Height+1 {
		return lb, err
	}
	if uint64(lb.Height) == place.Height && bytes.Equal(lb.DataHash, types.Txs(nil).Hash()) {
		return lb, nil
	}
	return src.LightBlock(ctx, place.Height+1)
}

// builder makes one pedigree file.
type builder struct {
	collector
	*Builder
	query Query
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
