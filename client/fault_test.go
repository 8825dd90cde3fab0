package client_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	abcitypes "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/libs/bytes"
	rpcclient "github.com/cometbft/cometbft/rpc/client"
	ctypes "github.com/cometbft/cometbft/rpc/core/types"
	"github.com/cometbft/cometbft/types"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/client"
)

// flaky is a connection that fails, and whose failures have sometimes happened
// all the same.
type flaky struct {
	client.RPC
	sends, asks atomic.Int32
	failSends   int32 // that many, every other one after it has happened
	failAsks    int32 // for a verdict: the index is away
}

var errFault = errors.New("the connection broke, as the test asked")

func (f *flaky) BroadcastTxSync(ctx context.Context, tx types.Tx) (*ctypes.ResultBroadcastTx, error) {
	n := f.sends.Add(1)
	if n > f.failSends {
		return f.RPC.BroadcastTxSync(ctx, tx)
	}
	if n%2 == 0 {
		if _, err := f.RPC.BroadcastTxSync(ctx, tx); err != nil {
			return nil, err
		}
	}
	return nil, errFault
}

func (f *flaky) ABCIQueryWithOptions(ctx context.Context, path string, data bytes.HexBytes, opts rpcclient.ABCIQueryOptions) (*ctypes.ResultABCIQuery, error) {
	if !strings.HasPrefix(path, "/tx/") || f.asks.Add(1) > f.failAsks {
		return f.RPC.ABCIQueryWithOptions(ctx, path, data, opts)
	}
	if f.asks.Load()%2 == 0 {
		return nil, errFault
	}
	return &ctypes.ResultABCIQuery{Response: abcitypes.ResponseQuery{Code: 4, Codespace: "pedigree-query", Log: "the index is being opened"}}, nil
}

// faults submits over connections that fail: each op must go in exactly once.
func faults(t *testing.T, n *network, c *client.Client) {
	w, ctx := n.world, t.Context()
	for i, f := range []*flaky{{failSends: 1}, {failSends: 2}, {failSends: 3}, {failAsks: 5}, {failSends: 4, failAsks: 7}} {
		f.RPC = c.RPC()
		over, err := client.Connect(ctx, f)
		if err != nil {
			t.Fatal(err)
		}
		n.Sign(t, over)
		before, err := over.Record(ctx, app.KeyKey(w.Wholesaler2.KeyID))
		if err != nil {
			t.Fatal(err)
		}
		must(t, over, w.Wholesaler2, &app.CommissionContainer{
			Location: w.Wholesaler2.GLN, Containers: []app.ContainerUse{{Key: w.Wholesaler2.SSCC(i)}},
		})
		after, err := over.Record(ctx, app.KeyKey(w.Wholesaler2.KeyID))
		if err != nil {
			t.Fatal(err)
		}
		if got := nonces(t, after) - nonces(t, before); got != 1 {
			t.Errorf("connection %d: %d txs went in, want 1", i, got)
		}
	}
	dead := &flaky{RPC: c.RPC(), failSends: 1000}
	over, err := client.Connect(ctx, dead)
	if err != nil {
		t.Fatal(err)
	}
	n.Sign(t, over)
	_, err = over.Submit(ctx, w.Auditor.GLN, apptest.Commission(w.Maker, w.Unit, "L9", 1, 1), 0, app.EventHash{})
	if !errors.Is(err, errFault) {
		t.Errorf("over a dead connection: got %v, want the connection's error", err)
	}
}

// nonces is the highest nonce of a key's record.
func nonces(t *testing.T, raw []byte) uint64 {
	t.Helper()
	k, err := app.DecodeKey(raw)
	if err != nil {
		t.Fatal(err)
	}
	return k.Highest
}

// behind is a connection to a node whose index is a block late: until its
// status has been asked for some times, it knows of no event.
type behind struct {
	client.RPC
	late atomic.Int32
}

func (b *behind) ABCIQueryWithOptions(ctx context.Context, path string, data bytes.HexBytes, opts rpcclient.ABCIQueryOptions) (*ctypes.ResultABCIQuery, error) {
	res, err := b.RPC.ABCIQueryWithOptions(ctx, path, data, opts)
	switch {
	case err != nil:
	case path == app.PathIndexStatus && b.late.Add(-1) >= 0:
		res.Response.Value, res.Response.Height = []byte(`{"height":1,"state":"ready"}`), 1
	case strings.HasPrefix(path, "/tx-by-event/") && b.late.Load() > 0:
		res.Response = abcitypes.ResponseQuery{Code: 3, Codespace: "pedigree-query", Log: "not found"}
	}
	return res, err
}

// lateIndex asks a node whose index is behind for what is in a block already.
func lateIndex(t *testing.T, n *network, c *client.Client) {
	w, ctx := n.world, t.Context()
	hash := app.EventHash{1, 2, 3}
	out, err := c.Submit(ctx, w.Maker.GLN, apptest.Commission(w.Maker, w.Unit, "L7", 7001, 7001), 0, hash)
	if err != nil || !out.OK() {
		t.Fatalf("%v %+v", err, out)
	}
	b := &behind{RPC: c.RPC()}
	b.late.Store(3)
	late, err := client.Connect(ctx, b)
	if err != nil {
		t.Fatal(err)
	}
	txs, err := late.TxByEvent(ctx, hash)
	if err != nil || len(txs) != 1 || txs[0].ID != out.Tx {
		t.Errorf("the event just submitted: %v, got %+v, want transaction %s", err, txs, out.Tx)
	}
}
