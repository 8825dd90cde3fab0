package client

import (
	"context"
	"time"

	"github.com/pedigree-ledger/pedigree/client/proof"
)

// Tuning says how much a client may keep and how fresh its proven answers are.
// The zero value suits a tool that asks now and then.
type Tuning struct {
	// Pin is for how long proven answers rest on one verified header before
	// a newer one is looked for. They rest on it for at most twice as long,
	// and never on one from before a tx of which this client has told the
	// verdict. So an answer misses nothing that was in a block before
	// twice the Pin ago. 0 looks for a newer header at each question: an
	// answer covers all that was in a block when it was asked.
	Pin time.Duration
	// CacheBytes bounds what is kept of what was proved already: part of the
	// latest state, and the hashes of segments. 0 means 128 MiB.
	CacheBytes int64
	// AtOnce is how many pedigrees are made at a time; who asks for more
	// waits in turn. 0 means 64. In the process of a validator it should be
	// the number of processors, so that consensus gets its share.
	AtOnce int
}

const (
	defaultCacheBytes = 128 << 20
	defaultAtOnce     = 64
)

// tuned is what a Client has of its Tuning.
type tuned struct {
	builder *proof.Builder
	pins    *pins
	slots   chan struct{}
}

// Tune sets how the client asks; what it kept is dropped.
func (c *Client) Tune(t Tuning) {
	if t.CacheBytes <= 0 {
		t.CacheBytes = defaultCacheBytes
	}
	if t.AtOnce <= 0 {
		t.AtOnce = defaultAtOnce
	}
	p := &pins{c: c, every: t.Pin}
	c.tuned.Store(&tuned{
		builder: proof.NewBuilder(pinnedSource{source{c}, p}, t.CacheBytes),
		pins:    p,
		slots:   make(chan struct{}, t.AtOnce),
	})
}

// ProvenHeight is the height of the state on which proven answers rest now.
func (c *Client) ProvenHeight(ctx context.Context) (uint64, error) {
	at, err := c.tuned.Load().pins.get(ctx)
	if err != nil {
		return 0, err
	}
	return at.header.Height(), nil
}

// enter waits for the caller's turn; leave ends it.
func (t *tuned) enter(ctx context.Context) error {
	select {
	case t.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (t *tuned) leave() { <-t.slots }
