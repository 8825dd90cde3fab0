package app_test

import (
	"slices"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// partlyIn counts the items inside a place that were dispensed in part.
func (m *model) partlyIn(p int) (n int) {
	_, items := m.within(p)
	for _, k := range items {
		if m.items[k].state == app.Partial {
			n++
		}
	}
	return n
}

// edge is rule 5 with the exemption of the op under way.
func (m *model) edge(to gs1.GLN) bool {
	f, t := m.roles[m.by], m.roles[to]
	both := func(r app.Roles) bool { return f.Has(r) && t.Has(r) }
	const makers = app.RoleManufacturer | app.RoleRepackager
	const owners = makers | app.RoleWholesaler | app.RoleDispenser
	switch m.exempt {
	case app.ExemptNonsaleable:
		return false
	case app.ExemptSpecificPatient, app.ExemptCommonControl, app.ExemptOfficeUse:
		return both(app.RoleDispenser)
	case app.ExemptEmergency:
		return both(owners)
	case app.ExemptAffiliate:
		return both(makers) || both(app.RoleWholesaler) || both(app.RoleDispenser)
	case app.ExemptSample:
		return f.Has(makers|app.RoleWholesaler) && t.Has(app.RoleDispenser)
	case app.ExemptCharity, app.ExemptMerger:
		return both(app.RoleWholesaler) || both(app.RoleDispenser)
	default: // none, or one of the product's
		return modelEdge(f, t)
	}
}

// goesBack reports whether items may be returned in the state they are in.
func (m *model) goesBack(s app.State) bool {
	return s == app.Here || s == app.Partial && m.exempt == app.ExemptNonsaleable
}

// unsellable reports whether an item that was taken out of a place may not be
// sold, dispensed or exported.
func (m *model) unsellable(k gs1.Key, from int) bool {
	return m.blocked(k) || m.recalled[m.items[k].lot] || m.blockedAround(from) || m.holdsOn(from) != 0 || m.stopped(k, from)
}

// anyPartly reports whether one of some places contains what was dispensed in
// part.
func (m *model) anyPartly(places []int) bool {
	return slices.ContainsFunc(places, func(p int) bool { return m.partlyIn(p) > 0 })
}

// commissionExempt brings in packages without identifiers of a lot that has
// none: its labeler, or what is grandfathered whoever has it.
func (m *model) commissionExempt(exempt app.LotExemption, lot app.LotID, keys []gs1.Key, of gs1.GLN) string {
	const owners = app.RoleManufacturer | app.RoleRepackager | app.RoleWholesaler | app.RoleDispenser
	labeler, known := m.registry.lots[lot]
	if !known {
		labeler = m.labelers[lot.GTIN]
	}
	switch {
	case of != m.by:
		return "another's surrogates"
	case exempt == app.LotGrandfathered && !m.roles[m.by].Has(owners):
		return "no owner"
	case exempt == app.LotWaiver && (!m.roles[m.by].Has(app.RoleManufacturer|app.RoleRepackager) || m.labelers[lot.GTIN] != m.by),
		exempt == app.LotWaiver && labeler != m.by && m.exempts[lot] != app.LotGrandfathered:
		return "not the labeler"
	case exempt == app.LotWaiver && m.reclaims(lot, exempt):
		labeler = m.by
	case known && m.exempts[lot] != exempt:
		return "another exemption"
	}
	if m.exempts == nil {
		m.exempts = map[app.LotID]app.LotExemption{}
	}
	m.registry.lots[lot], m.exempts[lot] = labeler, exempt
	m.begin(lot, keys, 0)
	return ""
}

// reclaims makes a lot that was begun as grandfathered its labeler's own.
func (m *model) reclaims(lot app.LotID, exempt app.LotExemption) bool {
	if m.exempts[lot] != app.LotGrandfathered {
		return false
	}
	m.registry.lots[lot], m.exempts[lot] = m.by, exempt
	return true
}

// begin makes one run of items that are the signer's.
func (m *model) begin(lot app.LotID, keys []gs1.Key, after uint64) {
	c := modelCustody{owner: m.by, possessor: m.by, location: m.by}
	m.places = append(m.places, modelPlace{kind: app.KindRun, parent: -1, time: max(m.at, after), modelCustody: c})
	m.runsMade = append(m.runsMade, len(m.places)-1)
	for _, k := range keys {
		m.items[k] = modelItem{lot: lot, place: len(m.places) - 1, modelCustody: c}
	}
}

// repackage ends items and begins others of the signer's product.
func (m *model) repackage(inputs []gs1.Key, lot app.LotID, keys []gs1.Key) string {
	if !m.roles[m.by].Has(app.RoleManufacturer|app.RoleRepackager) || m.labelers[lot.GTIN] != m.by {
		return "not the labeler"
	}
	from, after := m.placesOf(inputs), uint64(0)
	if why := m.open(inputs, true, true); why != "" {
		return why
	}
	for i, k := range inputs {
		it := m.items[k]
		if m.unsellable(k, from[i]) || it.possessor != m.by {
			return "unsellable, or not at hand"
		}
		after = max(after, m.latest(from[i]))
		it.state = app.Repackaged
		m.items[k] = it
		if mk, ok := m.marks[k]; ok {
			mk.located = false
			m.marks[k] = mk
		}
	}
	if !m.beginsLot(lot) {
		return "another's lot, or one without identifiers"
	}
	m.begin(lot, keys, after)
	return ""
}

// refuseParts takes items and containers out of places that are on a shipment
// and stay on it: they are the shipper's, as they were.
func (m *model) refuseParts(n uint64, holdings, children []int, keys []gs1.Key, count *uint64) string {
	froms := m.placesOf(keys)
	for _, p := range children {
		froms = append(froms, m.places[p].parent)
	}
	for _, p := range froms {
		if m.places[m.outermost(p)].shipment != n || !m.inTime(p) {
			return "not aboard, or early"
		}
	}
	for _, k := range keys {
		if !m.items[k].state.Live() {
			return "state"
		}
	}
	if m.overlap(children, froms) || m.overlap(holdings, froms) || !m.sameHolds(m.placesOf(keys)) {
		return "roles, or holds"
	}
	if !sameCustody(append(m.custodies(keys, nil), modelCustody{})[:max(1, len(keys))]) {
		return "custody"
	}
	var c modelCustody
	if len(keys) > 0 {
		c = m.items[keys[0]].modelCustody
		c.shipment, c.short = 0, false
	}
	*count += uint64(len(keys))
	m.takeOut(keys, children, c)
	for _, p := range children {
		*count += uint64(m.liveIn(p))
		m.set(p, func(c *modelCustody) { c.shipment, c.short = 0, false })
	}
	m.settle()
	return ""
}
