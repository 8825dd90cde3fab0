package abci

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/index"
)

// follower keeps the index up with the chain, on a goroutine of its own.
// Committed blocks come through a short queue; a block that finds it full is
// dropped, and derived again from the block store later. So a slow, broken or
// absent index costs consensus nothing.
type follower struct {
	app    *App
	queue  chan index.Block
	missed chan struct{} // a block was dropped

	begin  sync.Once
	cancel context.CancelFunc
	done   chan struct{}

	mu    sync.Mutex
	index Index  // nil while there is none
	phase string // what Status says of a working index
	err   error  // why there is none
}

const (
	// queueBlocks bounds the blocks that wait for the index; each holds its
	// decoded txs and results, a few times the size of the block.
	queueBlocks = 8
	// retryDelay is how long to leave an index alone that could not be
	// opened or has failed.
	retryDelay = 2 * time.Second
)

// The phases of a working index, as app.IndexStatus words them.
const (
	phaseReady      = "ready"
	phaseCatchingUp = "catching up"
	phaseRebuilding = "rebuilding"
	phaseFailed     = "failed"
)

var (
	errNoIndex      = errors.New("this node keeps no index: ask another")
	errIndexStarts  = errors.New("the index is being opened")
	errIndexStopped = errors.New("the index is stopped")
)

func newFollower(a *App) *follower {
	f := &follower{
		app: a, queue: make(chan index.Block, queueBlocks), missed: make(chan struct{}, 1),
		done: make(chan struct{}), err: errIndexStarts, phase: phaseCatchingUp,
	}
	if a.cfg.OpenIndex == nil {
		f.err = errNoIndex
	}
	return f
}

// tell hands over a committed block, or notes that one was missed. It never
// waits.
func (f *follower) tell(b index.Block) {
	if f.app.cfg.OpenIndex == nil {
		return
	}
	select {
	case f.queue <- b:
	default:
		f.app.metrics.dropped.Inc()
		select {
		case f.missed <- struct{}{}:
		default: // noted already
		}
	}
}

// start begins to follow, with the blocks that the node has stored.
func (f *follower) start(b Blocks) {
	if f.app.cfg.OpenIndex == nil {
		return
	}
	f.begin.Do(func() {
		ctx, cancel := context.WithCancel(context.Background())
		f.cancel = cancel
		go func() {
			defer close(f.done)
			f.run(ctx, b)
		}()
	})
}

// stop ends the following and closes the index.
func (f *follower) stop() error {
	f.begin.Do(func() { close(f.done) }) // never started
	if f.cancel != nil {
		f.cancel()
	}
	<-f.done
	return f.release(errIndexStopped)
}

// run opens the index and follows with it, again and again, until ctx ends.
func (f *follower) run(ctx context.Context, b Blocks) {
	elsewhere := false
	for ctx.Err() == nil {
		err := f.once(ctx, b, elsewhere)
		if ctx.Err() != nil {
			return
		}
		f.app.log.ErrorContext(ctx, "index stopped; the ledger is not concerned", slog.String("err", err.Error()))
		if closeErr := f.release(err); closeErr != nil {
			f.app.log.WarnContext(ctx, "index not closed; the next stands elsewhere", slog.String("err", closeErr.Error()))
			elsewhere = true
		}
		select {
		case <-ctx.Done():
		case <-time.After(retryDelay):
		}
	}
}

// once opens the index and follows until it fails or ctx ends.
func (f *follower) once(ctx context.Context, b Blocks, elsewhere bool) error {
	x, err := f.app.cfg.OpenIndex(elsewhere)
	if err != nil {
		return err
	}
	f.mu.Lock()
	f.index, f.err, f.phase = x, nil, phaseCatchingUp
	f.mu.Unlock()
	r := &replay{app: f.app, blocks: b, index: x, phase: f.setPhase}
	defer r.close()
	if err := r.upTo(ctx, f.app.state.Version()); err != nil {
		return err
	}
	for {
		f.setPhase(phaseReady)
		select {
		case <-ctx.Done():
			return nil
		case block := <-f.queue:
			if err := f.take(ctx, r, block); err != nil {
				return err
			}
		case <-f.missed:
			if err := f.drain(ctx, r); err != nil {
				return err
			}
		}
	}
}

// drain takes what waits in the queue, then derives what was dropped.
func (f *follower) drain(ctx context.Context, r *replay) error {
	for {
		select {
		case block := <-f.queue:
			if err := f.take(ctx, r, block); err != nil {
				return err
			}
		default:
			return r.upTo(ctx, f.app.state.Version())
		}
	}
}

// take puts a block of the queue into the index, after those it misses.
func (f *follower) take(ctx context.Context, r *replay, b index.Block) error {
	if err := r.upTo(ctx, b.Height-1); err != nil {
		return err
	}
	err := r.index.Apply(b)
	f.app.metrics.indexHeight.Set(float64(r.index.Height()))
	return err
}

// release closes the index, if there is one; err says why there is none now.
func (f *follower) release(err error) error {
	f.mu.Lock()
	x := f.index
	f.index, f.err = nil, err
	f.mu.Unlock()
	if x == nil {
		return nil
	}
	return x.Close()
}

func (f *follower) setPhase(phase string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.phase = phase
}

// current returns the index, or why there is none.
func (f *follower) current() (Index, string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.index, f.phase, f.err
}

// height is the last block in the index, 0 when there is none.
func (f *follower) height() uint64 {
	if x, _, _ := f.current(); x != nil {
		return x.Height()
	}
	return 0
}

// IndexStatus says how far the index has come.
func (a *App) IndexStatus() app.IndexStatus {
	x, phase, err := a.follower.current()
	if x == nil {
		return app.IndexStatus{State: phaseFailed, Err: err.Error()}
	}
	s := x.Status()
	if s.State == phaseReady {
		s.State = phase
	}
	return s
}
