package index

import (
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
)

// TestRecallReach asks who has a lot that is with three partners, on the road,
// on hold and mixed with another lot.
func TestRecallReach(t *testing.T) {
	l := newLedger(t)
	x := open(t, small(t.TempDir()))
	id := app.LotID{GTIN: l.Unit, Lot: "L1"}
	l.must(l.Maker, apptest.Commission(l.Maker, l.Unit, "L1", 1, 100))
	l.must(l.Maker, apptest.Commission(l.Maker, l.Unit, "L11", 201, 210))
	box, tote, pallet := l.Maker.SSCC(1), l.Maker.SSCC(2), l.Maker.SSCC(3)
	l.must(l.Maker, l.Pack(box, append(apptest.Items(l.Unit, 1, 20), apptest.Items(l.Unit, 201, 205)...)...))
	l.must(l.Maker, l.Pack(tote, apptest.Items(l.Unit, 21, 30)...))
	l.must(l.Maker, l.Pack(pallet, tote, box))
	l.must(l.Maker, l.Ship(l.Wholesaler, pallet))
	l.must(l.Wholesaler, l.ReceiveAll(l.Wholesaler, 1))
	l.must(l.Wholesaler, l.Unpack(pallet))
	l.must(l.Wholesaler, l.Unpack(box, apptest.Items(l.Unit, 1, 3)...))
	l.must(l.Wholesaler, l.Ship(l.Pharmacy, apptest.Items(l.Unit, 1, 3)...))
	l.must(l.Pharmacy, l.ReceiveAll(l.Pharmacy, 2))
	l.must(l.Pharmacy, l.Dispense(apptest.Item(l.Unit, 1)))
	l.must(l.Maker, l.Ship(l.Wholesaler, apptest.Items(l.Unit, 91, 100)...))
	l.must(l.Wholesaler, &app.Quarantine{Holdings: l.Containers(tote)})
	l.must(l.Maker, &app.RecallLot{LotID: id, Class: 2, Depth: app.DepthRetail})
	l.must(l.Pharmacy, &app.AcknowledgeRecall{LotID: id, Found: 2})
	l.must(l.Auditor, &app.AcknowledgeRecall{LotID: id})
	l.feed(x)
	r, err := x.RecallReach(id, app.PageRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if r.Live != 99 || r.OnRoad != 10 || r.OnHold != 10 || r.Holders != 3 || r.Acknowledged != 2 || r.Lot == nil || r.Lot.Recall.Acks != 2 {
		t.Errorf("totals: got %+v, want 99 live, 10 on the road, 10 on hold at 3 holders, 2 acknowledged", r)
	}
	want := map[string]app.RecallHolder{
		l.Maker.GLN.String():      {Live: 70, Holdings: 2, OnRoad: 10},
		l.Wholesaler.GLN.String(): {Live: 27, Holdings: 2, OnHold: 10},
		l.Pharmacy.GLN.String():   {Live: 2, Holdings: 1, Ack: &app.RecallAck{Found: 2}},
		l.Auditor.GLN.String():    {Ack: &app.RecallAck{}},
	}
	for i := range r.Items {
		got := r.Items[i]
		w, ok := want[got.Partner.String()]
		if !ok || got.Live != w.Live || got.Holdings != w.Holdings || got.OnRoad != w.OnRoad || got.OnHold != w.OnHold ||
			(got.Ack == nil) != (w.Ack == nil) || w.Ack != nil && got.Ack.Found != w.Ack.Found {
			t.Errorf("%s: got %+v, want %+v", got.Partner, got, w)
		}
	}
	if len(r.Items) != len(want) {
		t.Errorf("got %d partners, want %d", len(r.Items), len(want))
	}
	reachPages(t, x, id, r)
	other, err := x.RecallReach(app.LotID{GTIN: l.Unit, Lot: "L11"}, app.PageRequest{})
	if err != nil || other.Live != 10 || other.Lot != nil || len(other.Items) != 2 {
		t.Errorf("a lot without a recall: got %+v, %v; want 10 live with two partners", other, err)
	}
}

// reachPages asks for the same partner by partner.
func reachPages(t *testing.T, x *Index, id app.LotID, want *app.RecallReach) {
	t.Helper()
	page := app.PageRequest{Limit: 1}
	for i := range want.Items {
		r, err := x.RecallReach(id, page)
		if err != nil || len(r.Items) != 1 || r.Items[0].Partner != want.Items[i].Partner || r.Live != want.Live {
			t.Fatalf("page %d: got %+v, %v; want %s", i, r, err, want.Items[i].Partner)
		}
		page.Cursor = r.Next
	}
	if page.Cursor != "" {
		t.Errorf("after the last partner there is another page, %s", page.Cursor)
	}
}
