package app_test

import (
	"maps"
	"slices"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// The registry's part of the model: who is suspended and by whom, until when
// licences are valid, whose lots and products are, and which keys sign.

type modelRegistry struct {
	// suspended by a sponsor and by a regulator
	bySponsor, byRegulator map[gs1.GLN]bool
	until                  map[gs1.GLN]uint64
	members                map[gs1.GLN]bool
	sponsor                map[gs1.GLN]gs1.GLN
	offered                map[gs1.GTIN]gs1.GLN
	lots                   map[app.LotID]gs1.GLN // who began a lot
	keys                   map[gs1.GLN][]app.KeyID
	retired                map[app.KeyID]uint64
}

func newModelRegistry() modelRegistry {
	return modelRegistry{
		bySponsor: map[gs1.GLN]bool{}, byRegulator: map[gs1.GLN]bool{}, until: map[gs1.GLN]uint64{},
		members: map[gs1.GLN]bool{}, sponsor: map[gs1.GLN]gs1.GLN{}, offered: map[gs1.GTIN]gs1.GLN{},
		lots: map[app.LotID]gs1.GLN{}, keys: map[gs1.GLN][]app.KeyID{}, retired: map[app.KeyID]uint64{},
	}
}

func (r *modelRegistry) clone() modelRegistry {
	return modelRegistry{
		bySponsor: maps.Clone(r.bySponsor), byRegulator: maps.Clone(r.byRegulator), until: maps.Clone(r.until),
		members: r.members, sponsor: maps.Clone(r.sponsor), offered: maps.Clone(r.offered),
		lots: maps.Clone(r.lots), keys: maps.Clone(r.keys), retired: maps.Clone(r.retired),
	}
}

func (r *modelRegistry) join(p *apptest.Partner) {
	r.until[p.GLN], r.members[p.GLN] = p.Info().Credential.Until, p.Member
	r.keys[p.GLN] = []app.KeyID{p.KeyID}
}

func (r *modelRegistry) suspended(g gs1.GLN) bool { return r.bySponsor[g] || r.byRegulator[g] }

// refuses is rule 11 for every op: a suspended partner ends what is under way,
// answers what it is asked, stops what is unsafe, changes its keys and takes back
// what it delegated, and begins nothing else; who trades has a licence at the
// event; and nobody begins anything with a partner that lacks either.
func (r *modelRegistry) refuses(m *model, key app.KeyID, op app.Op) string {
	if end, retired := r.retired[key]; retired && end <= m.blockTime {
		return "retired key"
	}
	if !m.agent.IsZero() && (r.suspended(m.agent) || m.at >= r.until[m.agent]) {
		return "the agent is not authorised"
	}
	if op, ok := op.(*app.Delegate); ok && op.Empty() {
		return ""
	}
	switch op.(type) {
	case *app.Receive, *app.Refuse, *app.VoidShip, *app.RotateKey, *app.RecallLot, *app.AcknowledgeRecall, *app.Quarantine,
		*app.RespondTrace, *app.DeclareError, *app.RespondException, *app.ResolveException,
		*app.CloseInvestigation, *app.Notify:
		return ""
	}
	if r.suspended(m.by) {
		return "suspended"
	}
	return r.unlicensed(m, op)
}

// unlicensed judges licences, and the standing of the other side.
func (r *modelRegistry) unlicensed(m *model, op app.Op) string {
	switch o := op.(type) {
	case *app.SetMark, *app.LocateMark, *app.ClearMark, *app.Quarantine, *app.Release, *app.RecallLot, *app.CloseRecall,
		*app.ReportConflict, *app.ReportDuplicate, *app.Delegate, *app.SuspendPartner, *app.UpdatePartner, *app.SponsorPartner:
		return ""
	case *app.TransferProduct:
		if !o.To.IsZero() && (r.suspended(o.To) || m.at >= r.until[o.To]) {
			return "the buyer is not authorised"
		}
		return ""
	case *app.RequestTrace:
		if m.roles[m.by].Has(app.RoleRegulator) {
			return ""
		}
		return r.lacks(m, m.by)
	case *app.Ship:
		if !o.Seller.IsZero() && r.lacks(m, o.Seller) != "" {
			return "the seller is not authorised"
		}
		return r.lacks(m, o.To)
	case *app.Return:
		return r.lacks(m, o.To)
	case *app.Relocate:
		return r.lacks(m, o.Possessor)
	default:
		return r.lacks(m, m.by)
	}
}

// lacks: both sides are authorised.
func (r *modelRegistry) lacks(m *model, other gs1.GLN) string {
	if r.suspended(other) || m.at >= r.until[other] || m.at >= r.until[m.by] {
		return "not authorised"
	}
	return ""
}

// beginsLot: a lot stays with who began it, but what was only brought in is its
// labeler's to begin. It bears identifiers.
func (m *model) beginsLot(lot app.LotID) bool {
	if m.reclaims(lot, app.LotReclaimed) {
		return true
	}
	if m.exempts[lot] == app.LotWaiver {
		return false
	}
	if by, ok := m.registry.lots[lot]; ok {
		return by == m.by
	}
	m.registry.lots[lot] = m.by
	return true
}

// mayJudge: a regulator anyone but regulators, a sponsor whom it brought in.
func (m *model) mayJudge(g gs1.GLN) bool {
	by, ok := m.registry.sponsor[g]
	return !m.roles[g].Has(app.RoleRegulator) && (m.roles[m.by].Has(app.RoleRegulator) || ok && by == m.by)
}

func (m *model) suspend(g gs1.GLN) string {
	on := m.registry.bySponsor
	if m.roles[m.by].Has(app.RoleRegulator) {
		on = m.registry.byRegulator
	}
	if _, known := m.roles[g]; !known || !m.mayJudge(g) || on[g] {
		return "unknown, not theirs, or suspended already"
	}
	on[g] = true
	return ""
}

func (m *model) lift(g gs1.GLN) string {
	r := &m.registry
	if _, known := m.roles[g]; !known || !m.mayJudge(g) || !r.suspended(g) {
		return "unknown, not theirs, or not suspended"
	}
	switch {
	case m.roles[m.by].Has(app.RoleRegulator) && r.byRegulator[g]:
		delete(r.byRegulator, g)
	case r.bySponsor[g]:
		delete(r.bySponsor, g)
	default:
		return "by a regulator"
	}
	return ""
}

func (m *model) bringIn(q *apptest.Partner) string {
	if _, known := m.roles[q.GLN]; known || !m.registry.members[m.by] {
		return "known, or no member"
	}
	m.roles[q.GLN] = q.Roles
	m.registry.join(q)
	m.registry.sponsor[q.GLN] = m.by
	return ""
}

// vouch renews a licence until a time; to cut it short is to suspend.
func (m *model) vouch(g gs1.GLN, until uint64) string {
	r := &m.registry
	if !r.members[m.by] && !m.roles[m.by].Has(app.RoleRegulator) || g == m.by {
		return "may not vouch"
	}
	if until < r.until[g] && !m.mayJudge(g) {
		return "may not cut"
	}
	r.until[g] = until
	return ""
}

func (m *model) sell(gtin gs1.GTIN, to gs1.GLN, accept bool) string {
	offered, standing := m.registry.offered[gtin]
	makes := m.roles[to].Has(app.RoleManufacturer | app.RoleRepackager)
	switch {
	case accept && standing && offered == to && to == m.by && makes:
		m.labelers[gtin] = to
		delete(m.registry.offered, gtin)
		return ""
	case accept || m.labelers[gtin] != m.by:
		return "not theirs"
	case to.IsZero() && standing:
		delete(m.registry.offered, gtin)
		return ""
	case to.IsZero() || to == m.by || !makes:
		return "no buyer"
	}
	m.registry.offered[gtin] = to
	return ""
}

// rotate adds keys, each with a good proof, and retires others from a time on.
func (m *model) rotate(add []app.KeyID, retire []app.Retirement) string {
	r := &m.registry
	all := slices.Clone(r.keys[m.by])
	for _, id := range add {
		for _, keys := range r.keys {
			if slices.Contains(keys, id) {
				return "known"
			}
		}
		all = append(all, id)
	}
	for _, t := range retire {
		from := max(t.From, m.blockTime)
		was, retired := r.retired[t.Key]
		if !slices.Contains(all, t.Key) || retired && from >= was {
			return "not theirs, or retired earlier"
		}
		r.retired[t.Key] = from
	}
	endless, living := 0, 0
	for _, id := range all {
		until, retired := r.retired[id]
		if !retired {
			endless++
		}
		if !retired || until > m.blockTime {
			living++
		}
	}
	if endless == 0 || living > 16 {
		return "no key stays, or too many"
	}
	r.keys[m.by] = all
	return ""
}
