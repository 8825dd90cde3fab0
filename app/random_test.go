package app_test

import (
	"flag"
	"fmt"
	"math/rand"
	"slices"
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

var (
	seedFlag     = flag.Int64("seed", 0, "the first seed of random programs; 0 runs the fixed ones")
	programsFlag = flag.Int("programs", 240, "how many random programs to run")
	stepsFlag    = flag.Int("steps", 120, "how many ops each random program tries")
	everyFlag    = flag.Int("every", 4, "after how many ops a random program checks the whole state")
)

// TestRandomPrograms runs random programs against the ledger and the model
// and compares every serial after every op.
func TestRandomPrograms(t *testing.T) {
	first := *seedFlag
	if first == 0 {
		first = 1
	}
	programs := *programsFlag
	if testing.Short() {
		programs = min(programs, 30)
	}
	tally := map[string]int{}
	for seed := first; seed < first+int64(programs); seed++ {
		t.Run(fmt.Sprint("seed", seed), func(t *testing.T) { newProgram(t, seed, tally).run(*stepsFlag) })
		if t.Failed() {
			t.Fatalf("run again with -run TestRandomPrograms -seed %d -programs 1", seed)
		}
	}
	for _, k := range app.Kinds() {
		ok := tally["ok "+k.String()]
		t.Logf("%-20s %6d accepted %6d refused", k, ok, tally["refused "+k.String()])
		if ok == 0 && neverAccepted()[k] == "" && programs >= 100 {
			t.Errorf("%s was never accepted", k)
		}
	}
}

// program is one random program.
type program struct {
	t      *testing.T
	w      *apptest.World
	m      *model
	r      *rand.Rand
	tally  map[string]int
	serial int
	sscc   map[*apptest.Partner]int
	past   []*app.Tx
	stale  []app.Position
	log    []string
}

func newProgram(t *testing.T, seed int64, tally map[string]int) *program {
	params := app.DefaultParams()
	params.RetentionDays = 1
	params.MaxLots = uint64(2 + seed%4)
	w := apptest.NewWorldWith(t, params)
	w.CheckEvery = *everyFlag
	m := newModel()
	m.maxLots, m.retention, m.tolerance = int(params.MaxLots), 86400, params.ClockToleranceSeconds
	for _, p := range w.Partners() {
		m.roles[p.GLN] = p.Roles
	}
	for _, g := range []gs1.GTIN{w.Unit, w.UnitB, w.Case, w.Inner} {
		m.labelers[g] = w.Maker.GLN
	}
	m.labelers[w.Unit2], m.labelers[w.Case2] = w.Maker2.GLN, w.Maker2.GLN
	p := &program{t: t, w: w, m: m, r: rand.New(rand.NewSource(seed)), tally: tally, sscc: map[*apptest.Partner]int{}}
	t.Cleanup(p.tell)
	return p
}

// tell shows what led to a failure.
func (p *program) tell() {
	for _, l := range p.log[max(0, len(p.log)-40):] {
		if p.t.Failed() {
			p.t.Log(l)
		}
	}
}

func (p *program) run(steps int) {
	for range 4 {
		p.commission()
	}
	var bag []func(*program)
	for _, m := range moves() {
		bag = append(bag, slices.Repeat([]func(*program){m.do}, m.weight)...)
	}
	for range steps {
		if p.chance(3) {
			p.w.Step(2 * 86400)
		}
		pick(p, bag)(p)
		if p.t.Failed() {
			return
		}
	}
	p.w.CheckInvariants()
}

func (p *program) chance(percent int) bool { return p.r.Intn(100) < percent }

func pick[T any](p *program, from []T) T { return from[p.r.Intn(len(from))] }

// judge runs op in the ledger and in the model and compares the verdicts, then
// every serial.
func (p *program) judge(by *apptest.Partner, op app.Op, do func(m *model) string, options ...apptest.Option) {
	p.t.Helper()
	at := p.w.Block.Time + 10
	if p.chance(10) {
		at -= uint64(p.r.Intn(900))
	}
	spoiled := p.chance(4) && spoil(p.r, op)
	m := p.m.clone()
	m.by, m.at, m.blockTime, m.fresh = by.GLN, at, p.w.Block.Time+10, -1
	why := do(m)
	if m.settle(); why == "" {
		why = m.checkLots()
	}
	if spoiled {
		why = "spoiled"
	}
	p.log = append(p.log, fmt.Sprintf("%s by %s: %+v", op.Kind(), by.Name, op))
	res := p.w.Do(by, op, append(options, apptest.At(at))...)
	p.log = append(p.log, fmt.Sprintf("%s by %s: %s %s | model: %s", op.Kind(), by.Name, res.Code, res.Detail, why))
	if (res.Code == app.CodeOK) != (why == "") {
		p.fail("%s by %s: the ledger says %s (%s), the model %q", op.Kind(), by.Name, res.Code, res.Detail, why)
		return
	}
	if why != "" {
		p.tally["refused "+op.Kind().String()]++
		return
	}
	p.tally["ok "+op.Kind().String()]++
	p.adopt(m, &res)
	p.compare()
}

func (p *program) fail(format string, args ...any) {
	p.t.Helper()
	p.t.Fatalf(format, args...)
}

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
	p.t.Helper()
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
	for i, want := range p.m.shipments {
		got := p.w.Shipment(uint64(i + 1))
		items, places, short, shortPlaces := p.m.openOf(uint64(i + 1))
		if got.Shipped != want.shipped || got.Received != want.received || got.Voided != want.voided || got.Refused != want.refused || got.Reverses != want.reverses ||
			got.Open != uint64(items) || got.Short != uint64(short) ||
			got.OpenHoldings != uint32(places) || got.ShortHoldings != uint32(shortPlaces) {
			p.fail("shipment %d: got %+v, want %+v and %d in %d open, %d in %d short", i+1, got, want, items, places, short, shortPlaces)
		}
	}
}

func (p *program) compareMarks(k gs1.Key, where app.HoldingID) {
	p.t.Helper()
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
	p.t.Helper()
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
