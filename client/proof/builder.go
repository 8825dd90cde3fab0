package proof

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/cometbft/cometbft/types"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/merkle"
	"github.com/pedigree-ledger/pedigree/internal/lru"
	stateproof "github.com/pedigree-ledger/pedigree/state/proof"
)

// Header is a signed header with its validators as a file ends with it, made
// once for all files of its height.
type Header struct {
	block *types.LightBlock
	raw   []byte
}

// NewHeader makes a Header of a light block, which is not verified here. One
// that commits to a state is in the second block at the earliest.
func NewHeader(lb *types.LightBlock) (*Header, error) {
	if lb.Height < 2 {
		return nil, fmt.Errorf("the chain has %d blocks; a header that commits to a state is in the second", lb.Height)
	}
	block, err := trim(lb)
	if err != nil {
		return nil, err
	}
	raw, err := encodeBlock(block)
	return &Header{block, raw}, err
}

// Height is the height of the state that the header commits to: the one before
// its own.
func (h *Header) Height() uint64 { return uint64(h.block.Height) - 1 }

// Time is the header's time.
func (h *Header) Time() time.Time { return h.block.Time }

// Builder makes one file after the other and keeps what they have in common:
// the part of the latest state that was proved already, and the hashes behind
// roots, which never change. All of it was checked when it came. A Builder may
// be used by many goroutines.
type Builder struct {
	src   Source
	limit int64 // of what is known
	kept  *kept

	mu sync.Mutex
	// known is what is known of the state that was first asked about last,
	// and before of the one before it, on which others may still rest.
	known, before *stateproof.Known
}

// Of the bytes that a Builder may keep, one of so many parts is for the state
// and the others are for segments.
const stateShare = 4

// NewBuilder is a Builder over a source that keeps at most about so many
// bytes.
func NewBuilder(src Source, bytes int64) *Builder {
	return &Builder{src: src, limit: bytes / stateShare, kept: lru.New[merkle.Hash, any](bytes - bytes/stateShare)}
}

// Pedigree answers q out of the state that h commits to, and makes the file
// that proves the answer to others; q.Height is not looked at. The caller has
// verified h. Every record is checked against it, so that the answer is what
// Verify of the file with trust in that header says. The error is as of Build
// and Verify; it is also ErrInvalid when the node places the key where it was
// at another height.
func (b *Builder) Pedigree(ctx context.Context, h *Header, q Query, opt Options) (*Pedigree, *Proof, error) {
	place, err := b.src.Place(ctx, q.Key)
	if err != nil {
		return nil, nil, err
	}
	out, p, err := b.make(ctx, h, q, place)
	if err != nil {
		return nil, nil, err
	}
	if err := out.accept(opt, opt.now()); err != nil {
		return nil, nil, err
	}
	return out, p, nil
}

// make makes the file about a key that the node has placed, nil if nowhere.
func (b *Builder) make(ctx context.Context, h *Header, q Query, place *app.Place) (out *Pedigree, p *Proof, err error) {
	known, err := b.knownUnder(h.block.AppHash)
	if err != nil {
		return nil, nil, err
	}
	m := &builder{collector{ctx, b.src, h.Height(), known, known.Read()}, b, q}
	st, err := m.statement(place)
	if err != nil {
		return nil, nil, err
	}
	p = &Proof{statement: *st, block: h.block, blockRaw: h.raw}
	p.witness, err = m.read(func(r records) error {
		out, err = judgeStatement(r, st)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	out.ChainID, out.Height, out.Time = h.block.ChainID, h.Height(), h.block.Time
	p.raw = p.encode()
	if n := len(p.raw); n > MaxBytes {
		return nil, nil, fmt.Errorf("the proof would have %d bytes, at most %d", n, MaxBytes)
	}
	return out, p, nil
}

// knownUnder is what is known of the state with a root: of the latest two, or of
// one that begins with what it has in common with the latest.
func (b *Builder) knownUnder(root []byte) (*stateproof.Known, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, k := range [...]*stateproof.Known{b.known, b.before} {
		if k != nil && k.Bytes() <= b.limit && bytes.Equal(k.Root(), root) {
			return k, nil
		}
	}
	var k *stateproof.Known
	var err error
	if b.known != nil && b.known.Bytes() <= b.limit {
		k, err = b.known.Next(root)
	} else {
		k, err = stateproof.NewKnown(root)
	}
	if err == nil {
		b.known, b.before = k, b.known
	}
	return k, err
}
