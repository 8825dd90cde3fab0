package app_test

import (
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
)

// TestOneMarkOneInvestigation: a mark of one investigation never becomes
// another's, whatever the partner marks by itself in between. Otherwise the
// first investigation would be left without its mark, and closing it would
// stop every node.
func TestOneMarkOneInvestigation(t *testing.T) {
	w := apptest.NewWorld(t)
	w.MustDo(w.Maker, apptest.Commission(w.Maker, w.Unit, "L1", 1, 8))
	key := apptest.Item(w.Unit, 1)
	ill := app.InvestigationIllegitimate
	open := &app.OpenInvestigation{Subject: app.KeySubject(key), Reason: app.ReasonOther}
	w.MustDo(w.Pharmacy, open)
	w.MustDo(w.Pharmacy, &app.CloseInvestigation{Investigation: 1, Outcome: ill})
	w.MustDo(w.Pharmacy, &app.SetMark{Key: key, Mark: app.MarkSuspect})
	w.Refused(w.Pharmacy, app.CodeMarkExists, open)
	w.CheckInvariants()
	w.MustDo(w.Regulator, &app.CloseInvestigation{Investigation: 1, Outcome: app.InvestigationCleared})
	w.MustDo(w.Pharmacy, open)
	w.MustDo(w.Pharmacy, &app.CloseInvestigation{Investigation: 2, Outcome: ill})
	w.MustDo(w.Regulator, &app.CloseInvestigation{Investigation: 2, Outcome: app.InvestigationCleared})
	w.CheckInvariants()
}
