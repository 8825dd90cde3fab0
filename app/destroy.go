package app

import "github.com/pedigree-ledger/pedigree/internal/wire"

// Destroy ends the life of items by destroying them (CBV destroying): expired,
// recalled, damaged or illegitimate goods, or the rest of one dispensed in
// part. The owner signs. No mark, hold, recall or expiry stands in the way:
// that is what it is for (rules 4 and 8).
//
// Codes: those of acting, those of claiming goods, not-owner, those of
// opening entries, wrong-level.
type Destroy struct {
	// Reason is for people, at most 80 bytes.
	Reason   string    `json:"reason,omitempty"`
	Openings []Opening `json:"openings"`
}

// Kind is KindDestroy.
func (*Destroy) Kind() Kind { return KindDestroy }

func (o *Destroy) opened() int { return countOpened(o.Openings) }

func (o *Destroy) encode(e *wire.Encoder) {
	e.String8(o.Reason)
	writeOpenings(e, o.Openings)
}

func (o *Destroy) decode(d *wire.Decoder) {
	o.Reason, o.Openings = readText(d, maxReasonBytes), readOpenings(d)
	if len(o.Openings) == 0 {
		d.Fail("at least one item is destroyed")
	}
}

func (o *Destroy) validate(d *draft) error {
	return d.endItems(o.Openings, want{partial: true, asOwner: true}, Destroyed)
}

// endItems ends the life of items whatever stands on them: what an end needs
// is only that the signer may end it.
func (d *draft) endItems(openings []Opening, w want, to State) error {
	if err := d.active(anyTrader); err != nil {
		return err
	}
	items, err := d.open(openings, w)
	if err != nil {
		return err
	}
	d.release(items, to, HoldingID{})
	return nil
}
