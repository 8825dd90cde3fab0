package client

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/pedigree-ledger/pedigree/client/proof"
)

// BatchAnswer is the answer about one package of a batch.
type BatchAnswer struct {
	Claim proof.Claim `json:"claim"`
	// Pedigree is what was proved; nil when nothing could be.
	Pedigree *proof.Pedigree `json:"pedigree,omitempty"`
	// File proves the same to others.
	File *proof.Proof `json:"-"`
	// Why says why nothing could be proved, empty otherwise.
	Why string `json:"why,omitempty"`

	lotNeeded bool // because its lot is not known
}

// Returnable reports whether the package is what its label says and may be sold
// again: what a wholesaler asks about a return before it takes it back (FD&C
// Act 582(c)(4)(D)).
func (a *BatchAnswer) Returnable() bool {
	return a.Pedigree != nil && a.Pedigree.Identity.Yes && a.Pedigree.Sellable.Yes
}

const (
	// maxBatch bounds one call of VerifyBatch.
	maxBatch = 10_000
	// batchWorkers ask about packages at once.
	batchWorkers = 8
)

// VerifyBatch verifies many packages in one call, such as a crate of returns:
// all as of one height and against one header that the light client verified,
// so that each record and each segment's contents are fetched once. The answers
// are in the order of the claims; one that cannot be proved says why and stops
// no other. At most 10,000 claims.
func (c *Client) VerifyBatch(ctx context.Context, claims []proof.Claim, opt proof.Options) ([]BatchAnswer, error) {
	if len(claims) > maxBatch {
		return nil, fmt.Errorf("at most %d packages at once, found %d", maxBatch, len(claims))
	}
	t := c.tuned.Load()
	at, err := t.pins.get(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]BatchAnswer, len(claims))
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(batchWorkers, len(claims)) {
		wg.Go(func() {
			for i := range next {
				out[i] = c.verifyAt(ctx, t, at, claims[i], opt)
			}
		})
	}
	for i := range claims {
		next <- i
	}
	close(next)
	wg.Wait()
	return out, context.Cause(ctx)
}

// verifyAt answers about one package of a batch.
func (c *Client) verifyAt(ctx context.Context, t *tuned, at *pin, claim proof.Claim, opt proof.Options) BatchAnswer {
	a := BatchAnswer{Claim: claim}
	var err error
	if a.Pedigree, a.File, err = c.pedigreeAt(ctx, t, at, claim, opt); err != nil {
		a.Pedigree, a.File, a.Why = nil, nil, err.Error()
		a.lotNeeded = errors.Is(err, proof.ErrLotNeeded)
	}
	return a
}
