package repository

import (
	"flag"
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/pedigree-ledger/pedigree/epcis"
)

var benchEvents = flag.Int("events", 20_000, "how many events the query benchmarks have; 1000000 is the figure in the design")

// benchEvent is the nth event: one of a few dozen steps, sites and products,
// three EPCs, one every ten seconds.
func benchEvent(n int) *epcis.Event {
	steps := []string{"commissioning", "packing", "shipping", "receiving", "storing", "inspecting"}
	e := &epcis.Event{
		Type: epcis.ObjectEvent, Action: epcis.ActionObserve, BizStep: steps[n%len(steps)], Disposition: "in_progress",
		Time: epcis.NewTime(time.Date(2026, 1, 1, 0, 0, 10*n, 0, time.UTC)), TimeZoneOffset: "+00:00",
		ReadPoint:   epcis.Place{ID: fmt.Sprintf("urn:epc:id:sgln:0614141.%05d.0", n%40)},
		BizLocation: epcis.Place{ID: fmt.Sprintf("urn:epc:id:sgln:0614141.%05d.0", n%40)},
		BizTransactions: []epcis.BizTransaction{
			{Type: "po", ID: fmt.Sprintf("urn:epcglobal:cbv:bt:0614141073467:%d", n/50)},
		},
	}
	for i := range 3 {
		e.EPCs = append(e.EPCs, fmt.Sprintf("urn:epc:id:sgtin:0614141.%06d.%d", n%200, 3*n+i))
	}
	e.SetLot(fmt.Sprintf("LOT%d", n/1000), "2028-01-31")
	return e
}

// fill adds events in documents of 500.
func fill(b testing.TB, r *Repository, count int) {
	b.Helper()
	for n := 0; n < count; {
		var list []NewEvent
		for range min(500, count-n) {
			list = append(list, NewEvent{Event: benchEvent(n), Standing: Attached})
			n++
		}
		if _, err := r.Add(b.Context(), list); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkQueryPage finds pages of 100: go test ./repository -run ^$ -bench
// QueryPage -events 1000000.
func BenchmarkQueryPage(b *testing.B) {
	began := time.Now()
	r, err := Open(Config{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	fill(b, r, *benchEvents)
	b.Logf("%d events added in %v", *benchEvents, time.Since(began).Round(time.Millisecond))
	last := benchEvent(*benchEvents - 1)
	day := last.Time.At.AddDate(0, 0, -1).Format(time.RFC3339)
	for name, query := range map[string]string{
		"All":          "",
		"NewestFirst":  "orderBy=eventTime",
		"OneDay":       "GE_eventTime=" + day,
		"OneDayOrder":  "orderBy=eventTime&orderDirection=ASC&GE_eventTime=" + day,
		"OneItem":      "MATCH_epc=" + last.EPCs[1],
		"Product":      "MATCH_anyEPC=urn:epc:idpat:sgtin:0614141.000007.*",
		"ProductTime":  "MATCH_anyEPC=urn:epc:idpat:sgtin:0614141.000007.*&orderBy=eventTime",
		"StepTime":     "EQ_bizStep=shipping&orderBy=eventTime",
		"StepAndSite":  "EQ_bizStep=shipping&EQ_bizLocation=" + last.BizLocation.ID,
		"StepSiteTime": "EQ_bizStep=inspecting|shipping&EQ_bizLocation=" + last.BizLocation.ID + "&orderBy=eventTime",
		"Lot":          "EQ_ILMD_cbvmda:lotNumber=LOT7",
		"Order":        "EQ_bizTransaction_po=" + last.BizTransactions[0].ID,
		"Nothing":      "EQ_bizStep=shipping&EQ_disposition=recalled",
		"NoIndex":      "EQ_action=DELETE",
	} {
		b.Run(name, func(b *testing.B) {
			values, err := url.ParseQuery(query)
			if err != nil {
				b.Fatal(err)
			}
			values.Set("perPage", "100")
			q, err := ParseQuery(values)
			if err != nil {
				b.Fatal(err)
			}
			found, worst := 0, time.Duration(0)
			for b.Loop() {
				began := time.Now()
				page, err := r.Find(b.Context(), q, "")
				if err != nil {
					b.Fatal(err)
				}
				worst = max(worst, time.Since(began))
				found = len(page.Events)
			}
			b.ReportMetric(float64(found), "events")
			b.ReportMetric(float64(worst.Microseconds())/1000, "worst-ms")
		})
	}
}
