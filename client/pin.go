package client

import (
	"context"
	"sync"
	"time"

	"github.com/cometbft/cometbft/types"

	"github.com/pedigree-ledger/pedigree/client/proof"
)

// pins keeps the verified header on which proven answers rest for a while.
type pins struct {
	c     *Client
	every time.Duration

	mu      sync.Mutex
	at      *pin     // nil at first
	finding *finding // the next, nil when nobody looks for it
}

// pin is a verified header. Since is when it was looked for: it commits to all
// that stood in a block by then.
type pin struct {
	block  *types.LightBlock
	header *proof.Header
	since  time.Time
}

// finding is a pin that is being looked for.
type finding struct {
	begun time.Time
	done  chan struct{} // closed once pin or err is set
	pin   *pin
	err   error
}

// get returns the header to rest an answer on: that at hand, unless it has
// grown old, which lets one goroutine look for the next while the others go on;
// when it is twice as old as allowed, they wait.
func (p *pins) get(ctx context.Context) (*pin, error) {
	if p.every == 0 {
		return p.settle(ctx)
	}
	asked := time.Now()
	for {
		at, next := p.look()
		if next == nil {
			return at, nil
		}
		if at != nil && time.Since(at.since) < 2*p.every {
			return at, nil
		}
		select {
		case <-next.done:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
		switch {
		case next.err != nil:
			return nil, next.err
		case !next.begun.Before(asked):
			return next.pin, nil // however long it took
		}
	}
}

// look returns the pin at hand, nil when there is none or it misses a verdict
// that was told, and what is looking for the next, nil when it is fresh.
func (p *pins) look() (*pin, *finding) {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := p.at
	if at != nil && at.header.Height() < p.c.told.Load() {
		at = nil
	}
	if at != nil && time.Since(at.since) < p.every {
		return at, nil
	}
	if p.finding == nil {
		p.finding = &finding{begun: time.Now(), done: make(chan struct{})}
		go p.find(p.finding)
	}
	return at, p.finding
}

// find looks for the next pin.
func (p *pins) find(f *finding) {
	// It is for all who wait, whoever came first, and bounded by itself.
	ctx, cancel := context.WithTimeout(context.Background(), headerPatience)
	defer cancel()
	defer close(f.done)
	f.pin, f.err = p.settle(ctx)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.finding = nil
	if f.err == nil {
		p.at = f.pin
	}
}

// settle verifies the newest header that commits to all that stands in a block
// by now.
func (p *pins) settle(ctx context.Context) (*pin, error) {
	l, err := p.c.needLight()
	if err != nil {
		return nil, err
	}
	since := time.Now()
	height, err := p.c.settled(ctx)
	if err != nil {
		return nil, err
	}
	block, err := l.Verify(ctx, height)
	if err != nil {
		return nil, err
	}
	header, err := proof.NewHeader(block)
	return &pin{block, header, since}, err
}

// height is that of the state on which answers rest now, 0 before the first.
func (p *pins) height() uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.at == nil {
		return 0
	}
	return p.at.header.Height()
}
