package index

import (
	"errors"
	"slices"
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
)

// TestStory follows goods from the maker to the patient and asks every
// question on the way.
func TestStory(t *testing.T) {
	l := newLedger(t)
	x := open(t, small(t.TempDir()))
	caseKey, pallet := l.Maker.SSCC(1), l.Maker.SSCC(2)
	hash := app.EventHash{1, 2, 3}
	var want []string
	note := func(kind string) { want = append(want, kind+" "+l.id().String()[:8]) }

	l.must(l.Maker, apptest.Commission(l.Maker, l.Unit, "L1", 1, 48), apptest.WithEventHash(hash))
	note("Commission")
	run := l.Where(apptest.Item(l.Unit, 2)).Holding
	l.must(l.Maker, l.Pack(caseKey, apptest.Items(l.Unit, 1, 24)...))
	note("Pack")
	l.must(l.Maker, l.Pack(pallet, caseKey))
	note("Pack")
	l.must(l.Maker, l.Ship(l.Wholesaler, pallet))
	note("Ship")
	l.must(l.Wholesaler, l.ReceiveAll(l.Wholesaler, 1))
	note("Receive")
	l.must(l.Wholesaler, l.Unpack(pallet))
	note("Unpack")
	l.must(l.Wholesaler, l.Unpack(caseKey, apptest.Items(l.Unit, 1, 3)...))
	note("Unpack")
	l.must(l.Wholesaler, l.Ship(l.Pharmacy, apptest.Items(l.Unit, 1, 2)...))
	note("Ship")
	l.must(l.Pharmacy, l.ReceiveAll(l.Pharmacy, 2))
	note("Receive")
	l.must(l.Pharmacy, l.Dispense(apptest.Item(l.Unit, 1))) // another item's end is not this one's history
	l.must(l.Pharmacy, l.Dispense(apptest.Item(l.Unit, 2)))
	note("Dispense")
	again := l.do(l.Pharmacy, l.Dispense(apptest.Item(l.Unit, 2)))
	if again.Code != app.CodeEnded {
		t.Fatalf("second dispense: got %s, want ended", again.Code)
	}
	refused := l.id()
	l.feed(x)

	p, err := x.Place(apptest.Item(l.Unit, 2))
	if err != nil {
		t.Fatal(err)
	}
	at := l.Where(apptest.Item(l.Unit, 2))
	if p.At != at || p.State != app.Dispensed || p.Holding != at.Holding || len(p.Chain) != 1 {
		t.Errorf("place: got %+v, want dispensed at %+v", p, at)
	}
	if len(p.Commissions) != 1 || p.Commissions[0].At.Holding != run || p.Commissions[0].Position != 1 {
		t.Errorf("commissions: got %+v, want position 1 of run %s", p.Commissions, run)
	}
	h, err := x.History(apptest.Item(l.Unit, 2), app.PageRequest{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range h.Items {
		got = append(got, s.Kind+" "+s.ID.String()[:8])
	}
	if !slices.Equal(got, want) {
		t.Errorf("history: got %v, want %v", got, want)
	}
	if last := h.Items[len(h.Items)-1]; last.State != app.Dispensed || last.Partner != l.Pharmacy.GLN {
		t.Errorf("last step: got %s by %s, want dispensed by %s", last.State, last.Partner, l.Pharmacy.GLN)
	}
	if _, err := x.Place(apptest.Item(l.Unit, 99)); !errors.Is(err, ErrNotFound) {
		t.Errorf("place of a serial never commissioned: got %v, want ErrNotFound", err)
	}
	sum, err := x.Tx(refused)
	if err != nil || sum.Code != app.CodeEnded || sum.CodeName != "ended" || sum.Kind != "Dispense" {
		t.Errorf("refused tx: got %+v, %v; want ended", sum, err)
	}
	byEvent, err := x.TxByEvent(hash)
	if err != nil || len(byEvent) != 1 || byEvent[0].Kind != "Commission" {
		t.Errorf("tx by event: got %+v, %v; want the Commission", byEvent, err)
	}
}
