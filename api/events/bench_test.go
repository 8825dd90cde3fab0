package events_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/epcis"
	"github.com/pedigree-ledger/pedigree/repository"
)

// BenchmarkEventsPage asks over HTTP for a page of 100 events of 20,000.
func BenchmarkEventsPage(b *testing.B) {
	s := newServer(b)
	w := s.desk.World
	for n := 0; n < 20_000; {
		var all []repository.NewEvent
		for range 1000 {
			n++
			ev := s.desk.Inspecting(apptest.Items(w.Unit, n, n+4)...)
			ev.Time = epcis.NewTime(ev.Time.At.Add(time.Duration(n) * time.Second))
			all = append(all, repository.NewEvent{Event: &ev, Standing: repository.Attached})
		}
		if _, err := s.repo.Add(b.Context(), all); err != nil {
			b.Fatal(err)
		}
	}
	for name, path := range map[string]string{
		"all":     "/events?perPage=100",
		"byStep":  "/events?perPage=100&EQ_bizStep=inspecting",
		"newest":  "/events?perPage=100&orderBy=eventTime&orderDirection=DESC",
		"asXML":   "/events?perPage=100&EQ_action=OBSERVE",
		"oneEPC":  "/events?MATCH_anyEPC=urn:epc:id:sgtin:0614141.000001.S010000",
		"between": "/events?perPage=100&GE_eventTime=2026-01-01T03:00:00Z&LT_eventTime=2026-01-01T04:00:00Z",
	} {
		b.Run(name, func(b *testing.B) {
			accept := "application/json"
			if name == "asXML" {
				accept = "application/xml"
			}
			for b.Loop() {
				s.do("GET", path, nil, "Accept", accept).want(http.StatusOK)
			}
		})
	}
}
