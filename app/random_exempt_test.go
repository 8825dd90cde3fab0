package app_test

import (
	"fmt"
	"slices"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// exemptLot brings in packages without identifiers, mostly as it should be.
func (p *program) exemptLot() {
	if len(p.m.items) > 90 {
		return
	}
	exempt, lot := app.LotGrandfathered, app.LotID{GTIN: pick(p, []gs1.GTIN{p.w.Unit, p.w.UnitB}), Lot: "OLD"}
	by := pick(p, []*apptest.Partner{p.w.Wholesaler, p.w.Pharmacy, p.w.Pharmacy2, p.w.Maker, p.w.Logistics})
	if p.chance(30) {
		exempt, lot.Lot = app.LotWaiver, "W1"
		by = p.partner(p.m.labelers[lot.GTIN])
	}
	if p.chance(10) {
		lot.Lot = pick(p, []string{"OLD", "W1", "L2"})
	}
	of := by.GLN
	if p.chance(5) {
		of = p.w.Maker2.GLN
	}
	op := &app.Commission{GTIN: lot.GTIN, Lot: lot.Lot, Expiry: apptest.Date("2028-10-31"), Location: by.GLN, Exempt: exempt}
	if lot.Lot == "L2" {
		op.Expiry = apptest.Date("2028-11-25") // no lot of these programs that bears identifiers expires then
	}
	var keys []gs1.Key
	for range 1 + p.r.Intn(4) {
		p.serial++
		op.Serials = append(op.Serials, app.SurrogateSerial(of, fmt.Sprintf("%06d", p.serial)))
		keys = append(keys, gs1.ItemKey(lot.GTIN, op.Serials[len(op.Serials)-1]))
	}
	if _, known := p.m.registry.lots[lot]; lot.Lot == "L2" && !known {
		return // it would not be a lot with identifiers any more
	}
	p.judge(by, op, func(m *model) string { return m.commissionExempt(exempt, lot, keys, of) })
}

// repackage turns things of a maker into new ones of a product of its own.
func (p *program) repackage() {
	if len(p.m.items) > 110 {
		return
	}
	keys, _, c := p.things(1+p.r.Intn(3), 0)
	if len(keys) == 0 {
		return
	}
	by := p.signer(c)
	if p.chance(60) {
		by = pick(p, []*apptest.Partner{p.w.Maker, p.w.Maker2})
		keys = p.ownedBy(by.GLN)
	}
	if len(keys) == 0 {
		return
	}
	lot := app.LotID{GTIN: pick(p, []gs1.GTIN{p.w.UnitB, p.w.Unit2, p.w.Unit}), Lot: pick(p, []string{"R1", "R2", "W1", "OLD"})}
	for _, g := range []gs1.GTIN{p.w.UnitB, p.w.Unit2, p.w.Unit} {
		if p.m.labelers[g] == by.GLN && p.chance(90) {
			lot.GTIN = g
		}
	}
	n := 1 + p.r.Intn(6)
	op := &app.Repackage{Openings: p.w.Openings(keys...)}
	op.Into.GTIN, op.Into.Lot, op.Into.Expiry, op.Into.Location = lot.GTIN, lot.Lot, apptest.Date("2028-10-31"), by.GLN
	made := apptest.Items(lot.GTIN, p.serial+1, p.serial+n)
	for i := range n {
		op.Into.Serials = append(op.Into.Serials, apptest.Serial(p.serial+1+i))
	}
	p.serial += n
	p.judge(by, op, func(m *model) string { return m.repackage(keys, lot, made) })
}

// ownedBy picks live items at rest of one owner, at most three.
func (p *program) ownedBy(owner gs1.GLN) (out []gs1.Key) {
	for _, k := range p.keys(false) {
		if it := p.m.items[k]; it.owner == owner && it.shipment == 0 && len(out) < 3 && p.chance(30) {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return out
}
