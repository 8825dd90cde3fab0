package index

import (
	"slices"
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
)

// investigated finds a lot and an item illegitimate: the wholesaler is notified
// of the lot, and the notice of the item is two days late.
func investigated(l *ledger) {
	lot, item := app.LotSubject(app.LotID{GTIN: l.Unit, Lot: "L/1"}), app.KeySubject(apptest.Item(l.Unit, 9))
	l.must(l.Maker, &app.OpenInvestigation{Subject: lot, Reason: app.ReasonCounterfeit})
	l.must(l.Maker, &app.CloseInvestigation{Investigation: 1, Outcome: app.InvestigationIllegitimate})
	l.must(l.Maker, &app.Notify{Investigation: 1, Type: app.NoticeInitial, Partners: []app.Notified{{Partner: l.Wholesaler.GLN}}})
	l.must(l.Maker, &app.OpenInvestigation{Subject: item, Reason: app.ReasonStolen})
	l.must(l.Maker, &app.CloseInvestigation{Investigation: 2, Outcome: app.InvestigationIllegitimate})
	l.must(l.Maker, &app.OpenInvestigation{Subject: app.KeySubject(apptest.Item(l.Unit, 10)), Reason: app.ReasonOther})
	l.Step(48 * 3600)
	l.blocks = append(l.blocks, Block{Height: l.Block.Height, Time: l.Block.Time})
	l.must(l.Maker, &app.OpenInvestigation{Subject: app.KeySubject(apptest.Item(l.Unit, 11)), Reason: app.ReasonOther})
	l.must(l.Maker, &app.CloseInvestigation{Investigation: 4, Outcome: app.InvestigationIllegitimate})
}

// TestInvestigations lists investigations by status, and notices by partner,
// before and after they ended.
func TestInvestigations(t *testing.T) {
	l := newLedger(t)
	x := open(t, small(t.TempDir()))
	l.must(l.Maker, apptest.Commission(l.Maker, l.Unit, "L/1", 1, 30))
	investigated(l)
	l.feed(x)
	check := func(list app.InvestigationList, want ...uint64) {
		t.Helper()
		var got []uint64
		for _, i := range pages(t, 1, func(r app.PageRequest) (*app.Page[app.InvestigationSummary], error) { return x.Investigations(list, r) }) {
			got = append(got, i.Number)
			if i.Late != (i.Number == 2) || i.Investigation != *l.Investigation(i.Number) {
				t.Errorf("investigation %d: got %+v", i.Number, i)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %d, want %d", list, got, want)
		}
	}
	check(app.ListAll, 4, 3, 2, 1)
	check(app.ListOpen, 3)
	check(app.ListClosed, 4, 2, 1)
	check(app.ListOverdue, 2)
	notices := func(want int) {
		t.Helper()
		got := pages(t, 1, func(r app.PageRequest) (*app.Page[app.NoticeSummary], error) { return x.Notices(l.Wholesaler.GLN, r) })
		if len(got) != want || want == 1 && (got[0].Subject != l.Investigation(1).Subject || got[0].Of[0].Investigation != 1) {
			t.Errorf("notices: got %+v, want %d", got, want)
		}
	}
	notices(1)
	l.must(l.Maker, &app.Notify{Investigation: 1, Type: app.NoticeTermination, Incident: "X", Partners: []app.Notified{{Partner: l.Wholesaler.GLN}}})
	l.must(l.Regulator, &app.CloseInvestigation{Investigation: 2, Outcome: app.InvestigationCleared})
	l.must(l.Maker, &app.CloseInvestigation{Investigation: 3, Outcome: app.InvestigationCleared})
	l.feed(x)
	notices(0)
	check(app.ListOpen)
	check(app.ListOverdue)
	check(app.ListClosed, 4, 3, 2, 1)
}
