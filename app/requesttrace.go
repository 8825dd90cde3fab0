package app

import (
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// RequestTrace asks a partner for transaction information, for the owners it
// knows of, or to verify a product identifier, and begins the clock of the
// answer (FD&C Act 582(b)(1)(B), (c)(1)(C), (d)(1)(D), (b)(4)(C)). A regulator
// may ask for any reason; any other active trading partner for a suspect or
// illegitimate product, or for a verification. The answer is due one business
// day from the block, at most 48 hours; two business days when the partner is
// a dispenser only; 24 hours for a verification. Data is the number of the
// request.
//
// Codes: those of acting, not-authorized, partner-unknown.
type RequestTrace struct {
	TraceTerms
}

// Kind is KindRequestTrace.
func (*RequestTrace) Kind() Kind { return KindRequestTrace }

func (o *RequestTrace) encode(e *wire.Encoder) { o.TraceTerms.encode(e) }

func (o *RequestTrace) decode(d *wire.Decoder) { o.TraceTerms = readTraceTerms(d) }

func (o *RequestTrace) validate(d *draft) error {
	if err := o.mayAsk(d); err != nil {
		return err
	}
	if d.actsFor(o.To) {
		return reject(CodeNotAuthorized, "partner %s asks itself", d.by)
	}
	to := d.partners.get(o.To)
	if to == nil {
		return reject(CodePartnerUnknown, "partner %s", o.To)
	}
	n := d.nextNumber(nameRequests)
	r := &TraceRequest{By: d.by, TraceTerms: o.TraceTerms, Height: d.block.Height, Time: d.block.Time, Due: d.traceDue(o.Ask, to)}
	d.requests.put(n, r)
	d.data = u64(n)
	d.emit(EventTraceRequested, "number", num(n), "to", o.To.String(), "due", num(r.Due))
	return nil
}

// mayAsk lets regulators ask for any reason, and trading partners where the
// Act obliges the other one to answer them.
func (o *RequestTrace) mayAsk(d *draft) error {
	if err := standing(d.by, d.signer); err != nil || d.signer.Roles.Has(RoleRegulator) {
		return err
	}
	if o.Ask != AskVerification && o.Reason != ReasonSuspect && o.Reason != ReasonIllegitimate {
		return reject(CodeRoleMissing, "partner %s is %s; %s for reason %s is asked by a %s", d.by, d.signer.Roles, o.Ask, o.Reason, RoleRegulator)
	}
	return d.active(anyTrader)
}

// traceDue is when a partner that is asked in this block has to have answered.
func (d *draft) traceDue(ask TraceAsk, to *Partner) uint64 {
	now := d.block.Time
	switch {
	case ask == AskVerification:
		return now + d.params.VerificationHours*secondsPerHour
	case to.Roles&anyTrader == RoleDispenser:
		return d.calendar().AddBusinessDays(now, d.params.DispenserTraceBusinessDays)
	default:
		return min(d.calendar().AddBusinessDays(now, d.params.TraceBusinessDays), now+d.params.TraceMaxHours*secondsPerHour)
	}
}

// nextNumber counts one further record of a numbered kind.
func (d *draft) nextNumber(name string) uint64 {
	n := uint64(1)
	if last := d.counters.get(name); last != nil {
		n = *last + 1
	}
	d.counters.put(name, &n)
	return n
}
