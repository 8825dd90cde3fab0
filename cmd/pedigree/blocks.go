package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"

	abcitypes "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/types"

	"github.com/pedigree-ledger/pedigree/app"
)

// checkedBlock is a block that the validators signed, with its results.
type checkedBlock struct {
	height  uint64
	txs     []types.Tx
	results []*abcitypes.ExecTxResult
}

// checkedBlock fetches a block and checks it: its txs against the data hash of
// the header that the light client verified, their verdicts against the hash
// of results in the header after it. Nodes keep verdicts in their index only.
func (l *ledger) checkedBlock(ctx context.Context, height uint64) (*checkedBlock, error) {
	header, err := l.light.Verify(ctx, height)
	if err != nil {
		return nil, err
	}
	next, err := l.light.Verify(ctx, height+1)
	if err != nil {
		return nil, err
	}
	h := int64(height)
	block, err := l.rpc.Block(ctx, &h)
	if err != nil {
		return nil, fmt.Errorf("block %d: %w", height, err)
	}
	txs := block.Block.Txs
	if !bytes.Equal(txs.Hash(), header.DataHash) {
		return nil, no("the node shows another block %d than the one that the validators signed", height)
	}
	results, err := l.results(ctx, txs)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(types.NewResults(results).Hash(), next.LastResultsHash) {
		return nil, no("the node shows other verdicts in block %d than those that the validators signed", height)
	}
	return &checkedBlock{height, txs, results}, nil
}

// results are what the node's index says about txs, as far as headers commit
// to it: code, data, and gas, which is a tx's size.
func (l *ledger) results(ctx context.Context, txs types.Txs) ([]*abcitypes.ExecTxResult, error) {
	out := make([]*abcitypes.ExecTxResult, len(txs))
	for i, raw := range txs {
		sum, err := l.Tx(ctx, sha256.Sum256(raw))
		if err != nil {
			return nil, err
		}
		size := int64(len(raw))
		out[i] = &abcitypes.ExecTxResult{Code: uint32(sum.Code), Data: sum.Data, GasWanted: size, GasUsed: size}
	}
	return out, nil
}

// find returns a tx of the block with its verdict.
func (b *checkedBlock) find(id app.TxID) (*app.Tx, app.Code, error) {
	for i, raw := range b.txs {
		if sha256.Sum256(raw) != id {
			continue
		}
		tx, err := app.Decode(raw)
		if err != nil {
			return nil, 0, fmt.Errorf("block %d: %w", b.height, err)
		}
		return tx, app.Code(b.results[i].Code), nil
	}
	return nil, 0, no("the node says that transaction %s is in block %d, but it is not", id, b.height)
}

// checkedBlocks keeps blocks that were checked, for commands that look at many
// txs.
type checkedBlocks struct {
	ledger *ledger
	seen   map[uint64]*checkedBlock
}

func newCheckedBlocks(l *ledger) *checkedBlocks {
	return &checkedBlocks{l, make(map[uint64]*checkedBlock)}
}

// tx finds a tx in its block.
func (b *checkedBlocks) tx(ctx context.Context, height uint64, id app.TxID) (*app.Tx, app.Code, error) {
	if b.seen[height] == nil {
		block, err := b.ledger.checkedBlock(ctx, height)
		if err != nil {
			return nil, 0, err
		}
		b.seen[height] = block
	}
	return b.seen[height].find(id)
}
