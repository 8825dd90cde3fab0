package main

import (
	"strings"
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
)

// TestOpWords checks that every op reads as a sentence, not as a word of the
// program.
func TestOpWords(t *testing.T) {
	for _, k := range app.Kinds() {
		words, _ := opWords(client.ExampleOp(k))
		if len(strings.Fields(words)) < 2 || strings.Contains(words, k.String()) || strings.Contains(words, "%!") || strings.Contains(words, "unknown") {
			t.Errorf("%s reads %q", k, words)
		}
	}
}

// TestOpWordsSay checks what the words name.
func TestOpWordsSay(t *testing.T) {
	item := client.ExampleOp(app.KindReportConflict).(*app.ReportConflict).Opening.Entries[0]
	key := item.Key.Bracketed()
	gtin, _ := gs1.ParseGTIN("09521001100014")
	other, _ := gs1.ParseGLN("9521003000008")
	id := app.LotID{GTIN: gtin, Lot: "L1"}
	made := &app.Repackage{Openings: []app.Opening{{Entries: []app.Entry{item}}}}
	made.Into.GTIN, made.Into.Lot, made.Into.Expiry, made.Into.Serials = gtin, "NEW", 20280101, []string{"U1", "U2", "U3"}
	free := &app.Commission{Lot: "L1", Serials: []string{"*"}, Exempt: app.LotGrandfathered}
	for _, tc := range []struct {
		op   app.Op
		want []string
	}{
		{made, []string{"repackaged from " + key + " of lot LOT-1", "into 3 of GTIN 09521001100014 lot NEW", "serials U1 to U3"}},
		{free, []string{"this lot bears no identifiers: grandfathered"}},
		{&app.Return{Terms: app.Terms{To: other, Exemption: app.ExemptNonsaleable}, Reverses: 4}, []string{"given back to " + other.String(), "sale by shipment 4", "exempt: nonsaleable"}},
		{&app.OpenInvestigation{Subject: app.LotSubject(id), Reason: app.ReasonDiverted, Text: "seal"}, []string{"lot L1 of GTIN 09521001100014", "(diverted): seal"}},
		{&app.OpenInvestigation{Subject: app.KeySubject(item.Key), Reason: app.ReasonDiverted}, []string{"investigation of " + key}},
		{&app.CloseInvestigation{Investigation: 3, Outcome: app.InvestigationCleared, Finding: "a smudge"}, []string{"investigation 3 was closed, its subject cleared: a smudge"}},
		{&app.Notify{Investigation: 3, Type: app.NoticeInitial, Incident: "F-1", Partners: []app.Notified{{Partner: other}}}, []string{"notice of investigation 3", "(initial)", "FDA incident F-1", "to " + other.String()}},
		{&app.RecallLot{LotID: id, Class: 2, Depth: app.DepthRetail, Reason: "glass"}, []string{"its lot L1 was recalled, class 2, down to retail: glass"}},
		{&app.RecallLot{LotID: id, Class: 2, Depth: app.DepthRetail, Keys: []gs1.Key{item.Key}}, []string{"recalled in part, 1 by their serials"}},
		{&app.AcknowledgeRecall{LotID: id, Found: 6}, []string{"recall of lot L1 was acknowledged: 6 found"}},
		{&app.CloseRecall{LotID: id, Outcome: app.RecallWithdrawn}, []string{"the recall of lot L1 was withdrawn"}},
		{&app.CloseRecall{LotID: id, Outcome: app.RecallWithdrawn, Keys: []gs1.Key{item.Key}}, []string{"1 by their serials, of lot L1, was withdrawn"}},
		{&app.DeclareError{ErrorTerms: app.ErrorTerms{Reason: app.DidNotOccur, Text: "typo"}}, []string{"declared an error: did_not_occur: typo"}},
		{&app.Decommission{Missing: true, Reason: "unknown"}, []string{"missing: unknown"}},
		{&app.SetMark{Key: item.Key, Mark: app.MarkStolen, Blocking: true}, []string{key + " was marked stolen: it blocks any sale"}},
		{&app.RequestTrace{TraceTerms: app.TraceTerms{To: other, Ask: app.AskVerification, Reason: app.ReasonAudit, Lot: &id, Drill: true}}, []string{"an exercise", "to " + other.String(), "lot L1"}},
		{&app.Delegate{Agent: other}, []string{"signs on its behalf no more"}},
		{&app.Delegate{Agent: other, Until: 1, Scope: app.Scope{Ops: []app.Kind{app.KindPack}, DropShip: true}}, []string{"Pack, drop shipments"}},
		{&app.SuspendPartner{GLN: other, Lift: true}, []string{"was lifted"}},
		{&app.TransferProduct{GTIN: gtin}, []string{"withdrawn"}},
		{&app.TransferProduct{GTIN: gtin, Accept: true}, []string{"taken over"}},
	} {
		words, _ := opWords(tc.op)
		for _, want := range tc.want {
			if !strings.Contains(words, want) {
				t.Errorf("%s: got %q, want %q in it", tc.op.Kind(), words, want)
			}
		}
	}
	if got, want := byWords("Alder", other, &signedBy{GLN: other, Name: "Cedar"}), "Cedar ("+other.String()+") for Alder ("; !strings.HasPrefix(got, want) {
		t.Errorf("got %q, want %q at its beginning", got, want)
	}
}
