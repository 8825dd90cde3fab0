package node

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	abcitypes "github.com/cometbft/cometbft/abci/types"
)

// trouble keeps the first reason why a node cannot go on.
type trouble struct {
	once sync.Once
	done chan struct{}
	err  error
}

func newTrouble() *trouble { return &trouble{done: make(chan struct{})} }

func (t *trouble) fail(err error) {
	t.once.Do(func() {
		t.err = err
		close(t.done)
	})
}

func (t *trouble) get() error {
	select {
	case <-t.done:
		return t.err
	default:
		return nil
	}
}

// guard stands between CometBFT and the application. What the application
// cannot do is this node's trouble, and CometBFT's ways of reacting to it (a
// panic that consensus survives, halted, or one that block sync does not) hide
// the reason: the guard keeps the reason for the operator, then lets CometBFT
// stop.
type guard struct {
	abcitypes.Application
	trouble *trouble
	syncing atomic.Pointer[func() bool] // nil while New replays blocks

	stopping atomic.Bool // the node is about to stop
	stopped  atomic.Bool // it has
}

func newGuard(app abcitypes.Application, t *trouble) *guard {
	return &guard{Application: app, trouble: t}
}

// started ends the replay of New: from now on a failure stops a running node.
func (g *guard) started(syncing func() bool) { g.syncing.Store(&syncing) }

// Query answers CometBFT's question whether to take a connection, and passes on
// everything else. While the node stops it takes none: its switch would leave a
// connection that came too late open, and the other side would think for
// minutes that this node is still there.
func (g *guard) Query(ctx context.Context, req *abcitypes.RequestQuery) (*abcitypes.ResponseQuery, error) {
	if !strings.HasPrefix(req.Path, "/p2p/filter/") {
		g.hangUp()
		return g.Application.Query(ctx, req)
	}
	if g.stopping.Load() {
		return &abcitypes.ResponseQuery{Code: 1, Log: "the node is stopping"}, nil
	}
	return &abcitypes.ResponseQuery{}, nil
}

// CheckTx judges a tx.
func (g *guard) CheckTx(ctx context.Context, req *abcitypes.RequestCheckTx) (*abcitypes.ResponseCheckTx, error) {
	g.hangUp()
	return g.Application.CheckTx(ctx, req)
}

// hangUp ends a request to a node that has stopped. CometBFT closes its
// listeners but not the connections that clients keep open, and would answer
// on them from beyond; ending the goroutine closes the connection.
func (g *guard) hangUp() {
	if g.stopped.Load() {
		runtime.Goexit()
	}
}

// ProcessProposal judges a proposal; an error is this node's trouble.
func (g *guard) ProcessProposal(ctx context.Context, req *abcitypes.RequestProcessProposal) (*abcitypes.ResponseProcessProposal, error) {
	res, err := g.Application.ProcessProposal(ctx, req)
	return res, g.judge(err)
}

// FinalizeBlock executes a block.
func (g *guard) FinalizeBlock(ctx context.Context, req *abcitypes.RequestFinalizeBlock) (*abcitypes.ResponseFinalizeBlock, error) {
	res, err := g.Application.FinalizeBlock(ctx, req)
	return res, g.judge(err)
}

// Commit makes a block durable.
func (g *guard) Commit(ctx context.Context, req *abcitypes.RequestCommit) (*abcitypes.ResponseCommit, error) {
	res, err := g.Application.Commit(ctx, req)
	return res, g.judge(err)
}

// judge keeps a failure. During replay CometBFT returns it to New; consensus
// recovers from its own panic and halts; block sync does not recover, so its
// goroutine is ended here.
func (g *guard) judge(err error) error {
	if err == nil {
		return nil
	}
	syncing := g.syncing.Load()
	if syncing == nil {
		return err
	}
	g.trouble.fail(fmt.Errorf("node: stopped: %s", firstLine(err.Error())))
	if (*syncing)() {
		runtime.Goexit()
	}
	return err
}
