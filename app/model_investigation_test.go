package app_test

import (
	"maps"
	"slices"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// Investigations and notices in the model: who looks into what, what that
// stops, and who was told.

type modelInquiry struct {
	by         gs1.GLN
	subject    app.Subject
	status     app.InvestigationStatus
	blocking   bool
	due, first uint64
	terminated bool
}

// modelTold is one partner with the notice of one investigation.
type modelTold struct {
	number uint64
	to     gs1.GLN
}

type modelInquiries struct {
	all  []modelInquiry
	told map[modelTold]bool
}

func (q modelInquiries) clone() modelInquiries {
	return modelInquiries{slices.Clone(q.all), maps.Clone(q.told)}
}

// toldOf reports whether a partner has a notice of a subject.
func (q *modelInquiries) toldOf(to gs1.GLN, s app.Subject) bool {
	for i := range q.all {
		if q.all[i].subject == s && q.told[modelTold{uint64(i + 1), to}] {
			return true
		}
	}
	return false
}

func (q *modelInquiries) standing(number uint64) (n int) {
	for t := range q.told {
		if t.number == number {
			n++
		}
	}
	return n
}

// blocking lists the investigations that block a lot.
func (q *modelInquiries) blocking(lot app.LotID) (out []uint64) {
	for i := range q.all {
		if x := &q.all[i]; x.subject == app.LotSubject(lot) && x.blocking && x.status != app.InvestigationCleared {
			out = append(out, uint64(i+1))
		}
	}
	return out
}

// lotStopped: the lot is blocked for all, or its notice stands for the signer.
func (m *model) lotStopped(lot app.LotID) bool {
	return len(m.inquiries.blocking(lot)) > 0 || m.told(app.LotSubject(lot))
}

// told reports whether a notice of a subject stands for the signer, or for the
// seller of its drop shipment.
func (m *model) told(s app.Subject) bool {
	return m.inquiries.toldOf(m.by, s) || m.inquiries.toldOf(m.seller, s)
}

// stopped reports whether an item taken out of a place may not be sold: its
// lot, it or anything around it.
func (m *model) stopped(k gs1.Key, from int) bool {
	if m.lotStopped(m.items[k].lot) || m.told(app.KeySubject(k)) {
		return true
	}
	return slices.ContainsFunc(m.line(from), func(p int) bool {
		return m.places[p].key != "" && m.told(app.KeySubject(m.places[p].key))
	})
}

// labelerOf: the labeler of a lot, today's or the one that began it, or the
// product's.
func (m *model) labelerOf(s app.Subject) bool {
	if lot, ok := s.Lot(); ok && m.registry.lots[lot] == m.by {
		return true
	}
	g, ok := s.GTIN()
	return ok && m.labelers[g] == m.by
}

func (m *model) openInvestigation(op *app.OpenInvestigation, shown bool) string {
	regulator := m.roles[m.by].Has(app.RoleRegulator)
	if !regulator && !m.roles[m.by].Has(modelTraders) {
		return "role"
	}
	q := modelInquiry{by: m.by, subject: op.Subject, status: app.InvestigationOpen}
	if lot, ok := op.Subject.Lot(); ok {
		if q.blocking = regulator || m.labelerOf(op.Subject); !m.knownLot(lot) || q.blocking && len(m.inquiries.blocking(lot)) >= 8 {
			return "no such lot, or blocked often"
		}
	} else {
		var why string
		if q.blocking, why = m.suspect(gs1.Key(op.Subject), shown); why != "" {
			return why
		}
	}
	m.inquiries.all = append(m.inquiries.all, q)
	return ""
}

// suspect sets the signer's mark suspect for the next investigation, as strong
// as the signer may; one set before becomes it.
func (m *model) suspect(k gs1.Key, shown bool) (blocking bool, why string) {
	var c modelCustody
	if shown {
		if c, why = m.spot(k); why != "" {
			return false, why
		}
	}
	number := uint64(len(m.inquiries.all) + 1)
	mk := m.marks[k]
	mk.marks = slices.Clone(mk.marks)
	for _, x := range mk.marks {
		if x.by == m.by && x.of != 0 {
			return false, "looks into it already"
		}
	}
	i := slices.IndexFunc(mk.marks, func(x modelMark) bool { return x.by == m.by && x.kind == app.MarkSuspect })
	if i < 0 {
		if mk.full(m.mayBlock(k, c, shown)) {
			return false, "too many"
		}
		i, mk.marks = len(mk.marks), append(mk.marks, modelMark{kind: app.MarkSuspect, by: m.by})
	}
	mk.marks[i].of = number
	mk.marks[i].blocking = mk.marks[i].blocking || m.mayBlock(k, c, shown)
	mk.located = mk.located || shown
	m.marks[k] = mk
	return mk.marks[i].blocking, ""
}

// conducts finds an investigation that the signer may go on with.
func (m *model) conducts(number uint64) (*modelInquiry, string) {
	if number == 0 || number > uint64(len(m.inquiries.all)) {
		return nil, "no such investigation"
	}
	q := &m.inquiries.all[number-1]
	if q.by != m.by && !m.roles[m.by].Has(app.RoleRegulator) {
		return nil, "not theirs"
	}
	return q, ""
}

func (m *model) closeInvestigation(op *app.CloseInvestigation) string {
	q, why := m.conducts(op.Investigation)
	switch {
	case why != "":
		return why
	case q.status == app.InvestigationCleared, q.status == op.Outcome:
		return "closed"
	}
	if op.Outcome == app.InvestigationCleared {
		if m.inquiries.standing(op.Investigation) > 0 {
			return "notices stand"
		}
		if q.status == app.InvestigationIllegitimate && !q.terminated && !m.roles[m.by].Has(app.RoleRegulator) {
			return "illegitimate, and nobody was told"
		}
	} else {
		q.due = m.blockTime + 24*3600
		if q.terminated {
			q.terminated, q.first = false, 0
		}
	}
	q.status = op.Outcome
	m.conclude(q, op.Investigation)
	return ""
}

// conclude takes the mark of an investigation away, or makes it one of
// illegitimate product.
func (m *model) conclude(q *modelInquiry, number uint64) {
	if _, lot := q.subject.Lot(); lot {
		return
	}
	k := gs1.Key(q.subject)
	mk := m.marks[k]
	var out []modelMark
	blocking := false
	for _, x := range mk.marks {
		own := x.by == q.by && (x.of == number || x.kind == app.MarkIllegitimate && q.status == app.InvestigationIllegitimate)
		blocking = blocking || own && x.blocking
		if !own {
			out = append(out, x)
		}
	}
	if q.status == app.InvestigationIllegitimate {
		q.blocking = blocking
		out = append(out, modelMark{kind: app.MarkIllegitimate, by: q.by, blocking: blocking, of: number})
	}
	mk.marks = out
	if m.marks[k] = mk; len(out) == 0 {
		delete(m.marks, k)
	}
}

func (m *model) notify(op *app.Notify) string {
	q, why := m.conducts(op.Investigation)
	if why != "" {
		return why
	}
	ill, open := q.status == app.InvestigationIllegitimate, q.status == app.InvestigationOpen
	regulator, labeler := m.roles[m.by].Has(app.RoleRegulator), m.labelerOf(q.subject)
	later := op.Type == app.NoticeFollowUp || op.Type == app.NoticeTermination
	switch {
	case q.status == app.InvestigationCleared, q.terminated, op.Type == app.NoticeInitial && !ill, later && q.first == 0:
		return "stage"
	case op.Type == app.NoticeHighRisk && (!open || !labeler && !regulator):
		return "not open, or not the labeler's"
	}
	if q.first == 0 {
		q.first = m.blockTime
	}
	for _, p := range op.Partners {
		t := modelTold{op.Investigation, p.Partner}
		switch {
		case op.Type == app.NoticeTermination:
			if !m.inquiries.told[t] {
				return "was not told"
			}
			delete(m.inquiries.told, t)
			continue
		case !labeler && !regulator && p.Partner != m.by && !m.traded(p.Shipment, p.Partner):
			return "a stranger"
		case m.inquiries.told[t]:
			if op.Type != app.NoticeFollowUp {
				return "told already"
			}
			continue
		case m.toldTimes(p.Partner, q.subject) >= 16:
			return "told too often"
		}
		m.inquiries.told[t] = true
	}
	q.terminated = op.Type == app.NoticeTermination && m.inquiries.standing(op.Investigation) == 0
	return ""
}

func (m *model) toldTimes(to gs1.GLN, s app.Subject) (n int) {
	for t := range m.inquiries.told {
		if t.to == to && m.inquiries.all[t.number-1].subject == s {
			n++
		}
	}
	return n
}

// traded: by a shipment that both signed for, one sold to the other.
func (m *model) traded(number uint64, other gs1.GLN) bool {
	if number == 0 || number > uint64(len(m.shipments)) {
		return false
	}
	s := m.shipments[number-1]
	chain := []gs1.GLN{s.from, s.to}
	if !s.seller.IsZero() {
		chain = []gs1.GLN{s.from, s.seller, s.to}
	}
	for i, seller := range chain[:len(chain)-1] {
		buyer := chain[i+1]
		if buyer == m.by && seller == other || seller == m.by && buyer == other && s.received > 0 {
			return true
		}
	}
	return false
}
