package testnet

import (
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/node"
)

// LedgerGenesis makes Pedigree's genesis for Options.Genesis: the members, and
// further founders that are none. Member i is a manufacturer, repackager and
// wholesaler at once, under the company prefix that MemberPrefix gives.
func LedgerGenesis(params app.Params, others ...app.GenesisPartner) func([]Member) (json.RawMessage, error) {
	return func(members []Member) (json.RawMessage, error) {
		g := app.Genesis{Params: params, Partners: slices.Clone(others)}
		for _, m := range members {
			p, err := m.Founder()
			if err != nil {
				return nil, err
			}
			g.Partners = append(g.Partners, p)
		}
		slices.SortFunc(g.Partners, func(a, b app.GenesisPartner) int {
			return strings.Compare(a.GLN.String(), b.GLN.String())
		})
		if err := g.Check(); err != nil {
			return nil, err
		}
		return json.Marshal(&g)
	}
}

// MemberPrefix is the GS1 company prefix of member i, of seven digits.
func MemberPrefix(i int) gs1.CompanyPrefix { return gs1.CompanyPrefix(fmt.Sprintf("08600%02d", i)) }

// GLN is the member's identity as a trading partner: location 0 under its
// prefix.
func (m Member) GLN() (gs1.GLN, error) {
	digits := string(MemberPrefix(m.Index)) + "00000"
	check, err := gs1.CheckDigit(digits)
	if err != nil {
		return gs1.GLN{}, fmt.Errorf("testnet: %w", err)
	}
	return gs1.ParseGLN(digits + string(rune(check)))
}

// Founder is the member as it stands in a genesis.
func (m Member) Founder() (app.GenesisPartner, error) {
	gln, err := m.GLN()
	if err != nil {
		return app.GenesisPartner{}, err
	}
	public, ok := m.Operations.Public().(ed25519.PublicKey)
	if !ok {
		return app.GenesisPartner{}, fmt.Errorf("testnet: %s has no Ed25519 key", m.Name)
	}
	return app.GenesisPartner{
		GLN: gln,
		PartnerInfo: app.PartnerInfo{
			Name: m.Name, Address: "1 Main Street, Springfield",
			Roles:    app.RoleManufacturer | app.RoleRepackager | app.RoleWholesaler,
			Prefixes: []gs1.CompanyPrefix{MemberPrefix(m.Index)},
			// 1990 to 2060, so that a document of any year can be loaded.
			Credential: app.Credential{From: 631152000, Until: 2840140800},
		},
		Keys: []app.PublicKey{app.PublicKey(public)}, Consensus: m.Identity.Consensus,
	}, nil
}

// UseLedger is an Options.Prepare that runs Pedigree itself.
func UseLedger(_ int, c *node.Config) error {
	_, err := node.UseLedger(c)
	return err
}
