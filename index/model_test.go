package index

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// program runs random ops on a ledger and remembers, by looking at the state
// before and after every tx, which txs concerned some of the items.
type program struct {
	*ledger
	rng        *rand.Rand
	items      []gs1.Key
	containers []gs1.Key
	shipments  uint64
	next       int // serial
	accepted   int
	watched    []gs1.Key
	history    map[gs1.Key][]app.TxID
}

func newProgram(t *testing.T, rng *rand.Rand) *program {
	return &program{ledger: newLedger(t), rng: rng, next: 1, history: make(map[gs1.Key][]app.TxID)}
}

// run executes n ops, several to a block.
func (p *program) run(n int) {
	p.t.Helper()
	begun := len(p.blocks) // what is applied is not added to
	for range n {
		by, op := p.op()
		if op == nil {
			continue
		}
		before := p.lines()
		var res app.Result
		if p.rng.IntN(3) > 0 && len(p.blocks) > begun {
			res = p.also(by, op)
		} else {
			res = p.do(by, op)
		}
		if res.Code == app.CodeOK {
			p.accepted++
			p.remember(op, &res)
			p.watch(before, &res)
		}
	}
}

// remember keeps what the op brought into being.
func (p *program) remember(op app.Op, res *app.Result) {
	switch o := op.(type) {
	case *app.Commission:
		for i, s := range o.Serials {
			k := gs1.ItemKey(o.GTIN, s)
			p.items = append(p.items, k)
			if i%7 == 0 {
				p.watched = append(p.watched, k)
				p.history[k] = append(p.history[k], p.id())
			}
		}
	case *app.Pack:
		if !slices.Contains(p.containers, o.Parent) {
			p.containers = append(p.containers, o.Parent)
		}
	case *app.Ship:
		p.shipments++
	}
	_ = res
}

// lines are the watched items' holdings, innermost first, with their records.
func (p *program) lines() map[gs1.Key][]record {
	out := make(map[gs1.Key][]record)
	for _, k := range p.watched {
		out[k] = p.line(p.Where(k).Holding)
	}
	return out
}

type record struct {
	id app.HoldingID
	h  app.Holding
}

func (p *program) line(id app.HoldingID) []record {
	var out []record
	for !id.IsZero() {
		h := *p.Holding(id)
		out = append(out, record{id, h})
		id = h.Parent
	}
	return out
}

// watch notes the tx for the items that it concerned: their own position, or
// the custody of what they were in before or are in now.
func (p *program) watch(before map[gs1.Key][]record, res *app.Result) {
	contents := make(map[app.HoldingID]bool)
	for _, m := range res.Moves {
		contents[m.From] = true
	}
	for _, c := range res.Contents {
		contents[c.Holding] = true
	}
	for k, was := range before {
		if p.concerns(k, was, res, contents) {
			p.history[k] = append(p.history[k], p.id())
		}
	}
}

func (p *program) concerns(k gs1.Key, was []record, res *app.Result, contents map[app.HoldingID]bool) bool {
	for _, m := range res.Moves {
		entries, _ := p.Contents.Entries(m.From, m.Segment)
		for _, i := range m.Positions {
			if entries[i].Key == k {
				return true
			}
		}
	}
	at := p.Where(k)
	if p.Segment(at.Holding, at.Segment).State(at.Position).Ended() {
		return false
	}
	for _, r := range was {
		now := p.Holding(r.id)
		if !sameCustody(&r.h, now) || now.Events != r.h.Events && !contents[r.id] {
			return true
		}
	}
	return false
}

// op makes a random op that has a fair chance to be accepted, or nil.
func (p *program) op() (*apptest.Partner, app.Op) {
	switch n := p.rng.IntN(100); {
	case n < 25 || len(p.items) == 0:
		return p.commission()
	case n < 40:
		return p.pack()
	case n < 48:
		return p.unpack()
	case n < 63:
		return p.ship()
	case n < 78:
		return p.receive()
	case n < 90:
		keys := p.some(3)
		return p.holder(keys[0]), &app.Dispense{Openings: p.Openings(keys...), Partial: p.rng.IntN(4) == 0 && len(keys) == 1}
	case n < 95:
		keys := p.some(2)
		return p.holder(keys[0]), &app.Decommission{Openings: p.Openings(keys...)}
	default:
		return p.voidShip()
	}
}

func (p *program) commission() (*apptest.Partner, app.Op) {
	n, gtin := 1+p.rng.IntN(40), p.Unit
	if p.rng.IntN(4) == 0 {
		gtin = p.UnitB
	}
	if p.rng.IntN(30) == 0 {
		n = 1500 // more than one run
	}
	lot := []string{"L1", "L2", "A/1"}[p.rng.IntN(3)]
	op := apptest.Commission(p.Maker, gtin, lot, p.next, p.next+n-1)
	p.next += n
	return p.Maker, op
}

// some picks items that were last seen in one place.
func (p *program) some(n int) []gs1.Key {
	first := p.items[p.rng.IntN(len(p.items))]
	out := []gs1.Key{first}
	for range 20 * n {
		k := p.items[p.rng.IntN(len(p.items))]
		if len(out) < n && !slices.Contains(out, k) && p.Outermost(k) == p.Outermost(first) {
			out = append(out, k)
		}
	}
	return out
}

// holder is the partner that may act on a key: who possesses it, or the
// consignee.
func (p *program) holder(k gs1.Key) *apptest.Partner {
	h := p.Holding(p.Outermost(k))
	who := h.Possessor
	if h.Shipment != 0 && p.rng.IntN(2) == 0 {
		who = p.Shipment(h.Shipment).To
	}
	return p.partner(who)
}

func (p *program) partner(gln gs1.GLN) *apptest.Partner {
	for _, q := range p.Partners() {
		if q.GLN == gln {
			return q
		}
	}
	return p.Maker
}

func (p *program) pack() (*apptest.Partner, app.Op) {
	things := p.some(12)
	by := p.holder(things[0])
	parent := by.SSCC(p.rng.IntN(12))
	if len(p.containers) > 1 && p.rng.IntN(3) == 0 {
		things = []gs1.Key{p.containers[p.rng.IntN(len(p.containers))]}
		by = p.holder(things[0])
		parent = by.SSCC(p.rng.IntN(12))
	}
	return by, p.World.Pack(parent, things...)
}

func (p *program) unpack() (*apptest.Partner, app.Op) {
	if len(p.containers) == 0 {
		return nil, nil
	}
	c := p.containers[p.rng.IntN(len(p.containers))]
	live := p.Live(p.Container(c))
	if len(live) == 0 {
		return nil, nil
	}
	if p.rng.IntN(2) == 0 {
		return p.holder(c), p.World.Unpack(c)
	}
	at := live[p.rng.IntN(len(live))]
	entries, _ := p.Contents.Entries(at.Holding, at.Segment)
	op := &app.Unpack{Container: p.Container(c), Openings: p.Contents.Open(at)}
	op.Loose = p.NextLoose(op.Openings)
	_ = entries
	return p.holder(c), op
}

func (p *program) ship() (*apptest.Partner, app.Op) {
	to := []*apptest.Partner{p.Wholesaler, p.Pharmacy, p.Wholesaler2}[p.rng.IntN(3)]
	things := p.some(6)
	if len(p.containers) > 0 && p.rng.IntN(2) == 0 {
		things = []gs1.Key{p.containers[p.rng.IntN(len(p.containers))]}
	}
	return p.holder(things[0]), p.World.Ship(to, things...)
}

func (p *program) receive() (*apptest.Partner, app.Op) {
	if p.shipments == 0 {
		return nil, nil
	}
	n := 1 + p.rng.Uint64N(p.shipments)
	if len(p.Aboard(n, false)) == 0 {
		return nil, nil
	}
	by := p.partner(p.Shipment(n).To)
	return by, p.ReceiveAll(by, n)
}

func (p *program) voidShip() (*apptest.Partner, app.Op) {
	if p.shipments == 0 {
		return nil, nil
	}
	n := 1 + p.rng.Uint64N(p.shipments)
	if len(p.Aboard(n, true)) == 0 {
		return nil, nil
	}
	return p.partner(p.Shipment(n).From), &app.VoidShip{Shipment: n, All: true, Holdings: p.Aboard(n, true)}
}

// TestModel compares every answer with what the state says, after random
// programs, while the merger works and after it has finished.
func TestModel(t *testing.T) {
	rng := random(t)
	programs := 3
	if testing.Short() {
		programs = 2
	}
	for range programs {
		p := newProgram(t, rng)
		x := open(t, small(t.TempDir()))
		for range 4 {
			p.run(80)
			p.feed(x)
			p.check(x)
		}
		x.merger.settle()
		p.check(x)
		t.Logf("%d ops accepted, %d blocks, %d items, %d containers, %d shipments", p.accepted, len(p.blocks), len(p.items), len(p.containers), p.shipments)
	}
}

func (p *program) check(x *Index) {
	p.t.Helper()
	p.checkPlaces(x)
	p.checkHistories(x)
	p.checkLists(x)
	p.checkShipments(x)
	p.checkSegments(x)
	if err := x.failed(); err != nil {
		p.t.Fatal(err)
	}
}

func (p *program) chain(id app.HoldingID) []app.HoldingID {
	var out []app.HoldingID
	for _, r := range p.line(id) {
		out = append(out, r.id)
	}
	return out
}

func (p *program) checkPlaces(x *Index) {
	p.t.Helper()
	for i, k := range p.items {
		if len(p.items) > 500 && i%5 != 0 {
			continue
		}
		got, err := x.Place(k)
		if err != nil {
			p.t.Fatalf("place of %s: %v", k, err)
		}
		at := p.Where(k)
		entries, _ := p.Contents.Entries(at.Holding, at.Segment)
		state := p.Segment(at.Holding, at.Segment).State(at.Position)
		if got.At != at || got.State != state || got.Entry != entries[at.Position] || got.Holding != at.Holding {
			p.t.Fatalf("place of %s: got %+v, want %s at %+v", k, got, state, at)
		}
		if !slices.Equal(got.Chain, p.chain(at.Holding)) || len(got.Commissions) != 1 {
			p.t.Fatalf("place of %s: got chain %v, commissions %v; want %v and one", k, got.Chain, got.Commissions, p.chain(at.Holding))
		}
	}
	for _, k := range p.containers {
		got, err := x.Place(k)
		if err != nil {
			p.t.Fatalf("place of %s: %v", k, err)
		}
		id := p.Container(k)
		if got.Holding != id || !slices.Equal(got.Chain, p.chain(id)) {
			p.t.Fatalf("place of %s: got %+v, want %s in %v", k, got, id, p.chain(id))
		}
		if len(got.Chain) > 1 && (got.At != p.Where(k) || got.Entry.Child != id || got.State != app.Here) {
			p.t.Fatalf("place of %s: got %+v, want at %+v", k, got, p.Where(k))
		}
	}
	if _, err := x.Place(apptest.Item(p.Unit, p.next+5)); !errors.Is(err, ErrNotFound) {
		p.t.Fatalf("place of a serial to come: got %v, want ErrNotFound", err)
	}
}

func (p *program) checkHistories(x *Index) {
	p.t.Helper()
	for _, k := range p.watched {
		var got []app.TxID
		for _, s := range pages(p.t, 3, func(r app.PageRequest) (*app.Page[app.Step], error) { return x.History(k, r) }) {
			got = append(got, s.ID)
		}
		if !slices.Equal(got, p.history[k]) {
			p.t.Fatalf("history of %s: got %v, want %v", k, got, p.history[k])
		}
	}
}

// pages collects all pages of a listing.
func pages[T any](t testing.TB, limit int, get func(app.PageRequest) (*app.Page[T], error)) []T {
	t.Helper()
	var out []T
	r := app.PageRequest{Limit: limit}
	for {
		page, err := get(r)
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Items) > limit || page.Next != "" && len(page.Items) != limit {
			t.Fatalf("page of %d elements, next %q, limit %d", len(page.Items), page.Next, limit)
		}
		out = append(out, page.Items...)
		if page.Next == "" {
			return out
		}
		r.Cursor = page.Next
	}
}

func ids(list []app.HoldingSummary) []app.HoldingID {
	out := make([]app.HoldingID, 0, len(list))
	for _, h := range list {
		out = append(out, h.ID)
	}
	return out
}

func (p *program) checkLists(x *Index) {
	p.t.Helper()
	partners, lots := make(map[gs1.GLN][]app.HoldingID), make(map[app.LotID][]app.HoldingID)
	shipments := make(map[uint64][]app.HoldingID)
	p.Store.Scan([]byte{byte(app.RecordHolding)}, func(key, value []byte) bool {
		id := app.HoldingID(key[1:])
		h, err := app.DecodeHolding(value)
		if err != nil {
			p.t.Fatal(err)
		}
		if h.LotMode == app.LotOne {
			lots[h.Lot] = append(lots[h.Lot], id)
		}
		if h.LotMode == app.LotMixed {
			prefix := append([]byte{byte(app.RecordContent)}, id[:]...)
			p.Store.Scan(prefix, func(key, _ []byte) bool {
				lot := app.LotID{GTIN: gs1.GTIN(key[33:47]), Lot: string(key[47:])}
				lots[lot] = append(lots[lot], id)
				return true
			})
		}
		if !h.Parent.IsZero() {
			return true
		}
		if h.Shipment != 0 {
			shipments[h.Shipment] = append(shipments[h.Shipment], id)
		}
		if h.Kind == app.KindContainer || h.Live > 0 {
			partners[h.Owner] = append(partners[h.Owner], id)
			if h.Possessor != h.Owner {
				partners[h.Possessor] = append(partners[h.Possessor], id)
			}
		}
		p.checkContents(x, id)
		return true
	})
	for _, q := range p.Partners() {
		got := pages(p.t, 7, func(r app.PageRequest) (*app.Page[app.HoldingSummary], error) { return x.PartnerHoldings(q.GLN, r) })
		if !slices.Equal(ids(got), partners[q.GLN]) {
			p.t.Fatalf("holdings of %s: got %d, want %d", q.Name, len(got), len(partners[q.GLN]))
		}
		for _, h := range got {
			if h.Holding != *p.Holding(h.ID) {
				p.t.Fatalf("holding %s: got %+v, want %+v", h.ID, h.Holding, *p.Holding(h.ID))
			}
		}
	}
	for _, gtin := range []gs1.GTIN{p.Unit, p.UnitB} {
		for _, name := range []string{"L1", "L2", "A/1", "L"} {
			lot := app.LotID{GTIN: gtin, Lot: name}
			got := pages(p.t, 7, func(r app.PageRequest) (*app.Page[app.HoldingSummary], error) { return x.LotHoldings(lot, r) })
			if !slices.Equal(ids(got), lots[lot]) {
				p.t.Fatalf("holdings of %s: got %d, want %d", lot, len(got), len(lots[lot]))
			}
		}
	}
	for n := uint64(1); n <= p.shipments+1; n++ {
		got := pages(p.t, 7, func(r app.PageRequest) (*app.Page[app.HoldingSummary], error) { return x.ShipmentHoldings(n, r) })
		if !slices.Equal(ids(got), shipments[n]) {
			p.t.Fatalf("holdings of shipment %d: got %d, want %d", n, len(got), len(shipments[n]))
		}
	}
}

// checkContents compares the contents of an outermost holding.
func (p *program) checkContents(x *Index, id app.HoldingID) {
	p.t.Helper()
	want := p.inside(id, 0)
	got := pages(p.t, 1+p.rng.IntN(40), func(r app.PageRequest) (*app.Page[app.Content], error) { return x.Contents(id, r) })
	if !slices.Equal(got, want) {
		p.t.Fatalf("contents of %s: got %d, want %d", id, len(got), len(want))
	}
}

func (p *program) inside(id app.HoldingID, depth int) []app.Content {
	var out []app.Content
	for _, at := range p.Live(id) {
		entries, _ := p.Contents.Entries(at.Holding, at.Segment)
		e := entries[at.Position]
		out = append(out, app.Content{Entry: e, At: at, State: p.Segment(at.Holding, at.Segment).State(at.Position), Depth: depth})
		if e.IsContainer() {
			out = append(out, p.inside(e.Child, depth+1)...)
		}
	}
	return out
}

func (p *program) checkShipments(x *Index) {
	p.t.Helper()
	for _, q := range p.Partners() {
		for status := app.ShipmentStatus(0); status <= app.ShipmentClosed; status++ {
			var want []uint64
			for n := p.shipments; n > 0; n-- {
				s := p.Shipment(n)
				if (s.From == q.GLN || s.To == q.GLN) && (status == 0 || s.Status() == status) {
					want = append(want, n)
				}
			}
			var got []uint64
			for _, s := range pages(p.t, 3, func(r app.PageRequest) (*app.Page[app.ShipmentSummary], error) {
				return x.PartnerShipments(q.GLN, status, r)
			}) {
				got = append(got, s.Number)
			}
			if !slices.Equal(got, want) {
				p.t.Fatalf("%s shipments of %s: got %v, want %v", status, q.Name, got, want)
			}
		}
	}
}

// checkSegments compares entries and commissions with the tree.
func (p *program) checkSegments(x *Index) {
	p.t.Helper()
	p.Store.Scan([]byte{byte(app.RecordSegment)}, func(key, value []byte) bool {
		id, n, err := app.HoldingID(key[1:33]), uint32(0), error(nil)
		n, err = parseU32(key[33:])
		if err != nil {
			p.t.Fatal(err)
		}
		g, err := app.DecodeSegment(value)
		if err != nil {
			p.t.Fatal(err)
		}
		got, err := x.Entries(id, n)
		if err != nil || app.EntriesRoot(got) != g.Root {
			p.t.Fatalf("entries of segment %d of %s: %v; they have root %x, want %x", n, id, err, app.EntriesRoot(got), g.Root)
		}
		return true
	})
	p.Store.Scan([]byte{byte(app.RecordCommission)}, func(key, value []byte) bool {
		lot, seq, err := parseCommissionKey(key)
		if err != nil {
			p.t.Fatal(err)
		}
		c, err := app.DecodeCommissionRecord(value)
		if err != nil {
			p.t.Fatal(err)
		}
		got, err := x.CommissionSegments(lot, seq)
		count := uint32(0)
		for _, s := range got {
			count += uint32(s.Count)
		}
		if err != nil || count != c.Count {
			p.t.Fatalf("commission %d of %s: got %d items, %v; want %d", seq, lot, count, err, c.Count)
		}
		return true
	})
}
