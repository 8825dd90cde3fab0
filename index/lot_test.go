package index

import (
	"fmt"
	"slices"
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
)

// TestLotSales: who got a lot from whom, whether it went alone, in a mixed tote,
// out of one, in a drop shipment or not at all in the end.
func TestLotSales(t *testing.T) {
	l := newLedger(t)
	x := open(t, small(t.TempDir()))
	id := app.LotID{GTIN: l.Unit, Lot: "L1"}
	l.must(l.Maker, apptest.Commission(l.Maker, l.Unit, "L1", 1, 100))
	l.must(l.Maker, apptest.Commission(l.Maker, l.Unit, "L11", 201, 210))
	box, tote := l.Maker.SSCC(1), l.Maker.SSCC(2)
	l.must(l.Maker, l.Pack(box, append(apptest.Items(l.Unit, 1, 20), apptest.Items(l.Unit, 201, 205)...)...))
	l.must(l.Maker, l.Pack(tote, apptest.Items(l.Unit, 21, 30)...))
	l.must(l.Maker, l.Ship(l.Wholesaler, append(apptest.Items(l.Unit, 31, 33), box, tote)...))
	l.must(l.Wholesaler, l.ReceiveAll(l.Wholesaler, 1))
	l.must(l.Wholesaler, l.Ship(l.Pharmacy, apptest.Items(l.Unit, 3, 4)...))
	l.must(l.Maker, l.Ship(l.Wholesaler2, apptest.Items(l.Unit, 40, 49)...))
	l.must(l.Maker, &app.VoidShip{Shipment: 3, All: true, Holdings: []app.HoldingID{l.Where(apptest.Item(l.Unit, 40)).Holding}})
	l.must(l.Maker, l.Ship(l.Wholesaler, append(apptest.Items(l.Unit, 50, 51), apptest.Items(l.Unit, 206, 207)...)...))
	l.must(l.Wholesaler, &app.Delegate{Agent: l.Maker.GLN, Scope: app.Scope{DropShip: true}, From: 1, Until: 1 << 40})
	drop := l.Ship(l.Pharmacy, apptest.Items(l.Unit, 60, 62)...)
	drop.Seller = l.Wholesaler.GLN
	l.must(l.Maker, drop)
	l.feed(x)

	sold := func(by *apptest.Partner, lot app.LotID) (out []string) {
		for _, s := range pages(t, 1, func(p app.PageRequest) (*app.Page[app.LotSale], error) { return x.LotSales(by.GLN, lot, p) }) {
			if s.SoldBy() != by.GLN && s.From != by.GLN {
				t.Errorf("shipment %d is from %s, listed for %s", s.Number, s.From, by.GLN)
			}
			out = append(out, fmt.Sprintf("%d to %s in %d, %s", s.Items, s.Customer, s.Number, s.Status))
		}
		slices.Sort(out)
		return out
	}
	check := func(got []string, want ...string) {
		t.Helper()
		if slices.Sort(want); !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	to := func(p *apptest.Partner) string { return p.GLN.String() }
	check(sold(l.Maker, id), "33 to "+to(l.Wholesaler)+" in 1, closed", "10 to "+to(l.Wholesaler2)+" in 3, closed",
		"2 to "+to(l.Wholesaler)+" in 4, open", "3 to "+to(l.Wholesaler)+" in 5, open")
	check(sold(l.Maker, app.LotID{GTIN: l.Unit, Lot: "L11"}), "5 to "+to(l.Wholesaler)+" in 1, closed", "2 to "+to(l.Wholesaler)+" in 4, open")
	check(sold(l.Wholesaler, id), "2 to "+to(l.Pharmacy)+" in 2, open", "3 to "+to(l.Pharmacy)+" in 5, open")
	check(sold(l.Pharmacy, id))
}

// TestLotsMadeFrom: a recalled lot leads to the lots that were made of it.
func TestLotsMadeFrom(t *testing.T) {
	l := newLedger(t)
	x := open(t, small(t.TempDir()))
	dose := apptest.GTIN(0, "0361500", 77)
	l.must(l.Repackager, &app.RegisterProduct{GTIN: dose, ProductInfo: app.ProductInfo{Level: app.LevelUnit, Name: "Dose"}})
	l.must(l.Maker, apptest.Commission(l.Maker, l.Unit, "B1", 1, 20))
	l.must(l.Maker, apptest.Commission(l.Maker, l.Unit, "B2", 21, 40))
	l.must(l.Maker, l.Ship(l.Repackager, apptest.Items(l.Unit, 1, 40)...))
	l.must(l.Repackager, l.ReceiveAll(l.Repackager, 1))
	repack := func(lot string, first, last, from, to int) {
		op := &app.Repackage{Openings: l.Openings(apptest.Items(l.Unit, from, to)...)}
		c := apptest.Commission(l.Repackager, dose, lot, first, last)
		op.Into.GTIN, op.Into.Lot, op.Into.Expiry, op.Into.Location, op.Into.Serials = c.GTIN, c.Lot, c.Expiry, c.Location, c.Serials
		l.must(l.Repackager, op)
	}
	repack("D1", 1, 30, 1, 2)
	repack("D1", 31, 60, 3, 4)
	repack("D2", 61, 90, 19, 22) // of both lots
	l.feed(x)
	got := func(lot string) (out []string) {
		for _, m := range pages(t, 1, func(p app.PageRequest) (*app.Page[app.MadeLot], error) {
			return x.LotsMadeFrom(app.LotID{GTIN: l.Unit, Lot: lot}, p)
		}) {
			if m.By != l.Repackager.GLN || m.Lot.GTIN != dose {
				t.Errorf("got %+v, want a lot of %s by the repackager", m, dose)
			}
			out = append(out, fmt.Sprintf("%d into %d of %s", m.Used, m.Made, m.Lot.Lot))
		}
		return out
	}
	if b1, b2 := got("B1"), got("B2"); !slices.Equal(b1, []string{"4 into 60 of D1", "2 into 30 of D2"}) || !slices.Equal(b2, []string{"2 into 30 of D2"}) || got("B") != nil {
		t.Errorf("got %q of B1 and %q of B2", b1, b2)
	}
}
