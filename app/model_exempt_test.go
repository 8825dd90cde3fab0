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
