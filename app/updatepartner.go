package app

import (
	"slices"

	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// UpdatePartner renews what is registered about a partner: name, address,
// credential, further company prefixes and, for a partner that a member
// sponsored, its roles. An active member signs that is not the partner itself,
// and stands for the evidence of the licence, as in SponsorPartner; or a
// regulator does. A founder's licence is so renewed by another member; its
// roles change by governance only.
//
// What takes something away, a credential that begins later or ends earlier or
// a role less, is a suspension by another name: it needs who may suspend the
// partner (see SuspendPartner). So does another name or address, for a
// competitor could write it wrongly. A company prefix stays with its partner
// for ever, because identifiers stand under it.
//
// Codes: suspended, not-member, not-authorized, partner-unknown, role-missing,
// out-of-range, prefix-taken.
type UpdatePartner struct {
	GLN gs1.GLN `json:"gln"`
	// PartnerInfo replaces the whole of what is registered.
	PartnerInfo
}

// Kind is KindUpdatePartner.
func (*UpdatePartner) Kind() Kind { return KindUpdatePartner }

func (o *UpdatePartner) encode(e *wire.Encoder) {
	e.Raw(o.GLN[:])
	o.PartnerInfo.encode(e)
}

func (o *UpdatePartner) decode(d *wire.Decoder) {
	o.GLN, o.PartnerInfo = readGLN(d), readPartnerInfo(d)
}

func (o *UpdatePartner) validate(d *draft) error {
	if err := standing(d.by, d.signer); err != nil {
		return err
	}
	if !d.signer.Member() && !d.signer.Roles.Has(RoleRegulator) {
		return reject(CodeNotMember, "partner %s", d.by)
	}
	p := d.partners.get(o.GLN)
	if p == nil {
		return reject(CodePartnerUnknown, "GLN %s", o.GLN)
	}
	if d.actsFor(o.GLN) {
		return reject(CodeNotAuthorized, "partner %s does not vouch for itself: another member does", d.by)
	}
	if err := o.mayChange(d, p); err != nil {
		return err
	}
	for _, prefix := range o.Prefixes {
		if slices.Contains(p.Prefixes, prefix) {
			continue
		}
		if err := d.takePrefix(prefix, o.GLN); err != nil {
			return err
		}
	}
	d.partners.edit(o.GLN).PartnerInfo = o.PartnerInfo
	return nil
}

// mayChange judges the new values against those of the record.
func (o *UpdatePartner) mayChange(d *draft, p *Partner) error {
	if o.Name == "" || o.Credential.From >= o.Credential.Until {
		return reject(CodeOutOfRange, "a partner has a name and a credential that is valid for some time")
	}
	for _, prefix := range p.Prefixes {
		if !slices.Contains(o.Prefixes, prefix) {
			return reject(CodeOutOfRange, "prefix %s stays with partner %s", prefix, o.GLN)
		}
	}
	if p.Sponsor.IsZero() && o.Roles != p.Roles {
		return reject(CodeRoleMissing, "founder %s stays %s, found %s: roles of founders change by governance", o.GLN, p.Roles, o.Roles)
	}
	if !p.Sponsor.IsZero() && o.Roles&^sponsored != 0 {
		return reject(CodeRoleMissing, "a member vouches for %s only, found %s", sponsored, o.Roles)
	}
	if o.takesFrom(&p.PartnerInfo) && !d.maySuspend(p) {
		return reject(CodeNotAuthorized, "%s is renamed, or loses of its credential or roles, by its sponsor or a regulator only; sponsor %s, signer %s", o.GLN, optionalGLN(p.Sponsor), d.by)
	}
	return nil
}

// takesFrom reports whether the update leaves the partner with less than it
// had, or with another name.
func (o *UpdatePartner) takesFrom(was *PartnerInfo) bool {
	return was.Name != o.Name || was.Address != o.Address || was.Roles&^o.Roles != 0 || o.Credential.From > was.Credential.From || o.Credential.Until < was.Credential.Until
}
