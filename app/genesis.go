package app

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// Genesis is what a network begins with: its parameters and the partners that
// founded it. It is the app_state of CometBFT's genesis file, as JSON; unknown
// fields are errors.
type Genesis struct {
	Params Params `json:"params"`
	// Calendar says which days are business days; absent means
	// DefaultCalendar.
	Calendar *Calendar `json:"calendar,omitempty"`
	// Partners are the founders, ascending by GLN. At least one is a member.
	Partners []GenesisPartner `json:"partners"`
}

// GenesisPartner is one founder.
type GenesisPartner struct {
	GLN gs1.GLN `json:"gln"`
	PartnerInfo
	// Keys are Ed25519 public keys for operations, 32 bytes each.
	Keys []PublicKey `json:"keys"`
	// Consensus is the key of the partner's validator; absent for a partner
	// that is no member.
	Consensus PublicKey `json:"consensus,omitempty"`
}

// PublicKey is an Ed25519 public key; hex in JSON.
type PublicKey []byte

// MarshalText writes hex.
func (k PublicKey) MarshalText() ([]byte, error) { return hexText(k) }

// UnmarshalText reads 64 hex digits, or none.
func (k *PublicKey) UnmarshalText(p []byte) error {
	if len(p) == 0 {
		*k = nil
		return nil
	}
	*k = make([]byte, ed25519.PublicKeySize)
	return unhexText(*k, p)
}

// ParseGenesis reads and checks a genesis.
func ParseGenesis(p []byte) (*Genesis, error) {
	dec := json.NewDecoder(bytes.NewReader(p))
	dec.DisallowUnknownFields()
	g := &Genesis{}
	if err := dec.Decode(g); err != nil {
		return nil, fmt.Errorf("genesis: %w", err)
	}
	if err := g.Check(); err != nil {
		return nil, err
	}
	return g, nil
}

// Check refuses a genesis with which the ledger could not start.
func (g *Genesis) Check() error {
	if err := g.Params.withDefaults().check(); err != nil {
		return fmt.Errorf("genesis: %w", err)
	}
	calendar := g.calendar()
	if err := calendar.check(); err != nil {
		return fmt.Errorf("genesis: %w", err)
	}
	members := 0
	for i := range g.Partners {
		p := &g.Partners[i]
		if err := p.check(); err != nil {
			return fmt.Errorf("genesis: partner %d (%s): %w", i+1, p.GLN, err)
		}
		if i > 0 && g.Partners[i-1].GLN.String() >= p.GLN.String() {
			return fmt.Errorf("genesis: partner %d (%s): partners must be ascending by GLN, without duplicates", i+1, p.GLN)
		}
		if p.Consensus != nil {
			members++
		}
	}
	if members == 0 {
		return fmt.Errorf("genesis: at least one partner must be a member, with a consensus key")
	}
	if err := g.checkPrefixes(); err != nil {
		return err
	}
	return g.checkKeys()
}

// calendar is the calendar given, or the default.
func (g *Genesis) calendar() Calendar {
	if g.Calendar == nil {
		return DefaultCalendar()
	}
	return *g.Calendar
}

// checkPrefixes refuses company prefixes of which one begins with another:
// an identifier would then have two owners.
func (g *Genesis) checkPrefixes() error {
	for i := range g.Partners {
		for j := range g.Partners[:i+1] {
			if a, b, ok := overlap(&g.Partners[i], &g.Partners[j], i == j); ok {
				return fmt.Errorf("genesis: prefix %s of partner %s overlaps %s of partner %s", a, g.Partners[i].GLN, b, g.Partners[j].GLN)
			}
		}
	}
	return nil
}

func overlap(p, q *GenesisPartner, same bool) (a, b gs1.CompanyPrefix, found bool) {
	for i, a := range p.Prefixes {
		for j, b := range q.Prefixes {
			if same && i == j {
				continue
			}
			if strings.HasPrefix(string(a), string(b)) || strings.HasPrefix(string(b), string(a)) {
				return a, b, true
			}
		}
	}
	return "", "", false
}

func (p *GenesisPartner) check() error {
	if p.GLN.IsZero() {
		return fmt.Errorf("gln is missing")
	}
	if p.Name == "" || !printable(p.Name) || len(p.Name) > maxNameBytes {
		return fmt.Errorf("name must be 1 to %d bytes of printable text", maxNameBytes)
	}
	if !slices.IsSorted(p.Prefixes) {
		return fmt.Errorf("prefixes must be ascending")
	}
	if n := len(p.Keys); n == 0 || n > maxPartnerKeys {
		return fmt.Errorf("1 to %d operations keys are needed, found %d", maxPartnerKeys, n)
	}
	e := wire.NewEncoder(256)
	p.PartnerInfo.encode(e)
	d := wire.NewDecoder(e.Bytes())
	readPartnerInfo(d)
	return d.Finish()
}

func (g *Genesis) checkKeys() error {
	seen := make(map[string]bool)
	for i := range g.Partners {
		p := &g.Partners[i]
		for _, k := range append(slices.Clone(p.Keys), p.Consensus) {
			if k == nil {
				continue
			}
			if len(k) != ed25519.PublicKeySize {
				return fmt.Errorf("genesis: partner %s: a key is %d bytes, found %d", p.GLN, ed25519.PublicKeySize, len(k))
			}
			if seen[string(k)] {
				return fmt.Errorf("genesis: partner %s: key %x stands twice", p.GLN, []byte(k))
			}
			seen[string(k)] = true
		}
	}
	return nil
}

// InitGenesis writes the records that a checked genesis describes to an empty
// store. time is the genesis time in seconds UTC.
func InitGenesis(s Store, chainID string, time uint64, g *Genesis) error {
	params := g.Params.withDefaults()
	s.Set(ParamsKey(), params.encode())
	calendar := g.calendar()
	s.Set(CalendarKey(), calendar.encode())
	e := wire.NewEncoder(64)
	e.Uint8(1)
	e.String8(chainID)
	e.Uint64(time)
	s.Set(ChainKey(), e.Bytes())
	for i := range g.Partners {
		p := &g.Partners[i]
		rec := Partner{PartnerInfo: p.PartnerInfo, Standing: StandingActive, Consensus: p.Consensus}
		s.Set(PartnerKey(p.GLN), rec.encode())
		for _, prefix := range p.Prefixes {
			s.Set(PrefixKey(prefix), encodePrefixOwner(&p.GLN))
		}
		s.Set(PartnerKeysKey(p.GLN), newPartnerKeys(p.Keys).encode())
		for _, k := range p.Keys {
			s.Set(KeyKey(NewKeyID(Ed25519, k)), NewKey(p.GLN, ed25519.PublicKey(k), 0).encode())
		}
	}
	return s.Err()
}
