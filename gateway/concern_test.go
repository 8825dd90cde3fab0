package gateway_test

import (
	"testing"

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
