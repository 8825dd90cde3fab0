package app

import "github.com/pedigree-ledger/pedigree/internal/wire"

// Decommission takes items' identities out of use (CBV decommissioning): a
// line reject, a damaged label; or, with Missing, writes off what is lost (CBV
// stock_taking finds it gone). The owner signs. The serials are never used
// again: whoever finds such a package reports the conflict.
//
// Codes: those of acting, those of claiming goods, not-owner, those of
// opening entries, wrong-level.
type Decommission struct {
	// Reason is for people, at most 80 bytes.
	Reason string `json:"reason,omitempty"`
	// Missing: the items are not there to be taken out of use; their state
	// is then missing, not decommissioned.
	Missing  bool      `json:"missing,omitempty"`
	Openings []Opening `json:"openings"`
}

// Kind is KindDecommission.
func (*Decommission) Kind() Kind { return KindDecommission }

func (o *Decommission) opened() int { return countOpened(o.Openings) }

func (o *Decommission) encode(e *wire.Encoder) {
	e.String8(o.Reason)
	e.Bool(o.Missing)
	writeOpenings(e, o.Openings)
}

func (o *Decommission) decode(d *wire.Decoder) {
	o.Reason, o.Missing, o.Openings = readText(d, maxReasonBytes), d.Bool(), readOpenings(d)
	if len(o.Openings) == 0 {
		d.Fail("at least one item is decommissioned")
	}
}

func (o *Decommission) validate(d *draft) error {
	to := Decommissioned
	if o.Missing {
		to = Missing
	}
	return d.endItems(o.Openings, want{partial: true, asOwner: true}, to)
}
