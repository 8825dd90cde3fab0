package main

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"

	abcitypes "github.com/cometbft/cometbft/abci/types"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/node"
	"github.com/pedigree-ledger/pedigree/state"
)

// naiveApp is the reference that design 01, section 2 argues against: the tree
// holds one leaf per package. It decodes the same transactions and writes the
// same serials over the same adapter, but checks neither signatures nor rules.
type naiveApp struct {
	abcitypes.BaseApplication
	state *state.State

	mu sync.Mutex // FinalizeBlock and Commit, for Info
}

// naiveRecordBytes is the size of one package's record: owner, possessor,
// location, lot, status, times. Design page 03 measured with as much.
const naiveRecordBytes = 120

func newNaive(home node.Home) (*naiveApp, error) {
	s, err := state.Open(state.Config{Dir: filepath.Join(string(home), "data", "naive"), KeepVersions: 10})
	if err != nil {
		return nil, err
	}
	return &naiveApp{state: s}, nil
}

// Info reports the last committed version.
func (a *naiveApp) Info(context.Context, *abcitypes.RequestInfo) (*abcitypes.ResponseInfo, error) {
	return &abcitypes.ResponseInfo{LastBlockHeight: int64(a.state.Version()), LastBlockAppHash: a.state.Root()}, nil
}

// FinalizeBlock writes a leaf per serial.
func (a *naiveApp) FinalizeBlock(_ context.Context, req *abcitypes.RequestFinalizeBlock) (*abcitypes.ResponseFinalizeBlock, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	o := a.state.Begin()
	defer o.Close()
	res := &abcitypes.ResponseFinalizeBlock{}
	for _, raw := range req.Txs {
		a.write(o, raw)
		res.TxResults = append(res.TxResults, &abcitypes.ExecTxResult{})
	}
	root, err := a.state.Stage(o, uint64(req.Height))
	if err != nil {
		return nil, fmt.Errorf("naive ledger: %w", err)
	}
	res.AppHash = root
	return res, nil
}

func (a *naiveApp) write(o *state.Overlay, raw []byte) {
	tx, err := app.Decode(raw)
	if err != nil {
		return
	}
	op, ok := tx.Op.(*app.Commission)
	if !ok {
		return
	}
	for _, s := range op.Serials {
		record := make([]byte, naiveRecordBytes)
		copy(record, op.Lot)
		copy(record[20:], op.Location[:])
		o.Set([]byte(gs1.ItemKey(op.GTIN, s)), record)
	}
}

// Commit makes the version durable.
func (a *naiveApp) Commit(context.Context, *abcitypes.RequestCommit) (*abcitypes.ResponseCommit, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.state.Commit(); err != nil {
		return nil, fmt.Errorf("naive ledger: %w", err)
	}
	return &abcitypes.ResponseCommit{}, nil
}
