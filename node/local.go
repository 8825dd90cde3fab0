package node

import (
	"context"
	"errors"

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
	node *Node
	rpc  *rpclocal.Local
}

// Local returns a connection to the running node, for clients in this process.
func (n *Node) Local() client.RPC { return &local{n, rpclocal.New(n.comet)} }

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
	return l.rpc.ABCIQueryWithOptions(ctx, path, data, opts)
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
