// Package clienttest is a chain without a network for tests of clients: the
// real state machine, state and index, and headers that test validators sign.
// It is what a pedigree file is built from (proof.Source).
package clienttest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"testing"

	"github.com/cometbft/cometbft/types"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/index"
	"github.com/pedigree-ledger/pedigree/state"
)

// Chain is a World whose every block is committed to a state and an index and
// signed by validators.
type Chain struct {
	tb    testing.TB
	World *apptest.World
	State *state.State
	Index *index.Index
	// Validators sign the next header. A test may change them between
	// blocks.
	Validators *Validators

	headers map[uint64]*types.LightBlock
	roots   map[uint64][]byte // app hash after each height
	txs     map[uint64][]types.Tx
	first   uint64
}

// NewChain is a Chain of four validators over a new World, whose products are
// in its first block.
func NewChain(tb testing.TB) *Chain {
	tb.Helper()
	return NewChainOf(tb, apptest.NewWorld(tb))
}

// NewChainOf is NewChain over a World that exists; what happened in it before
// stands in the first block.
func NewChainOf(tb testing.TB, w *apptest.World) *Chain {
	tb.Helper()
	st, err := state.Open(state.Config{InMemory: true, KeepVersions: 10_000, MemTableBytes: 4 << 20})
	check(tb, err)
	tb.Cleanup(func() { check(tb, st.Close()) })
	x, err := index.Open(index.Config{Dir: tb.TempDir(), MemTableBytes: 1 << 20})
	check(tb, err)
	tb.Cleanup(func() { check(tb, x.Close()) })
	c := &Chain{
		tb: tb, World: w, State: st, Index: x, Validators: NewValidators(4, 0),
		headers: make(map[uint64]*types.LightBlock), roots: make(map[uint64][]byte),
		txs:   make(map[uint64][]types.Tx),
		first: w.Block.Height,
	}
	o := st.Begin()
	w.Store.Scan(nil, func(key, value []byte) bool {
		o.Set(key, value)
		return true
	})
	var founders []app.Change
	w.Store.Scan([]byte{byte(app.RecordPartner)}, func(key, value []byte) bool {
		founders = append(founders, app.Change{Key: key, Value: value})
		return true
	})
	for h := uint64(1); h < w.Block.Height; h++ {
		check(tb, x.Apply(index.Block{Height: h, Time: w.Block.Time, Genesis: founders}))
	}
	c.commit(o, nil)
	return c
}

// Do executes op as a tx of the partner in a block of its own, which must be
// accepted.
func (c *Chain) Do(p *apptest.Partner, op app.Op) app.Result {
	c.tb.Helper()
	tx := c.World.Seal(p, op)
	return c.Block(p, tx)
}

// Block executes a sealed tx in a block of its own, which must be accepted.
func (c *Chain) Block(p *apptest.Partner, tx *app.Tx) app.Result {
	c.tb.Helper()
	res := c.Try(p, tx)
	if res.Code != app.CodeOK {
		c.tb.Fatalf("%s by %s: %s: %s", tx.Op.Kind(), p.Name, res.Code, res.Detail)
	}
	return res
}

// Try executes a sealed tx in a block of its own, accepted or not.
func (c *Chain) Try(p *apptest.Partner, tx *app.Tx) app.Result {
	c.tb.Helper()
	c.World.Step(10)
	res := c.World.Execute(tx)
	o := c.State.Begin()
	for _, ch := range res.Changes {
		if ch.Value == nil {
			o.Delete(ch.Key)
		} else {
			o.Set(ch.Key, ch.Value)
		}
	}
	c.commit(o, []index.BlockTx{{Tx: tx, Result: res, Partner: p.GLN}})
	return res
}

// Empty commits a block without txs.
func (c *Chain) Empty() {
	c.tb.Helper()
	c.World.Step(10)
	c.commit(c.State.Begin(), nil)
}

// commit makes the present block durable and signs its header, which commits
// to the state before it.
func (c *Chain) commit(o *state.Overlay, txs []index.BlockTx) {
	c.tb.Helper()
	h := c.World.Block.Height
	root, err := c.State.Stage(o, h)
	check(c.tb, err)
	check(c.tb, c.State.Commit())
	check(c.tb, c.Index.Apply(index.Block{Height: h, Time: c.World.Block.Time, Txs: txs}))
	c.roots[h] = root
	before := c.roots[h-1]
	if before == nil {
		before = make([]byte, 32)
	}
	for i := range txs {
		c.txs[h] = append(c.txs[h], txs[i].Tx.Raw())
	}
	c.headers[h] = c.Validators.Sign(c.tb, apptest.ChainID, h, c.World.Block.Time, before, c.txs[h]...)
}

// Height is that of the last block.
func (c *Chain) Height() uint64 { return c.World.Block.Height }

// Record proves one record, as a node's query does.
func (c *Chain) Record(_ context.Context, height uint64, key []byte) (value, proof []byte, err error) {
	return c.State.Prove(height, key)
}

// Entries reads the entries of a segment from the index.
func (c *Chain) Entries(_ context.Context, holding app.HoldingID, segment uint32) ([]app.Entry, error) {
	return c.Index.Entries(holding, segment)
}

// Place asks the index where a key is.
func (c *Chain) Place(_ context.Context, key gs1.Key) (*app.Place, error) {
	place, err := c.Index.Place(key)
	if errors.Is(err, index.ErrNotFound) {
		return nil, nil
	}
	return place, err
}

// CommissionSegments reads the segments of a Commission from the index.
func (c *Chain) CommissionSegments(_ context.Context, lot app.LotID, seq uint32) ([]app.CommissionSegment, error) {
	return c.Index.CommissionSegments(lot, seq)
}

// LightBlock returns a signed header; the one after the last block is made by
// committing an empty one. 0 is the latest.
func (c *Chain) LightBlock(_ context.Context, height uint64) (*types.LightBlock, error) {
	if height == 0 {
		height = c.Height()
	}
	if height == c.Height()+1 {
		c.Empty()
	}
	lb := c.headers[height]
	if lb == nil {
		return nil, errors.New("there is no such block")
	}
	return lb, nil
}

// Transactions returns the txs of a block.
func (c *Chain) Transactions(_ context.Context, height uint64) ([][]byte, error) {
	return types.Txs(c.txs[height]).ToSliceOfBytes(), nil
}

func check(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// Fill commits a block that adds n records of other goods, spread over the tree
// as those of a large ledger are, so that paths are as long as there.
func (c *Chain) Fill(n int) {
	c.tb.Helper()
	c.World.Step(10)
	o := c.State.Begin()
	kinds := [...]struct {
		kind app.RecordKind
		size int
	}{
		{app.RecordHolding, 210},
		{app.RecordSegment, 90},
		{app.RecordHolding, 210},
		{app.RecordSegment, 90},
		{app.RecordContent, 9},
		{app.RecordLot, 80},
		{app.RecordCommission, 130},
		{app.RecordMarks, 110},
	}
	for i := range n {
		k := kinds[i%len(kinds)]
		id := sha256.Sum256(fmt.Appendf(nil, "filler %d", i))
		o.Set(append([]byte{byte(k.kind)}, id[:]...), bytes.Repeat(id[:1], k.size))
	}
	c.commit(o, nil)
}
