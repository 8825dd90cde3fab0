package apptest_test

import (
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
)

// TestNormalFlow follows goods from the maker to the patient.
func TestNormalFlow(t *testing.T) {
	w := apptest.NewWorld(t)
	caseKey, pallet := w.Maker.SSCC(1), w.Maker.SSCC(2)
	w.MustDo(w.Maker, apptest.Commission(w.Maker, w.Unit, "L1", 1, 48))
	w.MustDo(w.Maker, w.Pack(caseKey, apptest.Items(w.Unit, 1, 24)...))
	w.MustDo(w.Maker, w.Pack(pallet, caseKey))
	w.MustDo(w.Maker, w.Ship(w.Wholesaler, pallet))
	w.MustDo(w.Wholesaler, w.ReceiveAll(w.Wholesaler, 1))
	w.MustDo(w.Wholesaler, w.Unpack(pallet))
	w.MustDo(w.Wholesaler, w.Unpack(caseKey, apptest.Items(w.Unit, 1, 3)...))
	w.MustDo(w.Wholesaler, w.Ship(w.Pharmacy, apptest.Items(w.Unit, 1, 2)...))
	w.MustDo(w.Pharmacy, w.Dispense(apptest.Item(w.Unit, 1)))
	w.Refused(w.Pharmacy, app.CodeEnded, w.Dispense(apptest.Item(w.Unit, 1)))
	if at := w.Where(apptest.Item(w.Unit, 1)); w.Segment(at.Holding, at.Segment).State(at.Position) != app.Dispensed {
		t.Errorf("item 1: got %s, want dispensed", w.Segment(at.Holding, at.Segment).State(at.Position))
	}
	if got := w.Shipment(2); got.Received != 1 || got.Open != 1 {
		t.Errorf("shipment 2: got %d received, %d open; want 1 and 1", got.Received, got.Open)
	}
}

// TestStoreFails shows that trouble of the disk never becomes a verdict.
func TestStoreFails(t *testing.T) {
	w := apptest.NewWorld(t)
	tx := w.Seal(w.Maker, apptest.Commission(w.Maker, w.Unit, "L1", 1, 8))
	reads := w.Store.Clone()
	if _, err := app.Execute(reads, w.Block, tx); err != nil {
		t.Fatal(err)
	}
	for at := 1; at <= reads.Reads; at++ {
		s := w.Store.Clone()
		s.FailAt = at
		if res, err := app.Execute(s, w.Block, tx); err == nil {
			t.Errorf("failure at read %d: got verdict %s, want an error", at, res.Code)
		}
	}
}
