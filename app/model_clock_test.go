package app_test

import (
	"slices"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// modelClocks are trace requests, exceptions and error declarations by their
// rules. Of goods they touch one thing: a labeler's no-match marks the key.
type modelClocks struct {
	requests   []modelRequest
	exceptions []modelException
	errors     []modelError
}

type modelRequest struct {
	app.TraceTerms
	by       gs1.GLN
	due      uint64
	answered uint64
	outcome  app.TraceOutcome
}

type modelException struct {
	by, against          gs1.GLN
	due                  uint64
	first, last, settled uint64
	status               string
}

type modelError struct {
	tx app.TxID
	by gs1.GLN
}

func (c modelClocks) clone() modelClocks {
	return modelClocks{slices.Clone(c.requests), slices.Clone(c.exceptions), slices.Clone(c.errors)}
}

// modelHolidays are the federal holidays of the first months of 2026, in which
// the programs run, as the Office of Personnel Management lists them.
func modelHolidays() []string {
	return []string{"2026-01-01", "2026-01-19", "2026-02-16", "2026-05-25", "2026-06-19", "2026-07-03"}
}

// businessDays is the same time n business days on, by package time.
func businessDays(unix uint64, n int) uint64 {
	t := time.Unix(int64(unix), 0).In(time.FixedZone("EST", -5*60*60))
	closed := func() bool {
		return t.Weekday() == time.Saturday || t.Weekday() == time.Sunday || slices.Contains(modelHolidays(), t.Format(time.DateOnly))
	}
	for closed() {
		t = t.Add(24 * time.Hour)
	}
	for ; n > 0; n-- {
		for t = t.Add(24 * time.Hour); closed(); {
			t = t.Add(24 * time.Hour)
		}
	}
	return uint64(t.Unix())
}

func (m *model) requestTrace(t *app.TraceTerms) string {
	regulator := m.roles[m.by].Has(app.RoleRegulator)
	asPartner := t.Ask == app.AskVerification || t.Reason == app.ReasonSuspect || t.Reason == app.ReasonIllegitimate
	if !regulator && !(asPartner && m.trader() == "") {
		return "may not ask"
	}
	roles, known := m.roles[t.To]
	if !known || t.To == m.by {
		return "asks nobody, or itself"
	}
	due := min(businessDays(m.blockTime, 1), m.blockTime+48*3600)
	switch {
	case t.Ask == app.AskVerification:
		due = m.blockTime + 24*3600
	case roles == app.RoleDispenser:
		due = businessDays(m.blockTime, 2)
	}
	m.clocks.requests = append(m.clocks.requests, modelRequest{TraceTerms: *t, by: m.by, due: due})
	return ""
}

func (m *model) respondTrace(n uint64, outcome app.TraceOutcome) string {
	if n == 0 || n > uint64(len(m.clocks.requests)) {
		return "no such request"
	}
	r := &m.clocks.requests[n-1]
	verdict := outcome == app.TraceMatch || outcome == app.TraceNoMatch
	if r.To != m.by || r.answered > 0 || outcome != app.TraceRefused && verdict != (r.Ask == app.AskVerification) {
		return "not theirs, answered, or no answer to that"
	}
	if sg, ok := r.Key.SGTIN(); ok && outcome == app.TraceNoMatch && m.labelers[sg.GTIN] == m.by {
		mk := m.marks[r.Key]
		i := slices.IndexFunc(mk.marks, func(x modelMark) bool { return x.kind == app.MarkSuspect && x.by == m.by })
		switch {
		case i >= 0:
			mk.marks[i].blocking = true
		case mk.full(true):
			return "too many marks"
		default:
			mk.marks = append(mk.marks, modelMark{kind: app.MarkSuspect, by: m.by, blocking: true})
		}
		m.marks[r.Key] = mk
	}
	r.answered, r.outcome = m.blockTime, outcome
	return ""
}

func (m *model) declareError(tx app.TxID) string {
	e := modelError{tx, m.by}
	if slices.Contains(m.clocks.errors, e) {
		return "declared already"
	}
	m.clocks.errors = append(m.clocks.errors, e)
	return ""
}

func (m *model) openException(against gs1.GLN, shipment uint64) string {
	if why := m.trader(); why != "" {
		return why
	}
	if _, known := m.roles[against]; !known || against == m.by {
		return "against nobody, or itself"
	}
	if shipment > uint64(len(m.shipments)) {
		return "no such shipment"
	}
	if shipment > 0 {
		s := m.shipments[shipment-1]
		if pair := []gs1.GLN{s.from, m.soldBy(shipment), s.to}; !slices.Contains(pair, m.by) || !slices.Contains(pair, against) {
			return "not between them"
		}
	}
	m.clocks.exceptions = append(m.clocks.exceptions, modelException{by: m.by, against: against, due: businessDays(m.blockTime, 3), status: "open"})
	return ""
}

func (m *model) respondException(n uint64, accept bool) string {
	if n == 0 || n > uint64(len(m.clocks.exceptions)) {
		return "no such exception"
	}
	x := &m.clocks.exceptions[n-1]
	if x.against != m.by || x.settled > 0 {
		return "not theirs, or resolved"
	}
	if x.last = m.blockTime; x.first == 0 {
		x.first = m.blockTime
	}
	if x.status = "rejected"; accept {
		x.status = "accepted"
	}
	return ""
}

func (m *model) resolveException(n uint64) string {
	if n == 0 || n > uint64(len(m.clocks.exceptions)) {
		return "no such exception"
	}
	x := &m.clocks.exceptions[n-1]
	if x.by != m.by || x.settled > 0 {
		return "not theirs, or resolved"
	}
	x.settled, x.status = m.blockTime, "resolved"
	return ""
}
