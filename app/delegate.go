package app

import (
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// Delegate lets another partner sign on the signer's behalf: a 3PL that packs
// and ships for the owner, a service that reports for a pharmacy (FD&C Act
// 582(d)(1)(B)), a manufacturer that drop-ships what a wholesaler sells. Any
// active partner signs, for itself only. What it says replaces what the signer
// delegated to that agent before; an empty scope takes it back, which a
// suspended partner may do as well: its key may have been stolen, as in
// RotateKey. An agent passes nothing on.
//
// Codes: suspended, partner-unknown, out-of-range, not-delegated.
type Delegate struct {
	// Agent is another registered partner.
	Agent gs1.GLN `json:"agent"`
	Scope
	// From and Until bound the event times that it covers, in seconds UTC.
	// Until is exclusive. Both are 0 when nothing is delegated any more.
	From  uint64 `json:"from"`
	Until uint64 `json:"until"`
}

// Kind is KindDelegate.
func (*Delegate) Kind() Kind { return KindDelegate }

func (o *Delegate) encode(e *wire.Encoder) {
	e.Raw(o.Agent[:])
	o.Scope.encode(e)
	e.Uint64(o.From)
	e.Uint64(o.Until)
}

func (o *Delegate) decode(d *wire.Decoder) {
	o.Agent, o.Scope, o.From, o.Until = readGLN(d), readScope(d), d.Uint64(), d.Uint64()
	if o.Empty() && (o.From != 0 || o.Until != 0) {
		d.Fail("an empty scope has no validity, found %d to %d", o.From, o.Until)
	}
}

func (o *Delegate) validate(d *draft) error {
	if !o.Empty() {
		if err := standing(d.by, d.signer); err != nil {
			return err
		}
	}
	if err := o.checkScope(d); err != nil {
		return err
	}
	ref := delegationRef{d.by, o.Agent}
	d.emit(EventDelegated, "principal", d.by.String(), "agent", o.Agent.String(), "until", num(o.Until))
	if !o.Empty() {
		d.delegations.put(ref, &Delegation{Scope: o.Scope, From: o.From, Until: o.Until, Height: d.block.Height, Time: d.block.Time})
		return nil
	}
	if d.delegations.get(ref) == nil {
		return reject(CodeNotDelegated, "%s has delegated nothing to %s", d.by, o.Agent)
	}
	d.delegations.remove(ref)
	return nil
}

// checkScope judges who gets what, and for how long.
func (o *Delegate) checkScope(d *draft) error {
	if o.Agent == d.by {
		return reject(CodeOutOfRange, "partner %s needs no delegation to sign for itself", d.by)
	}
	if d.partners.get(o.Agent) == nil {
		return reject(CodePartnerUnknown, "agent %s", o.Agent)
	}
	for _, k := range o.Ops {
		if !k.Delegable() {
			return reject(CodeOutOfRange, "%s is signed by the partner itself and cannot be delegated", k)
		}
	}
	if !o.Empty() && o.From >= o.Until {
		return reject(CodeOutOfRange, "it would be valid from %d until %d: never", o.From, o.Until)
	}
	return nil
}
