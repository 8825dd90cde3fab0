package app_test

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// The reference model: one record per serial and one per place, in plain maps
// and slices, with everything stored where it applies and nothing inherited.
// It is written from sections 4 to 6 of design 01 and knows no holding, root
// or count. An op either changes a copy of it or says why not.

// custodyOf is where something is and whose it is, stored with every single
// item and place.
type modelCustody struct {
	owner, possessor, location gs1.GLN
	shipment                   uint64
	short                      bool
}

type modelItem struct {
	lot      app.LotID
	place    int
	state    app.State
	acquired uint64
	modelCustody
}

// modelPlace is a run, a container or a loose group. Parent is -1 when it is
// outermost.
type modelPlace struct {
	kind     app.HoldingKind
	id       app.HoldingID
	key      gs1.Key
	n        uint32
	declared string
	parent   int
	time     uint64
	used     bool // the key was used again: this use is over
	holds    app.Holds
	modelCustody
}

type modelShipment struct {
	from, to, shipTo                   gs1.GLN
	shipped, received, refused, voided uint64
	reverses                           uint64
	back                               bool // a return
	unsaleable                         bool // of what may not be sold again
	agent, seller                      gs1.GLN
}

type modelMark struct {
	kind     app.MarkKind
	by       gs1.GLN
	blocking bool
	of       uint64 // the investigation it belongs to
}

type modelMarks struct {
	located bool
	marks   []modelMark
}

type model struct {
	items     map[gs1.Key]modelItem
	places    []modelPlace
	uses      map[gs1.Key]int // latest use of a container's key, as a place
	runs      map[string]bool // signatures of commissions
	shipments []modelShipment
	recalled  map[app.LotID]bool // of which the whole lot may not be sold
	recalls   map[app.LotID]modelRecall
	marks     map[gs1.Key]modelMarks
	roles     map[gs1.GLN]app.Roles
	labelers  map[gs1.GTIN]gs1.GLN
	granted   map[modelPair]modelGrant
	registry  modelRegistry
	maxLots   int
	retention uint64
	tolerance uint64
	clocks    modelClocks
	inquiries modelInquiries

	// of the op under way
	by        gs1.GLN // the partner that stands behind it
	agent     gs1.GLN // the one that signs for it, if another
	seller    gs1.GLN // of a drop shipment
	arriving  bool    // what is taken out is the signer's from then on
	at        uint64
	blockTime uint64
	exempts   map[app.LotID]app.LotExemption // lots without identifiers
	exempt    app.Exemption                  // of a sale or return
	fresh     int                            // the loose place that the op made, -1 for none
	runsMade  []int
}

func newModel() *model {
	return &model{
		items: map[gs1.Key]modelItem{}, uses: map[gs1.Key]int{}, runs: map[string]bool{},
		recalled: map[app.LotID]bool{}, recalls: map[app.LotID]modelRecall{}, marks: map[gs1.Key]modelMarks{},
		roles: map[gs1.GLN]app.Roles{}, labelers: map[gs1.GTIN]gs1.GLN{}, registry: newModelRegistry(),
		granted: map[modelPair]modelGrant{}, inquiries: modelInquiries{told: map[modelTold]bool{}},
	}
}

func (m *model) clone() *model {
	c := *m
	c.items, c.uses, c.runs = maps.Clone(m.items), maps.Clone(m.uses), maps.Clone(m.runs)
	c.recalled, c.places, c.shipments = maps.Clone(m.recalled), slices.Clone(m.places), slices.Clone(m.shipments)
	c.marks = make(map[gs1.Key]modelMarks, len(m.marks))
	for k, v := range m.marks {
		c.marks[k] = modelMarks{v.located, slices.Clone(v.marks)}
	}
	c.labelers, c.registry = maps.Clone(m.labelers), m.registry.clone()
	c.recalls, c.runsMade = maps.Clone(m.recalls), nil
	c.granted = maps.Clone(m.granted)
	c.clocks = m.clocks.clone()
	c.inquiries = m.inquiries.clone()
	c.exempt = app.ExemptNone
	c.exempts = maps.Clone(m.exempts)
	return &c
}

// line is a place and all it stands in.
func (m *model) line(p int) []int {
	out := []int{p}
	for m.places[p].parent >= 0 {
		p = m.places[p].parent
		out = append(out, p)
	}
	return out
}

func (m *model) outermost(p int) int {
	l := m.line(p)
	return l[len(l)-1]
}

// isIn reports whether place q is p or inside it.
func (m *model) isIn(q, p int) bool {
	for q != p && q >= 0 {
		q = m.places[q].parent
	}
	return q == p
}

// within lists p and the places inside it, and the live items of all of them.
func (m *model) within(p int) (places []int, items []gs1.Key) {
	for q := range m.places {
		if m.isIn(q, p) {
			places = append(places, q)
		}
	}
	for k, it := range m.items {
		if it.state.Live() && m.isIn(it.place, p) {
			items = append(items, k)
		}
	}
	slices.Sort(items)
	return places, items
}

func (m *model) children(p int) (n int) {
	for q := range m.places {
		if m.places[q].parent == p {
			n++
		}
	}
	return n
}

func (m *model) liveIn(p int) (n int) {
	for _, it := range m.items {
		if it.state.Live() && m.isIn(it.place, p) {
			n++
		}
	}
	return n
}

// set changes the custody of a place and of everything in it.
func (m *model) set(p int, f func(c *modelCustody)) {
	places, items := m.within(p)
	for _, q := range places {
		f(&m.places[q].modelCustody)
	}
	for _, k := range items {
		it := m.items[k]
		f(&it.modelCustody)
		m.items[k] = it
	}
}

func (m *model) lots(p int) map[app.LotID]int {
	out := map[app.LotID]int{}
	_, items := m.within(p)
	for _, k := range items {
		out[m.items[k].lot]++
	}
	return out
}

// height is how many levels of containers stand in p.
func (m *model) height(p int) int {
	most := 0
	for q := range m.places {
		if m.isIn(q, p) {
			most = max(most, slices.Index(m.line(q), p))
		}
	}
	return most
}

func (m *model) blocked(k gs1.Key) bool {
	return slices.ContainsFunc(m.marks[k].marks, func(x modelMark) bool { return x.blocking })
}

// blockedInside reports whether a located blocking mark or a hold is in p or
// below.
func (m *model) blockedInside(p int) bool {
	places, items := m.within(p)
	for _, k := range items {
		if m.blocked(k) && m.marks[k].located {
			return true
		}
	}
	for _, q := range places {
		k := m.places[q].key
		if m.places[q].holds != 0 {
			return true
		}
		if k != "" && !m.places[q].used && m.blocked(k) && m.marks[k].located {
			return true
		}
	}
	return false
}

// holdsOn are the holds on a place and on all it stands in.
func (m *model) holdsOn(p int) (h app.Holds) {
	for _, q := range m.line(p) {
		h |= m.places[q].holds
	}
	return h
}

// leaving are the holds on what is taken out of a place: those on it and around
// it, and one for every blocking mark on a container there, an order unless its
// owner or possessor set it.
func (m *model) leaving(p int) (h app.Holds) {
	h = m.holdsOn(p)
	for _, q := range m.line(p) {
		c := m.places[q].modelCustody
		if m.arriving {
			c.owner, c.possessor = m.by, m.by
		}
		for _, x := range m.marks[m.places[q].key].marks {
			switch {
			case !x.blocking:
			case x.by == c.owner || x.by == c.possessor:
				h |= app.HoldQuarantine
			default:
				h |= app.HoldOrder
			}
		}
	}
	return h
}

// sameHolds reports whether what is taken out of some places leaves under the
// same holds.
func (m *model) sameHolds(places []int, with ...app.Holds) bool {
	for _, p := range places {
		with = append(with, m.leaving(p))
	}
	return !slices.ContainsFunc(with, func(h app.Holds) bool { return h != with[0] })
}

const modelTraders = app.RoleManufacturer | app.RoleRepackager | app.RoleWholesaler | app.RoleLogistics | app.RoleDispenser

func (m *model) trader() string {
	if !m.roles[m.by].Has(modelTraders) {
		return "role"
	}
	return ""
}

// inTime is rule 11: not before the custody time of a place and its parents.
func (m *model) inTime(p int) bool {
	for _, q := range m.line(p) {
		if m.at+m.tolerance < m.places[q].time {
			return false
		}
	}
	return true
}

func (m *model) latest(p int) (t uint64) {
	for _, q := range m.line(p) {
		t = max(t, m.places[q].time)
	}
	return t
}

func (m *model) raise(p int, at uint64) {
	m.places[p].time = max(m.places[p].time, m.at, at)
}

// receiveWhole is what receipt of an outermost place means.
func (m *model) receiveWhole(p int, location gs1.GLN) {
	n := m.places[p].shipment
	s := &m.shipments[n-1]
	s.received += uint64(m.liveIn(p))
	m.set(p, func(c *modelCustody) { *c = modelCustody{owner: s.to, possessor: s.to, location: location} })
	_, items := m.within(p)
	for _, k := range items {
		it := m.items[k]
		it.acquired = n
		m.items[k] = it
	}
	m.raise(p, 0)
}

// receiveOne is receipt of one item out of a loose place that stays.
func (m *model) receiveOne(k gs1.Key, location gs1.GLN) {
	it := m.items[k]
	s := &m.shipments[it.shipment-1]
	s.received++
	it.acquired = it.shipment
	it.modelCustody = modelCustody{owner: s.to, possessor: s.to, location: location}
	m.items[k] = it
}

// settle takes loose places and runs that have emptied out of shipments.
func (m *model) settle() {
	for p := range m.places {
		pl := &m.places[p]
		if pl.shipment != 0 && pl.kind != app.KindContainer && m.liveIn(p) == 0 {
			pl.shipment, pl.short = 0, false
		}
	}
}

func (m *model) openOf(n uint64) (items, places, shortItems, shortPlaces int) {
	for _, it := range m.items {
		if it.state.Live() && it.shipment == n {
			if it.short {
				shortItems++
			} else {
				items++
			}
		}
	}
	for p := range m.places {
		if pl := &m.places[p]; pl.parent < 0 && pl.shipment == n {
			if pl.short {
				shortPlaces++
			} else {
				places++
			}
		}
	}
	return items, places, shortItems, shortPlaces
}

// String makes failures readable.
func (c modelCustody) String() string {
	return fmt.Sprintf("owner %s possessor %s at %s shipment %d short %v", c.owner, c.possessor, c.location, c.shipment, c.short)
}
