package app

import (
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// Suspension says who suspended a partner, and when. It takes effect with the
// tx that sets it and is judged at the block, never at an event's time (rule
// 11): it stops what the partner would begin, not what is on the road to it.
type Suspension struct {
	// By is the partner that set it.
	By gs1.GLN `json:"by"`
	// Regulator says that a regulator set it, so that only a regulator lifts
	// it; otherwise the sponsor did.
	Regulator bool `json:"regulator"`
	// Height and Time are the block's; Time in seconds UTC.
	Height uint64 `json:"height"`
	Time   uint64 `json:"time"`
	// Reason is for people, at most 80 bytes.
	Reason string `json:"reason,omitempty"`
}

// maxSuspensions is one of the sponsor and one of a regulator.
const maxSuspensions = 2

// suspension returns the suspension of a sponsor or of a regulator, -1 if
// there is none.
func (p *Partner) suspension(regulator bool) int {
	for i := range p.Suspensions {
		if p.Suspensions[i].Regulator == regulator {
			return i
		}
	}
	return -1
}

// setSuspensions replaces the suspensions, and the standing with them.
func (p *Partner) setSuspensions(all []Suspension) {
	p.Suspensions, p.Standing = all, StandingSuspended
	if len(all) == 0 {
		p.Suspensions, p.Standing = nil, StandingActive
	}
}

func encodeSuspensions(e *wire.Encoder, all []Suspension) {
	e.Count(len(all))
	for i := range all {
		s := &all[i]
		e.Raw(s.By[:])
		e.Bool(s.Regulator)
		e.Uint64(s.Height)
		e.Uint64(s.Time)
		e.String8(s.Reason)
	}
}

func readSuspensions(d *wire.Decoder) []Suspension {
	n := d.Count(maxSuspensions, 31)
	if n == 0 {
		d.Fail("a suspended partner has a suspension")
	}
	var out []Suspension
	for i := range n {
		out = append(out, Suspension{readGLN(d), d.Bool(), d.Uint64(), d.Uint64(), readText(d, maxReasonBytes)})
		if i > 0 && !(out[i].Regulator && !out[i-1].Regulator) {
			d.Fail("of two suspensions the first is the sponsor's, the second a regulator's")
		}
	}
	return out
}
