package app

import (
	"slices"

	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// SuspendPartner suspends a partner, or lifts a suspension: from this tx on the
// partner begins nothing and nobody ships to it. What is on the road to it may
// still be received, refused or voided (rule 11). The member that sponsored
// the partner signs, or a regulator. A regulator's suspension stands beside the
// sponsor's, and only a regulator lifts it; a regulator lifts a regulator's
// first, and with nothing of its kind left the sponsor's.
//
// A regulator may suspend a member's trading, for its licence was revoked; the
// member's validator votes as before. Nobody suspends a regulator, and no
// member another (docs/decisions/0013).
//
// Codes: suspended, partner-unknown, not-authorized, already-suspended,
// not-suspended.
type SuspendPartner struct {
	GLN gs1.GLN `json:"gln"`
	// Lift lifts a suspension instead of setting one.
	Lift bool `json:"lift"`
	// Reason is for people, at most 80 bytes.
	Reason string `json:"reason,omitempty"`
}

// Kind is KindSuspendPartner.
func (*SuspendPartner) Kind() Kind { return KindSuspendPartner }

func (o *SuspendPartner) encode(e *wire.Encoder) {
	e.Raw(o.GLN[:])
	e.Bool(o.Lift)
	e.String8(o.Reason)
}

func (o *SuspendPartner) decode(d *wire.Decoder) {
	o.GLN, o.Lift, o.Reason = readGLN(d), d.Bool(), readText(d, maxReasonBytes)
}

func (o *SuspendPartner) validate(d *draft) error {
	if err := standing(d.by, d.signer); err != nil {
		return err
	}
	p := d.partners.get(o.GLN)
	if p == nil {
		return reject(CodePartnerUnknown, "GLN %s", o.GLN)
	}
	if !d.maySuspend(p) {
		return reject(CodeNotAuthorized, "partner %s is %s, sponsored by %s; signer %s", o.GLN, p.Roles, optionalGLN(p.Sponsor), d.by)
	}
	if o.Lift {
		return o.lift(d, p)
	}
	return o.suspend(d, p)
}

// maySuspend reports whether the signer has a say over a partner's standing:
// its sponsor, or a regulator; over a regulator nobody has.
func (d *draft) maySuspend(p *Partner) bool {
	if p.Roles.Has(RoleRegulator) {
		return false
	}
	return d.signer.Roles.Has(RoleRegulator) || !p.Sponsor.IsZero() && d.actsFor(p.Sponsor)
}

func (o *SuspendPartner) suspend(d *draft, p *Partner) error {
	regulator := d.signer.Roles.Has(RoleRegulator)
	if i := p.suspension(regulator); i >= 0 {
		s := &p.Suspensions[i]
		return reject(CodeAlreadySuspended, "partner %s, by %s at height %d", o.GLN, s.By, s.Height)
	}
	s := Suspension{d.by, regulator, d.block.Height, d.block.Time, o.Reason}
	at := 0
	if regulator {
		at = len(p.Suspensions)
	}
	d.partners.edit(o.GLN).setSuspensions(slices.Insert(slices.Clone(p.Suspensions), at, s))
	d.emit(EventSuspended, "partner", o.GLN.String(), "by", d.by.String())
	return nil
}

func (o *SuspendPartner) lift(d *draft, p *Partner) error {
	if p.Standing == StandingActive {
		return reject(CodeNotSuspended, "partner %s", o.GLN)
	}
	i := len(p.Suspensions) - 1
	if !d.signer.Roles.Has(RoleRegulator) {
		if i = p.suspension(false); i < 0 {
			return reject(CodeNotAuthorized, "partner %s is suspended by regulator %s", o.GLN, p.Suspensions[0].By)
		}
	}
	d.partners.edit(o.GLN).setSuspensions(slices.Delete(slices.Clone(p.Suspensions), i, i+1))
	if p.Standing == StandingActive {
		d.emit(EventReinstated, "partner", o.GLN.String(), "by", d.by.String())
	}
	return nil
}

// optionalGLN is a GLN for people, "nobody" for none.
func optionalGLN(g gs1.GLN) string {
	if g.IsZero() {
		return "nobody"
	}
	return g.String()
}
