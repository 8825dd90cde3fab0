package proof_test

import (
	"strings"
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// TestRecalls follows the verdict on three packages of a lot through a recall
// of one of them, of the whole lot, and back.
func TestRecalls(t *testing.T) {
	s := newScene(t)
	id := app.LotID{GTIN: s.unit, Lot: lot}
	named, boxed, free := s.item(2000), s.item(3), s.item(2001)
	recall := func(class app.RecallClass, keys ...gs1.Key) *app.RecallLot {
		return &app.RecallLot{LotID: id, Class: class, Depth: app.DepthRetail, Reason: "glass", Keys: keys}
	}
	says := func(step string, k gs1.Key, yes bool, words string) {
		t.Helper()
		a := s.ask(t, k).Sellable
		vrs, cbv := "Recalled", "recalled"
		if yes {
			vrs, cbv = "", "sellable_accessible"
		}
		expect(t, step, a, yes, vrs, cbv)
		if !strings.Contains(a.Reason, words) {
			t.Errorf("%s: got %q, want %q in it", step, a.Reason, words)
		}
	}
	s.Do(s.maker, recall(2, s.item(3), named))
	says("by its serial", named, false, "it was recalled by its serial (class 2), by "+s.maker.GLN.String()+": glass")
	says("in a sealed case", boxed, false, "by its serial (class 2)")
	says("another of the lot", free, true, "")
	says("the case, before it is known to hold one", s.case1, true, "")
	s.Do(s.maker, &app.LocateMark{Key: boxed, Spot: app.Spot{Opening: s.World.Opening(boxed)}})
	expect(t, "the case", s.ask(t, s.case1).Sellable, false, "", "non_sellable_other")

	s.Do(s.World.Regulator, recall(1))
	says("the whole lot", free, false, "lot L1 was recalled (class 1)")
	s.Do(s.World.Regulator, &app.CloseRecall{LotID: id, Outcome: app.RecallCompleted})
	says("completed", free, false, "(class 1, completed)")
	says("completed, by its serial", named, false, "(class 1, completed)")
	s.Do(s.World.Regulator, recall(1))
	s.Do(s.World.Regulator, &app.CloseRecall{LotID: id, Outcome: app.RecallWithdrawn, Keys: []gs1.Key{s.item(3), named}})
	says("withdrawn", named, true, "nothing stands against it")
	says("withdrawn, of the lot", free, true, "nothing stands against it")
}
