package client_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cometbft/cometbft/libs/bytes"
	rpcclient "github.com/cometbft/cometbft/rpc/client"
	ctypes "github.com/cometbft/cometbft/rpc/core/types"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/epcis"
)

// follow reads the whole chain, waits for a tx to come, and takes up again.
func follow(t *testing.T, n *network, c *client.Client) {
	w := n.world
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	blocks := make(chan *client.Block, 10_000)
	go func() {
		defer close(blocks)
		for block, err := range c.Follow(ctx, 0) {
			if err != nil {
				t.Error(err)
				return
			}
			blocks <- block
		}
	}()
	out := must(t, c, w.Maker, apptest.Commission(w.Maker, w.Unit, "L8", 8001, 8002))
	want, found := uint64(1), false
	for block := range blocks {
		if block.Height != want || !block.Proven || block.Time.IsZero() {
			t.Fatalf("got block %d, proven %v, want %d, proven", block.Height, block.Proven, want)
		}
		want++
		for i := range block.Txs {
			if tx := &block.Txs[i]; tx.ID == out.Tx {
				found = true
				if tx.Partner != w.Maker.GLN || !tx.OK() || tx.Kind != "Commission" || tx.Height != out.Height || tx.Tx.ID() != out.Tx {
					t.Errorf("got %+v, want the commission by the maker", tx)
				}
				cancel()
			}
		}
	}
	if !found {
		t.Error("the transaction never came")
	}
	for block, err := range c.Follow(t.Context(), want-1) {
		if err != nil || block.Height != want-1 {
			t.Errorf("taken up at %d: %v %+v", want-1, err, block)
		}
		break
	}
	if _, err := c.Block(t.Context(), 1_000_000); !errors.Is(err, client.ErrNotFound) {
		t.Errorf("a block to come: got %v, want ErrNotFound", err)
	}
}

// tells makes events of all that happened in this network, and reads them back
// from each form.
func tells(t *testing.T, n *network, c *client.Client) {
	safety(t, n, c)
	teller := client.NewTeller(c)
	last, err := c.IndexStatus(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	told := make(map[string]int)
	doc := &epcis.Document{SchemaVersion: "2.0", CreationDate: epcis.NewTime(time.Unix(1_800_000_000, 0))}
	for block, err := range n.local(t, 0).Follow(t.Context(), 1) {
		if err != nil {
			t.Fatal(err)
		}
		for i := range block.Txs {
			tx := &block.Txs[i]
			e, err := teller.TellTx(t.Context(), tx)
			switch {
			case errors.Is(err, client.ErrNoEvent):
				told["no event: "+tx.Kind+" "+tx.CodeName]++
				continue
			case err != nil:
				t.Fatalf("%s: %v", tx.Kind, err)
			case e.Made != tx.EventHash.IsZero() && tx.Kind != "DeclareError":
				t.Errorf("%s: made %v, event hash %s", tx.Kind, e.Made, tx.EventHash)
			}
			told[tx.Kind]++
			doc.Events = append(doc.Events, *e.Event)
		}
		if block.Height == last.Height {
			break
		}
	}
	t.Log(told)
	for _, kind := range []string{"Commission", "CommissionContainer", "Pack", "Unpack", "Ship", "Receive", "Dispense", "Recall", "CloseRecall", "Relocate", "Refuse", "Export", "Mark", "ClearMark", "ReportConflict", "ReportDuplicate"} {
		if told[kind] == 0 {
			t.Errorf("no %s was told", kind)
		}
	}
	for name, encode := range map[string]func(*epcis.Document) ([]byte, error){"JSON": epcis.EncodeJSON20, "XML 2.0": epcis.EncodeXML20, "XML 1.2": epcis.EncodeXML12} {
		raw, err := encode(doc)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		back, err := epcis.DecodeBytes(raw, epcis.Options{})
		if err != nil || len(back.Events) != len(doc.Events) {
			t.Fatalf("%s: %v", name, err)
		}
		for i := range back.Events {
			if !epcis.Equal(&back.Events[i], &doc.Events[i]) {
				t.Errorf("%s, event %d: %s", name, i+1, epcis.Diff(&back.Events[i], &doc.Events[i]))
			}
		}
	}
}

// safety does what partners exchange no events about.
func safety(t *testing.T, n *network, c *client.Client) {
	w, ctx := n.world, t.Context()
	lot := app.LotID{GTIN: w.Unit, Lot: "S/1"}
	must(t, c, w.Maker, apptest.Commission(w.Maker, w.Unit, lot.Lot, 80_001, 80_020))
	marked := apptest.Item(w.Unit, 80_001)
	spot, err := c.Plan(w.Maker.GLN).Spot(ctx, marked)
	if err != nil {
		t.Fatal(err)
	}
	must(t, c, w.Maker, &app.SetMark{Key: marked, Mark: app.MarkSuspect, Blocking: true, Spot: spot})
	must(t, c, w.Maker, &app.ClearMark{Key: marked, Mark: app.MarkSuspect, By: w.Maker.GLN})
	must(t, c, w.Maker, planned[app.Relocate](t)(c.Plan(w.Maker.GLN).Relocate(ctx, w.Logistics.GLN, w.Logistics.GLN, apptest.Items(w.Unit, 80_002, 80_003)...)))
	terms := app.Terms{To: w.Wholesaler.GLN, ShipTo: w.Wholesaler.GLN, Purpose: app.PurposeSale, Statement: true, TransactionDate: 20260102}
	ship := must(t, c, w.Maker, planned[app.Ship](t)(c.Plan(w.Maker.GLN).Ship(ctx, terms, apptest.Items(w.Unit, 80_004, 80_005)...)))
	number, _ := app.ShipmentNumber(ship.Data)
	all, err := c.ShipmentHoldings(ctx, number, app.PageRequest{})
	if err != nil || len(all.Items) != 1 {
		t.Fatalf("%v: %+v", err, all)
	}
	must(t, c, w.Wholesaler, &app.Refuse{Shipment: number, All: true, Holdings: []app.HoldingID{all.Items[0].ID}})
	openings, err := c.Plan(w.Maker.GLN).Openings(ctx, apptest.Item(w.Unit, 80_006))
	if err != nil {
		t.Fatal(err)
	}
	must(t, c, w.Maker, &app.Export{Country: "CA", Openings: openings})
	must(t, c, w.Maker, &app.RecallLot{LotID: lot, Class: 2, Depth: app.DepthRetail, Keys: apptest.Items(w.Unit, 80_007, 80_008)})
	must(t, c, w.Maker, &app.CloseRecall{LotID: lot, Outcome: app.RecallWithdrawn, Keys: apptest.Items(w.Unit, 80_007, 80_008)})
}

// liar is a connection to a node that shows one block otherwise than it was.
type liar struct {
	client.RPC
	height int64
	block  func(*ctypes.ResultBlock)
	tx     func(value []byte) []byte // the index's word on a tx
}

func (l *liar) Block(ctx context.Context, height *int64) (*ctypes.ResultBlock, error) {
	res, err := l.RPC.Block(ctx, height)
	if err == nil && l.block != nil && *height == l.height {
		l.block(res)
	}
	return res, err
}

func (l *liar) ABCIQueryWithOptions(ctx context.Context, path string, data bytes.HexBytes, opts rpcclient.ABCIQueryOptions) (*ctypes.ResultABCIQuery, error) {
	res, err := l.RPC.ABCIQueryWithOptions(ctx, path, data, opts)
	if err == nil && l.tx != nil && strings.HasPrefix(path, "/tx/") {
		res.Response.Value = l.tx(res.Response.Value)
	}
	return res, err
}

// lies follows nodes that lie: none of it gets past the light client.
func lies(t *testing.T, n *network, c *client.Client) {
	w := n.world
	out := must(t, c, w.Maker, apptest.Commission(w.Maker, w.Unit, "L8", 8101, 8102))
	other := must(t, c, w.Maker, apptest.Commission(w.Maker, w.Unit, "L8", 8201, 8202))
	height := int64(out.Height)
	swap := func(res *ctypes.ResultBlock, consistent bool) {
		h := int64(other.Height)
		b, err := c.RPC().Block(t.Context(), &h)
		if err != nil {
			t.Fatal(err)
		}
		res.Block.Txs = b.Block.Txs
		if consistent {
			res.Block.DataHash = b.Block.DataHash
		}
	}
	for name, l := range map[string]*liar{
		"no txs":               {block: func(res *ctypes.ResultBlock) { res.Block.Txs = nil }},
		"another block's txs":  {block: func(res *ctypes.ResultBlock) { swap(res, false) }},
		"a header to match":    {block: func(res *ctypes.ResultBlock) { swap(res, true) }},
		"another time":         {block: func(res *ctypes.ResultBlock) { res.Block.Time = res.Block.Time.Add(time.Hour) }},
		"no block":             {block: func(res *ctypes.ResultBlock) { res.Block = nil }},
		"another chain":        {block: func(res *ctypes.ResultBlock) { res.Block.ChainID = "x" }},
		"a tx that is refused": {tx: func(v []byte) []byte { return []byte(strings.Replace(string(v), `"code":0`, `"code":7`, 1)) }},
	} {
		t.Run(name, func(t *testing.T) {
			l.RPC, l.height = c.RPC(), height
			lied := n.over(t, l)
			for block, err := range lied.Follow(t.Context(), out.Height) {
				if err == nil {
					t.Errorf("block %d was taken: %+v", block.Height, block)
				}
				break
			}
		})
	}
}

// over is a client of another connection to node 0, with a light client of the
// other nodes.
func (n *network) over(t *testing.T, rpc client.RPC) *client.Client {
	t.Helper()
	c, err := client.Connect(t.Context(), rpc)
	if err != nil {
		t.Fatal(err)
	}
	n.Sign(t, c)
	c.UseLight(n.light(t, 0))
	return c
}

// away is a connection that is gone for a while, again and again.
type away struct {
	client.RPC
	asked atomic.Int64
}

func (a *away) gone() error {
	if n := a.asked.Add(1); n%10 > 6 && n < 60 {
		return fmt.Errorf("request %d: %w", n, errFault)
	}
	return nil
}

func (a *away) Block(ctx context.Context, height *int64) (*ctypes.ResultBlock, error) {
	if err := a.gone(); err != nil {
		return nil, err
	}
	return a.RPC.Block(ctx, height)
}

func (a *away) Commit(ctx context.Context, height *int64) (*ctypes.ResultCommit, error) {
	if err := a.gone(); err != nil {
		return nil, err
	}
	return a.RPC.Commit(ctx, height)
}

// comesBack follows a node that goes away and comes back: every block comes
// once, whatever failed in between.
func comesBack(t *testing.T, n *network, c *client.Client) {
	over := n.over(t, &away{RPC: c.RPC()})
	last, err := c.IndexStatus(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want, failures := uint64(1), 0
	for block, err := range over.Follow(t.Context(), 1) {
		if err != nil {
			if !errors.Is(err, errFault) {
				t.Fatal(err)
			}
			failures++
			continue
		}
		if block.Height != want {
			t.Fatalf("got block %d, want %d", block.Height, want)
		}
		if want++; want > min(40, last.Height) {
			break
		}
	}
	if failures == 0 {
		t.Error("the connection never failed")
	}
	t.Logf("%d blocks, %d failures", want-1, failures)
}
