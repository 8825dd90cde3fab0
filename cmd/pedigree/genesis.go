package main

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"time"

	"github.com/cometbft/cometbft/types"
	"github.com/spf13/cobra"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/node"
)

// genesisReport is a genesis for people to compare.
type genesisReport struct {
	// Hash is SHA-256 of the file's bytes, which a home pins.
	Hash string `json:"hash"`
	// ValidatorsHash is what light clients that trust the genesis begin with.
	ValidatorsHash string               `json:"validatorsHash"`
	ChainID        string               `json:"chainId"`
	Time           time.Time            `json:"time"`
	Params         app.Params           `json:"params"`
	Members        []app.GenesisPartner `json:"members"`
	Partners       []app.GenesisPartner `json:"partners,omitempty"`
}

func newGenesis(env *environment) *cobra.Command {
	c := &cobra.Command{
		Use:   "genesis",
		Short: "Assemble and show what a network begins with",
	}
	c.AddCommand(newGenesisAssemble(env), newGenesisPartner(env), newGenesisShow(env))
	return c
}

// assembleOptions are the flags of genesis assemble.
type assembleOptions struct {
	partners []string
	chainID  string
	at       string
	out      string
	ageDays  uint64
}

func newGenesisAssemble(env *environment) *cobra.Command {
	var o assembleOptions
	c := &cobra.Command{
		Use:   "assemble MEMBER.json... [--partner PARTNER.json]... --chain-id NAME -o FILE",
		Short: "Make a genesis of the founders' files",
		Long: `Makes the genesis of the members' files, which init writes, and of those of
partners that run no node, which "genesis partner" writes. Every member votes with
the same power. The same files, chain id and --time give the same bytes, so
members may assemble it each for themselves and compare the hash.`,
		RunE: func(_ *cobra.Command, args []string) error { return assembleGenesis(env, &o, args) },
	}
	c.Flags().StringArrayVar(&o.partners, "partner", nil, "the file of a partner that runs no node (may be repeated)")
	c.Flags().StringVar(&o.chainID, "chain-id", "", "the network's name, which every transaction carries")
	c.Flags().StringVar(&o.at, "time", "", "when the network begins, such as 2026-01-31T12:00:00Z; default: now")
	c.Flags().StringVarP(&o.out, "out", "o", "genesis.json", "the file to write; one that exists is not replaced")
	c.Flags().Uint64Var(&o.ageDays, "max-event-age", 0, "how many days old an event may be; 0 is the default of 30, 100000 is no limit, to load history")
	return c
}

func assembleGenesis(env *environment, o *assembleOptions, members []string) error {
	if len(members) == 0 || o.chainID == "" {
		return usage("genesis assemble takes the file of at least one member, and --chain-id")
	}
	at := time.Now()
	if o.at != "" {
		var err error
		if at, err = time.Parse(time.RFC3339, o.at); err != nil {
			return usage("--time is a time such as 2026-01-31T12:00:00Z, found %q", o.at)
		}
	}
	g := &app.Genesis{Params: app.Params{MaxEventAgeDays: o.ageDays}}
	if err := addFounders(g, members, true); err != nil {
		return err
	}
	if err := addFounders(g, o.partners, false); err != nil {
		return err
	}
	raw, err := encodeGenesis(o.chainID, at, g)
	if err != nil {
		return err
	}
	if err := writeNew(o.out, raw); err != nil {
		return err
	}
	_, report, err := loadGenesis(o.out)
	if err != nil {
		return err
	}
	return env.show(report, func(w io.Writer) {
		report.text(w)
		fmt.Fprintf(w, "written to %s\n", o.out)
	})
}

// addFounders reads founders' files; members must have a consensus key, and
// others must not.
func addFounders(g *app.Genesis, paths []string, member bool) error {
	for _, path := range paths {
		f, err := readFounder(path)
		if err != nil {
			return err
		}
		if member != (f.Consensus != nil) {
			return usage("%s: members, which have a consensus key, are arguments; partners that run no node are given with --partner", path)
		}
		if slices.ContainsFunc(g.Partners, func(p app.GenesisPartner) bool { return p.GLN == f.GLN }) {
			return fmt.Errorf("%s: partner %s stands in another file already", path, f.GLN)
		}
		g.Partners = append(g.Partners, f.GenesisPartner)
	}
	return nil
}

// encodeGenesis makes the file of a genesis; the members are the validators, in
// the order of their GLNs.
func encodeGenesis(chainID string, at time.Time, g *app.Genesis) ([]byte, error) {
	state, err := encodeAppState(g)
	if err != nil {
		return nil, err
	}
	var validators []node.Validator
	for i := range g.Partners {
		if p := &g.Partners[i]; p.Consensus != nil {
			validators = append(validators, node.Validator{Name: p.Name, Consensus: p.Consensus})
		}
	}
	doc, err := node.NewGenesis(chainID, at, validators, state)
	if err != nil {
		return nil, err
	}
	return node.EncodeGenesis(doc)
}

// writeNew writes a file that must not exist.
func writeNew(path string, p []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s exists already: it is not replaced", path)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(p)
	return errors.Join(err, f.Close())
}

func newGenesisPartner(env *environment) *cobra.Command {
	var f founderFlags
	var key, out string
	c := &cobra.Command{
		Use:   "partner --gln GLN --name NAME --role ROLE --key FILE -o FILE",
		Short: "Write the file of a founding partner that runs no node",
		Args:  exactly(0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			if key == "" || out == "" {
				return usage("--key and -o are needed: see pedigree key new")
			}
			p, err := f.partner(key)
			if err != nil {
				return err
			}
			if err := p.write(out); err != nil {
				return err
			}
			return env.show(p, p.text)
		},
	}
	f.add(c)
	c.Flags().StringVar(&key, "key", "", "the partner's key file, of which the public half is taken")
	c.Flags().StringVarP(&out, "out", "o", "", "the file to write")
	return c
}

// partner makes the file of a founder that has its key in a file.
func (f *founderFlags) partner(key string) (*founderFile, error) {
	gln, info, err := f.info()
	if err != nil {
		return nil, err
	}
	s, err := client.LoadSigner(key)
	if err != nil {
		return nil, err
	}
	if s.Partner != gln {
		return nil, fmt.Errorf("key file %s is of partner %s, not of %s", key, s.Partner, gln)
	}
	return &founderFile{GenesisPartner: app.GenesisPartner{GLN: gln, PartnerInfo: info, Keys: []app.PublicKey{s.Public()}}}, nil
}

func newGenesisShow(env *environment) *cobra.Command {
	return &cobra.Command{
		Use:   "show FILE",
		Short: "Check a genesis; show its hash, its founders and its parameters",
		Args:  exactly(1, "one genesis file"),
		RunE: func(_ *cobra.Command, args []string) error {
			_, report, err := loadGenesis(args[0])
			if err != nil {
				return err
			}
			return env.show(report, report.text)
		},
	}
}

// loadGenesis reads and checks a genesis file.
func loadGenesis(path string) ([]byte, *genesisReport, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, err
	}
	doc, err := types.GenesisDocFromJSON(raw)
	if err != nil {
		return nil, nil, fmt.Errorf("%s is no genesis: %w", path, err)
	}
	g, err := app.ParseGenesis(doc.AppState)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	sum := sha256Of(raw)
	r := &genesisReport{
		Hash: hex.EncodeToString(sum[:]), ValidatorsHash: fmt.Sprintf("%X", genesisValidators(doc).Hash()),
		ChainID: doc.ChainID, Time: doc.GenesisTime, Params: g.Params,
	}
	for _, p := range g.Partners {
		if p.Consensus != nil {
			r.Members = append(r.Members, p)
		} else {
			r.Partners = append(r.Partners, p)
		}
	}
	return raw, r, nil
}

func sha256Of(p []byte) app.Digest { return sha256.Sum256(p) }

func (r *genesisReport) text(w io.Writer) {
	fmt.Fprintf(w, "chain %s, begins %s\nhash %s\nvalidators %s\n", r.ChainID, r.Time.Format(time.RFC3339), r.Hash, r.ValidatorsHash)
	fmt.Fprintf(w, "members: %d\n", len(r.Members))
	for _, p := range r.Members {
		fmt.Fprintf(w, "  %s %s, %s\n", p.GLN, p.Name, p.Roles)
	}
	if len(r.Partners) > 0 {
		fmt.Fprintf(w, "partners that run no node: %d\n", len(r.Partners))
	}
	for _, p := range r.Partners {
		fmt.Fprintf(w, "  %s %s, %s\n", p.GLN, p.Name, p.Roles)
	}
	p, def := r.Params, app.DefaultParams()
	fmt.Fprintf(w, "parameters\n  clock tolerance %d s, %s, lots per holding %d, retention %d days\n",
		cmp.Or(p.ClockToleranceSeconds, def.ClockToleranceSeconds), ageLimit(cmp.Or(p.MaxEventAgeDays, def.MaxEventAgeDays)),
		cmp.Or(p.MaxLots, def.MaxLots), cmp.Or(p.RetentionDays, def.RetentionDays))
	fmt.Fprintf(w, "  a transaction is valid for %d blocks at most; a key may put %d bytes and %d openings into a block\n",
		cmp.Or(p.MaxValidBlocks, def.MaxValidBlocks), cmp.Or(p.QuotaBytes, def.QuotaBytes), cmp.Or(p.QuotaOpenings, def.QuotaOpenings))
}

// ageLimit is how old events may be, in words.
func ageLimit(days uint64) string {
	if days >= anyEventAge {
		return "events of any age"
	}
	return fmt.Sprintf("events at most %d days old", days)
}
