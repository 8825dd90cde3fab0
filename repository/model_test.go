package repository

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pedigree-ledger/pedigree/epcis"
)

var (
	modelSeed = flag.Uint64("seed", 0, "seed of the model test; 0 takes one by chance")
	modelRuns = flag.Int("runs", 8, "how many repositories the model test fills")
)

// model is what the repository should hold, and a second opinion on queries.
type model struct {
	t      *testing.T
	r      *Repository
	rand   *rand.Rand
	events []*Stored // that readers see, by number
	n      int
}

// pick takes one of a list.
func pick[T any](m *model, list ...T) T { return list[m.rand.IntN(len(list))] }

// item writes item number n in one of the forms of its key.
func (m *model) item(n int) string {
	serial := strconv.Itoa(n)
	return pick(m, "urn:epc:id:sgtin:0614141.107346."+serial, "https://id.gs1.org/01/10614141073464/21/"+serial, "https://example.com/x/01/10614141073464/21/"+serial+"?17=280131")
}

func (m *model) place(n int) string {
	if n == 0 {
		return pick(m, "urn:epc:id:sgln:0614141.07346.0", "https://id.gs1.org/414/0614141073467")
	}
	return pick(m, "urn:epc:id:sgln:0614141.07346.", "https://id.gs1.org/414/0614141073467/254/") + strconv.Itoa(n)
}

// facts are what the model knows of an event, beside the event.
type facts struct {
	items, parents []int
	place          int
	step           string
	hour           int
	amount         float64
	order          string
	lot            string
	declared       bool
}

// known gives the facts of an event back from its own marks: an extension
// field that holds its place in the list of facts.
func (m *model) event() (*epcis.Event, facts) {
	f := facts{place: m.rand.IntN(3), step: pick(m, "shipping", "receiving", "packing"), hour: m.rand.IntN(50), amount: float64(m.rand.IntN(4)), order: "urn:epcglobal:cbv:bt:0614141073467:" + strconv.Itoa(m.rand.IntN(5)), lot: pick(m, "A", "B", "007"), declared: m.rand.IntN(8) == 0}
	e := &epcis.Event{
		Type: epcis.ObjectEvent, Action: pick(m, "ADD", "OBSERVE"), BizStep: f.step, TimeZoneOffset: "+00:00",
		Time:            epcis.NewTime(time.Date(2026, 11, 1, f.hour, 0, 0, 0, time.UTC)),
		ReadPoint:       epcis.Place{ID: m.place(f.place)},
		BizTransactions: []epcis.BizTransaction{{Type: "po", ID: f.order}},
		Quantities:      []epcis.Quantity{{EPCClass: "urn:epc:class:lgtin:0614141.107346." + f.lot, Amount: strconv.FormatFloat(f.amount, 'f', -1, 64), UOM: "KGM"}},
		Extensions:      []epcis.Node{{Name: epcis.Name{Space: "http://ns.example.com/x", Local: "n"}, Value: strconv.Itoa(m.n)}},
	}
	for range m.rand.IntN(3) {
		n := m.rand.IntN(12)
		f.items = append(f.items, n)
		e.EPCs = append(e.EPCs, m.item(n))
	}
	if m.rand.IntN(3) == 0 {
		e.Type = epcis.AggregationEvent
		n := m.rand.IntN(12)
		f.parents = append(f.parents, n)
		e.ParentID, e.ChildEPCs, e.EPCs = m.item(n), e.EPCs, nil
	}
	e.SetLot(f.lot, "")
	if f.declared {
		e.Error = &epcis.ErrorDeclaration{Time: epcis.NewTime(time.Date(2026, 11, 5, 0, 0, 0, 0, time.UTC)), Reason: "incorrect_data"}
	}
	m.n++
	return e, f
}

// question is a parameter with what the model thinks of it.
type question struct {
	name, value string
	meets       func(s *Stored, f *facts) bool
}

func (m *model) question() question {
	n := m.rand.IntN(12)
	at := time.Date(2026, 11, 1, m.rand.IntN(50), 0, 0, 0, time.UTC)
	switch m.rand.IntN(16) {
	case 0:
		return question{"eventType", "ObjectEvent", func(s *Stored, _ *facts) bool { return s.Event.Type == "ObjectEvent" }}
	case 1:
		return question{"GE_eventTime", at.Format(time.RFC3339), func(s *Stored, _ *facts) bool { return !s.Event.Time.At.Before(at) }}
	case 2:
		return question{"LT_eventTime", at.Format(time.RFC3339), func(s *Stored, _ *facts) bool { return s.Event.Time.At.Before(at) }}
	case 3:
		from := m.recorded()
		return question{"GE_recordTime", from.Format(time.RFC3339Nano), func(s *Stored, _ *facts) bool { return !s.RecordTime.Before(from) }}
	case 4:
		to := m.recorded()
		return question{"LT_recordTime", to.Format(time.RFC3339Nano), func(s *Stored, _ *facts) bool { return s.RecordTime.Before(to) }}
	case 5:
		return question{"EQ_action", "ADD", func(s *Stored, _ *facts) bool { return s.Event.Action == "ADD" }}
	case 6:
		step := pick(m, "shipping", "receiving")
		form := pick(m, "", "urn:epcglobal:cbv:bizstep:", "https://ref.gs1.org/cbv/BizStep-")
		return question{"EQ_bizStep", form + step + "|urn:other:step", func(_ *Stored, f *facts) bool { return f.step == step }}
	case 7:
		n := m.rand.IntN(3)
		return question{"EQ_readPoint", m.place(n), func(_ *Stored, f *facts) bool { return f.place == n }}
	case 8:
		return question{"MATCH_epc", m.item(n) + "|" + m.item(n+1), func(_ *Stored, f *facts) bool { return slices.Contains(f.items, n) || slices.Contains(f.items, n+1) }}
	case 9:
		return question{"MATCH_parentID", m.item(n), func(_ *Stored, f *facts) bool { return slices.Contains(f.parents, n) }}
	case 10:
		pattern := pick(m, "urn:epc:idpat:sgtin:0614141.107346.*", "urn:epc:idpat:sgtin:0614141.*.*", "urn:epc:idpat:sgtin:*.*.*")
		return question{"MATCH_anyEPC", pattern, func(_ *Stored, f *facts) bool { return len(f.items)+len(f.parents) > 0 }}
	case 11:
		lot := pick(m, "A", "B", "007")
		return question{"MATCH_epcClass", "https://id.gs1.org/01/10614141073464/10/" + lot, func(_ *Stored, f *facts) bool { return f.lot == lot }}
	case 12:
		k := m.rand.IntN(4)
		return question{pick(m, "GE_quantity", "GE_quantity_KGM"), strconv.Itoa(k), func(_ *Stored, f *facts) bool { return f.amount >= float64(k) }}
	case 13:
		order := "urn:epcglobal:cbv:bt:0614141073467:" + strconv.Itoa(m.rand.IntN(5))
		return question{"EQ_bizTransaction_" + pick(m, "po", "urn:epcglobal:cbv:btt:po"), order, func(_ *Stored, f *facts) bool { return f.order == order }}
	case 14:
		lot := pick(m, "A", "007")
		return question{"EQ_ILMD_cbvmda:lotNumber", lot, func(_ *Stored, f *facts) bool { return f.lot == lot }}
	default:
		return question{"EXISTS_errorDeclaration", "true", func(_ *Stored, f *facts) bool { return f.declared }}
	}
}

// recorded is a time at or near which something was recorded.
func (m *model) recorded() time.Time {
	if len(m.events) == 0 {
		return time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	}
	return pick(m, m.events...).RecordTime.Add(time.Duration(m.rand.IntN(3)-1) * time.Millisecond)
}

// TestModel fills repositories by chance and compares the pages of queries made
// by chance with a filter over a list, while events are added between pages.
func TestModel(t *testing.T) {
	seed := *modelSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	for run := range *modelRuns {
		seed := seed + uint64(run)
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			m := &model{t: t, rand: rand.New(rand.NewPCG(seed, 1))}
			m.r = openTest(t, Config{work: func() budget {
				return budget{steps: 60 + m.rand.IntN(300), records: 1 + m.rand.IntN(40), bytes: 1 << 20}
			}})
			known := make(map[uint64]*facts)
			for range 25 {
				m.fill(known)
				m.ask(known)
			}
		})
	}
}

// fill adds a batch, sometimes with events that are known.
func (m *model) fill(known map[uint64]*facts) {
	m.t.Helper()
	var list []NewEvent
	var all []facts
	for range 1 + m.rand.IntN(12) {
		if len(m.events) > 0 && m.rand.IntN(6) == 0 {
			again := pick(m, m.events...)
			list = append(list, NewEvent{Event: again.Event, Standing: pick(m, Recorded, Told)})
			all = append(all, *known[again.Seq])
			continue
		}
		e, f := m.event()
		list = append(list, NewEvent{Event: e, Standing: pick(m, Recorded, Attached, Told)})
		all = append(all, f)
	}
	out, err := m.r.Add(m.t.Context(), list)
	if err != nil {
		m.t.Fatal(err)
	}
	for i := range out {
		s := &out[i].Stored
		if out[i].Outcome == Known {
			if _, ok := known[s.Seq]; !ok {
				m.t.Fatalf("known as %d, which never was", s.Seq)
			}
			continue
		}
		if out[i].Outcome == Replaced {
			m.events = slices.DeleteFunc(m.events, func(old *Stored) bool { return old.Seq == s.Replaces && old.Standing == Told })
		}
		m.events = append(m.events, s)
		known[s.Seq] = &all[i]
	}
}

// ask makes a query of up to four parameters and walks its pages.
func (m *model) ask(known map[uint64]*facts) {
	m.t.Helper()
	values, asked := url.Values{}, []question(nil)
	for range m.rand.IntN(5) {
		q := m.question()
		if !values.Has(q.name) {
			values.Set(q.name, q.value)
			asked = append(asked, q)
		}
	}
	order := pick(m, "", "eventTime", "recordTime", "http://ns.example.com/x#n")
	if order != "" {
		values.Set("orderBy", order)
		values.Set("orderDirection", pick(m, "ASC", "DESC"))
		if m.rand.IntN(4) == 0 {
			values.Set("eventCountLimit", strconv.Itoa(1+m.rand.IntN(5)))
		}
	}
	values.Set("perPage", strconv.Itoa(1+m.rand.IntN(7)))
	want := m.answer(values, asked, known)
	got, err := m.walk(values, known)
	var large *TooLargeError
	if errors.As(err, &large) && strings.HasPrefix(order, "http") {
		return
	}
	if err != nil {
		m.t.Fatalf("%s: %v", values.Encode(), err)
	}
	if order == "" {
		slices.Sort(got)
		slices.Sort(want)
	}
	if !slices.Equal(got, want) {
		m.t.Fatalf("%s:\ngot  %v\nwant %v", values.Encode(), got, want)
	}
	m.since(values, asked, known)
}

// answer is what the model thinks is right.
func (m *model) answer(values url.Values, asked []question, known map[uint64]*facts) []uint64 {
	var list []*Stored
	for _, s := range m.events {
		if !slices.ContainsFunc(asked, func(q question) bool { return !q.meets(s, known[s.Seq]) }) {
			list = append(list, s)
		}
	}
	slices.SortStableFunc(list, func(a, b *Stored) int {
		c := 0
		switch values.Get("orderBy") {
		case "eventTime":
			c = a.Event.Time.At.Compare(b.Event.Time.At)
		case "http://ns.example.com/x#n":
			x, _ := strconv.Atoi(a.Event.Extensions[0].Value)
			y, _ := strconv.Atoi(b.Event.Extensions[0].Value)
			c = x - y
		}
		if c == 0 {
			c = int(a.Seq) - int(b.Seq)
		}
		if values.Get("orderDirection") == "DESC" {
			c = -c
		}
		return c
	})
	var out []uint64
	for _, s := range list {
		out = append(out, s.Seq)
	}
	if n, err := strconv.Atoi(values.Get("eventCountLimit")); err == nil && n < len(out) {
		out = out[:n]
	}
	return out
}

// walk goes through the pages, and adds events in between.
func (m *model) walk(values url.Values, known map[uint64]*facts) ([]uint64, error) {
	q, err := ParseQuery(values)
	if err != nil {
		return nil, err
	}
	var out []uint64
	token := ""
	for pages := 0; ; pages++ {
		if pages > 5000 {
			return nil, fmt.Errorf("no end after %d pages", pages)
		}
		page, err := m.r.Find(m.t.Context(), q, token)
		if err != nil {
			return nil, err
		}
		for i := range page.Events {
			out = append(out, page.Events[i].Seq)
		}
		if token = page.Next; token == "" {
			return out, nil
		}
		if m.rand.IntN(10) == 0 && !strings.HasPrefix(values.Get("orderBy"), "http") {
			m.fill(known)
		}
	}
}

// since compares what a feed gets.
func (m *model) since(values url.Values, asked []question, known map[uint64]*facts) {
	q, err := ParseQuery(values)
	if err != nil {
		m.t.Fatal(err)
	}
	from := m.rand.Uint64N(m.r.Head() + 1)
	var want, got []uint64
	for _, s := range m.events {
		if s.Seq > from && !slices.ContainsFunc(asked, func(q question) bool { return !q.meets(s, known[s.Seq]) }) {
			want = append(want, s.Seq)
		}
	}
	for calls := 0; from < m.r.Head(); calls++ {
		events, reached, err := m.r.Since(m.t.Context(), from, q, 1+m.rand.IntN(5))
		if err != nil || calls > 5000 {
			m.t.Fatalf("since %d: %v after %d calls", from, err, calls)
		}
		for i := range events {
			got = append(got, events[i].Seq)
		}
		from = reached
	}
	if !slices.Equal(got, want) {
		m.t.Fatalf("since, %s:\ngot  %v\nwant %v", values.Encode(), got, want)
	}
}
