package app_test

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// corner is a pharmacy that the wholesaler may bring in: it trades nothing, but
// has a sponsor.
func corner() *apptest.Partner {
	return apptest.NewPartner("corner", "0871000", app.RoleDispenser, false)
}

// judged picks a partner to suspend or reinstate, and mostly who may.
func (p *program) judged() (by *apptest.Partner, gln gs1.GLN) {
	by, gln = p.w.Regulator, pick(p, p.w.Partners()).GLN
	if p.chance(30) {
		by, gln = p.w.Wholesaler, corner().GLN
	}
	if p.chance(15) {
		by = pick(p, p.w.Partners())
	}
	return by, gln
}

// suspend is rare, so that trade goes on; lift makes up for it.
func (p *program) suspend() {
	if p.chance(60) {
		return
	}
	if _, known := p.m.roles[corner().GLN]; !known && p.chance(60) {
		p.bringIn()
		return
	}
	by, gln := p.judged()
	op := &app.SuspendPartner{GLN: gln, Reason: "inspection"}
	p.judge(by, op, func(m *model) string { return m.suspend(gln) })
}

func (p *program) lift() {
	p.changeKeys()
	by, gln := p.judged()
	for _, q := range p.w.Partners() {
		if p.m.registry.suspended(q.GLN) && p.chance(80) {
			by, gln = p.w.Regulator, q.GLN
		}
	}
	p.judge(by, &app.SuspendPartner{GLN: gln, Lift: true}, func(m *model) string { return m.lift(gln) })
}

func (p *program) bringIn() {
	q := corner()
	by := pick(p, []*apptest.Partner{p.w.Wholesaler, p.w.Wholesaler, p.w.Pharmacy})
	op := &app.SponsorPartner{GLN: q.GLN, PartnerInfo: q.Info(), Keys: []app.PublicKey{q.Public()}}
	p.judge(by, op, func(m *model) string { return m.bringIn(q) })
}

// registryNow is one of the rest: the registry changes less often than goods
// move.
func (p *program) registryNow() {
	pick(p, []func(*program){(*program).vouch, (*program).sell, (*program).sell, (*program).rotate})(p)
}

// vouch mostly renews; now and then a licence ends before the next event.
func (p *program) vouch() {
	to := pick(p, p.w.Partners())
	for _, q := range p.w.Partners() {
		if p.m.registry.until[q.GLN] < p.w.Block.Time+2000 {
			to = q
		}
	}
	op := &app.UpdatePartner{GLN: to.GLN, PartnerInfo: p.w.Partner(to.GLN).PartnerInfo}
	op.Credential.Until = 2840140800 + uint64(p.r.Intn(1000))
	if p.chance(20) {
		op.Credential.Until = p.w.Block.Time - uint64(p.r.Intn(1000)) + 300
	}
	by := pick(p, []*apptest.Partner{p.w.Maker, p.w.Wholesaler, p.w.Regulator, p.w.Regulator, p.w.Pharmacy})
	p.judge(by, op, func(m *model) string { return m.vouch(to.GLN, op.Credential.Until) })
}

// sell offers, accepts or withdraws a product.
func (p *program) sell() {
	gtin := pick(p, []gs1.GTIN{p.w.Unit, p.w.UnitB, p.w.Unit2})
	offered, standing := p.m.registry.offered[gtin]
	by := p.partner(p.m.labelers[gtin])
	op := &app.TransferProduct{GTIN: gtin, To: pick(p, []*apptest.Partner{p.w.Maker, p.w.Maker2, p.w.Repackager, p.w.Wholesaler}).GLN}
	switch {
	case standing && p.chance(60):
		by, op.To, op.Accept = p.partner(offered), offered, true
	case p.chance(20):
		op.To = gs1.GLN{}
	}
	if p.chance(10) {
		by = pick(p, p.w.Partners())
	}
	p.judge(by, op, func(m *model) string { return m.sell(gtin, op.To, op.Accept) })
}

// rotate adds a key, or retires one; the partner then signs with one that is
// left.
func (p *program) rotate() {
	by := pick(p, p.w.Partners())
	name := fmt.Sprintf("%s %d", by.Name, p.r.Intn(6))
	op := &app.RotateKey{}
	var add []app.KeyID
	if p.chance(60) {
		proof := app.ProvePossession(apptest.Key(name), apptest.ChainID, by.GLN)
		op.Add, add = append(op.Add, proof), append(add, app.NewKeyID(app.Ed25519, proof.Key))
	}
	if len(add) == 0 || p.chance(40) {
		r := app.Retirement{Key: pick(p, p.m.registry.keys[by.GLN])}
		if p.chance(8) {
			r.Key = pick(p, p.w.Partners()).KeyID
		}
		if p.chance(50) {
			r.From = p.w.Block.Time + uint64(p.r.Intn(100))
		}
		op.Retire = append(op.Retire, r)
	}
	p.judge(by, op, func(m *model) string { return m.rotate(add, op.Retire) })
	p.changeKeys()
}

// changeKeys lets every partner sign with a key that has no end.
func (p *program) changeKeys() {
	for _, q := range p.w.Partners() {
		if _, retired := p.m.registry.retired[q.KeyID]; !retired && p.chance(90) {
			continue
		}
		for _, name := range append([]string{"operations " + q.Name}, names(q)...) {
			private := apptest.Key(name)
			id := app.NewKeyID(app.Ed25519, app.ProvePossession(private, "", q.GLN).Key)
			if _, retired := p.m.registry.retired[id]; !retired && slices.Contains(p.m.registry.keys[q.GLN], id) {
				q.UseKey(private)
				break
			}
		}
	}
}

func names(q *apptest.Partner) (out []string) {
	for i := range 6 {
		out = append(out, fmt.Sprintf("%s %d", q.Name, i))
	}
	return out
}

// compareRegistry holds the registry to the model.
func (p *program) compareRegistry() {
	r := &p.m.registry
	for g := range p.m.roles {
		got := p.w.Partner(g)
		if (got.Standing == app.StandingSuspended) != r.suspended(g) || got.Credential.Until != r.until[g] || got.Sponsor != r.sponsor[g] {
			p.fail("partner %s: got %s until %d, want suspended %v until %d", g, got.Standing, got.Credential.Until, r.suspended(g), r.until[g])
		}
		for _, id := range r.keys[g] {
			if k := p.w.Key(id); k.Partner != g || k.Until != r.retired[id] {
				p.fail("key %s: got %s until %d, want %s until %d", id, k.Partner, k.Until, g, r.retired[id])
			}
		}
		for _, id := range p.w.PartnerKeys(g).Keys {
			if !slices.Contains(r.keys[g], id) {
				p.fail("key %s is not one of %s", id, g)
			}
		}
	}
	for gtin, want := range p.m.labelers {
		got := p.w.Product(gtin)
		if offered := r.offered[gtin]; got.Labeler != want || !bytes.Equal(got.Offered[:], offered[:]) {
			p.fail("product %s: got labeler %s, offered %s; want %s, %s", gtin, got.Labeler, got.Offered, want, offered)
		}
	}
}
