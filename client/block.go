package client

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	abcitypes "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/types"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client/proof"
)

// Block is a block as the ledger understood it.
type Block struct {
	// Height counts from 1; Time is what the validators agreed on.
	Height uint64    `json:"height"`
	Time   time.Time `json:"time"`
	// Txs are in the order of the block.
	Txs []BlockTx `json:"txs"`
	// Proven says that a light client vouches for it: the txs are those that
	// the validators signed, their codes and data those that the next header
	// commits to, and who signed is proved from the keys' records. Details
	// are always the node's words.
	Proven bool `json:"proven"`
}

// BlockTx is a tx with its verdict. Partner stands behind it; Agent signed on
// its behalf, if it did not sign itself.
type BlockTx struct {
	app.TxSummary
	Tx *app.Tx `json:"tx"`
}

// OK reports whether the op was accepted.
func (t *BlockTx) OK() bool { return t.Code == app.CodeOK }

// Block returns the block at a height, with what became of its txs. With a
// light client (UseLight) it is checked; what a node shows instead of it is
// refused. The error is ErrNotFound for a height that is yet to come.
func (c *Client) Block(ctx context.Context, height uint64) (*Block, error) {
	latest, err := c.latest(ctx)
	switch {
	case err != nil:
		return nil, err
	case height == 0 || height > latest:
		return nil, fmt.Errorf("block %d, the last one is %d: %w", height, latest, ErrNotFound)
	}
	block, err := c.rawBlock(ctx, height)
	if err != nil {
		return nil, err
	}
	light, _ := c.needLight()
	if light != nil {
		if err := sameBlock(ctx, light, block); err != nil {
			return nil, err
		}
	}
	out := &Block{Height: height, Time: block.Time, Txs: make([]BlockTx, len(block.Txs)), Proven: light != nil}
	if err := eachOf(ctx, len(out.Txs), func(ctx context.Context, i int) error {
		return c.blockTx(ctx, out, i, block.Txs[i])
	}); err != nil {
		return nil, fmt.Errorf("block %d: %w", height, err)
	}
	if light != nil && len(out.Txs) > 0 {
		return out, sameVerdicts(ctx, light, out)
	}
	return out, nil
}

// rawBlock fetches a block that agrees with itself.
func (c *Client) rawBlock(ctx context.Context, height uint64) (*types.Block, error) {
	block, err := c.blockAt(ctx, height)
	if err != nil {
		return nil, err
	}
	if block.ChainID != c.chainID {
		return nil, fmt.Errorf("%w: the node gave a block %d of another chain", proof.ErrInvalid, height)
	}
	// The data hash is compared with the txs, whatever was sent along.
	if !bytes.Equal(block.Txs.Hash(), block.DataHash) {
		return nil, fmt.Errorf("%w: the node's transactions of block %d are not those of its header", proof.ErrInvalid, height)
	}
	return block, nil
}

// sameBlock compares a block with the header that the validators signed.
func sameBlock(ctx context.Context, light *Light, block *types.Block) error {
	lb, err := light.Verify(ctx, uint64(block.Height))
	if err != nil {
		return err
	}
	if !bytes.Equal(block.Header.Hash(), lb.Hash()) {
		return fmt.Errorf("%w: the node shows another block %d than the one that the validators signed", proof.ErrInvalid, block.Height)
	}
	return nil
}

// sameVerdicts compares verdicts with the hash of results in the next header.
// Gas is a tx's size.
func sameVerdicts(ctx context.Context, light *Light, b *Block) error {
	next, err := light.Verify(ctx, b.Height+1)
	if err != nil {
		return err
	}
	results := make([]*abcitypes.ExecTxResult, len(b.Txs))
	for i := range b.Txs {
		t := &b.Txs[i]
		size := int64(t.Tx.Bytes())
		results[i] = &abcitypes.ExecTxResult{Code: uint32(t.Code), Data: t.Data, GasWanted: size, GasUsed: size}
	}
	if !bytes.Equal(types.NewResults(results).Hash(), next.LastResultsHash) {
		return fmt.Errorf("%w: the node shows other verdicts in block %d than those that the validators signed", proof.ErrInvalid, b.Height)
	}
	return nil
}

// blockTx reads the i-th tx of a block. Of what the index says only the verdict
// is used; everything else stands in the tx.
func (c *Client) blockTx(ctx context.Context, b *Block, i int, raw []byte) error {
	tx, err := app.Decode(raw)
	if err != nil {
		return fmt.Errorf("transaction %d: %w", i, err)
	}
	sum, err := c.Tx(ctx, sha256.Sum256(raw))
	if err != nil {
		return fmt.Errorf("verdict on transaction %s: %w", tx.ID(), err)
	}
	signer, err := c.keyOwner(ctx, tx.KeyID)
	if err != nil {
		return fmt.Errorf("transaction %s: %w", tx.ID(), err)
	}
	t := &b.Txs[i]
	t.Tx = tx
	t.TxSummary = app.TxSummary{
		ID: tx.ID(), Height: b.Height, Index: uint32(i), Kind: tx.Op.Kind().String(),
		Partner: signer, EventTime: tx.EventTime, EventHash: tx.EventHash,
		Code: sum.Code, CodeName: sum.Code.String(), Detail: sum.Detail, Data: sum.Data,
	}
	if !tx.For.IsZero() {
		t.Partner, t.Agent = tx.For, signer
	}
	return nil
}

// maxOwners bounds the keys whose partner a client remembers.
const maxOwners = 10_000

// keyOwner is the partner of a key that signed a tx: a key never changes hands.
// It is proved when there is a light client.
func (c *Client) keyOwner(ctx context.Context, id app.KeyID) (gs1.GLN, error) {
	c.mu.Lock()
	owner, known := c.owners[id]
	light := c.light
	c.mu.Unlock()
	if known {
		return owner, nil
	}
	record, err := c.keyRecord(ctx, id, light != nil)
	switch {
	case err != nil:
		return gs1.GLN{}, err
	case record == nil:
		return gs1.GLN{}, fmt.Errorf("the key %s of its signer: %w", id, ErrNotFound)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.owners) >= maxOwners {
		clear(c.owners)
	}
	c.owners[id] = record.Partner
	return record.Partner, nil
}

func (c *Client) keyRecord(ctx context.Context, id app.KeyID, proven bool) (*app.Key, error) {
	if !proven {
		return read(ctx, c, app.KeyKey(id), app.DecodeKey)
	}
	p, err := prove(ctx, c, app.KeyKey(id), app.DecodeKey)
	if err != nil {
		return nil, err
	}
	return p.Record, nil
}
