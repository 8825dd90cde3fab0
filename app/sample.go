package app

import "github.com/pedigree-ledger/pedigree/internal/wire"

// Sample uses items up as samples (CBV sampling): for quality control, or to be
// kept for examination in an investigation, which the law demands of suspect
// and illegitimate product (FD&C Act 582(b)(4)(A)(i), (B)(i)(III)); so marks,
// holds, recalls and expiry do not stand in the way. The owner signs. What was
// dispensed in part is no sample.
//
// Codes: those of acting, those of claiming goods, not-owner, those of
// opening entries, partial, wrong-level.
type Sample struct {
	// Reason is for people, at most 80 bytes.
	Reason   string    `json:"reason,omitempty"`
	Openings []Opening `json:"openings"`
}

// Kind is KindSample.
func (*Sample) Kind() Kind { return KindSample }

func (o *Sample) opened() int { return countOpened(o.Openings) }

func (o *Sample) encode(e *wire.Encoder) {
	e.String8(o.Reason)
	writeOpenings(e, o.Openings)
}

func (o *Sample) decode(d *wire.Decoder) {
	o.Reason, o.Openings = readText(d, maxReasonBytes), readOpenings(d)
	if len(o.Openings) == 0 {
		d.Fail("at least one item is sampled")
	}
}

func (o *Sample) validate(d *draft) error {
	return d.endItems(o.Openings, want{asOwner: true}, Sampled)
}
