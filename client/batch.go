package client

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"

	"github.com/pedigree-ledger/pedigree/app"
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
	at, err := c.provenAt(ctx)
	if err != nil {
		return nil, err
	}
	src := &batchSource{source: source{c}, records: make(map[string]*batchRecord), entries: make(map[string]*batchEntries)}
	out := make([]BatchAnswer, len(claims))
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(batchWorkers, len(claims)) {
		wg.Go(func() {
			for i := range next {
				out[i] = at.verify(ctx, src, claims[i], opt)
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

// verify answers about one package.
func (at *provenAt) verify(ctx context.Context, src proof.Source, claim proof.Claim, opt proof.Options) BatchAnswer {
	a := BatchAnswer{Claim: claim}
	file, err := proof.Build(ctx, src, proof.Query{Key: claim.Key, Lot: claim.Lot, Height: at.height})
	if err == nil {
		opt.Claim = claim
		a.Pedigree, err = file.Verify(proof.TrustHeader(at.c.chainID, at.header.Hash()), opt)
		a.File = file
	}
	if errors.Is(err, proof.ErrInvalid) {
		// It may have moved since that height: ask about the present.
		if a.Pedigree, a.File, err = at.c.Pedigree(ctx, claim, opt); err == nil {
			return a
		}
	}
	if err != nil {
		a.Pedigree, a.File, a.Why = nil, nil, err.Error()
		a.lotNeeded = errors.Is(err, proof.ErrLotNeeded)
	}
	return a
}

// batchSource fetches each record, and each segment's entries, once.
type batchSource struct {
	source

	mu      sync.Mutex
	records map[string]*batchRecord
	entries map[string]*batchEntries
}

type batchRecord struct {
	once            sync.Once
	value, evidence []byte
	err             error
}

type batchEntries struct {
	once    sync.Once
	entries []app.Entry
	err     error
}

// shared returns the one value under a name.
func shared[V any](mu *sync.Mutex, all map[string]*V, name string) *V {
	mu.Lock()
	defer mu.Unlock()
	v := all[name]
	if v == nil {
		v = new(V)
		all[name] = v
	}
	return v
}

// Record returns a record with its proof.
func (s *batchSource) Record(ctx context.Context, height uint64, key []byte) (value, evidence []byte, err error) {
	r := shared(&s.mu, s.records, fmt.Sprintf("%d %s", height, hex.EncodeToString(key)))
	r.once.Do(func() { r.value, r.evidence, r.err = s.source.Record(ctx, height, key) })
	return r.value, r.evidence, r.err
}

// Entries returns the entries of a segment.
func (s *batchSource) Entries(ctx context.Context, holding app.HoldingID, segment uint32) ([]app.Entry, error) {
	e := shared(&s.mu, s.entries, fmt.Sprintf("%s %d", holding, segment))
	e.once.Do(func() { e.entries, e.err = s.source.Entries(ctx, holding, segment) })
	return e.entries, e.err
}
