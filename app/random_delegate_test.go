package app_test

import (
	"slices"
	"strings"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// agent sometimes lets another partner sign for by: mostly one to which it
// delegated something.
func (p *program) agent(m *model, by *apptest.Partner, options []apptest.Option) (*apptest.Partner, []apptest.Option) {
	signer := by
	for _, pair := range p.pairs() {
		if pair.principal == by.GLN && p.chance(25) {
			signer = p.partner(pair.agent)
		}
	}
	if p.chance(2) {
		signer = pick(p, p.w.Partners())
	}
	if signer == by {
		return by, options
	}
	m.agent = signer.GLN
	return signer, append(slices.Clone(options), apptest.For(by))
}

// pairs are those with a delegation, in the order of their records.
func (p *program) pairs() (out []modelPair) {
	for pair := range p.m.granted {
		out = append(out, pair)
	}
	slices.SortFunc(out, func(a, b modelPair) int {
		return strings.Compare(string(a.principal[:])+string(a.agent[:]), string(b.principal[:])+string(b.agent[:]))
	})
	return out
}

// seller makes some shipments drop shipments, mostly where it was agreed.
func (p *program) seller(by *apptest.Partner) gs1.GLN {
	if p.chance(3) {
		return pick(p, p.w.Partners()).GLN
	}
	for _, pair := range p.pairs() {
		if g := p.m.granted[pair]; g.drop && pair.agent == by.GLN && p.chance(40) {
			return pair.principal
		}
	}
	return gs1.GLN{}
}

func (p *program) delegate() {
	by, to := pick(p, p.w.Partners()), pick(p, p.w.Partners())
	if p.chance(30) {
		by, to = pick(p, []*apptest.Partner{p.w.Wholesaler, p.w.Wholesaler2}), pick(p, []*apptest.Partner{p.w.Maker, p.w.Maker2, p.w.Wholesaler})
	}
	now := p.w.Block.Time
	op := &app.Delegate{Agent: to.GLN, From: now - uint64(p.r.Intn(900)), Until: now + uint64(p.r.Intn(10*86400))}
	op.DropShip = by.Roles.Has(app.RoleWholesaler) && p.chance(80) || p.chance(10)
	for _, k := range app.Kinds() {
		if k >= app.KindCommission && p.chance(70) || p.chance(1) {
			op.Ops = append(op.Ops, k)
		}
	}
	if p.chance(20) {
		*op = app.Delegate{Agent: to.GLN}
		for _, pair := range p.pairs() {
			if p.chance(60) {
				by, op.Agent = p.partner(pair.principal), pair.agent
			}
		}
	}
	g := modelGrant{ops: map[app.Kind]bool{}, drop: op.DropShip, from: op.From, until: op.Until}
	for _, k := range op.Ops {
		g.ops[k] = true
	}
	p.judge(by, op, func(m *model) string { return m.delegate(op.Agent, g) })
}

// compareDelegations holds the records to the model.
func (p *program) compareDelegations() {
	n := 0
	p.w.Store.Scan([]byte{byte(app.RecordDelegation)}, func(_, _ []byte) bool { n++; return true })
	if n != len(p.m.granted) {
		p.fail("got %d delegations, want %d", n, len(p.m.granted))
	}
	for pair, want := range p.m.granted {
		raw, _ := p.w.Store.Get(app.DelegationKey(pair.principal, pair.agent))
		got, err := app.DecodeDelegation(raw)
		if err != nil || len(got.Ops) != len(want.ops) || got.DropShip != want.drop || got.From != want.from || got.Until != want.until {
			p.fail("delegation %v: got %+v, %v, want %+v", pair, got, err, want)
		}
	}
}

// tallyAgency counts what was accepted on behalf of another, and of drop
// shipments what was bought that way and returned.
func (p *program) tallyAgency(m *model, op app.Op) {
	if m.agent != (gs1.GLN{}) {
		p.tally["for another"]++
	}
	switch op := op.(type) {
	case *app.Ship:
		if op.Seller != (gs1.GLN{}) {
			p.tally["drop shipment"]++
		}
	case *app.Return:
		if op.Reverses > 0 && m.shipments[op.Reverses-1].seller == op.To {
			p.tally["returned to the seller"]++
		}
	}
}

// agencies are what random programs have to get accepted besides each op.
func agencies() []string { return []string{"for another", "drop shipment", "returned to the seller"} }
