package client_test

import (
	"testing"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/client/proof"
)

// sell ships things and returns the number of the shipment.
func sell(t *testing.T, c *client.Client, from, to *apptest.Partner, things ...gs1.Key) uint64 {
	t.Helper()
	terms := app.Terms{To: to.GLN, ShipTo: to.GLN, Purpose: app.PurposeSale, Statement: true, TransactionDate: 20260102}
	out := must(t, c, from, planned[app.Ship](t)(c.Plan(from.GLN).Ship(t.Context(), terms, things...)))
	number, _ := app.ShipmentNumber(out.Data)
	return number
}

// dock asks what a wholesaler asks at its dock: what came, what did not, and
// what nobody has looked at.
func dock(t *testing.T, n *network, c *client.Client) {
	w, ctx := n.world, t.Context()
	buyer := w.Wholesaler2
	must(t, c, w.Maker, apptest.Commission(w.Maker, w.Unit, "D1", 17_001, 17_020))
	begun := time.Now().Add(-time.Minute)
	box := w.Maker.SSCC(71)
	must(t, c, w.Maker, planned[app.Pack](t)(c.Plan(w.Maker.GLN).Pack(ctx, box, apptest.Items(w.Unit, 17_001, 17_003)...)))
	came := sell(t, c, w.Maker, buyer, box)
	must(t, c, buyer, planned[app.Receive](t)(c.Plan(buyer.GLN).Receive(ctx, came, buyer.GLN)))
	lost := sell(t, c, w.Maker, buyer, apptest.Items(w.Unit, 17_011, 17_012)...)
	must(t, c, w.Maker, planned[app.VoidShip](t)(c.Plan(w.Maker.GLN).VoidShip(ctx, lost)))
	under := sell(t, c, w.Maker, buyer, apptest.Item(w.Unit, 17_013))

	d, err := c.Deliveries(ctx, buyer.GLN, begun, time.Time{})
	if err != nil || len(d.Items) != 3 || d.Items[0].Number != under || d.Items[0].Open != 1 || d.Items[1].Voided != 2 || d.Items[2].Received != 3 {
		t.Fatalf("deliveries: %v %+v", err, d)
	}
	by := d.BySupplier()
	if len(by) != 1 || by[0].Supplier != w.Maker.GLN || by[0].Deliveries != 3 || by[0].Shipped != 6 || by[0].Items != 2 || by[0].Unsettled != 0 || len(by[0].Mismatched) != 1 {
		t.Errorf("by supplier: %+v", by)
	}
	if d, err = c.Deliveries(ctx, buyer.GLN, time.Time{}, begun); err != nil || len(d.Items) != 0 {
		t.Errorf("before: %v %+v", err, d)
	}

	// The case was never opened; then it is sold on and scanned.
	seen, err := c.Inferred(ctx, box)
	if err != nil || seen.Scanned || seen.Receipt == nil || len(seen.Items) != 3 {
		t.Errorf("received by its label: %v %+v", err, seen)
	}
	on := sell(t, c, buyer, w.Pharmacy2, box)
	op := planned[app.Receive](t)(c.Plan(w.Pharmacy2.GLN).Receive(ctx, on, w.Pharmacy2.GLN))
	op.Scanned = true
	must(t, c, w.Pharmacy2, op)
	if seen, err = c.Inferred(ctx, box); err != nil || !seen.Scanned || len(seen.Items) != 0 {
		t.Errorf("scanned: %v %+v", err, seen)
	}
	if _, err := c.Inferred(ctx, apptest.Item(w.Unit, 17_001)); err == nil {
		t.Error("an item is taken for a container")
	}
}

// batch verifies a crate of returns in one call.
func batch(t *testing.T, n *network, c *client.Client) {
	w, ctx := n.world, t.Context()
	var claims []proof.Claim
	must(t, c, w.Maker, apptest.Commission(w.Maker, w.Unit, "D2", 18_001, 18_060))
	for i := range 50 {
		claims = append(claims, proof.Claim{Key: apptest.Item(w.Unit, 18_001+i), Lot: "D2"})
	}
	never := apptest.Item(w.Unit, 888_888)
	claims = append(claims, proof.Claim{Key: claims[0].Key, Lot: "OTHER"}, proof.Claim{Key: never, Lot: "D2"}, proof.Claim{Key: never})
	answers, err := c.VerifyBatch(ctx, claims, proof.Options{MaxAge: time.Minute})
	if err != nil || len(answers) != len(claims) {
		t.Fatalf("batch: %v, %d answers", err, len(answers))
	}
	for i := range answers {
		if a := &answers[i]; a.Claim != claims[i] || a.Returnable() != (i < 50) || (a.Why == "") != (a.Pedigree != nil) || (a.Pedigree == nil) != (i == 52) {
			t.Errorf("package %d: %+v %q", i, a.Pedigree, a.Why)
		}
	}
	if _, err := c.VerifyBatch(ctx, make([]proof.Claim, 10_001), proof.Options{}); err == nil {
		t.Error("a batch without bounds")
	}
	if answers, err = c.VerifyBatch(ctx, nil, proof.Options{}); err != nil || len(answers) != 0 {
		t.Errorf("an empty batch: %v %v", err, answers)
	}
}
