package app

import (
	"github.com/pedigree-ledger/pedigree/app/merkle"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// Repackage ends items and brings new ones into being out of their contents
// (CBV repackaging; FD&C Act 582(e)): one bulk bottle in, thirty unit doses
// out. A manufacturer or repackager signs that owns and possesses the inputs
// and is the labeler of the new product. What is marked, on hold, recalled or
// expired is not repackaged; what was dispensed in part may be. The new lot
// does not outlive the old ones. The new commission names the inputs by their
// root, and every input leads to the first of the new runs, so that old and
// new identifiers stay associated.
//
// Codes: those of acting, product-unknown, not-labeler, wrong-level,
// surrogate-serial, those of claiming goods, not-owner, not-possessor, those
// of opening entries, marked, recalled, expired, duplicate-key, expiry-past,
// expiry-too-late, expiry-mismatch, exempt-mismatch, run-exists.
type Repackage struct {
	// Openings are the items that are used up.
	Openings []Opening `json:"openings"`
	// Into are the new items. They bear identifiers: Exempt is none.
	Into Commission `json:"into"`
}

// Kind is KindRepackage.
func (*Repackage) Kind() Kind { return KindRepackage }

func (o *Repackage) opened() int { return countOpened(o.Openings) }

func (o *Repackage) encode(e *wire.Encoder) {
	writeOpenings(e, o.Openings)
	o.Into.encode(e)
}

func (o *Repackage) decode(d *wire.Decoder) {
	o.Openings = readOpenings(d)
	if len(o.Openings) == 0 {
		d.Fail("at least one item is repackaged")
	}
	o.Into.decode(d)
	if o.Into.Exempt != LotNotExempt {
		d.Fail("what is repackaged gets identifiers, found exempt %s", o.Into.Exempt)
	}
}

func (o *Repackage) validate(d *draft) error {
	if err := o.Into.mayCommission(d); err != nil {
		return err
	}
	items, err := d.open(o.Openings, want{partial: true, asOwner: true})
	if err != nil {
		return err
	}
	if err := d.sellableItems(items); err != nil {
		return err
	}
	if err := o.mayUseUp(d, items); err != nil {
		return err
	}
	root, err := InputsRoot(o.Openings)
	if err != nil {
		return err
	}
	in := inputs{root: root, count: uint32(len(items)), sources: sources(items), left: d.leaveTime(items)}
	d.release(items, Repackaged, o.Into.firstRun())
	return o.Into.create(d, &in)
}

// mayUseUp checks that the inputs are at hand and live as long as what is made
// of them.
func (o *Repackage) mayUseUp(d *draft, items []taken) error {
	for i := range items {
		t := &items[i]
		if !d.actsFor(t.custody.possessor) {
			return reject(CodeNotPossessor, "possessor %s, signer %s", t.custody.possessor, d.by)
		}
		if lot := d.lots.get(t.entry.LotID()); o.Into.Expiry > lot.Expiry {
			return reject(CodeExpiryTooLate, "expiry %s, but %s expires %s", o.Into.Expiry, t.entry.LotID(), lot.Expiry)
		}
	}
	return nil
}

// inputs are what a commission was made of; nil for one out of nothing.
type inputs struct {
	root    merkle.Hash
	count   uint32
	sources []HoldingID
	left    uint64
}

// InputsRoot is the RFC 6962 root over the entries that openings show, as they
// stood there, ascending by key: what a CommissionRecord names its inputs by.
// The error is a *Rejection when a key stands there twice.
func InputsRoot(openings []Opening) (merkle.Hash, error) {
	var entries []Entry
	for i := range openings {
		entries = append(entries, openings[i].Entries...)
	}
	pieces, err := cut(entries)
	if err != nil {
		return merkle.Hash{}, err
	}
	roots := make([]merkle.Hash, len(pieces))
	for i := range pieces {
		roots[i] = pieces[i].root
	}
	return merkle.RootOfSegments(roots), nil
}

// firstRun is the id of the run of a commission's first serials.
func (o *Commission) firstRun() HoldingID {
	return RunID(o.GTIN, o.Lot, o.segments()[0].root)
}
