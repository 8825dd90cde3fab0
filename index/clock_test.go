package index

import (
	"fmt"
	"slices"
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
)

// TestClocks follows requests and exceptions through the lists, in pages of
// one.
func TestClocks(t *testing.T) {
	l := newLedger(t)
	x := open(t, small(t.TempDir()))
	ask := func(by *apptest.Partner, what app.TraceAsk) {
		l.must(by, &app.RequestTrace{TraceTerms: app.TraceTerms{To: l.Maker.GLN, Ask: what, Reason: app.ReasonSuspect, Key: apptest.Item(l.Unit, 1)}})
	}
	ask(l.Regulator, app.AskTransactionInformation)
	ask(l.Wholesaler, app.AskVerification)
	ask(l.Wholesaler, app.AskAllKnownOwners)
	open := &app.OpenException{ExceptionTerms: app.ExceptionTerms{Against: l.Maker.GLN, Type: app.Overage, Source: app.SeenByScan}}
	l.must(l.Pharmacy, open)
	l.must(l.Pharmacy, open)
	l.must(l.Maker, &app.RespondTrace{Request: 2, Outcome: app.TraceMatch})

	check := func(clocks, requests, exceptions []string) {
		t.Helper()
		l.feed(x)
		var got []string
		for _, c := range pages(t, 1, func(p app.PageRequest) (*app.Page[app.Clock], error) { return x.Clocks(l.Maker.GLN, p) }) {
			got = append(got, fmt.Sprintf("%s %d %s overdue=%v", c.Kind, c.Number, c.What, c.Overdue))
		}
		if !slices.Equal(got, clocks) {
			t.Errorf("clocks: got %q, want %q", got, clocks)
		}
		got = nil
		for _, r := range pages(t, 1, func(p app.PageRequest) (*app.Page[app.TraceRequestSummary], error) {
			return x.TraceRequests(l.Wholesaler.GLN, p)
		}) {
			got = append(got, fmt.Sprintf("%d %s overdue=%v late=%v", r.Number, r.Ask, r.Overdue, r.Late))
		}
		if !slices.Equal(got, requests) {
			t.Errorf("requests: got %q, want %q", got, requests)
		}
		got = nil
		for status := app.ExceptionStatus(0); status <= app.ExceptionResolved; status++ {
			for _, e := range pages(t, 1, func(p app.PageRequest) (*app.Page[app.ExceptionSummary], error) {
				return x.Exceptions(l.Pharmacy.GLN, status, p)
			}) {
				got = append(got, fmt.Sprintf("%d:%d %s overdue=%v late=%v", status, e.Number, e.Status, e.Overdue, e.Late))
			}
		}
		if !slices.Equal(got, exceptions) {
			t.Errorf("exceptions: got %q, want %q", got, exceptions)
		}
	}
	check(
		[]string{"trace-request 1 transaction-information overdue=false", "trace-request 3 all-known-owners overdue=false", "exception 1 overage overdue=false", "exception 2 overage overdue=false"},
		[]string{"3 all-known-owners overdue=false late=false", "2 verification overdue=false late=false"},
		[]string{"0:2 open overdue=false late=false", "0:1 open overdue=false late=false", "1:2 open overdue=false late=false", "1:1 open overdue=false late=false"},
	)

	l.Block.Time += 30 * 86400
	l.must(l.Maker, &app.RespondException{Exception: 2, ResponseTerms: app.ResponseTerms{Accept: true}})
	l.must(l.Maker, &app.RespondTrace{Request: 1, Outcome: app.TraceAnswered})
	l.must(l.Maker, &app.RespondException{Exception: 2}) // rejected after all
	l.must(l.Pharmacy, open)
	l.must(l.Pharmacy, &app.ResolveException{Exception: 3})
	check(
		[]string{"trace-request 3 all-known-owners overdue=true", "exception 1 overage overdue=true"},
		[]string{"3 all-known-owners overdue=true late=false", "2 verification overdue=false late=false"},
		[]string{
			"0:3 resolved overdue=false late=false", "0:2 rejected overdue=false late=true", "0:1 open overdue=true late=false",
			"1:1 open overdue=true late=false", "3:2 rejected overdue=false late=true", "4:3 resolved overdue=false late=false",
		},
	)
}

// TestNoticesAreDue: an investigation that found illegitimate product is a clock
// until its notice is given.
func TestNoticesAreDue(t *testing.T) {
	l := newLedger(t)
	x := open(t, small(t.TempDir()))
	l.must(l.Maker, apptest.Commission(l.Maker, l.Unit, "L/1", 1, 30))
	investigated(l)
	l.feed(x)
	var got []string
	for _, c := range pages(t, 1, func(p app.PageRequest) (*app.Page[app.Clock], error) { return x.Clocks(l.Maker.GLN, p) }) {
		got = append(got, fmt.Sprintf("%s %d %s overdue=%v", c.Kind, c.Number, c.What, c.Overdue))
	}
	if want := []string{
		"notice 2 illegitimate product: " + string(apptest.Item(l.Unit, 9)) + " overdue=true",
		"notice 4 illegitimate product: " + string(apptest.Item(l.Unit, 11)) + " overdue=false",
	}; !slices.Equal(got, want) {
		t.Errorf("clocks: got %q, want %q", got, want)
	}
}

// TestCorrections: a history shows who declared which step an error, and a
// partner's list what it declared.
func TestCorrections(t *testing.T) {
	l := newLedger(t)
	x := open(t, small(t.TempDir()))
	l.must(l.Maker, apptest.Commission(l.Maker, l.Unit, "L1", 1, 4))
	commission := l.id()
	l.must(l.Maker, l.Pack(l.Maker.SSCC(1), apptest.Items(l.Unit, 1, 2)...))
	declare := func(by *apptest.Partner, tx app.TxID) {
		l.must(by, &app.DeclareError{Tx: tx, ErrorTerms: app.ErrorTerms{Reason: app.IncorrectData, Corrective: []app.EventHash{{9}}}})
	}
	declare(l.Maker, commission)
	declare(l.Wholesaler, commission)
	declare(l.Maker, app.TxID{0xff})
	l.feed(x)

	history, err := x.History(apptest.Item(l.Unit, 1), app.PageRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if len(history.Items) != 2 || len(history.Items[1].Corrections) != 0 {
		t.Fatalf("got %+v, want a commission with corrections and a pack without", history.Items)
	}
	for i, want := range []struct {
		by      *apptest.Partner
		foreign bool
	}{{l.Maker, false}, {l.Wholesaler, true}} {
		c := history.Items[0].Corrections[i]
		if c.By != want.by.GLN || c.Foreign != want.foreign || c.Tx != commission || c.Reason != app.IncorrectData || len(c.Corrective) != 1 {
			t.Errorf("correction %d: got %+v, want by %s, foreign %v", i, c, want.by.Name, want.foreign)
		}
	}
	var got []string
	for _, c := range pages(t, 1, func(p app.PageRequest) (*app.Page[app.CorrectionSummary], error) {
		return x.Corrections(l.Maker.GLN, p)
	}) {
		got = append(got, fmt.Sprintf("%s foreign=%v", c.Tx.String()[:4], c.Foreign))
	}
	if want := []string{"ff00 foreign=true", commission.String()[:4] + " foreign=false"}; !slices.Equal(got, want) {
		t.Errorf("corrections: got %q, want %q", got, want)
	}
}
