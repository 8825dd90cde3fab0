package app_test

import (
	"slices"
	"strings"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

func (p *program) partner(g gs1.GLN) *apptest.Partner {
	for _, q := range p.w.Partners() {
		if q.GLN == g {
			return q
		}
	}
	return p.w.Auditor
}

// signer is mostly the partner that may act on goods of a custody.
func (p *program) signer(c modelCustody) *apptest.Partner {
	switch {
	case p.chance(8):
		return pick(p, p.w.Partners())
	case c.shipment != 0 && p.chance(85):
		return p.partner(p.m.shipments[c.shipment-1].to)
	case c.possessor != c.owner && p.chance(40):
		return p.partner(c.possessor)
	default:
		return p.partner(c.owner)
	}
}

// keys are all items, ascending; live ones only unless told otherwise.
func (p *program) keys(ended bool) (out []gs1.Key) {
	for k, it := range p.m.items {
		if ended || it.state.Live() {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return out
}

// things picks items, mostly of one place, and outermost containers, mostly of
// one custody.
func (p *program) things(items, containers int) (keys []gs1.Key, places []int, c modelCustody) {
	all := p.keys(p.chance(3))
	if len(all) == 0 {
		return nil, nil, c
	}
	first := pick(p, all)
	c = p.m.items[first].modelCustody
	for _, k := range all {
		it := p.m.items[k]
		near := it.place == p.m.items[first].place && p.chance(60) || it.modelCustody == c && p.chance(15)
		if len(keys) < items && (k == first || near) {
			keys = append(keys, k)
		}
	}
	for _, q := range p.r.Perm(len(p.m.places)) {
		pl := &p.m.places[q]
		fits := pl.modelCustody == c && pl.parent < 0 && p.chance(70) || p.chance(2)
		if len(places) < containers && fits && p.separate(q, keys) {
			places = append(places, q)
		}
	}
	return keys, places, c
}

// separate is mostly whether no item is inside a place.
func (p *program) separate(q int, keys []gs1.Key) bool {
	for _, k := range keys {
		if p.m.isIn(p.m.items[k].place, q) {
			return p.chance(2)
		}
	}
	return true
}

func (p *program) ids(places []int) []app.HoldingID {
	var out []app.HoldingID
	for _, q := range places {
		out = append(out, p.m.places[q].id)
	}
	return apptest.SortIDs(out)
}

func (p *program) commission() {
	if len(p.m.items) > 90 {
		return
	}
	type product struct {
		by   *apptest.Partner
		gtin gs1.GTIN
		lot  string
	}
	c := pick(p, []product{
		{p.w.Maker, p.w.Unit, "L1"},
		{p.w.Maker, p.w.Unit, "L2"},
		{p.w.Maker, p.w.Unit, "L3"},
		{p.w.Maker, p.w.UnitB, "L1"},
		{p.w.Maker2, p.w.Unit2, "X9"},
		{p.w.Maker2, p.w.Unit, "L1"},
		{p.w.Maker2, p.w.Unit, "L4"},
		{p.w.Maker2, p.w.UnitB, "L4"},
		{p.w.Maker, p.w.Unit2, "X4"},
	})
	if p.chance(50) {
		c.by = p.partner(p.m.labelers[c.gtin])
	}
	n := 1 + p.r.Intn(12)
	keys := apptest.Items(c.gtin, p.serial+1, p.serial+n)
	op := apptest.Commission(c.by, c.gtin, c.lot, p.serial+1, p.serial+n)
	p.serial += n
	p.judge(c.by, op, func(m *model) string { return m.commission(c.gtin, c.lot, keys, c.by.GLN) })
}

func (p *program) container() {
	by := pick(p, p.w.Partners())
	use := app.ContainerUse{Key: p.ssccOf(by)}
	op := &app.CommissionContainer{Location: by.GLN}
	mine := true
	if p.chance(50) {
		by, use.Key = p.w.Maker, gs1.ItemKey(p.w.Case, apptest.Serial(p.r.Intn(5)))
		if p.chance(60) {
			op.Lot, op.Expiry = pick(p, []string{"L1", "L2"}), apptest.Date("2028-12-31")
		}
		if p.chance(5) {
			by, mine = p.w.Maker2, false
		}
	}
	use.N = p.number(use.Key)
	op.Containers = []app.ContainerUse{use}
	c := modelCustody{owner: by.GLN, possessor: by.GLN, location: op.Location}
	p.judge(by, op, func(m *model) string {
		if why := m.trader(); why != "" {
			return why
		}
		_, why := m.create(use.Key, use.N, op.Lot, mine, c)
		return why
	})
}

// ssccOf is a new or, now and then, an old SSCC of a partner.
func (p *program) ssccOf(by *apptest.Partner) gs1.Key {
	if p.sscc[by] == 0 || p.chance(35) {
		p.sscc[by]++
	}
	return by.SSCC(1 + p.r.Intn(p.sscc[by]))
}

// number is a use's number: mostly the present one, or the next.
func (p *program) number(key gs1.Key) uint32 {
	last, ok := p.m.uses[key]
	if !ok {
		return uint32(p.r.Intn(20) / 19)
	}
	n := p.m.places[last].n
	switch {
	case p.chance(30):
		return n + 1
	case n > 0 && p.chance(10):
		return n - 1
	}
	return n
}

func (p *program) pack() {
	keys, places, c := p.things(p.r.Intn(5), p.r.Intn(3))
	by := p.signer(c)
	key := p.ssccOf(by)
	if p.chance(50) {
		for _, q := range p.r.Perm(len(p.m.places)) {
			if pl := &p.m.places[q]; pl.key != "" && pl.modelCustody == c {
				key = pl.key
				break
			}
		}
	}
	op := &app.Pack{Parent: key, N: p.number(key), Children: p.ids(places), Openings: p.w.Openings(keys...)}
	p.judge(by, op, func(m *model) string {
		return m.pack(key, op.N, func(c modelCustody) bool {
			return under(key, p.partner(c.owner)) || under(key, p.partner(c.possessor))
		}, places, keys)
	})
}

func under(key gs1.Key, q *apptest.Partner) bool {
	return key.IsLogistic() && strings.HasPrefix(string(key[3:]), string(q.Prefix))
}

// inside lists what stands directly in a place.
func (p *program) inside(q int) (keys []gs1.Key, children []int) {
	for _, k := range p.keys(false) {
		if p.m.items[k].place == q {
			keys = append(keys, k)
		}
	}
	for i := range p.m.places {
		if p.m.places[i].parent == q {
			children = append(children, i)
		}
	}
	return keys, children
}

// openBoth opens items and child containers, where they are.
func (p *program) openBoth(keys []gs1.Key, children []int) []app.Opening {
	all := slices.Clone(keys)
	for _, q := range children {
		all = append(all, p.m.places[q].key)
	}
	return p.w.Openings(all...)
}

func thin[T any](p *program, all []T, percent int) (out []T) {
	for _, v := range all {
		if p.chance(percent) {
			out = append(out, v)
		}
	}
	return out
}

func (p *program) unpack() {
	for range 20 {
		q := p.r.Intn(len(p.m.places))
		keys, children := p.inside(q)
		all := p.chance(40)
		if !all || p.chance(10) {
			keys, children = thin(p, keys, 50), thin(p, children, 50)
		}
		if len(keys)+len(children) == 0 || p.m.places[q].kind != app.KindContainer && p.chance(95) {
			continue
		}
		op := &app.Unpack{Container: p.m.places[q].id, All: all, Openings: p.openBoth(keys, children)}
		op.Loose = p.w.NextLoose(op.Openings)
		p.judge(p.signer(p.m.places[q].modelCustody), op, func(m *model) string { return m.unpack(q, all, children, keys) })
		return
	}
}

func (p *program) ship() {
	keys, places, c := p.things(p.r.Intn(5), p.r.Intn(4))
	by := p.signer(c)
	to := pick(p, []*apptest.Partner{p.w.Wholesaler, p.w.Wholesaler2, p.w.Pharmacy, p.w.Pharmacy2, p.w.Repackager, p.w.Logistics, p.w.Maker})
	seller := p.seller(by)
	if !seller.IsZero() && p.chance(90) {
		to = pick(p, []*apptest.Partner{p.w.Pharmacy, p.w.Pharmacy2})
	}
	op := p.w.Ship(to)
	op.Seller = seller
	if p.chance(30) {
		op.ShipTo = to.Site(1)
	}
	op.Holdings, op.Openings = p.ids(places), p.w.Openings(keys...)
	op.Loose = p.w.NextLoose(op.Openings)
	if p.chance(15) && (seller.IsZero() || p.chance(5)) {
		op.Exemption, op.Statement = app.Exemption(1+p.r.Intn(15)), p.chance(50)
	}
	p.judge(by, op, func(m *model) string {
		m.seller, m.exempt = op.Seller, op.Exemption
		return m.ship(&modelParty{to.GLN, op.ShipTo}, places, keys)
	})
}

// giveBack returns things, mostly all of one sale and to whom they may go.
func (p *program) giveBack() {
	keys, places, c := p.things(p.r.Intn(5), p.r.Intn(2))
	var shown []gs1.Key
	for _, q := range places {
		_, items := p.m.within(q)
		shown = append(shown, items...)
	}
	all := append(slices.Clone(keys), shown...)
	if len(all) == 0 {
		return
	}
	by := p.signer(c)
	acquired := func(k gs1.Key) uint64 {
		if it := p.m.items[k]; it.shipment != 0 && p.m.shipments[it.shipment-1].to == by.GLN {
			return it.shipment
		}
		return p.m.items[k].acquired
	}
	n := acquired(all[0])
	if n == 0 && p.chance(85) {
		return // its labeler's: there is nobody to return it to
	}
	keys = slices.DeleteFunc(keys, func(k gs1.Key) bool { return acquired(k) != n && !p.chance(10) })
	to := p.partner(p.m.labelers[p.m.items[all[0]].lot.GTIN])
	switch {
	case n > 0 && p.m.shipments[n-1].back && !p.chance(5):
		n = 0
	case n > 0 && p.chance(75):
		to = p.partner(p.m.soldBy(n))
	}
	if p.chance(6) {
		to = pick(p, p.w.Partners())
	}
	if p.chance(3) {
		n = uint64(p.r.Intn(4))
	}
	if p.chance(4) {
		shown = thin(p, shown, 60)
	}
	op := p.w.Return(to, n)
	op.Holdings, op.Inside, op.Openings = p.ids(places), p.w.Openings(shown...), p.w.Openings(keys...)
	op.Loose = p.w.NextLoose(op.Openings)
	if p.chance(40) {
		op.Exemption, op.Statement = app.ExemptNonsaleable, false
	}
	p.judge(by, op, func(m *model) string {
		m.exempt = op.Exemption
		return m.giveBackTo(&modelParty{to.GLN, to.GLN}, n, places, keys, shown)
	})
}

// aboard lists the outermost places of a shipment.
func (p *program) aboard(n uint64) (out []int) {
	for q := range p.m.places {
		if pl := &p.m.places[q]; pl.shipment == n && pl.parent < 0 {
			out = append(out, q)
		}
	}
	return out
}

// underWay picks a shipment, mostly one with something still to come.
func (p *program) underWay() uint64 {
	n := uint64(1)
	for range 10 {
		n = uint64(1 + p.r.Intn(len(p.m.shipments)))
		if len(p.aboard(n)) > 0 {
			break
		}
	}
	return n
}

func (p *program) receive() {
	if len(p.m.shipments) == 0 {
		return
	}
	n := p.underWay()
	s := p.m.shipments[n-1]
	places := p.aboard(n)
	op := &app.Receive{Shipment: n, Mode: pick(p, []app.ReceiveMode{app.ReceiveAll, app.ReceiveArrived, app.ReceiveAllBut}), Location: s.to}
	var keys []gs1.Key
	var children []int
	if op.Mode == app.ReceiveArrived || p.chance(10) {
		places = thin(p, places, 50)
	}
	if op.Mode != app.ReceiveAll {
		keys, children = p.parts(n, op.Mode, places)
	}
	op.Holdings = p.ids(places)
	op.Openings = p.openBoth(keys, children)
	op.Loose = p.w.NextLoose(op.Openings)
	if op.Mode == app.ReceiveAllBut {
		op.Loose = p.w.NextLooseAsIs(op.Openings)
	}
	by := p.partner(s.to)
	if p.chance(5) {
		by = pick(p, p.w.Partners())
	}
	p.judge(by, op, func(m *model) string { return m.receive(n, op.Mode, op.Location, places, children, keys) })
}

// parts picks entries inside the places of a shipment: of the listed ones for
// all-but, of the others for arrived.
func (p *program) parts(n uint64, mode app.ReceiveMode, listed []int) (keys []gs1.Key, children []int) {
	right := func(q int) bool {
		out := p.m.outermost(q)
		return p.m.places[out].shipment == n && slices.Contains(listed, out) == (mode == app.ReceiveAllBut) || p.chance(1)
	}
	for q := range p.m.places {
		if pl := &p.m.places[q]; pl.parent >= 0 && right(q) && p.chance(30) {
			children = append(children, q)
		}
	}
	for _, k := range p.keys(false) {
		if it := p.m.items[k]; it.shipment == n && right(it.place) && p.chance(30) {
			if !slices.ContainsFunc(children, func(q int) bool { return p.m.isIn(it.place, q) }) || p.chance(3) {
				keys = append(keys, k)
			}
		}
	}
	return keys, children
}

// void and refuse are one thing from two sides.
func (p *program) void() {
	if len(p.m.shipments) == 0 || p.chance(50) {
		return
	}
	n := p.underWay()
	places := p.aboard(n)
	all := p.chance(50)
	if !all {
		places = thin(p, places, 60)
	}
	if len(places) == 0 {
		return
	}
	by, refuse := p.partner(p.m.shipments[n-1].from), p.chance(40)
	if refuse {
		by = p.partner(p.m.shipments[n-1].to)
	}
	if p.chance(8) {
		by = pick(p, p.w.Partners())
	}
	// the ledger takes them in the order of their ids
	slices.SortFunc(places, func(a, b int) int { return strings.Compare(string(p.m.places[a].id[:]), string(p.m.places[b].id[:])) })
	if refuse {
		var keys []gs1.Key
		var children []int
		if p.chance(60) {
			places = thin(p, places, 50)
			keys, children = p.parts(n, app.ReceiveArrived, places)
		}
		if len(places)+len(keys)+len(children) == 0 {
			return
		}
		op := &app.Refuse{Shipment: n, All: all, Reason: "damaged", Holdings: p.ids(places), Openings: p.openBoth(keys, children)}
		op.Loose = p.w.NextLooseAsIs(op.Openings)
		p.judge(by, op, func(m *model) string { return m.refuse(n, all, places, children, keys) })
		return
	}
	op := &app.VoidShip{Shipment: n, All: all, Holdings: p.ids(places)}
	p.judge(by, op, func(m *model) string { return m.void(n, all, places) })
}

func (p *program) relocate() {
	keys, places, c := p.things(p.r.Intn(4), p.r.Intn(3))
	to := pick(p, []*apptest.Partner{p.w.Logistics, p.w.Logistics, p.partner(c.owner), p.partner(c.owner), p.w.Auditor, p.w.Wholesaler})
	op := &app.Relocate{Possessor: to.GLN, Location: to.Site(p.r.Intn(3)), Holdings: p.ids(places), Openings: p.w.Openings(keys...)}
	op.Loose = p.w.NextLoose(op.Openings)
	p.judge(p.signer(c), op, func(m *model) string { return m.relocate(&modelParty{to.GLN, op.Location}, places, keys) })
}

func (p *program) end() {
	keys, _, c := p.things(1+p.r.Intn(3), 0)
	if len(keys) == 0 {
		return
	}
	by := p.signer(c)
	if p.chance(45) || !p.m.roles[by.GLN].Has(app.RoleDispenser) && p.chance(80) {
		open := p.w.Openings(keys...)
		op, to := app.Op(&app.Decommission{Reason: "line reject", Openings: open}), app.Decommissioned
		switch p.r.Intn(6) {
		case 3:
			op, to = &app.Decommission{Reason: "lost", Missing: true, Openings: open}, app.Missing
		case 0:
			op, to = &app.Destroy{Reason: "expired", Openings: open}, app.Destroyed
		case 1:
			op, to = &app.Export{Country: "CA", Openings: open}, app.Exported
		case 2:
			op, to = &app.Sample{Reason: "stability", Openings: open}, app.Sampled
		}
		p.judge(by, op, func(m *model) string { return m.end(to, keys) })
		return
	}
	op, to := p.w.Dispense(keys...), app.Dispensed
	if op.Partial = p.chance(30); op.Partial {
		to = app.Partial
	}
	p.judge(by, op, func(m *model) string { return m.end(to, keys) })
}

// anyKey is an item or the latest use of a container.
func (p *program) anyKey() (gs1.Key, modelCustody) {
	if p.chance(30) {
		q := p.r.Intn(len(p.m.places))
		if pl := &p.m.places[q]; pl.key != "" && !pl.used {
			return pl.key, pl.modelCustody
		}
	}
	k := pick(p, p.keys(true))
	return k, p.m.items[k].modelCustody
}

func (p *program) spotOf(k gs1.Key) app.Spot {
	if q, ok := p.m.uses[k]; ok {
		return app.Spot{Container: p.m.places[q].id}
	}
	return app.Spot{Opening: p.w.Opening(k)}
}

func (p *program) mark() {
	k, c := p.anyKey()
	by := p.signer(c)
	if p.chance(40) {
		by = pick(p, []*apptest.Partner{p.w.Maker, p.w.Regulator, p.w.Auditor})
	}
	op := &app.SetMark{Key: k, Mark: pick(p, []app.MarkKind{app.MarkSuspect, app.MarkStolen}), Blocking: p.chance(70)}
	shown := p.chance(60)
	if shown {
		op.Spot = p.spotOf(k)
	}
	p.judge(by, op, func(m *model) string { return m.mark(k, op.Mark, op.Blocking, shown) })
}

func (p *program) markedKey() (gs1.Key, modelMarks, bool) {
	var keys []gs1.Key
	for k := range p.m.marks {
		if p.isSomewhere(k) {
			keys = append(keys, k)
		}
	}
	if len(keys) == 0 {
		return "", modelMarks{}, false
	}
	slices.Sort(keys)
	k := pick(p, keys)
	return k, p.m.marks[k], true
}

func (p *program) locate() {
	k, _, ok := p.markedKey()
	if !ok || p.chance(5) {
		k, _ = p.anyKey()
	}
	op := &app.LocateMark{Key: k, Spot: p.spotOf(k)}
	p.judge(pick(p, p.w.Partners()), op, func(m *model) string { return m.locate(k) })
}

func (p *program) clear() {
	k, mk, ok := p.markedKey()
	if !ok {
		return
	}
	x := pick(p, mk.marks)
	if x.kind == app.MarkRecalled {
		return // no partner's own mark
	}
	by := pick(p, []*apptest.Partner{p.partner(x.by), p.partner(x.by), p.w.Regulator, p.w.Maker})
	op := &app.ClearMark{Key: k, Mark: x.kind, By: x.by}
	p.judge(by, op, func(m *model) string { return m.clear(k, x.kind, x.by) })
}

func (p *program) hold() {
	if p.chance(60) {
		return
	}
	q := p.r.Intn(len(p.m.places))
	by := p.signer(p.m.places[q].modelCustody)
	if p.chance(20) {
		by = p.w.Regulator
	}
	p.judge(by, &app.Quarantine{Holdings: p.ids([]int{q})}, func(m *model) string { return m.hold(q) })
}

func (p *program) unhold() {
	var held []int
	for q := range p.m.places {
		if p.m.places[q].holds != 0 {
			held = append(held, q)
		}
	}
	if len(held) == 0 || p.chance(3) {
		held = []int{p.r.Intn(len(p.m.places))}
	}
	q := pick(p, held)
	c := p.m.places[q].modelCustody
	by := pick(p, []*apptest.Partner{p.partner(c.owner), p.partner(c.possessor), p.w.Regulator, p.signer(c)})
	p.judge(by, &app.Release{Holdings: p.ids([]int{q})}, func(m *model) string { return m.unhold(q) })
}

func (p *program) conflict() {
	k := pick(p, p.keys(true))
	by := pick(p, p.w.Partners())
	op := &app.ReportConflict{Location: by.GLN, Opening: *p.w.Opening(k)}
	p.judge(by, op, func(m *model) string { return m.conflict(k, by.GLN) })
}

// duplicate reports what was commissioned once as commissioned twice.
func (p *program) duplicate() {
	if p.chance(70) {
		return
	}
	k, l := pick(p, p.keys(true)), pick(p, p.keys(true))
	a, b := p.w.Contents.Commissions(k)[0], p.w.Contents.Commissions(l)[0]
	switch {
	case a.Lot == b.Lot && a.Sequence == b.Sequence:
		b.Sequence++ // of the same lot, or none
	case a.Lot > b.Lot || a.Lot == b.Lot && a.Sequence > b.Sequence:
		a, b = b, a
	}
	op := &app.ReportDuplicate{Key: k, First: a, Second: b}
	p.judge(pick(p, p.w.Partners()), op, func(*model) string { return "commissioned once" })
}

// replay executes a tx of the past again: refused, and nothing is written.
func (p *program) replay() {
	by := pick(p, p.w.Partners())
	tx := p.w.Seal(by, &app.RecallLot{LotID: app.LotID{GTIN: p.w.Unit2, Lot: "NONE"}, Class: 1, Depth: 1})
	p.past = append(p.past, tx)
	p.w.Execute(tx)
	before := p.w.Store.Clone()
	old := pick(p, p.past)
	want := []app.Code{app.CodeNonceUsed, app.CodeExpiredTx, app.CodeKeyNotValid}
	if res := p.w.Execute(old); !slices.Contains(want, res.Code) {
		p.fail("replay: got %s, want one of %v", res.Code, want)
	}
	if d := before.Diff(p.w.Store); len(d) > 0 {
		p.fail("a replay changed %v", d)
	}
}

// staleOpening opens a position that was once written: refused unless what
// stood there is there still.
func (p *program) staleOpening() {
	at := pick(p, p.stale)
	if p.w.Segment(at.Holding, at.Segment).State(at.Position).Live() {
		return
	}
	op := &app.Decommission{Openings: p.w.Contents.Open(at)}
	var c modelCustody
	for q := range p.m.places {
		if p.m.places[q].id == at.Holding {
			c = p.m.places[q].modelCustody
		}
	}
	p.judge(p.signer(c), op, func(*model) string { return "stale" })
}
