package proof_test

import (
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client/proof"
)

// TestItemThroughItsLife asks for one bottle at each step of its way.
func TestItemThroughItsLife(t *testing.T) {
	s := newScene(t)
	key := s.item(3)
	p := s.ask(t, key)
	expect(t, "identity", p.Identity, true, "", "")
	expect(t, "sellable", p.Sellable, true, "", "sellable_accessible")
	if len(p.Chain) != 2 || p.Chain[0].Key != s.case1 || p.Chain[1].Key != s.pallet {
		t.Fatalf("chain %+v, want case and pallet", p.Chain)
	}
	if p.Owner.GLN != s.maker.GLN || p.Acquired != 0 || p.Lots[0].LotID.Lot != lot || p.Product.Name != "Aspirol" {
		t.Errorf("owner %s, acquired %d, lot %s, product %s", p.Owner.GLN, p.Acquired, p.Lots[0].LotID, p.Product.Name)
	}

	n := s.ship(s.maker, s.wholesaler, s.pallet)
	p = s.ask(t, key)
	expect(t, "in transit", p.Sellable, false, "", "in_transit")
	if p.Shipment == nil || p.Shipment.Number != n || p.Shipment.To != s.wholesaler.GLN || p.Owner.GLN != s.maker.GLN {
		t.Errorf("shipment %+v, owner %s", p.Shipment, p.Owner.GLN)
	}
	s.receive(s.wholesaler, n)
	p = s.ask(t, key)
	expect(t, "received", p.Sellable, true, "", "sellable_accessible")
	if p.Owner.GLN != s.wholesaler.GLN || p.Acquired != n || p.Location != s.wholesaler.GLN {
		t.Errorf("owner %s acquired %d at %s, want the wholesaler by shipment %d", p.Owner.GLN, p.Acquired, p.Location, n)
	}

	s.Do(s.wholesaler, s.World.Unpack(s.pallet))
	s.Do(s.wholesaler, s.World.Unpack(s.case1, key))
	m := s.ship(s.wholesaler, s.pharmacy, key)
	s.receive(s.pharmacy, m)
	if p = s.ask(t, key); p.Owner.GLN != s.pharmacy.GLN || p.Acquired != m || p.Chain[0].Kind != app.KindLoose {
		t.Errorf("owner %s acquired %d in a %s", p.Owner.GLN, p.Acquired, p.Chain[0].Kind)
	}
	s.Do(s.pharmacy, s.World.Dispense(key))
	p = s.ask(t, key)
	expect(t, "identity of a dispensed item", p.Identity, true, "", "")
	expect(t, "dispensed", p.Sellable, false, "", "dispensed")
	if p.State != app.Dispensed {
		t.Errorf("state %s, want dispensed", p.State)
	}
}

// TestMarksRecallAndClaim covers what stands against a sale.
func TestMarksRecallAndClaim(t *testing.T) {
	s := newScene(t)
	stolen, within := s.item(1), s.item(2)
	s.Do(s.maker, &app.SetMark{Key: stolen, Mark: app.MarkStolen, Blocking: true, Spot: app.Spot{Opening: s.World.Opening(stolen)}})
	expect(t, "stolen", s.ask(t, stolen).Sellable, false, "Suspect", "stolen")
	expect(t, "beside a stolen one", s.ask(t, within).Sellable, true, "", "sellable_accessible")
	expect(t, "the case", s.ask(t, s.case1).Sellable, false, "", "non_sellable_other")
	expect(t, "the other case", s.ask(t, s.case2).Sellable, true, "", "sellable_accessible")

	s.Do(s.maker, &app.SetMark{Key: s.case2, Mark: app.MarkIllegitimate, Blocking: true, Spot: app.Spot{Container: s.World.Container(s.case2)}})
	expect(t, "in a marked case", s.ask(t, s.item(9)).Sellable, false, "Illegitimate", "non_sellable_other")
	expect(t, "a marked case", s.ask(t, s.case2).Sellable, false, "Illegitimate", "non_sellable_other")

	free := s.item(2000)
	raw := s.build(t, proof.Query{Key: free})
	for _, c := range []struct {
		claim proof.Claim
		yes   bool
		vrs   string
	}{
		{proof.Claim{Lot: lot, Expiry: 20281231}, true, ""},
		{proof.Claim{Lot: "L2"}, false, "No_match_GTIN_Serial_Lot"},
		{proof.Claim{Expiry: 20281230}, false, "No_match_GTIN_Serial_Expiry"},
		{proof.Claim{Lot: "L2", Expiry: 20281230}, false, "No_match_GTIN_Serial_Lot_Expiry"},
	} {
		if a := s.verify(t, raw, c.claim).Identity; a.Yes != c.yes || a.VRS != c.vrs {
			t.Errorf("claim %+v: got %+v, want %v %s", c.claim, a, c.yes, c.vrs)
		}
	}
	s.Do(s.maker, &app.RecallLot{LotID: app.LotID{GTIN: s.unit, Lot: lot}, Class: 1, Depth: app.DepthConsumer, Reason: "glass"})
	expect(t, "recalled", s.ask(t, free).Sellable, false, "Recalled", "recalled")
}

// TestNegative proves what never was.
func TestNegative(t *testing.T) {
	s := newScene(t)
	other := gs1.GTIN{}
	copy(other[:], "00614141999996")
	for name, q := range map[string]proof.Query{
		"unknown product":         {Key: gs1.ItemKey(other, "1")},
		"unknown lot":             {Key: s.item(9999), Lot: "L9"},
		"between two serials":     {Key: gs1.ItemKey(s.unit, "S000100A"), Lot: lot},
		"across segments":         {Key: gs1.ItemKey(s.unit, "S001024A"), Lot: lot},
		"between two commissions": {Key: s.item(2800), Lot: lot},
		"before all":              {Key: gs1.ItemKey(s.unit, "A"), Lot: lot},
		"above all":               {Key: s.item(9999), Lot: lot},
		"container never used":    {Key: s.maker.SSCC(99)},
	} {
		p := s.verify(t, s.build(t, q), proof.Claim{Key: q.Key})
		if p.Identity.Yes || p.Sellable.Yes || p.Identity.VRS != "No_match_GTIN_Serial" {
			t.Errorf("%s: %+v", name, p)
		}
	}
	if _, err := proof.Build(t.Context(), s.Chain, proof.Query{Key: s.item(9999)}); err == nil {
		t.Error("a serial that does not exist was proved absent without its lot")
	}
}

// TestMixedContainer asks for a pallet with several lots.
func TestMixedContainer(t *testing.T) {
	s := newScene(t)
	tote := s.maker.SSCC(9)
	s.Do(s.maker, commissionOne(s, "L2", 5001))
	s.Do(s.maker, commissionOne(s, "L3", 6001))
	s.Do(s.maker, s.World.Pack(tote, s.item(100), s.item(5001), s.item(6001)))
	p := s.ask(t, tote)
	expect(t, "sellable", p.Sellable, true, "", "sellable_accessible")
	if len(p.Lots) != 3 || p.Lots[1].LotID.Lot != "L2" || p.Lots[1].Items != 1 {
		t.Errorf("lots %+v", p.Lots)
	}
	s.Do(s.maker, &app.RecallLot{LotID: app.LotID{GTIN: s.unit, Lot: "L3"}, Class: 2, Depth: app.DepthRetail})
	expect(t, "with a recalled lot", s.ask(t, tote).Sellable, false, "Recalled", "recalled")
	s.Do(s.maker, s.World.Unpack(tote))
	expect(t, "empty", s.ask(t, tote).Sellable, false, "", "non_sellable_other")
}

func commissionOne(s *scene, lot string, n int) *app.Commission {
	return &app.Commission{GTIN: s.unit, Lot: lot, Expiry: 20281231, Location: s.maker.GLN, Serials: []string{serial(n)}}
}
