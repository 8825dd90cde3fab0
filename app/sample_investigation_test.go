package app_test

import (
	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
)

// investigate is the samples' story of suspect product: one item that is
// cleared, and a lot that is not.
func investigate(w *apptest.World, do func(string, *apptest.Partner, app.Op, ...apptest.Option)) {
	item, lot := apptest.Item(w.UnitB, 2007), app.LotSubject(app.LotID{GTIN: w.UnitB, Lot: "L2"})
	do("open-investigation-item", w.Wholesaler2, &app.OpenInvestigation{
		Subject: app.KeySubject(item), Reason: app.ReasonNoMatch, Text: "the label looks wrong", Spot: app.Spot{Opening: w.Opening(item)},
	})
	do("close-investigation-cleared", w.Wholesaler2, &app.CloseInvestigation{
		Investigation: 1, Outcome: app.InvestigationCleared, Evidence: app.Digest{7}, Finding: "a worn label",
	})
	do("open-investigation-lot", w.Maker, &app.OpenInvestigation{Subject: lot, Reason: app.ReasonCounterfeit})
	do("notify-high-risk", w.Maker, &app.Notify{Investigation: 2, Type: app.NoticeHighRisk, Partners: []app.Notified{{Partner: w.Wholesaler2.GLN}}})
	do("close-investigation-illegitimate", w.Maker, &app.CloseInvestigation{Investigation: 2, Outcome: app.InvestigationIllegitimate, Finding: "counterfeit"})
	do("notify-initial", w.Maker, &app.Notify{Investigation: 2, Type: app.NoticeInitial, Incident: "3911-0001", Partners: []app.Notified{{Partner: w.Pharmacy.GLN}}})
	do("notify-termination", w.Maker, &app.Notify{Investigation: 2, Type: app.NoticeTermination, Incident: "3911-0001", Partners: []app.Notified{{Partner: w.Pharmacy.GLN}}})
	stolen := apptest.Item(w.UnitB, 2001)
	do("open-investigation-alert", w.Pharmacy2, &app.OpenInvestigation{Subject: app.KeySubject(stolen), Reason: app.ReasonStolen})
}
