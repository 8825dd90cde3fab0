package app_test

import (
	"slices"
	"strings"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// investigate opens, closes or notifies.
func (p *program) investigate() {
	pick(p, []func(){p.openInvestigation, p.closeInvestigation, p.notify, p.notify})()
}

func (p *program) openInvestigation() {
	k, c := p.anyKey()
	by := p.signer(c)
	if p.chance(40) {
		by = pick(p, []*apptest.Partner{p.w.Maker, p.w.Regulator, p.w.Pharmacy, p.w.Auditor})
	}
	op := &app.OpenInvestigation{Subject: app.KeySubject(k), Reason: app.InvestigationReason(1 + p.r.Intn(8))}
	shown := false
	if it, ok := p.m.items[k]; ok && p.chance(40) {
		op.Subject = app.LotSubject(it.lot)
	} else if shown = p.chance(60); shown {
		op.Spot = p.spotOf(k)
	}
	p.judge(by, op, func(m *model) string { return m.openInvestigation(op, shown) })
}

// inquiry picks an investigation, mostly one, and who may mostly go on with it.
func (p *program) inquiry() (uint64, *apptest.Partner) {
	n := p.oneOf(len(p.m.inquiries.all))
	by := pick(p, p.w.Partners())
	if n > 0 && n <= uint64(len(p.m.inquiries.all)) && p.chance(80) {
		by = p.partner(p.m.inquiries.all[n-1].by)
	}
	if p.chance(25) {
		by = p.w.Regulator
	}
	return n, by
}

func (p *program) closeInvestigation() {
	n, by := p.inquiry()
	op := &app.CloseInvestigation{Investigation: n, Outcome: app.InvestigationCleared}
	if p.chance(60) {
		op.Outcome = app.InvestigationIllegitimate
	}
	p.judge(by, op, func(m *model) string { return m.closeInvestigation(op) })
}

func (p *program) notify() {
	n, by := p.inquiry()
	op := &app.Notify{Investigation: n, Type: app.NoticeType(1 + p.r.Intn(4)), Incident: "3911"}
	if p.chance(40) {
		op.Type = app.NoticeInitial
	}
	for _, q := range p.w.Partners() {
		told := p.m.inquiries.told[modelTold{n, q.GLN}]
		switch {
		case op.Type == app.NoticeTermination && told && p.chance(70), p.chance(2):
			op.Partners = append(op.Partners, app.Notified{Partner: q.GLN, Shipment: p.between(by.GLN, q.GLN)})
		case op.Type != app.NoticeTermination && p.chance(25):
			if s := p.between(by.GLN, q.GLN); s > 0 || p.chance(15) || by == p.w.Regulator {
				op.Partners = append(op.Partners, app.Notified{Partner: q.GLN, Shipment: s})
			}
		}
	}
	slices.SortFunc(op.Partners, func(a, b app.Notified) int { return strings.Compare(a.Partner.String(), b.Partner.String()) })
	p.judge(by, op, func(m *model) string { return m.notify(op) })
}

// between is a shipment between two partners, or 0.
func (p *program) between(a, b gs1.GLN) uint64 {
	for i, s := range p.m.shipments {
		if s.from == a && s.to == b && s.received > 0 || s.from == b && s.to == a {
			return uint64(i + 1)
		}
	}
	return 0
}

// compareInquiries holds investigations, notices, blocks and marks to the
// model.
func (p *program) compareInquiries() {
	q := &p.m.inquiries
	to := map[gs1.GLN]uint32{}
	for t := range q.told {
		to[t.to]++
		n := p.w.Notice(t.to, q.all[t.number-1].subject)
		if n == nil || !slices.ContainsFunc(n.Of, func(o app.NoticeOf) bool { return o.Investigation == t.number }) {
			p.fail("notice of investigation %d to %s: got %+v", t.number, t.to, n)
		}
	}
	for g := range p.m.roles {
		if got := p.w.Partner(g).Notices; got != to[g] {
			p.fail("partner %s: got %d notices, want %d", g, got, to[g])
		}
	}
	for i, want := range q.all {
		n := uint64(i + 1)
		got := p.w.Investigation(n)
		if got.By != want.by || got.Subject != want.subject || got.Status != want.status || got.Blocking != want.blocking ||
			got.NoticeDue != want.due || got.FirstNotice != want.first || (got.Terminated != 0) != want.terminated || int(got.Notices) != q.standing(n) {
			p.fail("investigation %d: got %+v, want %+v and %d notices", n, got, want, q.standing(n))
		}
	}
	for lot := range p.m.registry.lots {
		if got, want := p.w.Lot(lot).Investigations, q.blocking(lot); !slices.Equal(got, want) {
			p.fail("%s: got blocked by %v, want %v", lot, got, want)
		}
	}
	for k, want := range p.m.marks {
		got := p.w.Marks(k)
		for _, x := range want.marks {
			if !slices.ContainsFunc(got.Marks, func(g app.Mark) bool {
				return g.Kind == x.kind && g.By == x.by && g.Blocking == x.blocking && g.Investigation == x.of
			}) {
				p.fail("%s: got marks %+v, want %+v", k, got.Marks, x)
			}
		}
	}
}
