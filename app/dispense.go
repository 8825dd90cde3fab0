package app

import "github.com/pedigree-ledger/pedigree/internal/wire"

// Dispense gives items to patients (CBV dispensing): the end of their life, or
// with Partial a part of each. A dispenser that owns and possesses them signs.
// No mark, hold, recall or expiry may stand in the way.
//
// Codes: those of acting, those of claiming goods, not-owner,
// not-possessor, those of opening entries, wrong-level, marked, recalled,
// expired, at-consignee, noticed.
type Dispense struct {
	Partial  bool      `json:"partial,omitempty"`
	Openings []Opening `json:"openings"`
}

// Kind is KindDispense.
func (*Dispense) Kind() Kind { return KindDispense }

func (o *Dispense) opened() int { return countOpened(o.Openings) }

func (o *Dispense) encode(e *wire.Encoder) {
	e.Bool(o.Partial)
	writeOpenings(e, o.Openings)
}

func (o *Dispense) decode(d *wire.Decoder) {
	o.Partial, o.Openings = d.Bool(), readOpenings(d)
	if len(o.Openings) == 0 {
		d.Fail("at least one item is dispensed")
	}
}

func (o *Dispense) validate(d *draft) error {
	if err := d.active(RoleDispenser); err != nil {
		return err
	}
	items, err := d.open(o.Openings, want{partial: true, asOwner: true})
	if err != nil {
		return err
	}
	if err := d.sellableItems(items); err != nil {
		return err
	}
	for i := range items {
		if !d.actsFor(items[i].custody.possessor) {
			return reject(CodeNotPossessor, "possessor %s, signer %s", items[i].custody.possessor, d.by)
		}
		if o.Partial && items[i].shipment != 0 {
			return reject(CodeAtConsignee, "%s is on shipment %d", items[i].entry.Key, items[i].shipment)
		}
	}
	to := Dispensed
	if o.Partial {
		to = Partial
	}
	d.release(items, to, HoldingID{})
	return nil
}
