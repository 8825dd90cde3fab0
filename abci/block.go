package abci

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	abcitypes "github.com/cometbft/cometbft/abci/types"
)

// FinalizeBlock executes the decided block, unless it was executed as a
// proposal, and stages its writes: their root is the app hash. Nothing is
// durable yet.
func (a *App) FinalizeBlock(_ context.Context, req *abcitypes.RequestFinalizeBlock) (*abcitypes.ResponseFinalizeBlock, error) {
	defer a.metrics.observe(a.metrics.finalize, time.Now())
	e := a.execution(req.Height, req.Time, req.Txs)
	if done := a.proposed[e.id()]; done != nil {
		a.metrics.reused.Inc()
		e = done
	} else if err := e.run(); err != nil {
		return nil, err
	}
	root, err := a.state.Stage(e.overlay, e.block.Height)
	if err != nil {
		return nil, err
	}
	a.decided = e
	return &abcitypes.ResponseFinalizeBlock{TxResults: txResults(e), AppHash: root}, nil
}

// Commit makes the block durable, and only then tells the mempool and the
// index. It does not wait for the index.
func (a *App) Commit(context.Context, *abcitypes.RequestCommit) (*abcitypes.ResponseCommit, error) {
	defer a.metrics.observe(a.metrics.commit, time.Now())
	e := a.decided
	if e == nil {
		return nil, fmt.Errorf("abci: Commit without FinalizeBlock at height %d", a.state.Version()+1)
	}
	block := e.forIndex() // reads the overlay, which Commit closes
	if err := a.state.Commit(); err != nil {
		return nil, err
	}
	a.decided, a.genesis = nil, nil
	clear(a.proposed)
	a.pending.committed(e)
	a.txs.forget(e.txs)
	a.committed.Store(&committed{view: a.state.Latest(), height: e.block.Height, time: e.block.Time})
	a.metrics.observeBlock(e)
	a.follower.tell(block)
	a.log.Debug("committed", slog.Uint64("height", e.block.Height), slog.Int("txs", len(e.txs)))
	return &abcitypes.ResponseCommit{RetainHeight: a.retainHeight(e.block.Height)}, nil
}

// retainHeight is the oldest block that CometBFT must keep; 0 keeps all. The
// index needs the blocks that it has not seen.
func (a *App) retainHeight(height uint64) int64 {
	if a.cfg.KeepBlocks == 0 || height <= a.cfg.KeepBlocks {
		return 0
	}
	retain := height - a.cfg.KeepBlocks + 1
	if a.cfg.OpenIndex != nil {
		retain = min(retain, a.follower.height()+1)
	}
	return int64(retain)
}

// ExtendVote is never asked for: vote extensions are off (design 03, trap 7).
func (a *App) ExtendVote(context.Context, *abcitypes.RequestExtendVote) (*abcitypes.ResponseExtendVote, error) {
	return &abcitypes.ResponseExtendVote{}, nil
}

// VerifyVoteExtension refuses every extension, for the same reason.
func (a *App) VerifyVoteExtension(context.Context, *abcitypes.RequestVerifyVoteExtension) (*abcitypes.ResponseVerifyVoteExtension, error) {
	return &abcitypes.ResponseVerifyVoteExtension{Status: abcitypes.ResponseVerifyVoteExtension_REJECT}, nil
}
