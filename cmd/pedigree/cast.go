package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/testnet"
)

// actor is a fictional partner of the demo and of test networks.
type actor struct {
	// short is the actor's name in file names and on the command line.
	short   string
	name    string
	address string
	roles   app.Roles
	prefix  gs1.CompanyPrefix
}

// castMembers are the first members, in the order of the nodes.
func castMembers() []actor {
	return []actor{
		{"alder", "Alder Pharmaceuticals (fictional)", "1 Alder Way, Trenton, NJ, 08601, US", app.RoleManufacturer, "9521001"},
		{"birch", "Birch Biologics (fictional)", "20 Birch Lane, Durham, NC, 27701, US", app.RoleManufacturer, "9521002"},
		{"cedar", "Cedar Drug Wholesale (fictional)", "300 Cedar Road, Columbus, OH, 43215, US", app.RoleWholesaler, "9521003"},
		{"dogwood", "Dogwood Distribution (fictional)", "44 Dogwood Street, Memphis, TN, 38103, US", app.RoleWholesaler, "9521004"},
	}
}

// castOthers are the partners that run no node.
func castOthers() []actor {
	return []actor{
		{"elm", "Elm Street Pharmacy (fictional)", "5 Elm Street, Dublin, OH, 43017, US", app.RoleDispenser, "9521005"},
		{"fir", "Fir Street Pharmacy (fictional)", "66 Fir Street, Reno, NV, 89501, US", app.RoleDispenser, "9521006"},
		{"office", "Office of Drug Integrity (fictional)", "9 Capitol Square, Springfield, IL, 62701, US", app.RoleRegulator, "9521009"},
	}
}

// furtherMember is member i where the first ones are too few: one more
// wholesaler. Prefixes 9521011 and on are kept for them.
func furtherMember(i int) actor {
	n := i - len(castMembers()) + 1
	return actor{
		short: fmt.Sprintf("wholesaler%d", n), name: fmt.Sprintf("Further Wholesaler %d (fictional)", n),
		address: fmt.Sprintf("%d Depot Road, Reno, NV, 89502, US", n), roles: app.RoleWholesaler,
		prefix: gs1.CompanyPrefix(fmt.Sprintf("9521%03d", 10+n)),
	}
}

// cast is everyone in a network of so many members: those who may be members
// first, who are partners without a node where members are fewer.
func cast(members int) []actor {
	first := castMembers()
	for i := len(first); i < members; i++ {
		first = append(first, furtherMember(i))
	}
	return slices.Concat(first, castOthers())
}

// castPartner finds an actor by its short name.
func castPartner(short string) (actor, error) {
	for _, a := range slices.Concat(castMembers(), castOthers()) {
		if a.short == short {
			return a, nil
		}
	}
	return actor{}, fmt.Errorf("nobody in the cast is called %q", short)
}

// gln is location 0 under the actor's prefix.
func (a actor) gln() gs1.GLN {
	digits := string(a.prefix) + "00000"
	check, err := gs1.CheckDigit(digits)
	if err != nil {
		return gs1.GLN{} // the genesis refuses it
	}
	gln, err := gs1.ParseGLN(digits + string(rune(check)))
	if err != nil {
		return gs1.GLN{}
	}
	return gln
}

// founder is the actor as it stands in a genesis.
func (a actor) founder(key app.PublicKey) app.GenesisPartner {
	return app.GenesisPartner{
		GLN: a.gln(),
		PartnerInfo: app.PartnerInfo{
			Name: a.name, Address: a.address, Roles: a.roles, Prefixes: []gs1.CompanyPrefix{a.prefix},
			Credential: app.Credential{
				From:  uint64(time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).Unix()),
				Until: uint64(time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC).Unix()),
			},
		},
		Keys: []app.PublicKey{key},
	}
}

// anyEventAge is the MaxEventAgeDays that lets documents of any year in.
const anyEventAge = 100_000

// castGenesis makes the genesis of a network of the cast for
// testnet.Options.Genesis. The keys of all partners stand in dir/keys; those
// that are missing are made.
func castGenesis(dir string) func([]testnet.Member) (json.RawMessage, error) {
	return func(members []testnet.Member) (json.RawMessage, error) {
		g := &app.Genesis{Params: app.Params{MaxEventAgeDays: anyEventAge}}
		for i, a := range cast(len(members)) {
			s, err := openOrMakeKey(keyPath(dir, a.short), a.gln())
			if err != nil {
				return nil, err
			}
			p := a.founder(s.Public())
			if i < len(members) {
				p.Consensus = members[i].Identity.Consensus
			}
			g.Partners = append(g.Partners, p)
		}
		return encodeAppState(g)
	}
}

// encodeAppState sorts, checks and writes a genesis of the ledger.
func encodeAppState(g *app.Genesis) (json.RawMessage, error) {
	slices.SortFunc(g.Partners, func(a, b app.GenesisPartner) int {
		return strings.Compare(a.GLN.String(), b.GLN.String())
	})
	if err := g.Check(); err != nil {
		return nil, err
	}
	return json.Marshal(g)
}

// keysDir is where the partners' keys of a network on this machine stand.
func keysDir(dir string) string { return filepath.Join(dir, "keys") }

func keyPath(dir, short string) string { return filepath.Join(keysDir(dir), short+".json") }

// openOrMakeKey loads a partner's key, or makes it when there is none.
func openOrMakeKey(path string, partner gs1.GLN) (*client.Signer, error) {
	s, err := client.LoadSigner(path)
	switch {
	case err == nil && s.Partner != partner:
		return nil, fmt.Errorf("key file %s is of partner %s, expected %s: remove it, or use another directory", path, s.Partner, partner)
	case !errors.Is(err, fs.ErrNotExist):
		return s, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	if s, err = client.GenerateSigner(partner); err != nil {
		return nil, err
	}
	return s, s.Save(path)
}

// castSigners loads the keys of a network on this machine, ordered by file name.
func castSigners(dir string) ([]*client.Signer, error) {
	var out []*client.Signer
	err := eachKey(dir, func(_ string, s *client.Signer) { out = append(out, s) })
	if err == nil && len(out) == 0 {
		err = fmt.Errorf("%s holds no keys: make the network first", keysDir(dir))
	}
	return out, err
}

// eachKey calls fn with every key file under dir, ordered by name.
func eachKey(dir string, fn func(path string, s *client.Signer)) error {
	entries, err := os.ReadDir(keysDir(dir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, e := range entries {
		if filepath.Ext(e.Name()) != ".json" {
			continue
		}
		path := filepath.Join(keysDir(dir), e.Name())
		s, err := client.LoadSigner(path)
		if err != nil {
			return err
		}
		fn(path, s)
	}
	return nil
}
