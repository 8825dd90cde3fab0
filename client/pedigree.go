package client

import (
	"context"
	"errors"
	"fmt"

	"github.com/cometbft/cometbft/types"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client/proof"
)

// Pedigree asks what the ledger says about the key in the claim, and checks
// the proof of it against a header that the light client verified: see Tuning
// for how fresh that is. The lot and expiry in the claim, if any, are compared
// with the ledger's; the lot is also what makes it possible to prove that a
// serial was never commissioned: without it the error is proof.ErrLotNeeded.
// The file proves the same to others.
func (c *Client) Pedigree(ctx context.Context, claim proof.Claim, opt proof.Options) (*proof.Pedigree, *proof.Proof, error) {
	t := c.tuned.Load()
	at, err := t.pins.get(ctx)
	if err != nil {
		return nil, nil, err
	}
	return c.pedigreeAt(ctx, t, at, claim, opt)
}

// pedigreeAt rests the answer on a pin, unless something has moved since.
func (c *Client) pedigreeAt(ctx context.Context, t *tuned, at *pin, claim proof.Claim, opt proof.Options) (*proof.Pedigree, *proof.Proof, error) {
	if err := t.enter(ctx); err != nil {
		return nil, nil, err
	}
	defer t.leave()
	opt.Claim = claim
	q := proof.Query{Key: claim.Key, Lot: claim.Lot}
	ped, file, err := t.builder.Pedigree(ctx, at.header, q, opt)
	if err == nil || errors.Is(err, proof.ErrLotNeeded) || ctx.Err() != nil {
		return ped, file, err
	}
	return c.pedigreeAnew(ctx, q, opt)
}

// pedigreeAnew asks once more, from nothing that is kept and at the height at
// which the node places the key now: it may have moved since the header that
// others rest on, or that height may have been pruned.
func (c *Client) pedigreeAnew(ctx context.Context, q proof.Query, opt proof.Options) (*proof.Pedigree, *proof.Proof, error) {
	l, err := c.needLight()
	if err != nil {
		return nil, nil, err
	}
	file, err := proof.Build(ctx, c.Source(), q)
	if err != nil {
		return nil, nil, err
	}
	lb, err := l.Verify(ctx, uint64(file.Block().Height))
	if err != nil {
		return nil, nil, err
	}
	ped, err := file.Verify(proof.TrustHeader(c.chainID, lb.Hash()), opt)
	if err != nil {
		return nil, nil, fmt.Errorf("the node's proof is refused: %w", err)
	}
	return ped, file, nil
}

// Source is the client's node as package proof builds files from it.
func (c *Client) Source() proof.Source { return source{c} }

type source struct{ c *Client }

// Record returns a record with its proof.
func (s source) Record(ctx context.Context, height uint64, key []byte) (value, evidence []byte, err error) {
	return s.c.recordProof(ctx, height, key)
}

// Entries returns the entries of a segment; the file's paths are checked, so
// they need not be.
func (s source) Entries(ctx context.Context, holding app.HoldingID, segment uint32) ([]app.Entry, error) {
	return s.c.rawEntries(ctx, holding, segment)
}

// Place returns where a key is, nil when the index does not know it.
func (s source) Place(ctx context.Context, key gs1.Key) (*app.Place, error) {
	place, err := s.c.Place(ctx, key)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	return place, err
}

// CommissionSegments returns the segments of one Commission.
func (s source) CommissionSegments(ctx context.Context, lot app.LotID, sequence uint32) ([]app.CommissionSegment, error) {
	return s.c.CommissionSegments(ctx, lot, sequence)
}

// LightBlock returns a signed header.
func (s source) LightBlock(ctx context.Context, height uint64) (*types.LightBlock, error) {
	h := headers{chainID: s.c.chainID, rpc: s.c.rpc}
	return h.LightBlock(ctx, int64(height))
}

// pinnedSource is a source for answers that rest on a pin: the index need not
// have come further than that.
type pinnedSource struct {
	source
	pins *pins
}

// Place returns where a key is, without waiting for blocks that are none of
// the answer's.
func (s pinnedSource) Place(ctx context.Context, key gs1.Key) (*app.Place, error) {
	place, err := listNow[app.Place](ctx, s.c, nil, app.PathPlace, string(key))
	if err != nil || place.Height < s.pins.height() {
		return s.source.Place(ctx, key)
	}
	return place, nil
}
