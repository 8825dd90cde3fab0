package node

import (
	"context"
	"errors"
	"runtime"

	abcitypes "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/libs/bytes"
	rpcclient "github.com/cometbft/cometbft/rpc/client"
	rpclocal "github.com/cometbft/cometbft/rpc/client/local"
	ctypes "github.com/cometbft/cometbft/rpc/core/types"
	"github.com/cometbft/cometbft/types"

	"github.com/pedigree-ledger/pedigree/client"
)

// errStopped is what the local connection answers once the node has stopped.
var errStopped = errors.New("node: it has stopped")

// local is a connection to the node in this process: a client.RPC without a
// socket. Once the stores are closed every call is an error, where CometBFT's
// own would panic.
type local struct {
	node  *Node
	rpc   *rpclocal.Local
	slots chan struct{} // queries under way
}

// Local returns a connection to the running node, for clients in this process.
// CometBFT's local client lets the application answer one query at a time;
// this connection asks it directly, as many at a time as there are processors,
// and at least two: more would not be answered sooner, and would stand in the
// way of consensus.
func (n *Node) Local() client.RPC {
	return &local{n, rpclocal.New(n.comet), make(chan struct{}, max(2, runtime.GOMAXPROCS(0)))}
}

// running refuses a call when the node has stopped. The stores may close while
// the call runs: it then ends as CometBFT's own goroutines do, see database.
func (l *local) running() error {
	if !l.node.stores.enter() {
		return errStopped
	}
	l.node.stores.mu.RUnlock() // the stores' own reads enter again; see blocks.Block
	return nil
}

// ABCIQueryWithOptions asks the application.
func (l *local) ABCIQueryWithOptions(ctx context.Context, path string, data bytes.HexBytes, opts rpcclient.ABCIQueryOptions) (*ctypes.ResultABCIQuery, error) {
	if err := l.running(); err != nil {
		return nil, err
	}
	select {
	case l.slots <- struct{}{}:
		defer func() { <-l.slots }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	res, err := l.node.cfg.App.Query(ctx, &abcitypes.RequestQuery{Path: path, Data: data, Height: opts.Height, Prove: opts.Prove})
	if err != nil {
		return nil, err
	}
	return &ctypes.ResultABCIQuery{Response: *res}, nil
}

// BroadcastTxSync hands a tx to the mempool.
func (l *local) BroadcastTxSync(ctx context.Context, tx types.Tx) (*ctypes.ResultBroadcastTx, error) {
	if err := l.running(); err != nil {
		return nil, err
	}
	return l.rpc.BroadcastTxSync(ctx, tx)
}

// Block reads a block.
func (l *local) Block(ctx context.Context, height *int64) (*ctypes.ResultBlock, error) {
	if err := l.running(); err != nil {
		return nil, err
	}
	return l.rpc.Block(ctx, height)
}

// Commit reads a header with the signatures on it.
func (l *local) Commit(ctx context.Context, height *int64) (*ctypes.ResultCommit, error) {
	if err := l.running(); err != nil {
		return nil, err
	}
	return l.rpc.Commit(ctx, height)
}

// Validators reads a validator set.
func (l *local) Validators(ctx context.Context, height *int64, page, perPage *int) (*ctypes.ResultValidators, error) {
	if err := l.running(); err != nil {
		return nil, err
	}
	return l.rpc.Validators(ctx, height, page, perPage)
}
