package client_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/client/proof"
)

// TestClient goes with a bottle from its maker to a patient over a real network
// of four nodes.
func TestClient(t *testing.T) {
	n := startNetwork(t)
	c := n.client(t, 0)
	w := n.world
	must(t, c, w.Maker, register(w.Unit, app.LevelUnit))
	must(t, c, w.Maker, apptest.Commission(w.Maker, w.Unit, "L1", 1, 1500))

	t.Run("story", func(t *testing.T) { story(t, n, c) })
	t.Run("on behalf of another", func(t *testing.T) { onBehalf(t, n, c) })
	t.Run("drop shipment", func(t *testing.T) { dropShipment(t, n, c) })
	t.Run("proven queries", func(t *testing.T) { provenQueries(t, n, c) })
	t.Run("recall reach", func(t *testing.T) { recallReach(t, n, c) })
	t.Run("resubmission", func(t *testing.T) { resubmission(t, n, c) })
	t.Run("many in flight", func(t *testing.T) { manyInFlight(t, n, c) })
	t.Run("a key in two programs", func(t *testing.T) { sharedKey(t, n, c) })
	t.Run("conflicts", func(t *testing.T) { conflicts(t, n, c) })
	t.Run("duplicates", func(t *testing.T) { duplicates(t, n, c) })
	t.Run("dock", func(t *testing.T) { dock(t, n, c) })
	t.Run("batch", func(t *testing.T) { batch(t, n, c) })
	t.Run("pinned", func(t *testing.T) { pinned(t, n, c) })
	t.Run("faults", func(t *testing.T) { faults(t, n, c) })
	t.Run("steps", func(t *testing.T) { steps(t, n, c) })
	t.Run("late index", func(t *testing.T) { lateIndex(t, n, c) })
	t.Run("registry", func(t *testing.T) { registry(t, n, c) })
	t.Run("refusals", func(t *testing.T) { refusals(t, n, c) })
	t.Run("keys of submissions", func(t *testing.T) { keyedSubmissions(t, n, c) })
	t.Run("follow", func(t *testing.T) { follow(t, n, c) })
	t.Run("lies", func(t *testing.T) { lies(t, n, c) })
	t.Run("comes back", func(t *testing.T) { comesBack(t, n, c) })
	t.Run("tells", func(t *testing.T) { tells(t, n, c) })
}

// story packs, ships, receives, unpacks, sells on, dispenses, and asks for the
// pedigree at each step.
func story(t *testing.T, n *network, c *client.Client) {
	w, ctx := n.world, t.Context()
	key, pallet, box := apptest.Item(w.Unit, 7), w.Maker.SSCC(1), w.Maker.SSCC(2)
	ask := func(yes bool, cbv string) *proof.Pedigree {
		t.Helper()
		ped, _, err := c.Pedigree(ctx, proof.Claim{Key: key, Lot: "L1"}, proof.Options{MaxAge: time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		if !ped.Identity.Yes || ped.Sellable.Yes != yes || ped.Sellable.CBV != cbv {
			t.Fatalf("got %+v %+v, want %v %s", ped.Identity, ped.Sellable, yes, cbv)
		}
		return ped
	}
	ask(true, "sellable_accessible")
	must(t, c, w.Maker, planned[app.Pack](t)(c.Plan(w.Maker.GLN).Pack(ctx, box, apptest.Items(w.Unit, 1, 10)...)))
	must(t, c, w.Maker, planned[app.Pack](t)(c.Plan(w.Maker.GLN).Pack(ctx, pallet, box)))
	terms := func(to *apptest.Partner) app.Terms {
		return app.Terms{To: to.GLN, ShipTo: to.GLN, Purpose: app.PurposeSale, Statement: true, TransactionDate: 20260102}
	}
	out := must(t, c, w.Maker, planned[app.Ship](t)(c.Plan(w.Maker.GLN).Ship(ctx, terms(w.Wholesaler), pallet)))
	number, _ := app.ShipmentNumber(out.Data)
	if p := ask(false, "in_transit"); p.Shipment == nil || p.Shipment.Number != number || len(p.Chain) != 2 {
		t.Fatalf("shipment %+v", p.Shipment)
	}
	must(t, c, w.Wholesaler, planned[app.Receive](t)(c.Plan(w.Wholesaler.GLN).Receive(ctx, number, w.Wholesaler.GLN)))
	must(t, c, w.Wholesaler, planned[app.Unpack](t)(c.Plan(w.Wholesaler.GLN).Unpack(ctx, pallet)))
	must(t, c, w.Wholesaler, planned[app.Unpack](t)(c.Plan(w.Wholesaler.GLN).Unpack(ctx, box, key)))
	out = must(t, c, w.Wholesaler, planned[app.Ship](t)(c.Plan(w.Wholesaler.GLN).Ship(ctx, terms(w.Pharmacy), key)))
	number, _ = app.ShipmentNumber(out.Data)
	// Dispensing what is on the way receives it first.
	must(t, c, w.Pharmacy, planned[app.Dispense](t)(c.Plan(w.Pharmacy.GLN).Dispense(ctx, key)))
	if p := ask(false, "dispensed"); p.State != app.Dispensed {
		t.Errorf("state %s", p.State)
	}
	steps, err := client.All(func(page app.PageRequest) (*app.Page[app.Step], error) { return c.History(ctx, key, page) })
	if err != nil || len(steps) < 8 || steps[0].Kind != "Commission" || steps[len(steps)-1].Kind != "Dispense" {
		t.Errorf("history %v: %+v", err, steps)
	}
	if p, err := c.PartnerShipments(ctx, w.Pharmacy.GLN, "closed", app.PageRequest{}); err != nil || len(p.Items) != 1 || p.Items[0].Number != number {
		t.Errorf("shipments %v: %+v", err, p)
	}
}

func provenQueries(t *testing.T, n *network, c *client.Client) {
	w, ctx := n.world, t.Context()
	lot, err := client.Query(ctx, c, app.DecodeLot, "/lot/{gtin}/{lot}", w.Unit.String(), "L1")
	if err != nil || lot.Record == nil || lot.Record.Commissioned != 1500 || lot.Height == 0 {
		t.Errorf("lot: %v %+v", err, lot)
	}
	must(t, c, w.Maker, apptest.Commission(w.Maker, w.Unit, "L1", 2001, 2003))
	lot, err = client.Query(ctx, c, app.DecodeLot, "/lot/{gtin}/{lot}", w.Unit.String(), "L1")
	if err != nil || lot.Record == nil || lot.Record.Commissioned != 1503 {
		t.Errorf("what was just submitted is not proved: %v %+v", err, lot)
	}
	none, err := client.Query(ctx, c, app.DecodeLot, "/lot/{gtin}/{lot}", w.Unit.String(), "L/9")
	if err != nil || none.Record != nil {
		t.Errorf("a lot that does not exist: %v %+v", err, none)
	}
	if _, err := c.Place(ctx, apptest.Item(w.Unit, 9999)); !errors.Is(err, client.ErrNotFound) {
		t.Errorf("place of an unknown serial: got %v, want ErrNotFound", err)
	}
	unknown := proof.Claim{Key: apptest.Item(w.Unit, 9999), Lot: "L1"}
	ped, file, err := c.Pedigree(ctx, unknown, proof.Options{})
	if err != nil || ped.Identity.Yes || ped.Statement != proof.StatementUnknown {
		t.Fatalf("a made-up serial: %v %+v", err, ped)
	}
	t.Logf("proof that a serial was never commissioned: %d bytes", len(file.Encode()))
	if _, err := client.Query(ctx, n.local(t, 0), app.DecodeLot, "/lot/{gtin}/{lot}", w.Unit.String(), "L1"); err == nil {
		t.Error("a proven query was answered without a light client")
	}
}

// resubmission sends one tx twice and gets its first result.
func resubmission(t *testing.T, n *network, c *client.Client) {
	w, ctx := n.world, t.Context()
	tx, err := c.Sign(ctx, client.Submission{Partner: w.Maker.GLN, Op: apptest.Commission(w.Maker, w.Unit, "L2", 5001, 5010)})
	if err != nil {
		t.Fatal(err)
	}
	first, err := c.SubmitTx(ctx, tx)
	if err != nil || !first.OK() {
		t.Fatalf("%v %+v", err, first)
	}
	for _, again := range []*client.Client{c, n.local(t, 2), n.client(t, 3)} {
		// Another node has it a moment later.
		second, err := again.SubmitTx(ctx, tx)
		if err != nil || second.Height != first.Height || second.Tx != first.Tx || !second.OK() {
			t.Errorf("again: %v, got %+v, want %+v", err, second, first)
		}
	}
}

// manyInFlight submits from many goroutines with one key.
func manyInFlight(t *testing.T, n *network, c *client.Client) {
	w := n.world
	const txs = 40
	var wg sync.WaitGroup
	failed := make(chan error, txs)
	begin := time.Now()
	for i := range txs {
		wg.Go(func() {
			from := 10_000 + 100*i
			out, err := c.Submit(t.Context(), w.Maker.GLN, apptest.Commission(w.Maker, w.Unit, "L3", from, from+99), 0, app.EventHash{})
			if err == nil {
				err = out.Err()
			}
			if err != nil {
				failed <- fmt.Errorf("tx %d: %w", i, err)
			}
		})
	}
	wg.Wait()
	close(failed)
	for err := range failed {
		t.Error(err)
	}
	t.Logf("%d txs in %s", txs, time.Since(begin))
}

// sharedKey lets two clients use one key by turns: each finds its nonces taken
// and goes on.
func sharedKey(t *testing.T, n *network, c *client.Client) {
	w, other := n.world, n.local(t, 1)
	for i := range 3 {
		must(t, c, w.Maker2, &app.CommissionContainer{Location: w.Maker2.GLN, Containers: []app.ContainerUse{{Key: w.Maker2.SSCC(2*i + 1)}}})
		must(t, other, w.Maker2, &app.CommissionContainer{Location: w.Maker2.GLN, Containers: []app.ContainerUse{{Key: w.Maker2.SSCC(2*i + 2)}}})
	}
}

func refusals(t *testing.T, n *network, c *client.Client) {
	w, ctx := n.world, t.Context()
	for name, r := range map[string]struct {
		by   gs1.GLN
		op   app.Op
		code app.Code
	}{
		"in a block":     {w.Pharmacy.GLN, &app.RecallLot{LotID: app.LotID{GTIN: w.Unit, Lot: "L1"}, Class: 1, Depth: 1}, app.CodeNotLabeler},
		"by the mempool": {w.Maker.GLN, register(w.Unit, app.LevelUnit), app.CodeProductExists},
	} {
		out, err := c.Submit(ctx, r.by, r.op, 0, app.EventHash{})
		if err != nil || out.Code != r.code || !errors.Is(out.Err(), r.code) {
			t.Errorf("%s: %v %+v, want %s", name, err, out, r.code)
		}
	}
	if _, err := c.Submit(ctx, apptest.GLN("0999999", 1), register(w.Unit, app.LevelUnit), 0, app.EventHash{}); err == nil {
		t.Error("signed for a partner without its key")
	}
}
