package proof_test

import (
	"strings"
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client/proof"
)

// TestStandings checks the verdicts on a package that bears no identifier, one
// under investigation, and one that was dispensed in part.
func TestStandings(t *testing.T) {
	s := newScene(t)
	says := func(a proof.Answer, yes bool, vrs, cbv, words string) {
		t.Helper()
		expect(t, words, a, yes, vrs, cbv)
		if !strings.Contains(a.Reason, words) {
			t.Errorf("got %q, want %q in it", a.Reason, words)
		}
	}
	free := gs1.ItemKey(s.unit, app.SurrogateSerial(s.maker.GLN, "000001"))
	s.Do(s.maker, &app.Commission{
		GTIN: s.unit, Lot: "OLD", Expiry: apptest.Date("2028-06-30"), Location: s.maker.GLN, Exempt: app.LotGrandfathered,
		Serials: []string{app.SurrogateSerial(s.maker.GLN, "000001")},
	})
	p := s.ask(t, free)
	says(p.Identity, true, "", "", "lot OLD of "+s.maker.GLN.String()+", which bears no identifiers: grandfathered")
	says(p.Sellable, true, "", "sellable_accessible", "nothing stands against it")

	held := s.item(2000)
	s.Do(s.maker, &app.OpenInvestigation{
		Subject: app.KeySubject(held), Reason: app.ReasonUnfit, Spot: app.Spot{Opening: s.World.Opening(held)},
	})
	says(s.ask(t, held).Sellable, false, "Suspect", "non_sellable_other", "is marked suspect by "+s.maker.GLN.String()+" in investigation 1")

	key := s.item(2001)
	s.receive(s.wholesaler, s.ship(s.maker, s.wholesaler, key))
	s.receive(s.pharmacy, s.ship(s.wholesaler, s.pharmacy, key))
	op := s.World.Dispense(key)
	op.Partial = true
	s.Do(s.pharmacy, op)
	says(s.ask(t, key).Sellable, false, "", "partially_dispensed", "dispensed in part; the rest may be dispensed, not sold")
}
