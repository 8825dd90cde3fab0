package app

import (
	"fmt"
	"strings"

	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// Roles are what a partner is, as bits. A firm may be several things.
type Roles uint8

// The roles of design 01, section 3.
const (
	RoleManufacturer Roles = 1 << 0
	RoleRepackager   Roles = 1 << 1
	RoleWholesaler   Roles = 1 << 2
	RoleLogistics    Roles = 1 << 3
	RoleDispenser    Roles = 1 << 4
	RoleRegulator    Roles = 1 << 5
	RoleAuditor      Roles = 1 << 6

	roleCount = 7
)

// roleNames is in the order of the bits.
func roleNames() [roleCount]string {
	return [roleCount]string{"manufacturer", "repackager", "wholesaler", "logistics", "dispenser", "regulator", "auditor"}
}

// Has reports whether r has at least one of the roles.
func (r Roles) Has(any Roles) bool { return r&any != 0 }

// String lists the roles, joined by "+".
func (r Roles) String() string {
	var out []string
	for i, name := range roleNames() {
		if r&(1<<i) != 0 {
			out = append(out, name)
		}
	}
	return strings.Join(out, "+")
}

// MarshalText writes the roles' names.
func (r Roles) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads roles joined by "+".
func (r *Roles) UnmarshalText(p []byte) error {
	*r = 0
	for _, name := range strings.Split(string(p), "+") {
		bit := roleByName(name)
		if bit == 0 {
			return fmt.Errorf("%q is no role: one of %s", name, Roles(1<<roleCount-1))
		}
		*r |= bit
	}
	return nil
}

func roleByName(name string) Roles {
	for i, n := range roleNames() {
		if n == name {
			return 1 << i
		}
	}
	return 0
}

// Standing is whether a partner may begin anything new.
type Standing uint8

// The standings.
const (
	StandingActive    Standing = 1
	StandingSuspended Standing = 2
)

// String is the standing's name.
func (s Standing) String() string {
	switch s {
	case StandingActive:
		return "active"
	case StandingSuspended:
		return "suspended"
	default:
		return "unknown"
	}
}

// MarshalText writes the standing's name.
func (s Standing) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Credential is the evidence that a partner is authorised (FD&C Act 581(2)):
// the hash of the licence or registration document, and its validity as event
// times in seconds UTC. Until is exclusive.
type Credential struct {
	// Evidence is the SHA-256 of the document.
	Evidence Digest `json:"evidence"`
	// From and Until bound its validity, as event times in seconds UTC; Until
	// is exclusive.
	From  uint64 `json:"from"`
	Until uint64 `json:"until"`
}

// Covers reports whether the credential was valid at an event's time.
func (c *Credential) Covers(t uint64) bool { return c.From <= t && t < c.Until }

// PartnerInfo is what is registered about a partner.
type PartnerInfo struct {
	// Name is that of the business.
	Name string `json:"name"`
	// Address is the business address of transaction information.
	Address string `json:"address,omitempty"`
	// Roles are what the partner may do, joined by a plus sign.
	Roles Roles `json:"roles"`
	// Prefixes are the GS1 company prefixes of its keys.
	Prefixes []gs1.CompanyPrefix `json:"prefixes,omitempty"`
	// Credential is the evidence that it is authorised.
	Credential Credential `json:"credential"`
}

// Partner is the record of a trading partner ('m'). At most 1,100 bytes.
type Partner struct {
	PartnerInfo
	// Standing is suspended as long as there is a suspension.
	Standing Standing `json:"standing"`
	// Suspensions are at most two: the sponsor's, then a regulator's.
	Suspensions []Suspension `json:"suspensions,omitempty"`
	// Sponsor is the member that brought the partner in; zero for founders.
	Sponsor gs1.GLN `json:"sponsor"`
	// Consensus is the Ed25519 key of a member's validator; nil otherwise.
	Consensus []byte `json:"consensus,omitempty"`
	// Notices counts the notices that stand for the partner: one for each
	// investigation and subject. Without any, selling looks for none.
	Notices uint32 `json:"notices,omitempty"`
}

// Member reports whether the partner runs a validator and votes.
func (p *Partner) Member() bool { return p.Consensus != nil }

// OwnsPrefixOf reports whether an identifier stands under one of the partner's
// company prefixes.
func (p *Partner) OwnsPrefixOf(id interface {
	UnderPrefix(gs1.CompanyPrefix) bool
},
) (gs1.CompanyPrefix, bool) {
	for _, prefix := range p.Prefixes {
		if id.UnderPrefix(prefix) {
			return prefix, true
		}
	}
	return "", false
}

const maxPrefixes = 32

func (p *PartnerInfo) encode(e *wire.Encoder) {
	e.String8(p.Name)
	e.String8(p.Address)
	e.Uint8(uint8(p.Roles))
	e.Count(len(p.Prefixes))
	for _, c := range p.Prefixes {
		e.String8(string(c))
	}
	e.Raw(p.Credential.Evidence[:])
	e.Uint64(p.Credential.From)
	e.Uint64(p.Credential.Until)
}

func readPartnerInfo(d *wire.Decoder) (p PartnerInfo) {
	p.Name, p.Address = readText(d, maxNameBytes), readText(d, maxTextBytes)
	p.Roles = Roles(d.Uint8())
	if p.Roles == 0 || p.Roles >= 1<<roleCount {
		d.Fail("roles %#x are not known", uint8(p.Roles))
	}
	n := d.Count(maxPrefixes, 5)
	for i := range n {
		p.Prefixes = append(p.Prefixes, readPrefix(d))
		if i > 0 && p.Prefixes[i-1] >= p.Prefixes[i] {
			d.Fail("prefixes are not ascending")
		}
	}
	d.Raw(p.Credential.Evidence[:])
	p.Credential.From, p.Credential.Until = d.Uint64(), d.Uint64()
	return p
}

func (p *Partner) encode() []byte {
	e := wire.NewEncoder(256)
	e.Uint8(1)
	p.PartnerInfo.encode(e)
	e.Uint8(uint8(p.Standing))
	if p.Standing == StandingSuspended {
		encodeSuspensions(e, p.Suspensions)
	}
	writeOptionalGLN(e, p.Sponsor)
	e.Bytes8(p.Consensus)
	e.Uint32(p.Notices)
	return e.Bytes()
}

// DecodePartner reads the value of a partner record.
func DecodePartner(v []byte) (*Partner, error) {
	d := wire.NewDecoder(v)
	d.Version(1)
	p := &Partner{PartnerInfo: readPartnerInfo(d), Standing: Standing(d.Uint8())}
	switch p.Standing {
	case StandingActive:
	case StandingSuspended:
		p.Suspensions = readSuspensions(d)
	default:
		d.Fail("unknown standing %d", p.Standing)
	}
	p.Sponsor = readOptionalGLN(d)
	switch p.Consensus = d.Bytes8(32); len(p.Consensus) {
	case 0:
		p.Consensus = nil
	case 32:
	default:
		d.Fail("a consensus key has 32 bytes, found %d", len(p.Consensus))
	}
	p.Notices = d.Uint32()
	return p, d.Finish()
}

func encodePrefixOwner(g *gs1.GLN) []byte {
	return append([]byte{1}, g[:]...)
}

func decodePrefixOwner(v []byte) (*gs1.GLN, error) {
	g, err := DecodePrefixOwner(v)
	return &g, err
}

// DecodePrefixOwner reads the value under a PrefixKey: the partner that the
// company prefix belongs to.
func DecodePrefixOwner(v []byte) (gs1.GLN, error) {
	d := wire.NewDecoder(v)
	d.Version(1)
	g := readGLN(d)
	return g, d.Finish()
}
