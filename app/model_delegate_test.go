package app_test

import (
	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// modelPair is a partner and the one that signs for it.
type modelPair struct{ principal, agent gs1.GLN }

// modelGrant is what a partner delegated to another, at which event times.
type modelGrant struct {
	ops         map[app.Kind]bool // never changed
	drop        bool
	from, until uint64
}

func (g *modelGrant) at(t uint64) bool { return g.from <= t && t < g.until }

// actFor: whoever signs for another was given that op for that time, and
// nothing of the registry.
func (m *model) actFor(k app.Kind) string {
	if m.agent == (gs1.GLN{}) {
		return ""
	}
	g := m.granted[modelPair{m.by, m.agent}]
	if k < 10 || !g.at(m.at) || !g.ops[k] {
		return "not delegated"
	}
	return ""
}

// mayReceive: an inferred Receive obeys the rules of a Receive.
func (m *model) mayReceive(s *modelShipment) string {
	if m.agent == (gs1.GLN{}) {
		return ""
	}
	if m.agent == s.from || m.agent == s.seller {
		return "one side for both"
	}
	return m.actFor(app.KindReceive)
}

func (m *model) delegate(agent gs1.GLN, g modelGrant) string {
	pair := modelPair{m.by, agent}
	_, ok := m.granted[pair]
	if _, known := m.roles[agent]; !known || agent == m.by {
		return "no agent"
	}
	if len(g.ops) == 0 && !g.drop {
		if !ok {
			return "nothing to take back"
		}
		delete(m.granted, pair)
		return ""
	}
	for k := range g.ops {
		if k < 10 {
			return "registry"
		}
	}
	if g.from >= g.until {
		return "never valid"
	}
	m.granted[pair] = g
	return ""
}

// sale judges the one sale of a shipment, or both of a drop shipment: through
// a wholesaler that lets the shipper do it, to a dispenser.
func (m *model) sale(to gs1.GLN) string {
	from, dest := m.roles[m.by], m.roles[to]
	switch {
	case to == m.by, to == m.agent:
		return "to itself, or its agent"
	case m.seller == (gs1.GLN{}):
		if !m.edge(to) {
			return "edge"
		}
		return ""
	case m.exempt != app.ExemptNone, m.seller == m.agent, m.seller == m.by, m.seller == to, !m.roles[m.seller].Has(app.RoleWholesaler), !dest.Has(app.RoleDispenser),
		!from.Has(app.RoleManufacturer | app.RoleRepackager | app.RoleWholesaler):
		return "no drop shipment"
	}
	if g := m.granted[modelPair{m.seller, m.by}]; !g.drop || !g.at(m.at) {
		return "not agreed with the seller"
	}
	return ""
}

// soldBy is whom the consignee of a shipment bought from.
func (m *model) soldBy(n uint64) gs1.GLN {
	if s := m.shipments[n-1]; s.seller != (gs1.GLN{}) {
		return s.seller
	}
	return m.shipments[n-1].from
}
