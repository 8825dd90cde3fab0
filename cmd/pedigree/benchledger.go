package main

import (
	"context"
	"encoding/json"
	"sync/atomic"

	abcitypes "github.com/cometbft/cometbft/abci/types"

	"github.com/pedigree-ledger/pedigree/node"
	"github.com/pedigree-ledger/pedigree/testnet"
)

// benchLedger is one of the three ledgers that the bench compares.
type benchLedger struct {
	name string
	// preload is how many serials stand in the state before measuring.
	preload uint64
	// window is how many bytes of transactions are in flight at most.
	window int
	// registers: the ledger must know the products first.
	registers bool
	genesis   func([]testnet.Member) (json.RawMessage, error)
	prepare   func(c *node.Config) error
}

// ourLedger is the ledger as users run it.
func ourLedger(preload uint64) benchLedger {
	return benchLedger{
		name: "ours", preload: preload, window: benchWindow, registers: true,
		genesis: func(m []testnet.Member) (json.RawMessage, error) { return json.Marshal(benchGenesis(m)) },
		prepare: useLedger,
	}
}

// useLedger is node.UseLedger for a network that asks its nodes nothing.
func useLedger(c *node.Config) error {
	_, err := node.UseLedger(c)
	return err
}

// naiveLedger keeps one leaf per serial.
func naiveLedger(preload uint64) benchLedger {
	return benchLedger{name: "naive", preload: preload, window: naiveWindow, prepare: func(c *node.Config) error {
		a, err := newNaive(c.Home)
		if err != nil {
			return err
		}
		c.App, c.OnClose = a, a.state.Close
		return nil
	}}
}

// emptyLedger executes nothing.
func emptyLedger() benchLedger {
	return benchLedger{name: "empty", window: benchWindow, prepare: func(c *node.Config) error {
		c.App = testnet.NewCounter()
		return nil
	}}
}

// watched puts the stage of every call into the processor profile, and counts
// what the ledger refused.
type watched struct {
	abcitypes.Application
	refused *atomic.Uint64
}

// CheckTx judges for the mempool.
func (w watched) CheckTx(ctx context.Context, req *abcitypes.RequestCheckTx) (res *abcitypes.ResponseCheckTx, err error) {
	labelled(ctx, "check tx", func(ctx context.Context) { res, err = w.Application.CheckTx(ctx, req) })
	return res, err
}

// PrepareProposal fills a block.
func (w watched) PrepareProposal(ctx context.Context, req *abcitypes.RequestPrepareProposal) (res *abcitypes.ResponsePrepareProposal, err error) {
	labelled(ctx, "prepare proposal", func(ctx context.Context) { res, err = w.Application.PrepareProposal(ctx, req) })
	return res, err
}

// ProcessProposal judges a block.
func (w watched) ProcessProposal(ctx context.Context, req *abcitypes.RequestProcessProposal) (res *abcitypes.ResponseProcessProposal, err error) {
	labelled(ctx, "process proposal", func(ctx context.Context) { res, err = w.Application.ProcessProposal(ctx, req) })
	return res, err
}

// FinalizeBlock executes a block.
func (w watched) FinalizeBlock(ctx context.Context, req *abcitypes.RequestFinalizeBlock) (res *abcitypes.ResponseFinalizeBlock, err error) {
	labelled(ctx, "finalize block", func(ctx context.Context) { res, err = w.Application.FinalizeBlock(ctx, req) })
	if err == nil {
		for _, r := range res.TxResults {
			if r.Code != abcitypes.CodeTypeOK {
				w.refused.Add(1)
			}
		}
	}
	return res, err
}

// Commit makes a block durable.
func (w watched) Commit(ctx context.Context, req *abcitypes.RequestCommit) (res *abcitypes.ResponseCommit, err error) {
	labelled(ctx, "commit", func(ctx context.Context) { res, err = w.Application.Commit(ctx, req) })
	return res, err
}
