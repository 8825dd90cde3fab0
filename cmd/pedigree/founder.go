package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// founderFile is what a founder tells the others about itself, all of it
// public: what stands in the genesis, and where a member's node is reached.
type founderFile struct {
	app.GenesisPartner
	Node *nodeAddress `json:"node,omitempty"`
}

// nodeAddress is how other validators reach a member's node.
type nodeAddress struct {
	ID      string `json:"id"`
	Address string `json:"address"`
}

// peer is the address in the form of node.Settings.Peers.
func (a *nodeAddress) peer() string { return a.ID + "@" + a.Address }

// maxFounderFile bounds a founder's file.
const maxFounderFile = 1 << 20

// readFounder reads and checks the file of a founder.
func readFounder(path string) (*founderFile, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(io.LimitReader(f, maxFounderFile))
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	p := &founderFile{}
	if err := dec.Decode(p); err != nil {
		return nil, fmt.Errorf("%s is not a founder's file (as init and genesis partner write it): %w", path, err)
	}
	return p, nil
}

// write replaces the file.
func (p *founderFile) write(path string) error {
	raw, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(raw, '\n'), 0o600)
}

func (p *founderFile) text(w io.Writer) {
	fmt.Fprintf(w, "%s (%s), %s\n", p.Name, p.GLN, p.Roles)
	fmt.Fprintf(w, "  credential valid %s to %s\n", licenseDay(p.Credential.From), licenseDay(p.Credential.Until))
	for _, c := range p.Prefixes {
		fmt.Fprintf(w, "  company prefix %s\n", c)
	}
	for _, k := range p.Keys {
		fmt.Fprintf(w, "  operations key %s\n", app.NewKeyID(app.Ed25519, k))
	}
	if p.Consensus != nil {
		fmt.Fprintf(w, "  consensus key  %x\n", []byte(p.Consensus))
	}
	if p.Node != nil {
		fmt.Fprintf(w, "  node           %s\n", p.Node.peer())
	}
}

func licenseDay(seconds uint64) string {
	return time.Unix(int64(seconds), 0).UTC().Format(time.DateOnly)
}

// founderFlags are the facts about a founder on the command line.
type founderFlags struct {
	gln, name, address string
	roles, prefixes    []string
	evidence           string
	from, until        string
}

func (f *founderFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.gln, "gln", "", "the partner's GLN, 13 digits")
	c.Flags().StringVar(&f.name, "name", "", "the partner's legal name")
	c.Flags().StringVar(&f.address, "address", "", "its business address, for transaction information")
	c.Flags().StringSliceVar(&f.roles, "role", nil, "manufacturer, repackager, wholesaler, logistics, dispenser, regulator or auditor (may be repeated)")
	c.Flags().StringSliceVar(&f.prefixes, "prefix", nil, "a GS1 company prefix of the partner (may be repeated)")
	c.Flags().StringVar(&f.evidence, "license", "", "the document of its license or registration, of which the hash goes into the genesis")
	c.Flags().StringVar(&f.from, "license-from", "", "the first day of the license; default: January 1 of this year")
	c.Flags().StringVar(&f.until, "license-until", "", "the first day on which it is no longer valid; default: a year after --license-from")
}

// info makes what the genesis holds of a partner.
func (f *founderFlags) info() (gln gs1.GLN, info app.PartnerInfo, err error) {
	if gln, err = parseGLNFlag("--gln", f.gln); err != nil {
		return gln, info, err
	}
	if f.name == "" || len(f.roles) == 0 {
		return gln, info, usage("--name and --role are needed")
	}
	info.Name, info.Address = f.name, f.address
	if err := info.Roles.UnmarshalText([]byte(strings.Join(f.roles, "+"))); err != nil {
		return gln, info, usage("--role: %v", err)
	}
	for _, s := range f.prefixes {
		p, err := gs1.ParseCompanyPrefix(s)
		if err != nil {
			return gln, info, usage("--prefix %s: %v", s, err)
		}
		info.Prefixes = append(info.Prefixes, p)
	}
	slices.Sort(info.Prefixes)
	info.Credential, err = f.credential(time.Now().UTC())
	return gln, info, err
}

// credential reads the license's days.
func (f *founderFlags) credential(now time.Time) (app.Credential, error) {
	from := time.Date(now.Year(), 1, 1, 0, 0, 0, 0, time.UTC)
	var err error
	if f.from != "" {
		if from, err = time.Parse(time.DateOnly, f.from); err != nil {
			return app.Credential{}, usage("--license-from is a day such as 2026-01-31, found %q", f.from)
		}
	}
	until := from.AddDate(1, 0, 0)
	if f.until != "" {
		if until, err = time.Parse(time.DateOnly, f.until); err != nil {
			return app.Credential{}, usage("--license-until is a day such as 2026-01-31, found %q", f.until)
		}
	}
	if from.Unix() < 0 || !from.Before(until) {
		return app.Credential{}, usage("the license is valid from %s until %s: expected a later day", from.Format(time.DateOnly), until.Format(time.DateOnly))
	}
	c := app.Credential{From: uint64(from.Unix()), Until: uint64(until.Unix())}
	if f.evidence == "" {
		return c, nil
	}
	c.Evidence, err = f.digest()
	return c, err
}

// digest is the hash of the license's document.
func (f *founderFlags) digest() (app.Digest, error) {
	raw, err := os.ReadFile(f.evidence)
	if err != nil {
		return app.Digest{}, err
	}
	return sha256Of(raw), nil
}
