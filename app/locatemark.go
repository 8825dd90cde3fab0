package app

import (
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// LocateMark attaches the marks of a key to the holding that the key is in, so
// that they reach sealed goods (rule 7). Anyone who can show where it is may
// sign.
//
// Codes: suspended, mark-unknown, holding-unknown, segment-unknown,
// opening-invalid, wrong-level, moved, ended, container-in-use.
type LocateMark struct {
	Key gs1.Key `json:"key"`
	Spot
}

// Kind is KindLocateMark.
func (*LocateMark) Kind() Kind { return KindLocateMark }

func (o *LocateMark) encode(e *wire.Encoder) {
	e.String8(string(o.Key))
	o.Spot.encode(e)
}

func (o *LocateMark) decode(d *wire.Decoder) {
	o.Key, o.Spot = readKey(d), readSpot(d)
	if o.Opening == nil && o.Container.IsZero() {
		d.Fail("where the key is must be shown")
	}
}

func (o *LocateMark) validate(d *draft) error {
	if err := standing(d.by, d.signer); err != nil {
		return err
	}
	l, err := d.spot(o.Key, &o.Spot)
	if err != nil {
		return err
	}
	m := d.marks.get(o.Key)
	if m == nil {
		return reject(CodeMarkUnknown, "%s bears no mark", o.Key)
	}
	if !m.Located.IsZero() {
		return nil // moves keep it located: it is this holding, or that of a duplicate
	}
	d.marks.edit(o.Key).Located = l[0]
	d.recountMark(m, false)
	return nil
}
