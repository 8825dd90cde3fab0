package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/client/proof"
)

func TestEventList(t *testing.T) {
	for _, tc := range []struct {
		events []int
		want   string
	}{
		{nil, "nothing"},
		{[]int{4}, "event 4"},
		{[]int{1, 2, 3}, "events 1-3"},
		{[]int{1, 3, 4, 9}, "events 1, 3-4, 9"},
	} {
		if got := eventList(tc.events); got != tc.want {
			t.Errorf("eventList(%v) = %q, want %q", tc.events, got, tc.want)
		}
	}
}

func TestCaptureText(t *testing.T) {
	var b bytes.Buffer
	captureText(&b, &client.Captured{
		Event: 3, What: "shipping: 2 containers", Inferred: []string{"the buyer"}, Code: app.CodeRecalled,
		CodeName: "recalled", Refusal: "recalled: the lot is recalled",
		Ops: []client.CapturedOp{{Op: "Relocate", Height: 7}, {Op: "Ship", Height: 8, Code: app.CodeRecalled}},
	}, "")
	want := "    3  shipping: 2 containers; Relocate tx 00000000 in block 7, Ship tx 00000000 in block 8, refused\n" +
		"       inferred: the buyer\n" +
		"       REFUSED (code 413): recalled: the lot is recalled\n"
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
}

// TestWhatToDo checks that every reason not to sell comes with advice.
func TestWhatToDo(t *testing.T) {
	known := proof.Answer{Yes: true}
	for _, tc := range []struct {
		name string
		p    proof.Pedigree
		want string
	}{
		{"sellable", proof.Pedigree{Identity: known, Sellable: proof.Answer{Yes: true}}, ""},
		{"never", proof.Pedigree{}, "quarantine"},
		{"mismatch", proof.Pedigree{Commissioned: &proof.Commissioned{}}, "compare the barcode"},
		{"recalled", proof.Pedigree{Identity: known, Sellable: proof.Answer{CBV: "recalled"}}, "as the recall says"},
		{"expired", proof.Pedigree{Identity: known, Sellable: proof.Answer{CBV: "expired"}}, "return or destroy"},
		{"on its way", proof.Pedigree{Identity: known, Sellable: proof.Answer{CBV: "in_transit"}}, "record the receipt"},
		{"in part", proof.Pedigree{Identity: known, State: app.Partial, Sellable: proof.Answer{CBV: "partially_dispensed"}}, "dispense the rest"},
		{"stolen", proof.Pedigree{Identity: known, Sellable: proof.Answer{CBV: "stolen"}}, "authorities"},
		{"dispensed", proof.Pedigree{Identity: known, State: app.Dispensed, Sellable: proof.Answer{CBV: "dispensed"}}, "may be a copy"},
		{"marked", proof.Pedigree{Identity: known, Sellable: proof.Answer{CBV: "non_sellable_other"}}, "quarantine"},
	} {
		if got := tc.p.Advice(); !strings.Contains(got, tc.want) || (tc.want == "") != (got == "") {
			t.Errorf("%s: advice %q, want %q in it", tc.name, got, tc.want)
		}
	}
}

// TestWhereWords checks the words for standings that the story has not got.
func TestWhereWords(t *testing.T) {
	g, err := gs1.ParseGTIN("09521001100014")
	if err != nil {
		t.Fatal(err)
	}
	owner := &proof.Party{Partner: app.Partner{PartnerInfo: app.PartnerInfo{Name: "Owner"}}}
	carrier := &proof.Party{GLN: gs1.GLN{'1'}, Partner: app.Partner{PartnerInfo: app.PartnerInfo{Name: "Carrier"}}}
	p := &proof.Pedigree{
		Statement: proof.StatementItem, Key: gs1.ItemKey(g, "1"), State: app.Partial, Owner: owner, Possessor: carrier,
		Chain: []proof.Holding{{}},
		Lots:  []proof.Lot{{LotID: app.LotID{GTIN: g, Lot: "L"}, Lot: app.Lot{Expiry: 20300101}}},
		Marks: &app.Marks{Marks: []app.Mark{{Kind: app.MarkStolen, Blocking: true, Time: 86400}, {Kind: app.MarkSuspect}}},
	}
	all := strings.Join(whereWords(p), "\n")
	for _, want := range []string{
		"dispensed in part", "Owner (", "Carrier (", "has it", "Lot L, expires 2030-01-01.",
		"marked stolen", "1970-01-02: it blocks any sale", "a warning only",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("want %q in\n%s", want, all)
		}
	}
	p.Marks.Marks[0].Investigation, p.Chain[0].Holds = 7, app.HoldQuarantine
	p.Lots[0].Exempt, p.Lots[0].Investigations = app.LotGrandfathered, []uint64{8}
	all = strings.Join(whereWords(p), "\n")
	for _, want := range []string{
		"1970-01-02 in investigation 7: it blocks", "It is on hold (", "2030-01-01; this lot bears no identifiers: grandfathered; stopped by investigation 8.",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("want %q in\n%s", want, all)
		}
	}
	recalled := func(r app.Recall) string { return recallWords(&r) }
	for got, want := range map[string]string{
		recalled(app.Recall{Whole: true, Class: 1, Reason: "glass"}):                                  "RECALLED (class 1) by ",
		recalled(app.Recall{Items: 7, Class: 2}):                                                      "7 of it RECALLED one by one (class 2)",
		recalled(app.Recall{Whole: true, Outcome: app.RecallCompleted, Closed: app.Closing{Time: 5}}): "completed on 1970-01-01, not to be sold",
		recalled(app.Recall{Items: 7, Outcome: app.RecallCompleted}):                                  "one by one (class 0) by : ; completed",
		recalled(app.Recall{Whole: true, Outcome: app.RecallWithdrawn, Closed: app.Closing{Time: 5}}): "withdrawn on 1970-01-01: it stops nothing",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("got %q, want %q in it", got, want)
		}
	}
	p.Marks.Marks[0].Kind = app.MarkRecalled
	if got := strings.Join(whereWords(p), "\n"); !strings.Contains(got, "It was RECALLED by its serial") {
		t.Errorf("a recalled serial: got\n%s", got)
	}
	p.State = app.Destroyed
	if got := strings.Join(whereWords(p), "\n"); !strings.Contains(got, "Its life has ended: it was destroyed.") || !strings.Contains(got, "It ended with Carrier") {
		t.Errorf("destroyed: got\n%s", got)
	}
	if got := whereWords(&proof.Pedigree{Identity: proof.Answer{Reason: "no such lot"}}); len(got) != 1 || !strings.Contains(got[0], "never seen") {
		t.Errorf("unknown: got %q, want that the ledger has never seen it", got)
	}
}

func TestAge(t *testing.T) {
	now := time.Now()
	for _, tc := range []struct {
		at   time.Time
		want string
	}{{now.Add(time.Minute), "just now"}, {now.Add(-30 * time.Second), "30 seconds ago"}, {now.Add(-time.Hour), "1h0m0s ago"}} {
		if got := age(tc.at); got != tc.want {
			t.Errorf("age of %s: got %q, want %q", tc.at, got, tc.want)
		}
	}
}

func TestRPCURL(t *testing.T) {
	for in, want := range map[string]string{"tcp://127.0.0.1:1": "http://127.0.0.1:1", "http://h:1": "http://h:1"} {
		if got := rpcURL(in); got != want {
			t.Errorf("rpcURL(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestMadeWords(t *testing.T) {
	gtin, err := gs1.ParseGTIN("09521001100014")
	if err != nil {
		t.Fatal(err)
	}
	gln, err := gs1.ParseGLN("9521003000008")
	if err != nil {
		t.Fatal(err)
	}
	m := &app.MadeLot{Lot: app.LotID{GTIN: gtin, Lot: "UD-1"}, By: gln, Used: 2, Made: 60}
	want := "2 packages of this lot were repackaged into lot UD-1 of GTIN 09521001100014 by 9521003000008 (60 packages): see its own reach"
	if got := madeWords(m); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if m.Used = 1; !strings.HasPrefix(madeWords(m), "1 package of this lot was repackaged") {
		t.Errorf("got %s", madeWords(m))
	}
}
