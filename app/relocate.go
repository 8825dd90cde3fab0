package app

import (
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// Relocate moves goods to another site or into another partner's possession;
// the owner stays (no DSCSA transaction). Whole outermost holdings, and items
// opened out of them into one new loose holding. The owner or the possessor
// signs. What was dispensed in part moves to another site of its possessor
// only, inside the holding it is in.
//
// Codes: those of acting, those of claiming goods, not-possessor, those of
// opening entries, partial, wrong-level, partner-unknown, nothing-named,
// has-parent, container-in-use, role-conflict, custody-differs,
// duplicate-key, too-many-lots, holding-exists.
type Relocate struct {
	Possessor gs1.GLN `json:"possessor"`
	Location  gs1.GLN `json:"location"`
	// Holdings are outermost holdings, strictly ascending, at most 1,024.
	Holdings []HoldingID `json:"holdings,omitempty"`
	// Loose numbers the loose holding of the items opened.
	Loose    uint32    `json:"loose"`
	Openings []Opening `json:"openings,omitempty"`
}

// Kind is KindRelocate.
func (*Relocate) Kind() Kind { return KindRelocate }

func (o *Relocate) opened() int { return countOpened(o.Openings) }

func (o *Relocate) encode(e *wire.Encoder) {
	e.Raw(o.Possessor[:])
	e.Raw(o.Location[:])
	writeHoldingIDs(e, o.Holdings)
	e.Uint32(o.Loose)
	writeOpenings(e, o.Openings)
}

func (o *Relocate) decode(d *wire.Decoder) {
	o.Possessor, o.Location, o.Holdings = readGLN(d), readGLN(d), readHoldingIDs(d)
	o.Loose, o.Openings = d.Uint32(), readOpenings(d)
}

func (o *Relocate) validate(d *draft) error {
	if err := d.active(anyTrader); err != nil {
		return err
	}
	if err := o.checkPossessor(d); err != nil {
		return err
	}
	if len(o.Holdings) == 0 && len(o.Openings) == 0 {
		return reject(CodeNothingNamed, "relocation to %s", o.Location)
	}
	items, err := d.open(o.Openings, want{})
	if err != nil {
		return err
	}
	if err := noOverlap(o.Holdings, items); err != nil {
		return err
	}
	for _, id := range o.Holdings {
		if _, err := d.needWhole(id); err != nil {
			return err
		}
		if err := d.claimWhole(id, false); err != nil {
			return err
		}
		if h := d.holdings.get(id); h.Possessor != o.Possessor {
			if err := noPartials(id, h); err != nil {
				return err
			}
		}
		o.place(d, id)
	}
	if len(items) == 0 {
		return nil
	}
	c, err := itemsCustody(items)
	if err != nil {
		return err
	}
	id, err := d.newLoose(items, o.Loose, c)
	if err != nil {
		return err
	}
	o.place(d, id)
	return nil
}

// checkPossessor judges the partner that is to possess the goods.
func (o *Relocate) checkPossessor(d *draft) error {
	p := d.partners.get(o.Possessor)
	if p == nil {
		return reject(CodePartnerUnknown, "possessor %s", o.Possessor)
	}
	return d.authorised(o.Possessor, p, anyTrader)
}

// place gives a holding its new possessor and site.
func (o *Relocate) place(d *draft, id HoldingID) {
	h := d.holdings.edit(id)
	h.Possessor, h.Location = o.Possessor, o.Location
	d.touch(id)
	d.raise(id, 0)
}
