package app_test

import (
	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// clocks asks, answers, declares, opens, responds or resolves.
func (p *program) clocks() {
	moves := []func(){p.requestTrace, p.requestTrace, p.respondTrace, p.respondTrace, p.declareError, p.openException, p.openException, p.respondException, p.respondException, p.resolveException}
	pick(p, moves)()
	p.compareClocks()
}

func (p *program) requestTrace() {
	t := app.TraceTerms{Ask: app.TraceAsk(1 + p.r.Intn(4)), Reason: app.TraceReason(1 + p.r.Intn(5)), Drill: p.chance(20)}
	k := pick(p, p.keys(true))
	if t.Key = k; t.Ask != app.AskVerification && p.chance(50) {
		lot := p.m.items[k].lot
		t.Key, t.Lot = "", &lot
	}
	by, to := pick(p, p.w.Partners()), pick(p, p.w.Partners())
	if sg, ok := k.SGTIN(); ok && p.chance(50) {
		to = p.partner(p.m.labelers[sg.GTIN])
	}
	if p.chance(40) {
		by = p.w.Regulator
	}
	t.To = to.GLN
	if p.chance(3) {
		t.To = apptest.GLN("0990001", 0)
	}
	p.judge(by, &app.RequestTrace{TraceTerms: t}, func(m *model) string { return m.requestTrace(&t) })
}

// oneOf is the number of one of n records, or now and then of none.
func (p *program) oneOf(n int) uint64 {
	if n == 0 || p.chance(4) {
		return uint64(n + p.r.Intn(2))
	}
	return uint64(1 + p.r.Intn(n))
}

func (p *program) respondTrace() {
	n := p.oneOf(len(p.m.clocks.requests))
	op := &app.RespondTrace{Request: n, Outcome: app.TraceOutcome(1 + p.r.Intn(4))}
	by := pick(p, p.w.Partners())
	if n > 0 && n <= uint64(len(p.m.clocks.requests)) && p.chance(90) {
		by = p.partner(p.m.clocks.requests[n-1].To)
	}
	p.judge(by, op, func(m *model) string { return m.respondTrace(n, op.Outcome) })
}

func (p *program) declareError() {
	op := &app.DeclareError{Tx: app.TxID{byte(p.r.Intn(6))}, ErrorTerms: app.ErrorTerms{Reason: app.ErrorReason(1 + p.r.Intn(2))}}
	p.judge(pick(p, p.w.Partners()), op, func(m *model) string { return m.declareError(op.Tx) })
}

func (p *program) openException() {
	op := &app.OpenException{ExceptionTerms: app.ExceptionTerms{
		Type: app.ExceptionType(1 + p.r.Intn(9)), Wanted: app.Resolution(p.r.Intn(7)), Source: app.ObservationSource(1 + p.r.Intn(4)),
	}}
	by, against := pick(p, p.w.Partners()), pick(p, p.w.Partners()).GLN
	if p.chance(60) {
		op.Shipment = p.oneOf(len(p.m.shipments))
	}
	if n := op.Shipment; n > 0 && n <= uint64(len(p.m.shipments)) && p.chance(85) {
		pair := []gs1.GLN{p.m.shipments[n-1].from, p.m.shipments[n-1].to}
		i := p.r.Intn(2)
		by, against = p.partner(pair[i]), pair[1-i]
	}
	op.Against = against
	p.judge(by, op, func(m *model) string { return m.openException(against, op.Shipment) })
}

func (p *program) respondException() {
	n := p.oneOf(len(p.m.clocks.exceptions))
	op := &app.RespondException{Exception: n, ResponseTerms: app.ResponseTerms{Accept: p.chance(50)}}
	by := pick(p, p.w.Partners())
	if n > 0 && n <= uint64(len(p.m.clocks.exceptions)) && p.chance(90) {
		by = p.partner(p.m.clocks.exceptions[n-1].against)
	}
	p.judge(by, op, func(m *model) string { return m.respondException(n, op.Accept) })
}

func (p *program) resolveException() {
	n := p.oneOf(len(p.m.clocks.exceptions))
	by := pick(p, p.w.Partners())
	if n > 0 && n <= uint64(len(p.m.clocks.exceptions)) && p.chance(90) {
		by = p.partner(p.m.clocks.exceptions[n-1].by)
	}
	p.judge(by, &app.ResolveException{Exception: n}, func(m *model) string { return m.resolveException(n) })
}

// compareClocks holds the records to the model.
func (p *program) compareClocks() {
	p.t.Helper()
	for i, want := range p.m.clocks.requests {
		raw, _ := p.w.Store.Get(app.RequestKey(uint64(i + 1)))
		got, err := app.DecodeTraceRequest(raw)
		if err != nil || got.By != want.by || got.To != want.To || got.Ask != want.Ask || got.Due != want.due || (got.Answer == nil) != (want.answered == 0) {
			p.fail("trace request %d: got %+v, %v; want %+v", i+1, got, err, want)
		}
		late := want.answered > want.due
		if a := got.Answer; a != nil && (a.Time != want.answered || a.Outcome != want.outcome || got.Late() != late || got.Overdue(p.w.Block.Time)) {
			p.fail("trace request %d: got answer %+v, late %v; want %+v", i+1, a, got.Late(), want)
		}
		if got.Answer == nil && got.Overdue(p.w.Block.Time) != (p.w.Block.Time > want.due) {
			p.fail("trace request %d: got overdue %v at %d, due %d", i+1, got.Overdue(p.w.Block.Time), p.w.Block.Time, want.due)
		}
	}
	for i, want := range p.m.clocks.exceptions {
		raw, _ := p.w.Store.Get(app.ExceptionKey(uint64(i + 1)))
		got, err := app.DecodeException(raw)
		if err != nil || got.By != want.by || got.Against != want.against || got.Due != want.due || got.Responded != want.first || got.Status().String() != want.status {
			p.fail("exception %d: got %+v (%s), %v; want %+v", i+1, got, got.Status(), err, want)
		}
		late := want.first > want.due || want.first == 0 && want.settled > want.due
		overdue := want.status == "open" && p.w.Block.Time > want.due
		if got.Late() != late || got.Overdue(p.w.Block.Time) != overdue {
			p.fail("exception %d: got late %v, overdue %v; want %v, %v", i+1, got.Late(), got.Overdue(p.w.Block.Time), late, overdue)
		}
	}
}
