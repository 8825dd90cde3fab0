package client_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/client/proof"
)

// conflicts: what a partner has in hand and the ledger has elsewhere is refused
// with the report that says so, ready to be sent.
func conflicts(t *testing.T, n *network, c *client.Client) {
	w, ctx := n.world, t.Context()
	must(t, c, w.Maker, apptest.Commission(w.Maker, w.Unit, "C1", 15_001, 15_004))
	sold, kept := apptest.Item(w.Unit, 15_001), apptest.Item(w.Unit, 15_002)
	terms := app.Terms{To: w.Pharmacy.GLN, ShipTo: w.Pharmacy.GLN, Purpose: app.PurposeSale, Statement: true, TransactionDate: 20260102}
	out := must(t, c, w.Maker, planned[app.Ship](t)(c.Plan(w.Maker.GLN).Ship(ctx, terms, sold)))
	number, _ := app.ShipmentNumber(out.Data)
	must(t, c, w.Pharmacy, planned[app.Receive](t)(c.Plan(w.Pharmacy.GLN).Receive(ctx, number, w.Pharmacy.GLN)))
	must(t, c, w.Pharmacy, planned[app.Dispense](t)(c.Plan(w.Pharmacy.GLN).Dispense(ctx, sold)))

	// Its life has ended; and one that is with the maker.
	for _, key := range []gs1.Key{sold, kept} {
		op := planned[app.Dispense](t)(c.Plan(w.Pharmacy2.GLN).Dispense(ctx, key))
		out, err := c.Submit(ctx, w.Pharmacy2.GLN, op, 0, app.EventHash{})
		if err != nil || out.OK() {
			t.Fatalf("dispensed by another: %v %+v", err, out)
		}
		found := out.Conflict
		if found == nil || found.Key != key || found.By != w.Pharmacy2.GLN || found.Kind != "ReportConflict" || found.Location != w.Pharmacy2.GLN || found.Says == "" {
			t.Fatalf("%s: the refusal offers %+v", out.Code, found)
		}
		must(t, c, w.Pharmacy2, found.Op)
	}
	e, file, err := c.Evidence(ctx, sold, gs1.GLN{})
	if err != nil || e.By.GLN != w.Pharmacy2.GLN || e.Conflict.State != app.Dispensed || e.Conflict.Holding.Possessor != w.Pharmacy.GLN {
		t.Fatalf("evidence: %v %+v %+v", err, e, e.Conflict)
	}
	checkOffline(t, n, file, sold)
	if _, _, err := c.Evidence(ctx, sold, w.Auditor.GLN); !errors.Is(err, client.ErrNotFound) {
		t.Errorf("a report that nobody made: got %v", err)
	}

	// Where the ledger has it is no conflict; nor is what is on its way.
	if found, err := c.FindConflict(ctx, w.Maker.GLN, kept, w.Maker.GLN); err != nil || found != nil {
		t.Errorf("in the maker's hands: %v %+v", err, found)
	}
	must(t, c, w.Maker, planned[app.Ship](t)(c.Plan(w.Maker.GLN).Ship(ctx, terms, kept)))
	if found, err := c.FindConflict(ctx, w.Pharmacy.GLN, kept, w.Pharmacy.GLN); err != nil || found != nil {
		t.Errorf("on its way to the pharmacy: %v %+v", err, found)
	}
	if found, err := c.FindConflict(ctx, w.Wholesaler.GLN, kept, w.Wholesaler.GLN); err != nil || found == nil {
		t.Errorf("in hand of a third: %v %+v", err, found)
	}
	if _, err := c.FindConflict(ctx, w.Maker.GLN, apptest.Item(w.Unit, 999_999), w.Maker.GLN); !errors.Is(err, client.ErrNotFound) {
		t.Errorf("an unknown item: got %v", err)
	}
	if _, err := c.FindConflict(ctx, w.Maker.GLN, w.Maker.SSCC(1), w.Maker.GLN); err == nil {
		t.Error("a container is compared")
	}
	// A refusal of another kind offers nothing.
	out, err = c.Submit(ctx, w.Maker.GLN, planned[app.Dispense](t)(c.Plan(w.Maker.GLN).Dispense(ctx, apptest.Item(w.Unit, 15_003))), 0, app.EventHash{})
	if err != nil || out.OK() || out.Conflict != nil {
		t.Errorf("a maker dispenses: %v %+v", err, out)
	}
}

// duplicates: a key that was commissioned twice is reported as such.
func duplicates(t *testing.T, n *network, c *client.Client) {
	w, ctx := n.world, t.Context()
	must(t, c, w.Maker, apptest.Commission(w.Maker, w.Unit, "C2", 16_001, 16_010))
	twice := apptest.Item(w.Unit, 16_003)
	if _, err := c.Plan(w.Auditor.GLN).ReportDuplicate(ctx, twice); !errors.Is(err, client.ErrNotFound) {
		t.Fatalf("commissioned once: got %v", err)
	}
	smuggle(t, n, c, 16_003)
	found, err := c.FindConflict(ctx, w.Auditor.GLN, twice, w.Auditor.GLN)
	if err != nil || found == nil || found.Kind != "ReportDuplicate" {
		t.Fatalf("commissioned twice: %v %+v", err, found)
	}
	must(t, c, w.Auditor, found.Op)
	e, file, err := c.Evidence(ctx, twice, gs1.GLN{})
	if err != nil || !e.Mark.Blocking || len(e.Commissions) != 2 || e.Commissions[0].Lot.Lot != "C2" || e.Commissions[1].Lot.Lot != "C3" {
		t.Fatalf("evidence: %v %+v", err, e)
	}
	checkOffline(t, n, file, twice)
	// From now on neither is sold.
	terms := app.Terms{To: w.Pharmacy.GLN, ShipTo: w.Pharmacy.GLN, Purpose: app.PurposeSale, Statement: true, TransactionDate: 20260102}
	for _, at := range placesOf(t, c, twice) {
		openings, err := client.OpenAt(ctx, c.Entries, []app.Position{at})
		if err != nil {
			t.Fatal(err)
		}
		out, err := c.Submit(ctx, w.Maker.GLN, &app.Ship{Terms: terms, Openings: openings}, 0, app.EventHash{})
		if err != nil || out.Code != app.CodeMarked {
			t.Errorf("the copy at %+v: %v %+v, want marked", at, err, out)
		}
	}
}

// placesOf are the places where an item was commissioned.
func placesOf(t *testing.T, c *client.Client, key gs1.Key) (out []app.Position) {
	t.Helper()
	place, err := c.Place(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range place.Commissions {
		out = append(out, in.At)
	}
	return out
}

// smuggle commissions a serial for a second time, hidden in a list so long that
// the index's advice does not look at each of them.
func smuggle(t *testing.T, n *network, c *client.Client, serial int) {
	t.Helper()
	for before := 1; before < 40; before++ {
		op := apptest.Commission(n.world.Maker, n.world.Unit, "C3", serial, serial)
		for i := range 100 {
			if i < before {
				op.Serials = append(op.Serials, apptest.Serial(15_100+i))
			} else {
				op.Serials = append(op.Serials, apptest.Serial(16_100+i))
			}
		}
		slices.Sort(op.Serials)
		out, err := c.Submit(t.Context(), n.world.Maker.GLN, op, 0, app.EventHash{})
		if err != nil {
			t.Fatal(err)
		}
		if out.OK() {
			return
		}
		if out.Code != app.CodeDuplicateKey || out.Height != 0 {
			t.Fatalf("the serial again: %+v", out)
		}
	}
	t.Fatal("the advice finds every serial")
}

// checkOffline verifies a file of evidence with the genesis validators only.
func checkOffline(t *testing.T, n *network, file *proof.EvidenceFile, key gs1.Key) {
	t.Helper()
	again, err := proof.DecodeEvidence(file.Encode())
	if err != nil {
		t.Fatal(err)
	}
	trust := proof.TrustValidators(n.ChainID(), n.genesisValidators(t).Hash())
	if _, err := again.Verify(trust, trust, proof.Options{Claim: proof.Claim{Key: key}}); err != nil {
		t.Errorf("offline: %v", err)
	}
}
