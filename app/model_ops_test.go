package app_test

import (
	"fmt"
	"slices"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// claim lets the signer act on a place; a container on its way to the signer
// is received whole, of anything else only what is opened.
func (m *model) claim(p int, whole, asOwner bool) string {
	if !m.inTime(p) {
		return "early"
	}
	out := m.outermost(p)
	if n := m.places[out].shipment; n != 0 {
		s := m.shipments[n-1]
		if s.to != m.by {
			return "in transit"
		}
		if why := m.mayReceive(&s); why != "" {
			return why
		}
		if whole || m.places[out].kind == app.KindContainer {
			m.receiveWhole(out, s.shipTo)
		}
		return ""
	}
	switch c := m.places[out].modelCustody; {
	case c.owner == m.by, !asOwner && c.possessor == m.by:
		return ""
	default:
		return "not theirs"
	}
}

// open claims items and takes each, received if it was on its way.
func (m *model) open(keys []gs1.Key, partial, asOwner bool) string {
	for _, k := range keys {
		it := m.items[k]
		if why := m.claim(it.place, false, asOwner); why != "" {
			return why
		}
		if it.state != app.Here && (it.state != app.Partial || !partial) {
			return "state " + it.state.String()
		}
	}
	for _, k := range keys {
		if n := m.items[k].shipment; n != 0 {
			m.receiveOne(k, m.shipments[n-1].shipTo)
		}
	}
	return ""
}

// over: a container that was used again, or a group that has emptied.
func (m *model) over(p int) bool {
	return m.places[p].used || m.places[p].kind != app.KindContainer && m.liveIn(p) == 0
}

// overlap: no place plays two roles.
func (m *model) overlap(whole []int, from []int) bool {
	for _, p := range from {
		for _, q := range whole {
			if m.isIn(p, q) {
				return true
			}
		}
	}
	return false
}

func (m *model) placesOf(keys []gs1.Key) (out []int) {
	for _, k := range keys {
		out = append(out, m.items[k].place)
	}
	return out
}

// sameCustody is the one custody of all, or false.
func sameCustody(all []modelCustody) bool {
	for _, c := range all {
		c.shipment, c.short = all[0].shipment, all[0].short
		if c != all[0] {
			return false
		}
	}
	return true
}

func (m *model) custodies(keys []gs1.Key, places []int) (out []modelCustody) {
	for _, p := range places {
		out = append(out, m.places[p].modelCustody)
	}
	for _, k := range keys {
		out = append(out, m.items[k].modelCustody)
	}
	return out
}

// moveTo puts items into a place; their marks are located there.
func (m *model) moveTo(keys []gs1.Key, p int) {
	for _, k := range keys {
		it := m.items[k]
		m.raise(p, m.latest(it.place))
		it.place, it.modelCustody = p, m.places[p].modelCustody
		m.items[k] = it
		if mk, ok := m.marks[k]; ok {
			mk.located = true
			m.marks[k] = mk
		}
	}
}

// newLoose makes a loose place of items that were taken out of others.
func (m *model) newLoose(keys []gs1.Key, c modelCustody) int {
	holds := m.leaving(m.items[keys[0]].place)
	m.places = append(m.places, modelPlace{kind: app.KindLoose, parent: -1, holds: holds, modelCustody: c})
	m.fresh = len(m.places) - 1
	m.moveTo(keys, m.fresh)
	return m.fresh
}

func (m *model) checkLots() string {
	lots := make([][]app.LotID, len(m.places))
	for _, it := range m.items {
		for p := it.place; p >= 0 && it.state.Live(); p = m.places[p].parent {
			if !slices.Contains(lots[p], it.lot) {
				lots[p] = append(lots[p], it.lot)
			}
		}
	}
	for p := range m.places {
		if len(lots[p]) > m.maxLots {
			return "lots"
		}
		for _, lot := range lots[p] {
			if d := m.places[p].declared; d != "" && d != lot.Lot {
				return "declared"
			}
		}
	}
	return ""
}

func (m *model) commission(gtin gs1.GTIN, lot string, keys []gs1.Key, location gs1.GLN) string {
	if !m.roles[m.by].Has(app.RoleManufacturer|app.RoleRepackager) || m.labelers[gtin] != m.by {
		return "not the labeler"
	}
	if !m.beginsLot(app.LotID{GTIN: gtin, Lot: lot}) {
		return "another's lot"
	}
	run := fmt.Sprint(lot, keys)
	if m.runs[run] {
		return "same run"
	}
	m.runs[run] = true
	c := modelCustody{owner: m.by, possessor: m.by, location: location}
	m.places = append(m.places, modelPlace{kind: app.KindRun, parent: -1, time: m.at, modelCustody: c})
	m.runsMade = append(m.runsMade, len(m.places)-1)
	for _, k := range keys {
		m.items[k] = modelItem{lot: app.LotID{GTIN: gtin, Lot: lot}, place: len(m.places) - 1, modelCustody: c}
	}
	return ""
}

// create begins the n-th use of a container's key.
func (m *model) create(key gs1.Key, n uint32, declared string, mine bool, c modelCustody) (int, string) {
	if !mine {
		return 0, "foreign prefix"
	}
	last, ok := m.uses[key]
	switch {
	case !ok && n > 0, ok && n != m.places[last].n+1:
		return 0, "number"
	case ok:
		p := m.places[last]
		if m.liveIn(last) > 0 || m.children(last) > 0 || p.parent >= 0 || p.shipment != 0 {
			return 0, "in use"
		}
		if m.blockTime < p.time+m.retention {
			return 0, "retention"
		}
		m.places[last].used = true
	}
	m.places = append(m.places, modelPlace{
		kind: app.KindContainer, id: app.ContainerID(key, n), key: key, n: n, declared: declared, parent: -1, time: m.at, modelCustody: c,
	})
	m.uses[key] = len(m.places) - 1
	if mk, ok := m.marks[key]; ok {
		mk.located = true
		m.marks[key] = mk
	}
	return len(m.places) - 1, ""
}

func (m *model) pack(key gs1.Key, n uint32, mine func(modelCustody) bool, children []int, keys []gs1.Key) string {
	if why := m.trader(); why != "" {
		return why
	}
	if len(children)+len(keys) == 0 {
		return "nothing"
	}
	if m.overlap(children, m.placesOf(keys)) {
		return "roles"
	}
	if m.anyPartly(children) {
		return "dispensed in part"
	}
	if why := m.open(keys, false, false); why != "" {
		return why
	}
	for _, p := range children {
		if pl := m.places[p]; pl.parent >= 0 || pl.kind != app.KindContainer || pl.used {
			return "not an outermost container"
		}
		if why := m.claim(p, true, false); why != "" {
			return why
		}
	}
	all := m.custodies(keys, children)
	var whole []app.Holds
	for _, p := range children {
		whole = append(whole, m.holdsOn(p))
	}
	if !sameCustody(all) || !m.sameHolds(m.placesOf(keys), whole...) {
		return "custody"
	}
	all[0].shipment, all[0].short = 0, false
	parent, ok := m.uses[key]
	if ok && n <= m.places[parent].n {
		if n < m.places[parent].n {
			return "used again"
		}
		if why := m.claim(parent, false, false); why != "" {
			return why
		}
		if !sameCustody(append(all, m.places[parent].modelCustody)) || !m.sameHolds(m.placesOf(keys), append(whole, m.holdsOn(parent))...) {
			return "custody"
		}
	} else {
		var why string
		if parent, why = m.create(key, n, "", mine(all[0]), all[0]); why != "" {
			return why
		}
		if len(keys) > 0 {
			whole = append(whole, m.leaving(m.items[keys[0]].place))
		}
		m.places[parent].holds = whole[0]
	}
	return m.fill(parent, children, keys)
}

func (m *model) fill(parent int, children []int, keys []gs1.Key) string {
	for _, p := range children {
		if m.places[p].used || m.isIn(parent, p) || len(m.line(parent))+1+m.height(p) > app.MaxDepth {
			return "depth"
		}
	}
	if slices.Contains(m.placesOf(keys), parent) {
		return "is in it already"
	}
	m.moveTo(keys, parent)
	m.raise(parent, 0)
	for _, p := range children {
		m.places[p].parent = parent
		m.raise(p, 0)
		if mk, ok := m.marks[m.places[p].key]; ok {
			mk.located = true
			m.marks[m.places[p].key] = mk
		}
	}
	return m.checkLots()
}

// takeOut makes containers outermost and items loose.
func (m *model) takeOut(keys []gs1.Key, children []int, c modelCustody) {
	for _, p := range children {
		m.raise(p, m.latest(p))
		m.places[p].holds |= m.leaving(m.places[p].parent)
		m.places[p].parent = -1
	}
	if len(keys) > 0 {
		m.newLoose(keys, c)
	}
}

func (m *model) unpack(p int, all bool, children []int, keys []gs1.Key) string {
	if why := m.trader(); why != "" {
		return why
	}
	if why := m.claim(p, false, false); why != "" {
		return why
	}
	if m.places[p].kind != app.KindContainer {
		return "no container"
	}
	for _, k := range keys {
		if it := m.items[k]; it.state != app.Here || it.place != p {
			return "not there"
		}
	}
	for _, q := range children {
		if m.places[q].parent != p {
			return "not there"
		}
	}
	m.takeOut(keys, children, m.places[p].modelCustody)
	m.raise(p, 0)
	if all && (m.liveIn(p) > 0 || m.children(p) > 0) {
		return "not all"
	}
	return ""
}

func (m *model) ship(to *modelParty, holdings []int, keys []gs1.Key) string {
	if why := m.trader(); why != "" {
		return why
	}
	if why := m.sale(to.gln); why != "" {
		return why
	}
	if m.overlap(holdings, m.placesOf(keys)) {
		return "roles"
	}
	from := m.placesOf(keys)
	if why := m.open(keys, false, true); why != "" {
		return why
	}
	for i, k := range keys {
		if m.unsellable(k, from[i]) {
			return "unsellable"
		}
	}
	total := len(keys)
	for _, p := range holdings {
		if m.places[p].parent >= 0 || m.over(p) {
			return "not outermost"
		}
		if why := m.claim(p, true, true); why != "" {
			return why
		}
		if m.blockedInside(p) || m.partlyIn(p) > 0 {
			return "marked, or dispensed in part"
		}
		if k := m.places[p].key; k != "" && (m.blocked(k) || m.told(app.KeySubject(k))) {
			return "stopped"
		}
		for lot := range m.lots(p) {
			if m.recalled[lot] || m.lotStopped(lot) {
				return "recalled, or stopped"
			}
		}
		total += m.liveIn(p)
	}
	if total == 0 {
		return "nothing"
	}
	if !sameCustody(m.custodies(keys, nil)) {
		return "custody"
	}
	m.shipments = append(m.shipments, modelShipment{from: m.by, to: to.gln, shipTo: to.site, shipped: uint64(total), agent: m.agent, seller: m.seller})
	m.embark(holdings, keys)
	return ""
}

// giveBackTo is Return: every item by one sale to its seller or, by one sale or
// none, to its labeler.
func (m *model) giveBackTo(to *modelParty, reverses uint64, holdings []int, keys, shown []gs1.Key) string {
	if why := m.trader(); why != "" || to.gln == m.by || to.gln == m.agent || !m.roles[to.gln].Has(modelTraders) {
		return "role"
	}
	if m.overlap(holdings, m.placesOf(keys)) {
		return "roles"
	}
	if why := m.open(keys, m.exempt == app.ExemptNonsaleable, true); why != "" {
		return why
	}
	all := slices.Clone(keys)
	for _, p := range holdings {
		if m.places[p].parent >= 0 || m.over(p) {
			return "not outermost"
		}
		if why := m.claim(p, true, true); why != "" {
			return why
		}
		_, items := m.within(p)
		all = append(all, items...)
	}
	if len(all) == 0 || len(all) != len(keys)+len(shown) {
		return "nothing, or not all is shown"
	}
	if reverses > uint64(len(m.shipments)) || reverses > 0 && m.shipments[reverses-1].back {
		return "no such sale"
	}
	for _, k := range all {
		it := m.items[k]
		switch {
		case !m.goesBack(it.state):
			return "state"
		case reverses > 0 && it.acquired != reverses, reverses == 0 && it.acquired > 0 && !m.shipments[it.acquired-1].back:
			return "another sale"
		case (reverses == 0 || m.soldBy(reverses) != to.gln) && m.registry.lots[it.lot] != to.gln:
			return "neither seller nor labeler"
		}
	}
	if !sameCustody(m.custodies(keys, nil)) || !m.sameHolds(m.placesOf(keys)) {
		return "custody"
	}
	m.shipments = append(m.shipments, modelShipment{from: m.by, to: to.gln, shipTo: to.site, shipped: uint64(len(all)), reverses: reverses, back: true, unsaleable: m.exempt == app.ExemptNonsaleable, agent: m.agent})
	m.embark(holdings, keys)
	if m.exempt != app.ExemptNonsaleable {
		return ""
	}
	if m.fresh >= 0 {
		holdings = append(slices.Clone(holdings), m.fresh)
	}
	for _, p := range holdings {
		m.places[p].holds |= app.HoldQuarantine
	}
	return ""
}

// embark puts places and items on the last shipment.
func (m *model) embark(holdings []int, keys []gs1.Key) {
	number := uint64(len(m.shipments))
	for _, p := range holdings {
		m.set(p, func(c *modelCustody) { c.shipment = number })
		m.raise(p, 0)
	}
	if len(keys) > 0 {
		c := m.items[keys[0]].modelCustody
		c.shipment, c.short = number, false
		m.raise(m.newLoose(keys, c), 0)
	}
}

// modelParty is a consignee and the site the goods go to.
type modelParty struct{ gln, site gs1.GLN }

// modelEdge is rule 5, for sales without an exemption.
func modelEdge(from, to app.Roles) bool {
	switch {
	case from.Has(app.RoleManufacturer), from.Has(app.RoleRepackager), from.Has(app.RoleWholesaler):
		return to.Has(app.RoleWholesaler) || to.Has(app.RoleRepackager) || to.Has(app.RoleDispenser)
	default:
		return false
	}
}

func (m *model) blockedAround(p int) bool {
	for _, q := range m.line(p) {
		if k := m.places[q].key; k != "" && m.blocked(k) {
			return true
		}
	}
	return false
}

func (m *model) receive(n uint64, mode app.ReceiveMode, location gs1.GLN, holdings, children []int, keys []gs1.Key) string {
	if n == 0 || n > uint64(len(m.shipments)) || m.shipments[n-1].to != m.by {
		return "not theirs"
	}
	if a, b, c, d := m.openOf(n); a+b+c+d == 0 || len(holdings)+len(children)+len(keys) == 0 {
		return "closed, or nothing"
	}
	if why := m.mayReceive(&m.shipments[n-1]); why != "" {
		return why
	}
	froms := m.placesOf(keys)
	for _, p := range children {
		froms = append(froms, m.places[p].parent)
	}
	for _, p := range append(slices.Clone(holdings), froms...) {
		out := m.outermost(p)
		if m.places[out].shipment != n || !m.inTime(p) {
			return "not aboard, or early"
		}
	}
	for _, p := range holdings {
		if m.places[p].parent >= 0 {
			return "not outermost"
		}
	}
	for _, k := range keys {
		if !m.items[k].state.Live() {
			return "state"
		}
	}
	if m.overlap(children, froms) {
		return "roles"
	}
	switch mode {
	case app.ReceiveArrived:
		m.arriving = true
		if m.overlap(holdings, froms) || !m.sameHolds(m.placesOf(keys)) {
			return "roles, or holds"
		}
		m.arrive(n, location, children, keys)
		m.arriving = false
	case app.ReceiveAllBut:
		if why := m.short(n, holdings, froms, children, keys); why != "" {
			return why
		}
	case app.ReceiveAll: // judged below
	}
	m.settle()
	for _, p := range holdings {
		if m.places[p].shipment == n {
			m.receiveWhole(p, location)
		}
	}
	if items, places, _, _ := m.openOf(n); mode == app.ReceiveAll && items+places > 0 {
		return "not all"
	}
	return ""
}

func (m *model) arrive(n uint64, location gs1.GLN, children []int, keys []gs1.Key) {
	for _, k := range keys {
		m.receiveOne(k, location)
	}
	s := m.shipments[n-1]
	m.takeOut(keys, children, modelCustody{owner: s.to, possessor: s.to, location: location})
	for _, p := range children {
		m.receiveWhole(p, location)
	}
}

func (m *model) short(n uint64, holdings, froms, children []int, keys []gs1.Key) string {
	for _, p := range froms {
		out := m.outermost(p)
		if !slices.Contains(holdings, out) || m.places[out].short {
			return "not inside a listed holding"
		}
	}
	if !sameCustody(append(m.custodies(keys, nil), modelCustody{})[:max(1, len(keys))]) || !m.sameHolds(m.placesOf(keys)) {
		return "custody"
	}
	var c modelCustody
	if len(keys) > 0 {
		c = m.items[keys[0]].modelCustody
		c.short = true
	}
	m.takeOut(keys, children, c)
	for _, p := range children {
		m.set(p, func(c *modelCustody) { c.short = true })
	}
	return ""
}

func (m *model) void(n uint64, all bool, holdings []int) string {
	if n == 0 || n > uint64(len(m.shipments)) || m.shipments[n-1].from != m.by {
		return "not theirs"
	}
	return m.giveBack(n, all, holdings, false, &m.shipments[n-1].voided)
}

func (m *model) refuse(n uint64, all bool, holdings, children []int, keys []gs1.Key) string {
	if n == 0 || n > uint64(len(m.shipments)) || m.shipments[n-1].to != m.by {
		return "not theirs"
	}
	count := &m.shipments[n-1].refused
	if why := m.refuseParts(n, holdings, children, keys, count); why != "" {
		return why
	}
	return m.giveBack(n, all, holdings, len(children)+len(keys) > 0, count)
}

// giveBack makes goods the shipper's to move again, and counts them.
func (m *model) giveBack(n uint64, all bool, holdings []int, parts bool, count *uint64) string {
	if a, b, c, d := m.openOf(n); !parts && (a+b+c+d == 0 || len(holdings) == 0) {
		return "closed, or nothing"
	}
	for _, p := range holdings {
		if m.places[p].parent >= 0 || m.places[p].shipment != n || !m.inTime(p) {
			return "not aboard, or early"
		}
		*count += uint64(m.liveIn(p))
		m.set(p, func(c *modelCustody) { c.shipment, c.short = 0, false })
		m.raise(p, 0)
	}
	if items, places, _, _ := m.openOf(n); all && items+places > 0 {
		return "not all"
	}
	return ""
}

func (m *model) relocate(to *modelParty, holdings []int, keys []gs1.Key) string {
	if why := m.trader(); why != "" {
		return why
	}
	if !m.roles[to.gln].Has(modelTraders) || len(holdings)+len(keys) == 0 {
		return "role, or nothing"
	}
	if m.overlap(holdings, m.placesOf(keys)) {
		return "roles"
	}
	if why := m.open(keys, false, false); why != "" {
		return why
	}
	for _, p := range holdings {
		if m.places[p].parent >= 0 || m.over(p) {
			return "not outermost"
		}
		if why := m.claim(p, true, false); why != "" {
			return why
		}
		if m.places[p].possessor != to.gln && m.partlyIn(p) > 0 {
			return "dispensed in part"
		}
		m.set(p, func(c *modelCustody) { c.possessor, c.location = to.gln, to.site })
		m.raise(p, 0)
	}
	if len(keys) == 0 {
		return ""
	}
	if !sameCustody(m.custodies(keys, nil)) || !m.sameHolds(m.placesOf(keys)) {
		return "custody"
	}
	c := m.items[keys[0]].modelCustody
	c.possessor, c.location = to.gln, to.site
	m.raise(m.newLoose(keys, c), 0)
	return ""
}

// end is Dispense, and every other end.
func (m *model) end(to app.State, keys []gs1.Key) string {
	dispense := to == app.Dispensed || to == app.Partial
	if why := m.trader(); why != "" || dispense && !m.roles[m.by].Has(app.RoleDispenser) {
		return "role"
	}
	from := m.placesOf(keys)
	onTheWay := slices.ContainsFunc(keys, func(k gs1.Key) bool {
		out := m.outermost(m.items[k].place)
		return m.places[out].shipment != 0 && m.places[out].kind != app.KindContainer
	})
	if why := m.open(keys, to != app.Exported && to != app.Sampled, true); why != "" {
		return why
	}
	for i, k := range keys {
		it := m.items[k]
		if (dispense || to == app.Exported) && m.unsellable(k, from[i]) || dispense && it.possessor != m.by {
			return "unsellable"
		}
		if to == app.Partial && onTheWay {
			return "not received"
		}
		it.state = to
		m.items[k] = it
		if mk, ok := m.marks[k]; ok && !to.Live() {
			mk.located = false
			m.marks[k] = mk
		}
	}
	return ""
}

func (m *model) mark(k gs1.Key, kind app.MarkKind, blocking, shown bool) string {
	var c modelCustody
	if shown {
		var why string
		if c, why = m.spot(k); why != "" {
			return why
		}
	}
	if blocking && !m.mayBlock(k, c, shown) {
		return "may not block"
	}
	mk := m.marks[k]
	if slices.ContainsFunc(mk.marks, func(x modelMark) bool { return x.kind == kind && x.by == m.by }) || mk.full(blocking) {
		return "exists, or too many"
	}
	mk.marks = append(mk.marks, modelMark{kind: kind, by: m.by, blocking: blocking})
	mk.located = mk.located || shown
	m.marks[k] = mk
	return ""
}

// full: eight may warn, and ten more block.
func (mk *modelMarks) full(blocking bool) bool {
	warnings := 0
	for _, x := range mk.marks {
		if !x.blocking {
			warnings++
		}
	}
	return len(mk.marks) >= 18 || !blocking && warnings >= 8
}

// mayBlock: a regulator, a labeler, or who is shown to own or possess it.
func (m *model) mayBlock(k gs1.Key, c modelCustody, shown bool) bool {
	if m.roles[m.by].Has(app.RoleRegulator) || shown && (c.owner == m.by || c.possessor == m.by) {
		return true
	}
	sg, ok := k.SGTIN()
	return ok && m.labelers[sg.GTIN] == m.by || shown && m.registry.lots[m.items[k].lot] == m.by
}

// spot is the custody of what is shown to be where it is.
func (m *model) spot(k gs1.Key) (modelCustody, string) {
	if p, ok := m.uses[k]; ok {
		return m.places[p].modelCustody, ""
	}
	it := m.items[k]
	if !it.state.Live() {
		return modelCustody{}, "ended"
	}
	return it.modelCustody, ""
}

func (m *model) locate(k gs1.Key) string {
	if _, why := m.spot(k); why != "" {
		return why
	}
	mk, ok := m.marks[k]
	if !ok {
		return "no mark"
	}
	mk.located = true
	m.marks[k] = mk
	return ""
}

func (m *model) clear(k gs1.Key, kind app.MarkKind, by gs1.GLN) string {
	mk := m.marks[k]
	i := slices.IndexFunc(mk.marks, func(x modelMark) bool { return x.kind == kind && x.by == by })
	if i < 0 || by != m.by && !m.roles[m.by].Has(app.RoleRegulator) {
		return "no such mark, or not theirs"
	}
	if mk.marks[i].of != 0 {
		return "an investigation's"
	}
	mk.marks = slices.Delete(mk.marks, i, i+1)
	if m.marks[k] = mk; len(mk.marks) == 0 {
		delete(m.marks, k)
	}
	return ""
}

// hold is Quarantine, one place at a time.
func (m *model) hold(p int) string {
	if m.over(p) {
		return "over"
	}
	h, why := m.maySayHold(p)
	if why != "" {
		return why
	}
	if h &= app.HoldOrder; h == 0 {
		h = app.HoldQuarantine
	}
	if m.places[p].holds&h != 0 {
		return "held"
	}
	m.places[p].holds |= h
	return ""
}

func (m *model) unhold(p int) string {
	h, why := m.maySayHold(p)
	if n := m.places[m.outermost(p)].shipment; n > 0 && m.shipments[n-1].unsaleable {
		h &= app.HoldOrder
	}
	if why == "" && m.places[p].holds&h == 0 {
		return "not held, by order, or on its way back"
	}
	m.places[p].holds &^= h
	return why
}

// maySayHold: a regulator about any hold, owner and possessor about their own.
func (m *model) maySayHold(p int) (app.Holds, string) {
	c := m.places[p].modelCustody
	switch {
	case !m.inTime(p):
		return 0, "early"
	case m.roles[m.by].Has(app.RoleRegulator):
		return app.HoldQuarantine | app.HoldOrder, ""
	case c.owner == m.by, c.possessor == m.by:
		return app.HoldQuarantine, ""
	}
	return 0, "not theirs"
}

func (m *model) conflict(k gs1.Key, location gs1.GLN) string {
	it := m.items[k]
	if it.state.Live() {
		if it.shipment != 0 && m.shipments[it.shipment-1].to == m.by || it.possessor == m.by && it.location == location {
			return "no conflict"
		}
	}
	return m.mark(k, app.MarkDuplicate, false, it.state.Live())
}
