package app

import "github.com/pedigree-ledger/pedigree/internal/wire"

// Decommission takes items' identities out of use (CBV decommissioning): a
// line reject, a damaged label. The owner signs. The serials are never used
// again.
//
// Codes: those of acting, those of claiming goods, not-owner, those of
// opening entries, wrong-level.
type Decommission struct {
	// Reason is for people, at most 80 bytes.
	Reason   string    `json:"reason,omitempty"`
	Openings []Opening `json:"openings"`
}

// Kind is KindDecommission.
func (*Decommission) Kind() Kind { return KindDecommission }

func (o *Decommission) opened() int { return countOpened(o.Openings) }

func (o *Decommission) encode(e *wire.Encoder) {
	e.String8(o.Reason)
	writeOpenings(e, o.Openings)
}

func (o *Decommission) decode(d *wire.Decoder) {
	o.Reason, o.Openings = readText(d, maxReasonBytes), readOpenings(d)
	if len(o.Openings) == 0 {
		d.Fail("at least one item is decommissioned")
	}
}

func (o *Decommission) validate(d *draft) error {
	return d.endItems(o.Openings, want{partial: true, asOwner: true}, Decommissioned)
}
