package repository

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/pedigree-ledger/pedigree/epcis"
)

func TestDocuments(t *testing.T) {
	r := openTest(t, Config{MaxDocumentBytes: 3 << 20})
	data := []byte("<epcis/>\r\n\x00\xff")
	id, err := r.PutDocument(t.Context(), data, "application/xml")
	if err != nil {
		t.Fatal(err)
	}
	if again, err := r.PutDocument(t.Context(), data, "text/plain"); err != nil || again != id {
		t.Fatalf("the same bytes again: %s, %v", again, err)
	}
	d, err := r.Document(t.Context(), id)
	if err != nil || string(d.Bytes) != string(data) || d.ContentType != "application/xml" || d.ID != id {
		t.Fatalf("read back %+v, %v", d, err)
	}
	large := slices.Repeat([]byte("0123456789abcdef"), 1<<17) // beyond the value log's bound
	if id, err = r.PutDocument(t.Context(), large, ""); err != nil {
		t.Fatal(err)
	}
	if d, err = r.Document(t.Context(), id); err != nil || len(d.Bytes) != len(large) {
		t.Fatalf("a large one: %v", err)
	}
	if _, err := r.PutDocument(t.Context(), make([]byte, 3<<20+1), ""); !errors.Is(err, ErrTooLarge) {
		t.Fatalf("one too large: %v", err)
	}
	if _, err := r.Document(t.Context(), DocumentID{1}); !errors.Is(err, ErrNotFound) {
		t.Fatalf("one that never came: %v", err)
	}
	if parsed, err := ParseDocumentID(id.String()); err != nil || parsed != id {
		t.Fatalf("its name: %v", err)
	}
}

func TestJobs(t *testing.T) {
	r := openTest(t, Config{})
	var ids []string
	for i := range 5 {
		j := &Job{ID: r.NewJobID(), Caller: []string{"a", "b"}[i%2], Running: i < 2, Success: true, Behaviour: Proceed, Captured: json.RawMessage(`[1]`)}
		ids = append(ids, j.ID)
		if err := r.PutJob(t.Context(), j); err != nil {
			t.Fatal(err)
		}
	}
	j, err := r.Job(t.Context(), ids[3])
	if err != nil || j.Caller != "b" || string(j.Captured) != "[1]" {
		t.Fatalf("job %+v, %v", j, err)
	}
	var seen []string
	for after := ""; ; {
		page, err := r.Jobs(t.Context(), "", after, 2)
		if err != nil {
			t.Fatal(err)
		}
		for _, j := range page.Jobs {
			seen = append(seen, j.ID)
		}
		if after = page.Next; after == "" {
			break
		}
	}
	slices.Reverse(seen)
	if !slices.Equal(seen, ids) {
		t.Fatalf("listed %q, want %q", seen, ids)
	}
	if page, err := r.Jobs(t.Context(), "b", "", 10); err != nil || len(page.Jobs) != 2 || page.Next != "" {
		t.Fatalf("one caller's: %+v, %v", page, err)
	}
	j.ID, j.Running = ids[0], false
	if err := r.PutJob(t.Context(), j); err != nil {
		t.Fatal(err)
	}
	if left, err := r.Unfinished(t.Context()); err != nil || len(left) != 1 || left[0].ID != ids[1] {
		t.Fatalf("unfinished: %+v, %v", left, err)
	}
	j.ID = ids[1]
	if _, err := r.Add(t.Context(), nil, Along{Job: j}); err != nil {
		t.Fatal(err)
	}
	if left, err := r.Unfinished(t.Context()); err != nil || len(left) != 0 {
		t.Fatalf("unfinished after a job ended with its events: %+v, %v", left, err)
	}
	j.Errors = []JobError{{Detail: strings.Repeat("x", maxJobBytes)}}
	if err := r.PutJob(t.Context(), j); !errors.Is(err, ErrTooLarge) {
		t.Fatalf("a job too large: %v", err)
	}
	for _, id := range []string{"", "x", strings.ToUpper(ids[0])} {
		if _, err := r.Job(t.Context(), id); !errors.Is(err, ErrNotFound) {
			t.Fatalf("job %q: %v", id, err)
		}
	}
}

func TestNamedQueries(t *testing.T) {
	r := openTest(t, Config{})
	query := json.RawMessage(`{"EQ_bizStep":["shipping"]}`)
	for _, name := range []string{"b", "a", "c"} {
		if err := r.PutQuery(t.Context(), NamedQuery{Name: name, Query: query}); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.PutQuery(t.Context(), NamedQuery{Name: "a", Query: query}); !errors.Is(err, ErrExists) {
		t.Fatalf("a name twice: %v", err)
	}
	var wrong *QueryError
	if err := r.PutQuery(t.Context(), NamedQuery{Name: "d", Query: json.RawMessage(`{"EQ_bizstep":1}`)}); !errors.As(err, &wrong) {
		t.Fatalf("a malformed query: %v", err)
	}
	page, err := r.Queries(t.Context(), "", 2)
	if err != nil || len(page.Queries) != 2 || page.Queries[0].Name != "a" || page.Next != "b" {
		t.Fatalf("page %+v, %v", page, err)
	}
	if page, err = r.Queries(t.Context(), page.Next, 2); err != nil || len(page.Queries) != 1 || page.Next != "" {
		t.Fatalf("last page %+v, %v", page, err)
	}
	id, err := r.PutSubscription(t.Context(), Subscription{Query: "a", Dest: "https://example.com"}, SubscriptionState{Delivered: 3})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.PutState(t.Context(), id, SubscriptionState{Delivered: 4}, DeadLetter{Number: 1, Seqs: []uint64{4}}); err != nil {
		t.Fatal(err)
	}
	if dead, err := r.DeadLetters(t.Context(), id, 0, 0); err != nil || len(dead) != 1 || dead[0].Seqs[0] != 4 {
		t.Fatalf("dead letters %+v, %v", dead, err)
	}
	if err := r.DeleteQuery(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	for what, err := range map[string]error{
		"query": r.DeleteQuery(t.Context(), "a"), "subscription": r.DeleteSubscription(t.Context(), "a", id),
		"state": r.PutState(t.Context(), id, SubscriptionState{}), "dead letter": r.DropDeadLetter(t.Context(), id, 1),
	} {
		if !errors.Is(err, ErrNotFound) {
			t.Errorf("a deleted %s: %v", what, err)
		}
	}
}

func TestAnswers(t *testing.T) {
	clock := &clock{time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)}
	dir := t.TempDir()
	open := func() *Repository {
		r, err := Open(Config{Dir: dir, Now: func() time.Time { return clock.at }})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	r := open()
	begin := func(caller, key string, request byte) (byte, string, bool) {
		t.Helper()
		known, answer, first, err := r.Begin(t.Context(), caller, key, [32]byte{request})
		if err != nil {
			t.Fatal(err)
		}
		return known[0], string(answer), first
	}
	if _, _, first := begin("a", "k", 1); !first {
		t.Fatal("a new key is not the first")
	}
	if known, answer, first := begin("a", "k", 2); first || known != 1 || answer != "" {
		t.Fatal("a key at work")
	}
	if _, _, first := begin("ak", "", 1); !first {
		t.Fatal("another caller's key")
	}
	if err := r.Forget(t.Context(), "a", "k"); err != nil {
		t.Fatal(err)
	}
	if _, _, first := begin("a", "k", 3); !first {
		t.Fatal("a forgotten key is not the first")
	}
	if err := r.Finish(t.Context(), "a", "k", make([]byte, maxAnswerBytes+1)); !errors.Is(err, ErrTooLarge) {
		t.Fatal(err)
	}
	if err := r.Finish(t.Context(), "a", "k", []byte("yes")); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	r = open()
	defer func() { _ = r.Close() }()
	if known, answer, first := begin("a", "k", 3); first || known != 3 || answer != "yes" {
		t.Fatalf("after a restart: %d, %q, %v", known, answer, first)
	}
	if _, _, first := begin("ak", "", 1); !first {
		t.Fatal("a request at work outlives its process")
	}
	clock.at = clock.at.Add(25 * time.Hour)
	if _, _, first := begin("a", "k", 4); !first {
		t.Fatal("an answer outlives its time")
	}
}

func TestValues(t *testing.T) {
	r := openTest(t, Config{})
	var events []*epcis.Event
	for n := range 7 {
		e := shipped(fmt.Sprint(n), n)
		if n%2 == 0 {
			e.BizStep = "https://example.com/steps/weighing"
		}
		events = append(events, e, shipped(fmt.Sprint(n), n+50))
	}
	add(t, r, Recorded, events...)
	for of, want := range map[Resource]int{EPCs: 7, BizSteps: 2, EventTypes: 1, BizLocations: 1, ReadPoints: 1, Dispositions: 1} {
		var all []string
		for after := ""; ; {
			page, err := r.Values(t.Context(), of, after, 3)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, page.Values...)
			if after = page.Next; after == "" {
				break
			}
		}
		if len(all) != want || len(slices.Compact(slices.Clone(all))) != want {
			t.Errorf("%s: got %q, want %d", of, all, want)
		}
	}
	if _, err := r.Values(t.Context(), "nothing", "", 0); err == nil {
		t.Error("an unknown resource was listed")
	}
}

// TestMasterData checks what queries find by the master data of places.
func TestMasterData(t *testing.T) {
	r := openTest(t, Config{})
	const site, room = "urn:epc:id:sgln:0614141.07346.0", "urn:epc:id:sgln:0614141.07346.1234"
	master := []epcis.Vocabulary{{Type: epcis.TypeLocation, Elements: []epcis.VocabularyElement{
		{ID: "urn:epc:id:sgln:0614141.00777.0", Children: []string{"https://id.gs1.org/414/0614141073467"}},
		{ID: site, Children: []string{room}, Attributes: []epcis.Attribute{{ID: "urn:epcglobal:cbv:mda#city", Value: "Boston"}}},
		{ID: room, Children: []string{site}}, // a circle
	}}}
	if err := r.PutMasterData(t.Context(), master); err != nil {
		t.Fatal(err)
	}
	add(t, r, Recorded, shipped("1", 1))
	for query, want := range map[string]int{
		"EQ_readPoint=" + site:                                0,
		"WD_readPoint=" + site:                                1,
		"WD_readPoint=urn:epc:id:sgln:0614141.00777.0":        1,
		"WD_bizLocation=urn:epc:id:sgln:0614141.00888.0":      0,
		"HASATTR_bizLocation=urn:epcglobal:cbv:mda%23city":    1,
		"HASATTR_bizLocation=city|country":                    1,
		"HASATTR_readPoint=city":                              0,
		"EQATTR_bizLocation_city=Boston":                      1,
		"EQATTR_bizLocation_urn:epcglobal:cbv:mda%23city=Bos": 0,
	} {
		if got := find(t, r, query); len(got) != want {
			t.Errorf("%s: got %d events, want %d", query, len(got), want)
		}
	}
	if got, err := r.MasterData(t.Context(), "https://id.gs1.org/414/0614141073467"); err != nil || len(got) != 1 || got[0].Elements[0].Attribute("city") != "Boston" {
		t.Errorf("master data of the site: %+v, %v", got, err)
	}
}

// TestLimits checks the two ways to bound a result.
func TestLimits(t *testing.T) {
	r := openTest(t, Config{})
	var events []*epcis.Event
	for n := range 9 {
		events = append(events, shipped(fmt.Sprint(n), n))
	}
	add(t, r, Recorded, events...)
	if got := find(t, r, "orderBy=eventTime&eventCountLimit=4&perPage=3"); len(got) != 4 {
		t.Fatalf("eventCountLimit 4: %d events", len(got))
	}
	if got := find(t, r, "maxEventCount=9&perPage=4"); len(got) != 9 {
		t.Fatalf("maxEventCount 9: %d events", len(got))
	}
	q, err := ParseQueryJSON([]byte(`{"maxEventCount":8}`))
	if err != nil {
		t.Fatal(err)
	}
	var large *TooLargeError
	if _, err := r.Find(t.Context(), q, ""); !errors.As(err, &large) {
		t.Fatalf("maxEventCount 8: %v", err)
	}
	var wrong *QueryError
	if _, err := r.Find(t.Context(), q, "bm90IGEgY3Vyc29y"); !errors.As(err, &wrong) || wrong.Parameter != "nextPageToken" {
		t.Fatalf("a cursor of nobody: %v", err)
	}
}

func TestOpenAndClose(t *testing.T) {
	if _, err := Open(Config{}); err == nil {
		t.Fatal("opened without a directory")
	}
	registry := prometheus.NewRegistry()
	cfg := Config{Dir: t.TempDir(), Registerer: registry}
	r, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(Config{Dir: cfg.Dir}); !errors.Is(err, ErrLocked) {
		t.Fatalf("opened twice: %v", err)
	}
	changed := r.Changed()
	if _, err := r.Add(t.Context(), []NewEvent{{Event: shipped("1", 1), Standing: Told}}); err != nil {
		t.Fatal(err)
	}
	<-changed
	changed = r.Changed()
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	<-changed
	if _, err := r.Add(t.Context(), nil); !errors.Is(err, ErrClosed) || !r.Closed() {
		t.Fatalf("after Close: %v", err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if r, err = Open(cfg); err != nil || r.Head() != 1 {
		t.Fatalf("opened again: %v", err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
}
