package app_test

import (
	"maps"
	"slices"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// modelRecall is the recall of one lot. Its maps are replaced, not changed.
type modelRecall struct {
	by     gs1.GLN
	class  app.RecallClass
	depth  app.RecallDepth
	whole  bool
	marked map[gs1.Key]gs1.GLN // who named the key
	acks   map[gs1.GLN]uint32
	closed app.RecallOutcome
}

// recall is 21 CFR 7.40: the labeler or a regulator, of a whole lot or of keys.
func (m *model) recall(op *app.RecallLot) string {
	regulator := m.roles[m.by].Has(app.RoleRegulator)
	if !m.knownLot(op.LotID) || m.labelers[op.GTIN] != m.by && m.registry.lots[op.LotID] != m.by && !regulator {
		return "unknown, or not theirs"
	}
	r, known := m.recalls[op.LotID]
	news := !known || r.closed != app.RecallOpen
	if !known || r.closed == app.RecallWithdrawn {
		r = modelRecall{by: m.by, class: op.Class, acks: r.acks}
	}
	if r.class != op.Class {
		if r.by != m.by && !regulator {
			return "class of another's recall"
		}
		news = true
	}
	r.marked = maps.Clone(r.marked)
	if r.marked == nil {
		r.marked = map[gs1.Key]gs1.GLN{}
	}
	switch {
	case len(op.Keys) == 0:
		news = news || !r.whole
		r.whole = true
	case r.whole:
		return "narrower"
	}
	for _, k := range op.Keys {
		if _, ok := r.marked[k]; ok {
			continue
		}
		if why := m.markRecalled(op.LotID, k); why != "" {
			return why
		}
		r.marked[k], news = m.by, true
	}
	if !news && op.Depth <= r.depth {
		return "nothing new"
	}
	if regulator && !m.roles[r.by].Has(app.RoleRegulator) {
		r.by = m.by
	}
	r.class, r.depth, r.closed = op.Class, max(r.depth, op.Depth), app.RecallOpen
	m.recalls[op.LotID], m.recalled[op.LotID] = r, r.whole
	return ""
}

func (m *model) knownLot(lot app.LotID) bool {
	for _, it := range m.items {
		if it.lot == lot {
			return true
		}
	}
	return false
}

// markRecalled marks an item of the product or a case of its labeler.
func (m *model) markRecalled(lot app.LotID, k gs1.Key) string {
	sg, _ := k.SGTIN()
	p, used := m.uses[k]
	first := used && m.places[p].n == 0
	if _, isItem := m.items[k]; sg.GTIN != lot.GTIN {
		if by := m.labelers[sg.GTIN]; isItem || by != m.labelers[lot.GTIN] && by != m.registry.lots[lot] {
			return "neither item nor case"
		}
		if d := ""; first {
			if d = m.places[p].declared; d != "" && d != lot.Lot {
				return "another lot's case"
			}
		}
	}
	mk := m.marks[k]
	mk.marks = slices.Clone(mk.marks)
	if mk.full(true) || slices.ContainsFunc(mk.marks, func(x modelMark) bool { return x.kind == app.MarkRecalled && x.by == m.by }) {
		return "marked by another recall, or too often"
	}
	mk.marks = append(mk.marks, modelMark{kind: app.MarkRecalled, by: m.by, blocking: true})
	mk.located = mk.located || first
	m.marks[k] = mk
	return ""
}

// acknowledge is anybody's while the recall is open.
func (m *model) acknowledge(lot app.LotID, found uint32) string {
	r, ok := m.recalls[lot]
	if !ok || r.closed != app.RecallOpen {
		return "no recall"
	}
	r.acks = maps.Clone(r.acks)
	if r.acks == nil {
		r.acks = map[gs1.GLN]uint32{}
	}
	r.acks[m.by] = found
	m.recalls[lot] = r
	return ""
}

// closeRecall ends it: completed, as it stands; withdrawn, when no key is
// left in it.
func (m *model) closeRecall(op *app.CloseRecall) string {
	r, ok := m.recalls[op.LotID]
	if !ok || r.closed != app.RecallOpen {
		return "no recall"
	}
	if r.by != m.by && !m.roles[m.by].Has(app.RoleRegulator) {
		return "not theirs"
	}
	if op.Outcome == app.RecallCompleted {
		r.closed = app.RecallCompleted
		m.recalls[op.LotID] = r
		return ""
	}
	if len(op.Keys) == 0 && len(r.marked) > 0 {
		return "keys left"
	}
	r.marked = maps.Clone(r.marked)
	for _, k := range op.Keys {
		by, ok := r.marked[k]
		if !ok {
			return "not of this recall"
		}
		delete(r.marked, k)
		mk := m.marks[k]
		mk.marks = slices.DeleteFunc(slices.Clone(mk.marks), func(x modelMark) bool { return x.kind == app.MarkRecalled && x.by == by })
		if m.marks[k] = mk; len(mk.marks) == 0 {
			delete(m.marks, k)
		}
	}
	if len(r.marked) == 0 {
		r.closed, m.recalled[op.LotID] = app.RecallWithdrawn, false
	}
	m.recalls[op.LotID] = r
	return ""
}
