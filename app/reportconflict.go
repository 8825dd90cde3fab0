package app

import (
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// ReportConflict puts on record that the signer has a package in hand which
// the ledger says is elsewhere, or ended. The opening is the evidence of what
// the ledger says. It sets an alerting mark duplicate: two packages bear one
// identity, or one record is wrong.
//
// Codes: suspended, no-conflict, mark-exists, too-many-marks,
// holding-unknown, segment-unknown, opening-invalid, wrong-level, moved.
type ReportConflict struct {
	// Location is the site at which the package is.
	Location gs1.GLN `json:"location"`
	// Opening opens exactly one item, where its life ended or where the
	// ledger says it is now.
	Opening Opening `json:"opening"`
}

// Kind is KindReportConflict.
func (*ReportConflict) Kind() Kind { return KindReportConflict }

func (o *ReportConflict) opened() int { return 1 }

func (o *ReportConflict) encode(e *wire.Encoder) {
	e.Raw(o.Location[:])
	o.Opening.encode(e)
}

func (o *ReportConflict) decode(d *wire.Decoder) {
	o.Location, o.Opening = readGLN(d), readOpening(d)
	if len(o.Opening.Positions) != 1 {
		d.Fail("one item is reported, found %d", len(o.Opening.Positions))
	}
}

func (o *ReportConflict) validate(d *draft) error {
	if err := standing(d.by, d.signer); err != nil {
		return err
	}
	l, err := d.need(o.Opening.Holding)
	if err != nil {
		return err
	}
	items, err := d.show(&o.Opening, l, want{partial: true, ended: true})
	if err != nil {
		return err
	}
	t := &items[0]
	spot := l
	if t.state.Ended() {
		spot = nil
	} else if o.agrees(d, l) {
		return reject(CodeNoConflict, "%s is with %s at %s", t.entry.Key, d.by, o.Location)
	}
	if err := d.addMark(t.entry.Key, MarkDuplicate, false, spot); err != nil {
		return err
	}
	d.emit(EventConflict, "key", string(t.entry.Key), "at", o.Location.String())
	return nil
}

// agrees reports whether the ledger has the goods where the signer says they
// are, or on their way to the signer.
func (o *ReportConflict) agrees(d *draft, l lineage) bool {
	out := d.holdings.get(l.outermost())
	if out.Shipment != 0 && d.actsFor(d.shipments.get(out.Shipment).To) {
		return true
	}
	return d.actsFor(out.Possessor) && out.Location == o.Location
}
