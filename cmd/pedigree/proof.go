package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/cometbft/cometbft/types"
	"github.com/spf13/cobra"

	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/client/proof"
)

func newProof(env *environment) *cobra.Command {
	c := &cobra.Command{
		Use:   "proof",
		Short: "Write, check and look into pedigree files",
		Long: `A pedigree file says what the ledger knew about one package or container at one
block, and proves it to anyone who trusts the validators: no network, node or
database is needed to check it.`,
	}
	c.AddCommand(newProofExport(env), newProofVerify(env), newProofShow(env), newProofEvidence(env), newProofRecord(env))
	return c
}

func newProofExport(env *environment) *cobra.Command {
	var a access
	var f claimFlags
	var out string
	c := &cobra.Command{
		Use:   "export KEY -o FILE",
		Short: "Write the pedigree file of a package or container",
		Long: `Asks the node for the pedigree of a package or container, checks it with the light
client, and writes it to a file. A serial that was never commissioned has a file
too, which proves so; it needs the lot, in the barcode or by --lot.

KEY is a scan. ` + scanHelp,
		Args: exactly(1, "one key or scan, in quotes"),
		RunE: func(c *cobra.Command, args []string) error {
			if out == "" {
				return usage("name the file to write with -o")
			}
			return proofExport(c.Context(), env, &a, &f, args[0], out)
		},
	}
	a.trustFlags(c)
	f.flags(c)
	c.Flags().StringVarP(&out, "out", "o", "", "the file to write")
	return c
}

// exportReport says what was written.
type exportReport struct {
	File     string          `json:"file"`
	Bytes    int             `json:"bytes"`
	Trust    trustReport     `json:"trust"`
	Pedigree *proof.Pedigree `json:"pedigree"`
}

func proofExport(ctx context.Context, env *environment, a *access, f *claimFlags, text, out string) error {
	s, err := readKey(text)
	if err != nil {
		return err
	}
	if err := f.apply(s); err != nil {
		return err
	}
	l, err := a.open(ctx)
	if err != nil {
		return err
	}
	ped, file, err := l.Pedigree(ctx, s.Claim(), proof.Options{})
	if errors.Is(err, proof.ErrLotNeeded) {
		return no("%w (--lot)", err)
	}
	if err != nil {
		return err
	}
	raw := file.Encode()
	if err := os.WriteFile(out, raw, 0o644); err != nil {
		return err
	}
	report := exportReport{out, len(raw), l.trust, ped}
	return env.show(report, func(w io.Writer) {
		fmt.Fprintf(w, "%s: %d bytes about %s as of block %d (%s)\n", out, len(raw), s.Key.Bracketed(), ped.Height, ped.Statement)
		fmt.Fprintln(w, &report.Trust)
	})
}

// offlineFlags are what a file is checked against.
type offlineFlags struct {
	claimFlags
	trustedValidators
	scan   string
	maxAge time.Duration
}

// trustedValidators are whom a file is checked against, without any network.
type trustedValidators struct{ genesis, validators, chain string }

func (f *trustedValidators) trustFlags(c *cobra.Command) {
	c.Flags().StringVar(&f.genesis, "genesis", "", "the genesis file whose validators are trusted")
	c.Flags().StringVar(&f.validators, "validators-hash", "", "the hash of the validator set that is trusted")
	c.Flags().StringVar(&f.chain, "chain-id", "", "with --validators-hash: the chain that the file must be of")
}

func newProofVerify(env *environment) *cobra.Command {
	var f offlineFlags
	c := &cobra.Command{
		Use:   "verify FILE (--genesis FILE | --validators-hash HEX)",
		Short: "Check a pedigree file, without any network",
		Long: `Checks a pedigree file against the validators that you trust: those of a genesis
file, or a validator set by its hash, as other commands print it. Nothing else is
asked. Then says what the file proves, identity and sellability judged by this
machine's clock.

Exit code 0 means that the file holds, whatever it says; 1 that it does not, or
that it is about another package than --scan. A file says nothing about what
happened after its block: --max-age refuses old ones.`,
		Args: exactly(1, "one file"),
		RunE: func(_ *cobra.Command, args []string) error { return proofVerify(env, &f, args[0]) },
	}
	f.flags(c)
	f.trustFlags(c)
	c.Flags().DurationVar(&f.maxAge, "max-age", 24*time.Hour, "how old the file may be; 0 for any age")
	c.Flags().StringVar(&f.scan, "scan", "", "the barcode of the package in hand, to compare")
	return c
}

// offlineReport is what proof verify answers.
type offlineReport struct {
	File         string          `json:"file"`
	Bytes        int             `json:"bytes"`
	Holds        bool            `json:"holds"`
	Why          string          `json:"why,omitempty"`
	Identity     *proof.Verdict  `json:"identity,omitempty"`
	Sellable     *proof.Verdict  `json:"sellable,omitempty"`
	Do           string          `json:"do,omitempty"`
	Pedigree     *proof.Pedigree `json:"pedigree,omitempty"`
	Milliseconds float64         `json:"milliseconds"`
}

func proofVerify(env *environment, f *offlineFlags, name string) error {
	raw, err := readProofFile(name)
	if err != nil {
		return err
	}
	claim, err := f.claim()
	if err != nil {
		return err
	}
	report := &offlineReport{File: name, Bytes: len(raw)}
	begun := time.Now()
	ped, err := f.check(raw, claim)
	report.Milliseconds = float64(time.Since(begun).Microseconds()) / 1000
	var wrong *usageError
	switch {
	case errors.As(err, &wrong) || err != nil && !refusedProof(err):
		return err
	case err != nil:
		report.Why = err.Error()
	default:
		i, s := ped.IdentityVerdict(), ped.SellableVerdict()
		report.Holds, report.Pedigree, report.Identity, report.Sellable, report.Do = true, ped, &i, &s, ped.Advice()
	}
	if err := env.show(report, report.text); err != nil {
		return err
	}
	if !report.Holds {
		return no("the file is refused")
	}
	return nil
}

// refusedProof reports whether an error is the verifier's verdict on a file.
func refusedProof(err error) bool {
	return errors.Is(err, proof.ErrForm) || errors.Is(err, proof.ErrUntrusted) || errors.Is(err, proof.ErrInvalid) || errors.Is(err, proof.ErrStale)
}

// readProofFile reads a file no larger than a proof may be.
func readProofFile(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, proof.MaxBytes+1))
}

func (f *offlineFlags) claim() (proof.Claim, error) {
	s := &client.Scan{}
	if f.scan != "" {
		var err error
		if s, err = readKey(f.scan); err != nil {
			return proof.Claim{}, err
		}
	}
	err := f.apply(s)
	return s.Claim(), err
}

// check verifies a file against what the flags trust.
func (f *offlineFlags) check(raw []byte, claim proof.Claim) (*proof.Pedigree, error) {
	p, err := proof.Decode(raw)
	if err != nil {
		return nil, err
	}
	trust, err := f.trust(p.Block().ChainID)
	if err != nil {
		return nil, err
	}
	return p.Verify(trust, proof.Options{MaxAge: f.maxAge, Claim: claim})
}

// trust is what the flags say; ofFile is the chain that the file is of.
func (f *trustedValidators) trust(ofFile string) (proof.Trust, error) {
	switch {
	case f.genesis != "" && f.validators != "":
		return proof.Trust{}, usage("give either --genesis or --validators-hash")
	case f.genesis != "":
		raw, err := os.ReadFile(f.genesis)
		if err != nil {
			return proof.Trust{}, err
		}
		doc, err := types.GenesisDocFromJSON(raw)
		if err != nil {
			return proof.Trust{}, fmt.Errorf("%s: %w", f.genesis, err)
		}
		return proof.TrustValidators(doc.ChainID, genesisValidators(doc).Hash()), nil
	case f.validators != "":
		hash, err := hex.DecodeString(f.validators)
		if err != nil || len(hash) != 32 {
			return proof.Trust{}, usage("--validators-hash is 64 hexadecimal digits, found %q", f.validators)
		}
		chain := f.chain
		if chain == "" {
			chain = ofFile
		}
		return proof.TrustValidators(chain, hash), nil
	default:
		return proof.Trust{}, usage("say whom you trust: --genesis FILE or --validators-hash HEX")
	}
}

func (r *offlineReport) text(w io.Writer) {
	if !r.Holds {
		fmt.Fprintf(w, "%s: REFUSED: %s\n", r.File, r.Why)
		return
	}
	fmt.Fprintln(w, pedigreeTitle(r.Pedigree))
	verdictText(w, "identity", r.Identity)
	verdictText(w, "sellable", r.Sellable)
	if r.Do != "" {
		fmt.Fprintf(w, "do:        %s\n", r.Do)
	}
	asOf(w, r.Pedigree, r.Bytes)
	fmt.Fprintf(w, "the file holds on chain %s; checked offline in %.1f ms\n", r.Pedigree.ChainID, r.Milliseconds)
}

func newProofShow(env *environment) *cobra.Command {
	return &cobra.Command{
		Use:   "show FILE",
		Short: "Show what is in a pedigree file, without checking it",
		Long: `Decodes a pedigree file and shows its statement, the records that it rests on and
its signed header. Nothing is verified: use "proof verify" before believing it.`,
		Args: exactly(1, "one file"),
		RunE: func(_ *cobra.Command, args []string) error { return proofShow(env, args[0]) },
	}
}

func proofShow(env *environment, name string) error {
	raw, err := readProofFile(name)
	if err != nil {
		return err
	}
	p, err := proof.Decode(raw)
	if err != nil {
		return no("%s: %w", name, err)
	}
	shown, err := json.Marshal(p)
	if err != nil {
		return no("%s: %w", name, err)
	}
	return env.show(json.RawMessage(shown), func(w io.Writer) { proofText(w, name, shown) })
}

// proofText prints the JSON form of a file as lines.
func proofText(w io.Writer, name string, shown []byte) {
	var f struct {
		Statement map[string]any
		Header    map[string]any
		Records   []struct {
			Kind, Key string
			Value     any
		}
		Bytes int
	}
	if json.Unmarshal(shown, &f) != nil {
		return
	}
	fmt.Fprintf(w, "%s: %d bytes, NOT CHECKED\n", name, f.Bytes)
	fmt.Fprintf(w, "statement: %v about %v\n", f.Statement["kind"], f.Statement["key"])
	fmt.Fprintf(w, "header: chain %v, height %.0f of %v, hash %v, %.0f of %.0f signatures\n", f.Header["chainId"], f.Header["height"],
		f.Header["time"], f.Header["hash"], f.Header["signatures"], f.Header["validators"])
	for _, r := range f.Records {
		value, err := json.Marshal(r.Value)
		if err == nil {
			fmt.Fprintf(w, "%s %s\n  %s\n", r.Kind, r.Key, value)
		}
	}
}
