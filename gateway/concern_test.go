package gateway_test

import (
	"context"
	"testing"

	abcitypes "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/libs/bytes"
	rpcclient "github.com/cometbft/cometbft/rpc/client"
	ctypes "github.com/cometbft/cometbft/rpc/core/types"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/client/networktest"
	"github.com/pedigree-ledger/pedigree/gateway"
)

// business asks whose business each of some ops is.
func business(t *testing.T, n *networktest.Network, c *client.Client) {
	w, ctx := n.World, t.Context()
	lot := app.LotID{GTIN: w.Unit, Lot: "B"}
	commissioned := networktest.Must(t, c, w.Maker, apptest.Commission(w.Maker, w.Unit, lot.Lot, 1001, 1020))
	terms := app.Terms{To: w.Wholesaler2.GLN, ShipTo: w.Wholesaler2.GLN, Carrier: w.Logistics.GLN, Purpose: app.PurposeSale, Statement: true, TransactionDate: 20260102}
	ship := networktest.Planned[app.Ship](t)(c.Plan(w.Maker.GLN).Ship(ctx, terms, apptest.Items(w.Unit, 1001, 1002)...))
	shipped := networktest.Must(t, c, w.Maker, ship)
	relocate := networktest.Planned[app.Relocate](t)(c.Plan(w.Maker.GLN).Relocate(ctx, w.Logistics.GLN, w.Logistics.GLN, apptest.Items(w.Unit, 1003, 1006)...))
	relocated := networktest.Must(t, c, w.Maker, relocate)
	packed := networktest.Must(t, c, w.Logistics, networktest.Planned[app.Pack](t)(c.Plan(w.Logistics.GLN).Pack(ctx, w.Maker.SSCC(70), apptest.Items(w.Unit, 1003, 1004)...)))
	spot, err := c.Plan(w.Auditor.GLN).Spot(ctx, apptest.Item(w.Unit, 1002))
	if err != nil {
		t.Fatal(err)
	}
	marked := networktest.Must(t, c, w.Auditor, &app.SetMark{Key: apptest.Item(w.Unit, 1002), Mark: app.MarkSuspect, Spot: spot})
	recalled := networktest.Must(t, c, w.Maker, &app.RecallLot{LotID: lot, Class: 1, Depth: app.DepthRetail, Reason: "glass"})
	declared := networktest.Must(t, c, w.Logistics, &app.DeclareError{Tx: packed.Tx, ErrorTerms: app.ErrorTerms{Reason: app.IncorrectData}})
	for _, line := range []struct {
		what string
		out  *client.Outcome
		of   []*apptest.Partner
	}{
		{"commissioning", commissioned, []*apptest.Partner{w.Maker}},
		{"a shipment", shipped, []*apptest.Partner{w.Maker, w.Wholesaler2, w.Logistics}},
		{"a relocation", relocated, []*apptest.Partner{w.Maker, w.Logistics}},
		{"packing by whoever keeps it", packed, []*apptest.Partner{w.Maker, w.Logistics}},
		{"a mark on what is on the road", marked, []*apptest.Partner{w.Auditor, w.Maker, w.Wholesaler2, w.Logistics}},
		{"a recall", recalled, []*apptest.Partner{w.Maker, w.Wholesaler2, w.Logistics}},
		{"a declared error", declared, []*apptest.Partner{w.Maker, w.Logistics}},
	} {
		whose(t, n, c, line.what, line.out, line.of)
	}
}

// movedOn asks whose business ops were whose goods have moved on since.
func movedOn(t *testing.T, n *networktest.Network, c *client.Client) {
	w, ctx := n.World, t.Context()
	lot, box := app.LotID{GTIN: w.Unit, Lot: "C"}, w.Maker.SSCC(71)
	networktest.Must(t, c, w.Maker, apptest.Commission(w.Maker, w.Unit, lot.Lot, 2001, 2010))
	networktest.Must(t, c, w.Maker, networktest.Planned[app.Relocate](t)(c.Plan(w.Maker.GLN).Relocate(ctx, w.Logistics.GLN, w.Logistics.GLN, apptest.Items(w.Unit, 2003, 2004)...)))
	packed := networktest.Must(t, c, w.Logistics, networktest.Planned[app.Pack](t)(c.Plan(w.Logistics.GLN).Pack(ctx, box, apptest.Items(w.Unit, 2003, 2004)...)))
	back := networktest.Must(t, c, w.Logistics, networktest.Planned[app.Relocate](t)(c.Plan(w.Logistics.GLN).Relocate(ctx, w.Maker.GLN, w.Maker.GLN, box)))
	spot, err := c.Plan(w.Auditor.GLN).Spot(ctx, apptest.Item(w.Unit, 2001))
	if err != nil {
		t.Fatal(err)
	}
	marked := networktest.Must(t, c, w.Auditor, &app.SetMark{Key: apptest.Item(w.Unit, 2001), Mark: app.MarkSuspect, Spot: spot})
	terms := app.Terms{To: w.Wholesaler2.GLN, ShipTo: w.Wholesaler2.GLN, Purpose: app.PurposeSale, Statement: true, TransactionDate: 20260102}
	ship := networktest.Must(t, c, w.Maker, networktest.Planned[app.Ship](t)(c.Plan(w.Maker.GLN).Ship(ctx, terms, box, apptest.Item(w.Unit, 2001))))
	number, _ := app.ShipmentNumber(ship.Data)
	networktest.Must(t, c, w.Wholesaler2, networktest.Planned[app.Receive](t)(c.Plan(w.Wholesaler2.GLN).Receive(ctx, number, w.Wholesaler2.GLN)))
	recalled := networktest.Must(t, c, w.Maker, &app.RecallLot{LotID: lot, Class: 1, Depth: app.DepthRetail, Reason: "glass"})
	networktest.Must(t, c, w.Wholesaler2, networktest.Planned[app.Unpack](t)(c.Plan(w.Wholesaler2.GLN).Unpack(ctx, box)))
	networktest.Must(t, c, w.Wholesaler2, networktest.Planned[app.Decommission](t)(c.Plan(w.Wholesaler2.GLN).Decommission(ctx, "damaged", apptest.Item(w.Unit, 2001), apptest.Item(w.Unit, 2003), apptest.Item(w.Unit, 2004))))
	whose(t, n, c, "packing what was sold since", packed, []*apptest.Partner{w.Maker, w.Logistics})
	whose(t, n, c, "taking back what was sold since", back, []*apptest.Partner{w.Maker, w.Logistics})
	whose(t, n, n.Over(t, 0, forgetful{c.RPC()}), "the same, of a node that has pruned it", back, []*apptest.Partner{w.Maker, w.Logistics, w.Wholesaler2})
	whose(t, n, c, "a mark on what was sold since", marked, []*apptest.Partner{w.Auditor, w.Maker})
	whose(t, n, c, "the recall of what has ended since", recalled, []*apptest.Partner{w.Maker, w.Wholesaler2})
}

// forgetful is the connection to a node that keeps no state but the present one.
type forgetful struct{ client.RPC }

func (f forgetful) ABCIQueryWithOptions(ctx context.Context, path string, data bytes.HexBytes, opts rpcclient.ABCIQueryOptions) (*ctypes.ResultABCIQuery, error) {
	if opts.Height != 0 {
		return &ctypes.ResultABCIQuery{Response: abcitypes.ResponseQuery{Code: 2, Codespace: "pedigree-query", Log: "the version is pruned"}}, nil
	}
	return f.RPC.ABCIQueryWithOptions(ctx, path, data, opts)
}

// whose asks every partner whether a tx is its business.
func whose(t *testing.T, n *networktest.Network, c *client.Client, what string, out *client.Outcome, of []*apptest.Partner) {
	t.Helper()
	sum, err := c.Tx(t.Context(), out.Tx)
	if err != nil {
		t.Fatal(err)
	}
	tx, err := c.TxBody(t.Context(), sum)
	if err != nil {
		t.Fatal(err)
	}
	want := make(map[*apptest.Partner]bool)
	for _, p := range of {
		want[p] = true
	}
	for _, p := range n.World.Partners() {
		got, err := gateway.Concerns(t.Context(), c, p.GLN, &client.BlockTx{TxSummary: *sum, Tx: tx})
		if err != nil || got != want[p] {
			t.Errorf("%s, %s: %v, got %v, want %v", what, p.Name, err, got, want[p])
		}
	}
}
