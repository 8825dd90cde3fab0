package app

import (
	"crypto/ed25519"

	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// SponsorPartner brings a dispenser, a 3PL or an auditor into the network. A
// member signs and stands for the evidence of the partner's licence. Members
// and regulators come in by governance.
//
// Codes: not-member, suspended, partner-exists, role-missing, key-exists,
// prefix-taken, out-of-range.
type SponsorPartner struct {
	GLN gs1.GLN `json:"gln"`
	PartnerInfo
	// Keys are the partner's operations keys, ascending, 1 to 8.
	Keys []PublicKey `json:"keys"`
}

const maxSponsoredKeys = 8

// sponsored are the roles that one member alone may vouch for.
const sponsored = RoleDispenser | RoleLogistics | RoleAuditor

// Kind is KindSponsorPartner.
func (*SponsorPartner) Kind() Kind { return KindSponsorPartner }

func (o *SponsorPartner) encode(e *wire.Encoder) {
	e.Raw(o.GLN[:])
	o.PartnerInfo.encode(e)
	e.Count(len(o.Keys))
	for _, k := range o.Keys {
		e.Raw(k)
	}
}

func (o *SponsorPartner) decode(d *wire.Decoder) {
	o.GLN, o.PartnerInfo = readGLN(d), readPartnerInfo(d)
	n := d.Count(maxSponsoredKeys, ed25519.PublicKeySize)
	if n == 0 {
		d.Fail("a partner has at least one key")
	}
	for i := range n {
		k := make(PublicKey, ed25519.PublicKeySize)
		d.Raw(k)
		if i > 0 && string(o.Keys[i-1]) >= string(k) {
			d.Fail("keys are not ascending")
		}
		o.Keys = append(o.Keys, k)
	}
}

func (o *SponsorPartner) validate(d *draft) error {
	if !d.signer.Member() {
		return reject(CodeNotMember, "partner %s", d.by)
	}
	if err := standing(d.by, d.signer); err != nil {
		return err
	}
	if o.Roles&^sponsored != 0 {
		return reject(CodeRoleMissing, "a member sponsors %s only, found %s", sponsored, o.Roles)
	}
	if o.Name == "" || o.Credential.From >= o.Credential.Until {
		return reject(CodeOutOfRange, "a partner has a name and a credential that is valid for some time")
	}
	if d.partners.get(o.GLN) != nil {
		return reject(CodePartnerExists, "GLN %s", o.GLN)
	}
	for _, prefix := range o.Prefixes {
		if err := d.takePrefix(prefix, o.GLN); err != nil {
			return err
		}
	}
	for _, k := range o.Keys {
		id := NewKeyID(Ed25519, k)
		if d.keys.get(id) != nil {
			return reject(CodeKeyExists, "key %s", id)
		}
		d.keys.put(id, NewKey(o.GLN, ed25519.PublicKey(k), 0))
	}
	d.partnerKeys.put(o.GLN, newPartnerKeys(o.Keys))
	d.partners.put(o.GLN, &Partner{PartnerInfo: o.PartnerInfo, Standing: StandingActive, Sponsor: d.by})
	return nil
}

// takePrefix gives a company prefix to a partner, unless it overlaps one that
// is taken: a shorter one it begins with, or a longer one that begins with it.
func (d *draft) takePrefix(prefix gs1.CompanyPrefix, gln gs1.GLN) error {
	for n := 1; n <= len(prefix); n++ {
		if owner := d.prefixes.get(prefix[:n]); owner != nil {
			return reject(CodePrefixTaken, "prefix %s is within %s of %s", prefix, prefix[:n], owner)
		}
	}
	taken := false
	d.view.Scan(PrefixKey(prefix), func([]byte, []byte) bool {
		taken = true
		return false
	})
	if taken {
		return reject(CodePrefixTaken, "prefix %s contains another partner's", prefix)
	}
	d.prefixes.put(prefix, &gln)
	return nil
}
