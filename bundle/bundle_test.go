package bundle_test

import (
	"bytes"
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/bundle"
)

// story is what the tests of bundles are about: the maker sells a container of
// ten and six loose packages to the wholesaler, which unpacks, sells three to a
// pharmacy, which gives one to another for a specific patient. Then the lot is
// recalled.
type story struct {
	toWholesaler, toPharmacy, toPharmacy2, grandfathered uint64
	sscc                                                 gs1.Key
}

func tell(l *ledger) *story {
	w, ctx := l.w, l.t.Context()
	s := &story{sscc: w.Maker.SSCC(1)}
	l.register()
	l.do(w.Maker, apptest.Commission(w.Maker, w.Unit, "A/1", 1, 20))
	l.do(w.Maker, apptest.Commission(w.Maker, w.Unit, "A/2", 21, 24))
	l.do(w.Maker, planned[*app.Pack](l)(l.Plan(w.Maker.GLN).Pack(ctx, s.sscc, apptest.Items(w.Unit, 1, 10)...)))
	loose := append(apptest.Items(w.Unit, 11, 14), apptest.Items(w.Unit, 21, 22)...)
	s.toWholesaler = l.sell(w.Maker, w.Wholesaler, app.ExemptNone, append(loose, s.sscc)...)
	l.do(w.Wholesaler, planned[*app.Unpack](l)(l.Plan(w.Wholesaler.GLN).Unpack(ctx, s.sscc, apptest.Items(w.Unit, 1, 4)...)))
	s.toPharmacy = l.sell(w.Wholesaler, w.Pharmacy, app.ExemptNone, apptest.Item(w.Unit, 1), apptest.Item(w.Unit, 2), apptest.Item(w.Unit, 21))
	s.toPharmacy2 = l.sell(w.Pharmacy, w.Pharmacy2, app.ExemptSpecificPatient, apptest.Item(w.Unit, 1))
	// What is packed into the container now was not shipped in it.
	l.do(w.Wholesaler, planned[*app.Pack](l)(l.Plan(w.Wholesaler.GLN).Pack(ctx, s.sscc, apptest.Items(w.Unit, 13, 14)...)))
	l.do(w.Wholesaler, &app.Commission{
		GTIN: w.Unit, Lot: "OLD", Expiry: 20270930, Location: w.Wholesaler.GLN, Exempt: app.LotGrandfathered,
		Serials: []string{app.SurrogateSerial(w.Wholesaler.GLN, "000001")},
	})
	s.grandfathered = l.ship(w.Wholesaler, w.Pharmacy, app.ExemptNone, gs1.ItemKey(w.Unit, app.SurrogateSerial(w.Wholesaler.GLN, "000001")))
	l.do(w.Maker, &app.RecallLot{LotID: app.LotID{GTIN: w.Unit, Lot: "A/1"}, Class: 2, Depth: app.DepthRetail, Reason: "glass"})
	return s
}

// TestBundles makes the bundles of one story.
func TestBundles(t *testing.T) {
	l := startLedger(t)
	s := tell(l)
	t.Run("partner", func(t *testing.T) { ofPartner(t, l, s) })
}

func mustMake(t *testing.T, l *ledger, r bundle.Request) *bundle.Bundle {
	t.Helper()
	b, err := bundle.Make(t.Context(), l.Client, r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func ofPartner(t *testing.T, l *ledger, s *story) {
	b := mustMake(t, l, bundle.Request{Partner: l.w.Wholesaler.GLN})
	var numbers []uint64
	for i := range b.Transactions {
		numbers = append(numbers, b.Transactions[i].Shipment)
		x := &b.Transactions[i]
		t.Logf("%+v", x)
	}
	t.Log(numbers, b.Cut, b.Height)
	var out bytes.Buffer
	if err := b.WriteXML(&out); err != nil {
		t.Fatal(err)
	}
	t.Log(out.String())
	out.Reset()
	if err := b.WriteJSON(&out); err != nil {
		t.Fatal(err)
	}
	out.Reset()
	if err := b.WritePDF(&out); err != nil {
		t.Fatal(err)
	}
	_ = s
	t.Log(out.Len())
}
