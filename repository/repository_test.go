package repository

import (
	"errors"
	"net/url"
	"testing"
	"time"

	"github.com/pedigree-ledger/pedigree/epcis"
)

// clock is a clock that tests move.
type clock struct{ at time.Time }

func (c *clock) now() time.Time {
	c.at = c.at.Add(time.Second)
	return c.at
}

func newClock() *clock { return &clock{time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)} }

func openTest(t *testing.T, cfg Config) *Repository {
	t.Helper()
	if cfg.Dir == "" {
		cfg.Dir = t.TempDir()
	}
	if cfg.Now == nil {
		cfg.Now = newClock().now
	}
	r, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// shipped is a shipping event of one item.
func shipped(serial string, hour int) *epcis.Event {
	return &epcis.Event{
		Type: epcis.ObjectEvent, Action: epcis.ActionObserve, BizStep: "shipping", Disposition: "in_transit",
		Time:           epcis.NewTime(time.Date(2026, 11, 19, hour, 0, 0, 0, time.UTC)),
		TimeZoneOffset: "+00:00",
		EPCs:           []string{"urn:epc:id:sgtin:0614141.107346." + serial},
		ReadPoint:      epcis.Place{ID: "urn:epc:id:sgln:0614141.07346.1234"},
		BizLocation:    epcis.Place{ID: "urn:epc:id:sgln:0614141.07346.0"},
	}
}

func add(t *testing.T, r *Repository, standing Standing, events ...*epcis.Event) []Addition {
	t.Helper()
	list := make([]NewEvent, len(events))
	for i, e := range events {
		list[i] = NewEvent{Event: e, Standing: standing}
	}
	out, err := r.Add(t.Context(), list)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// find returns the IDs of all pages of a query.
func find(t *testing.T, r *Repository, query string) []string {
	t.Helper()
	values, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	q, err := ParseQuery(values)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	var out []string
	for token := ""; ; {
		page, err := r.Find(t.Context(), q, token)
		if err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		for _, e := range page.Events {
			out = append(out, e.ID)
		}
		if token = page.Next; token == "" {
			return out
		}
	}
}

func TestAddAndFind(t *testing.T) {
	r := openTest(t, Config{})
	first := add(t, r, Recorded, shipped("1", 1), shipped("2", 2))
	if first[0].Seq != 1 || first[1].Seq != 2 || first[0].Outcome != Added || r.Head() != 2 {
		t.Fatalf("added %+v, head %d", first, r.Head())
	}
	again := add(t, r, Recorded, shipped("2", 2))
	if again[0].Outcome != Known || again[0].Seq != 2 {
		t.Fatalf("again: %+v", again)
	}
	for query, want := range map[string]int{
		"":                     2,
		"perPage=1":            2,
		"EQ_bizStep=shipping":  2,
		"EQ_bizStep=receiving": 0,
		"EQ_bizStep=receiving|urn:epcglobal:cbv:bizstep:shipping":                            2,
		"MATCH_epc=urn:epc:id:sgtin:0614141.107346.1":                                        1,
		"MATCH_epc=https://id.example.com/01/10614141073464/21/1":                            1,
		"MATCH_epc=(01)10614141073464(21)1":                                                  1,
		"MATCH_epc=urn:epc:idpat:sgtin:0614141.107346.*":                                     2,
		"MATCH_epc=urn:epc:idpat:sgtin:0614141.*.*":                                          2,
		"MATCH_epc=urn:epc:idpat:sgtin:06141410.*.*":                                         0,
		"MATCH_epc=urn:epc:idpat:sgtin:*.*.*":                                                2,
		"MATCH_parentID=urn:epc:id:sgtin:0614141.107346.1":                                   0,
		"EQ_readPoint=https://id.gs1.org/414/0614141073467/254/1234":                         2,
		"EQ_bizLocation=0614141073467":                                                       2,
		"GE_eventTime=2026-11-19T02:00:00Z":                                                  1,
		"LT_eventTime=2026-11-19T02:00:00Z":                                                  1,
		"orderBy=eventTime&eventCountLimit=1":                                                1,
		"orderBy=eventTime&perPage=1&MATCH_epc=urn:epc:idpat:sgtin:0614141.107346.*":         2,
		"EQ_action=OBSERVE&eventType=ObjectEvent|AggregationEvent&EQ_disposition=in_transit": 2,
		"EXISTS_errorDeclaration=true":                                                       0,
		"EXISTS_errorDeclaration=false":                                                      2,
	} {
		if got := find(t, r, query); len(got) != want {
			t.Errorf("%s: got %d events, want %d", query, len(got), want)
		}
	}
	e, err := r.Event(t.Context(), first[0].Hash)
	if err != nil || !epcis.Equal(e.Event, shipped("1", 1)) {
		t.Fatalf("event by its hash: %v", err)
	}
	if _, err := r.Event(t.Context(), "urn:uuid:none"); !errors.Is(err, ErrNotFound) {
		t.Fatalf("an unknown event: %v", err)
	}
}

// TestToldThenCaptured checks that what the ledger told gives way to what the
// partner captures, for readers who began later.
func TestToldThenCaptured(t *testing.T) {
	r := openTest(t, Config{})
	full := shipped("1", 1)
	hash, err := full.Digest()
	if err != nil {
		t.Fatal(err)
	}
	less := shipped("1", 1)
	less.Disposition = ""
	if _, err := r.Add(t.Context(), []NewEvent{{Event: less, Standing: Told, Hash: hash}, {Event: shipped("2", 1), Standing: Recorded}}); err != nil {
		t.Fatal(err)
	}
	q, err := ParseQuery(url.Values{"perPage": {"1"}})
	if err != nil {
		t.Fatal(err)
	}
	page, err := r.Find(t.Context(), q, "")
	if err != nil || len(page.Events) != 1 || page.Events[0].Standing != Told {
		t.Fatalf("first page %+v, %v", page, err)
	}
	full.ID = "urn:uuid:7f5a3b6e-0000-4000-8000-000000000001"
	got := add(t, r, Recorded, full)
	if got[0].Outcome != Replaced || got[0].Seq != 3 || got[0].Replaces != 1 {
		t.Fatalf("replacement: %+v", got[0])
	}
	if again := add(t, r, Recorded, full); again[0].Outcome != Known || again[0].Seq != 3 {
		t.Fatalf("captured again: %+v", again[0])
	}
	if told, err := r.Add(t.Context(), []NewEvent{{Event: less, Standing: Told, Hash: hash}}); err != nil || told[0].Outcome != Known || told[0].Seq != 3 {
		t.Fatalf("told again: %+v, %v", told, err)
	}
	if page, err = r.Find(t.Context(), q, page.Next); err != nil || len(page.Events) != 1 || page.Events[0].Seq != 2 || page.Next != "" {
		t.Fatalf("second page %+v, %v", page, err)
	}
	if ids := find(t, r, ""); len(ids) != 2 || ids[1] != full.ID {
		t.Fatalf("a new walk finds %q", ids)
	}
}

func TestConflict(t *testing.T) {
	r := openTest(t, Config{})
	e := shipped("1", 1)
	e.ID = "urn:uuid:7f5a3b6e-0000-4000-8000-000000000001"
	add(t, r, Attached, e)
	other := shipped("2", 1)
	other.ID = e.ID
	_, err := r.Add(t.Context(), []NewEvent{{Event: shipped("3", 1), Standing: Attached}, {Event: other, Standing: Attached}})
	var conflict *ConflictError
	if !errors.As(err, &conflict) || conflict.Event != 1 || r.Head() != 1 {
		t.Fatalf("got %v, head %d", err, r.Head())
	}
	declared := *e
	declared.Error = &epcis.ErrorDeclaration{Time: epcis.NewTime(time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)), Reason: "did_not_occur"}
	if got := add(t, r, Attached, &declared); got[0].Outcome != Added {
		t.Fatalf("a declaration of error: %+v", got)
	}
	if n := len(find(t, r, "EQ_eventID="+e.ID)); n != 2 {
		t.Fatalf("the event and its declaration: %d events", n)
	}
	if got, err := r.Event(t.Context(), e.ID); err != nil || got.Event.Error == nil {
		t.Fatalf("the event by its ID: %+v, %v", got, err)
	}
}
