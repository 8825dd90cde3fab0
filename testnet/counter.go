package testnet

import (
	"context"
	"encoding/binary"
	"sync"

	abcitypes "github.com/cometbft/cometbft/abci/types"
)

// Counter is the smallest application: it takes every tx, counts them, and has
// the count as its app hash. It keeps nothing on disk, so that CometBFT replays
// every block when it starts. Tests of nodes run around it, and the bench
// measures with it what consensus alone can carry.
type Counter struct {
	abcitypes.BaseApplication

	mu     sync.Mutex
	height int64
	txs    uint64
	next   uint64 // txs once the block in progress is committed
}

// NewCounter returns a Counter at height 0.
func NewCounter() *Counter { return &Counter{} }

// Txs returns how many txs were committed.
func (c *Counter) Txs() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.txs
}

// Info reports the last committed height and count.
func (c *Counter) Info(context.Context, *abcitypes.RequestInfo) (*abcitypes.ResponseInfo, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return &abcitypes.ResponseInfo{LastBlockHeight: c.height, LastBlockAppHash: countHash(c.txs)}, nil
}

// InitChain returns the count of nothing.
func (c *Counter) InitChain(context.Context, *abcitypes.RequestInitChain) (*abcitypes.ResponseInitChain, error) {
	return &abcitypes.ResponseInitChain{AppHash: countHash(0)}, nil
}

// FinalizeBlock counts the txs.
func (c *Counter) FinalizeBlock(_ context.Context, req *abcitypes.RequestFinalizeBlock) (*abcitypes.ResponseFinalizeBlock, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.height, c.next = req.Height, c.txs+uint64(len(req.Txs))
	results := make([]*abcitypes.ExecTxResult, len(req.Txs))
	for i := range results {
		results[i] = &abcitypes.ExecTxResult{}
	}
	return &abcitypes.ResponseFinalizeBlock{TxResults: results, AppHash: countHash(c.next)}, nil
}

// Commit keeps the count.
func (c *Counter) Commit(context.Context, *abcitypes.RequestCommit) (*abcitypes.ResponseCommit, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.txs = c.next
	return &abcitypes.ResponseCommit{}, nil
}

func countHash(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }
