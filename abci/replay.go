package abci

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/index"
	"github.com/pedigree-ledger/pedigree/state"
)

// replay derives blocks for the index again from the block store. A block is
// executed over the version before it while that is kept; otherwise over a
// scratch state that is brought there from genesis.
type replay struct {
	app    *App
	blocks Blocks
	index  Index
	phase  func(string)

	scratch *state.State // nil while it is not needed
	logged  time.Time
}

// upTo brings the index to height.
func (r *replay) upTo(ctx context.Context, height uint64) error {
	for next := r.index.Height() + 1; next <= height; next++ {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		r.report(next, height)
		b, err := r.derive(ctx, next)
		if err != nil {
			return fmt.Errorf("abci: index: block %d: %w", next, err)
		}
		if err := r.index.Apply(b); err != nil {
			return err
		}
		r.app.metrics.replayed.Inc()
		r.app.metrics.indexHeight.Set(float64(next))
	}
	return nil
}

// report tells the operator every few seconds how far it has come.
func (r *replay) report(next, height uint64) {
	if r.scratch == nil {
		r.phase(phaseCatchingUp)
	} else {
		r.phase(phaseRebuilding)
	}
	if time.Since(r.logged) < 5*time.Second {
		return
	}
	r.logged = time.Now()
	r.app.log.Info("index catches up", slog.Uint64("height", next), slog.Uint64("to", height))
}

// derive executes the block at height once more.
func (r *replay) derive(ctx context.Context, height uint64) (index.Block, error) {
	base, err := r.baseOf(height)
	if errors.Is(err, state.ErrPruned) {
		return r.deriveFromScratch(ctx, height)
	}
	if err != nil {
		return index.Block{}, err
	}
	r.close() // the kept versions have been reached
	defer base.Close()
	e, err := r.execute(height, base)
	if err != nil {
		return index.Block{}, err
	}
	return e.forIndex(), nil
}

// baseOf is an overlay over what was there before the block at height.
func (r *replay) baseOf(height uint64) (*state.Overlay, error) {
	if height == 1 {
		return r.app.genesisOverlay(state.NewOverlay(nothing{}))
	}
	view, err := r.app.state.At(height - 1)
	if err != nil {
		return nil, err
	}
	return state.NewOverlay(view), nil
}

// execute executes the stored block at height over base.
func (r *replay) execute(height uint64, base *state.Overlay) (*execution, error) {
	raws, at, ok := r.blocks.Block(height)
	if !ok {
		return nil, fmt.Errorf("it is not in the block store, whose oldest is %d: copy the index of another node", r.blocks.Base())
	}
	e := &execution{
		block:   app.Block{ChainID: r.app.cfg.ChainID, Height: height, Time: at},
		overlay: base, raws: raws, txs: r.app.txs.decodeAll(base, raws),
	}
	return e, e.run()
}

// deriveFromScratch brings the scratch state to height and returns that block.
func (r *replay) deriveFromScratch(ctx context.Context, height uint64) (b index.Block, err error) {
	if err := r.openScratch(); err != nil {
		return b, err
	}
	for next := r.scratch.Version() + 1; next <= height; next++ {
		if ctx.Err() != nil {
			return b, context.Cause(ctx)
		}
		r.report(next, height)
		if b, err = r.scratchBlock(next); err != nil {
			return b, err
		}
	}
	return b, nil
}

func (r *replay) scratchBlock(height uint64) (b index.Block, err error) {
	base := r.scratch.Begin()
	if height == 1 {
		if base, err = r.app.genesisOverlay(base); err != nil {
			return b, err
		}
	}
	e, err := r.execute(height, base)
	if err != nil {
		return b, err
	}
	b = e.forIndex()
	if _, err := r.scratch.Stage(e.overlay, height); err != nil {
		return b, err
	}
	return b, r.scratch.Commit()
}

func (r *replay) openScratch() error {
	if r.scratch != nil {
		return nil
	}
	if r.app.cfg.ScratchDir == "" {
		return errors.New("its version is pruned and there is no scratch directory to rebuild in")
	}
	if err := os.RemoveAll(r.app.cfg.ScratchDir); err != nil {
		return fmt.Errorf("scratch state: %w", err)
	}
	s, err := state.Open(state.Config{Dir: r.app.cfg.ScratchDir, KeepVersions: 1, Logger: r.app.log})
	if err != nil {
		return fmt.Errorf("scratch state: %w", err)
	}
	r.scratch = s
	return nil
}

// close removes the scratch state, if there is one.
func (r *replay) close() {
	if r.scratch == nil {
		return
	}
	err := errors.Join(r.scratch.Close(), os.RemoveAll(r.app.cfg.ScratchDir))
	r.scratch = nil
	if err != nil {
		r.app.log.Warn("scratch state not removed", slog.String("err", err.Error()))
	}
}

// genesisOverlay writes the network's genesis to an empty overlay.
func (a *App) genesisOverlay(o *state.Overlay) (*state.Overlay, error) {
	g, err := app.ParseGenesis(a.cfg.Genesis)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrGenesis, err)
	}
	return o, app.InitGenesis(o, a.cfg.ChainID, a.cfg.GenesisTime, g)
}

// nothing is the state before genesis.
type nothing struct{}

// Get finds nothing.
func (nothing) Get([]byte) ([]byte, bool) { return nil, false }

// Scan finds nothing.
func (nothing) Scan([]byte, func(key, value []byte) bool) {}

// Err is always nil.
func (nothing) Err() error { return nil }
