package app_test

import (
	"crypto/ed25519"
	"math/rand"
	"slices"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// program is one random program: ops chosen at random, run against the ledger
// and the model in blocks of one to eight. Each step draws from numbers of its
// own, so that a program can be tried again without some of its steps.
type program struct {
	t      *trial
	seed   int64
	w      *apptest.World
	m      *model
	src    splitMix
	r      *rand.Rand
	tally  map[string]int
	serial int
	sscc   map[*apptest.Partner]int
	past   []*app.Tx
	stale  []app.Position

	says     string     // what the model says of the tx under way, for the record
	done     []executed // all txs so far
	taken    []int      // the steps so far
	block    int        // where those of the present block begin in done
	other    *replica
	private  map[app.KeyID]ed25519.PrivateKey
	plant    planted
	unsigned bool // signatures are left out
}

// executed is a tx with its block, what the model says of it ("accepted",
// "refused" or nothing) and the ledger's verdict.
type executed struct {
	block app.Block
	tx    *app.Tx
	says  string
	code  app.Code
}

// planted is a bug planted on purpose: it sees the model's verdict and gives
// the one to believe instead.
type planted func(p *program, op app.Op, why string) string

// prototypes are the worlds that programs begin with, by number of lots a
// holding may contain.
func prototypes(t *trial) (out [4]*apptest.World) {
	for i := range out {
		params := app.DefaultParams()
		params.RetentionDays, params.MaxLots = 1, uint64(2+i)
		out[i] = apptest.NewWorldWith(t.TB, params)
	}
	return out
}

func newProgram(t *trial, worlds [4]*apptest.World, seed int64) *program {
	p := &program{
		t: t, seed: seed, w: worlds[seed%4].Fork(t), m: newModel(), tally: map[string]int{},
		sscc: map[*apptest.Partner]int{}, private: map[app.KeyID]ed25519.PrivateKey{},
	}
	p.r = rand.New(&p.src)
	w, m := p.w, p.m
	w.CheckEvery = 0
	w.Executed = func(tx *app.Tx, res *app.Result) {
		p.done = append(p.done, executed{w.Block, tx, p.says, res.Code})
		p.says = ""
	}
	p.unsigned = seed%8 != 0
	if w.Sealer = p.seal; p.unsigned {
		w.Sealer = p.sealUnsigned
	}
	p.other = newReplica(t, w.Store.Clone(), seed, p.unsigned)
	params := app.DefaultParams()
	m.maxLots, m.retention, m.tolerance = int(2+seed%4), 86400, params.ClockToleranceSeconds
	for _, p := range w.Partners() {
		m.roles[p.GLN] = p.Roles
		m.registry.join(p)
	}
	for _, g := range []gs1.GTIN{w.Unit, w.UnitB, w.Case, w.Inner} {
		m.labelers[g] = w.Maker.GLN
	}
	m.labelers[w.Unit2], m.labelers[w.Case2] = w.Maker2.GLN, w.Maker2.GLN
	return p
}

func (p *program) seal(tx *app.Tx, private ed25519.PrivateKey) (*app.Tx, error) {
	_, err := tx.Seal(private)
	p.private[tx.KeyID] = private
	return tx, err
}

// sealUnsigned saves the signature: seven of eight programs do without.
func (p *program) sealUnsigned(tx *app.Tx, private ed25519.PrivateKey) (*app.Tx, error) {
	sealed, err := app.SealUnsigned(tx, private[ed25519.SeedSize:])
	p.private[tx.KeyID] = private
	return sealed, err
}

// The first steps are commissions, then delegations.
const commissions, delegations = 4, 3

// run takes the steps with these numbers, ascending.
func (p *program) run(steps []int) {
	var bag []func(*program)
	for _, m := range moves() {
		bag = append(bag, slices.Repeat([]func(*program){m.do}, m.weight)...)
	}
	for _, step := range steps {
		p.taken = append(p.taken, step)
		p.begin(step)
		before := len(p.done)
		switch {
		case step < commissions || len(p.m.items) == 0:
			p.commission()
		case step < commissions+delegations:
			p.delegate()
		}
		for range 20 { // some find nothing to do
			if len(p.done) > before {
				break
			}
			pick(p, bag)(p)
		}
		p.t.stop()
	}
	p.endBlock()
}

// begin begins the next block, every four steps or so: drawn from the step's
// number alone, so that leaving out a step changes little about the others.
func (p *program) begin(step int) {
	p.src = splitMix(uint64(p.seed)<<21 + uint64(step))
	if p.r.Intn(4) == 0 || len(p.done)-p.block >= 8 || len(p.done) == 0 {
		p.endBlock()
		p.w.Step(10)
		if p.chance(10) {
			p.w.Step(2 * 86400)
		}
	}
	p.src = splitMix(uint64(p.seed)<<21 + 1<<20 + uint64(step))
}

// endBlock ends a block: the whole observable state is compared serial by serial,
// the invariants are checked, and the other replica has the same root.
func (p *program) endBlock() {
	if len(p.done) == p.block {
		return
	}
	p.compare()
	p.w.CheckInvariants()
	p.other.run(p.w.Block, p.done[p.block:], p.w.Store)
	p.t.stop()
	p.block = len(p.done)
}

func (p *program) chance(percent int) bool { return p.r.Intn(100) < percent }

func pick[T any](p *program, from []T) T { return from[p.r.Intn(len(from))] }

// judge runs op in the ledger and in the model and compares the verdicts.
func (p *program) judge(by *apptest.Partner, op app.Op, do func(m *model) string, options ...apptest.Option) {
	at := p.w.Block.Time
	if p.chance(10) {
		at -= uint64(p.r.Intn(900))
	}
	spoiled := p.chance(4) && spoil(p.r, op)
	m := p.m.clone()
	m.by, m.at, m.blockTime, m.fresh = by.GLN, at, p.w.Block.Time, -1
	m.agent, m.seller = gs1.GLN{}, gs1.GLN{}
	signer, options := p.agent(m, by, options)
	why := m.registry.refuses(m, signer.KeyID, op)
	if why == "" {
		why = m.actFor(op.Kind())
	}
	if why == "" {
		why = do(m)
	}
	if m.settle(); why == "" {
		why = m.checkLots()
	}
	if spoiled {
		why = "spoiled"
	}
	if p.plant != nil {
		why = p.plant(p, op, why)
	}
	if p.says = "accepted"; why != "" {
		p.says = "refused"
	}
	res := p.w.Do(signer, op, append(options, apptest.At(at), apptest.SameBlock())...)
	if (res.Code == app.CodeOK) != (why == "") {
		p.fail("%s: the ledger says %s (%s), the model %q; by %s", op.Kind(), res.Code, res.Detail, why, by.Name)
		return
	}
	if why != "" {
		p.tally["refused "+op.Kind().String()]++
		return
	}
	p.tally["ok "+op.Kind().String()]++
	p.tallyAgency(m, op)
	p.adopt(m, &res)
}

func (p *program) fail(format string, args ...any) { p.t.Fatalf(format, args...) }

// adopt makes m the model and gives its new places their ids.
func (p *program) adopt(m *model, res *app.Result) {
	runs := 0
	for _, c := range res.Contents {
		for q := range c.Entries {
			p.stale = append(p.stale, app.Position{Holding: c.Holding, Segment: c.Segment, Position: uint16(q)})
		}
		switch p.w.Holding(c.Holding).Kind {
		case app.KindLoose:
			m.places[m.fresh].id = c.Holding
		case app.KindRun:
			m.places[m.runsMade[runs]].id = c.Holding
			runs++
		case app.KindContainer:
		}
	}
	p.m = m
}

// compare holds the ledger to the model, serial by serial.
func (p *program) compare() {
	for k, want := range p.m.items {
		at := p.w.Where(k)
		if got := p.w.Segment(at.Holding, at.Segment).State(at.Position); got != want.state {
			p.fail("%s: got %s, want %s", k, got, want.state)
		}
		if !want.state.Live() {
			continue
		}
		if id := p.m.places[want.place].id; id != at.Holding {
			p.fail("%s: got holding %s, want %s", k, at.Holding, id)
		}
		out := p.w.Holding(p.w.Outermost(k))
		got := modelCustody{out.Owner, out.Possessor, out.Location, out.Shipment, out.Short}
		if got != want.modelCustody {
			p.fail("%s: got custody %v, want %v", k, got, want.modelCustody)
		}
		if got := p.w.AcquiredNow(at); got != want.acquired {
			p.fail("%s: got acquired %d, want %d", k, got, want.acquired)
		}
		p.compareMarks(k, at.Holding)
	}
	p.comparePlaces()
	p.compareRecalls()
	p.compareDelegations()
	p.compareRegistry()
	p.compareInquiries()
	for i, want := range p.m.shipments {
		got := p.w.Shipment(uint64(i + 1))
		items, places, short, shortPlaces := p.m.openOf(uint64(i + 1))
		if got.Shipped != want.shipped || got.Received != want.received || got.Voided != want.voided || got.Refused != want.refused || got.Reverses != want.reverses ||
			got.Agent != want.agent || got.Seller != want.seller ||
			got.Open != uint64(items) || got.Short != uint64(short) ||
			got.OpenHoldings != uint32(places) || got.ShortHoldings != uint32(shortPlaces) {
			p.fail("shipment %d: got %+v, want %+v and %d in %d open, %d in %d short", i+1, got, want, items, places, short, shortPlaces)
		}
	}
}

func (p *program) compareMarks(k gs1.Key, where app.HoldingID) {
	got, want := p.w.Marks(k), p.m.marks[k]
	switch {
	case got == nil && len(want.marks) == 0:
	case got == nil || len(got.Marks) != len(want.marks) || got.Located.IsZero() == want.located:
		p.fail("%s: got marks %+v, want %+v", k, got, want)
	case want.located && got.Located != where:
		p.fail("%s: located in %s, want %s", k, got.Located, where)
	}
}

func (p *program) comparePlaces() {
	for i := range p.m.places {
		want := &p.m.places[i]
		got := p.w.Holding(want.id)
		var parent app.HoldingID
		if want.parent >= 0 {
			parent = p.m.places[want.parent].id
		}
		if got.Parent != parent || got.CustodyTime != want.time || got.Live != uint64(p.m.liveIn(i)) {
			p.fail("holding %s: got parent %s, time %d, %d live; want %s, %d, %d", want.id, got.Parent, got.CustodyTime, got.Live, parent, want.time, p.m.liveIn(i))
		}
		if n := p.m.partlyIn(i); got.Partials != uint32(n) {
			p.fail("holding %s: got %d dispensed in part, want %d", want.id, got.Partials, n)
		}
		if got.Holds != want.holds {
			p.fail("holding %s: got holds %s, want %s", want.id, got.Holds, want.holds)
		}
		if want.parent < 0 {
			if c := (modelCustody{got.Owner, got.Possessor, got.Location, got.Shipment, got.Short}); c != want.modelCustody {
				p.fail("holding %s: got custody %v, want %v", want.id, c, want.modelCustody)
			}
		}
		if want.key != "" && !want.used {
			p.compareMarks(want.key, want.id)
		}
	}
}

// spoil damages one opening of an op, so that it must be refused.
func spoil(r *rand.Rand, op app.Op) bool {
	openings := openingsOf(op)
	if len(openings) == 0 {
		return false
	}
	o := &openings[r.Intn(len(openings))]
	o.Positions, o.Entries = slices.Clone(o.Positions), slices.Clone(o.Entries)
	switch n := len(o.Positions) - 1; r.Intn(4) {
	case 0:
		o.Positions[n]++
	case 1:
		o.Entries[n].Acquired++
	case 2:
		openings[len(openings)-1].Segment += 1000 // the last: they stay ascending
	default:
		if len(o.Siblings) == 0 {
			return false
		}
		o.Siblings = slices.Clone(o.Siblings)
		o.Siblings[0][3] ^= 1
	}
	return true
}
