package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/client/proof"
)

func newProofEvidence(env *environment) *cobra.Command {
	c := &cobra.Command{
		Use:   "evidence",
		Short: "Write and check the evidence behind a report",
		Long: `Where a partner has reported that a package is in its hand which the ledger has
elsewhere, or that a number was commissioned twice, a file of evidence says who
reported what and when, and shows both positions, to anyone who trusts the
validators: no network, node or database is needed to check it.`,
	}
	c.AddCommand(newEvidenceExport(env), newEvidenceVerify(env))
	return c
}

func newEvidenceExport(env *environment) *cobra.Command {
	var a access
	var out, by string
	c := &cobra.Command{
		Use:   "export KEY -o FILE",
		Short: "Write the evidence behind the report on a package",
		Long: `Asks the node for the report that stands on a package and what it rests on, checks
it with the light client, and writes it to a file. Of several reports the one that
stops the package is shown, else the latest; --by names another partner's.

KEY is a scan. ` + scanHelp,
		Args: exactly(1, "one key or scan, in quotes"),
		RunE: func(c *cobra.Command, args []string) error {
			if out == "" {
				return usage("name the file to write with -o")
			}
			scan, err := readKey(args[0])
			if err != nil {
				return err
			}
			var gln gs1.GLN
			if by != "" {
				if gln, err = parseGLNFlag("--by", by); err != nil {
					return err
				}
			}
			return evidenceExport(c.Context(), env, &a, scan.Key, gln, out)
		},
	}
	a.trustFlags(c)
	c.Flags().StringVarP(&out, "out", "o", "", "the file to write")
	c.Flags().StringVar(&by, "by", "", "the GLN of the partner whose report is meant")
	return c
}

// evidenceReport is what export and verify answer.
type evidenceReport struct {
	File  string `json:"file"`
	Bytes int    `json:"bytes"`
	Holds bool   `json:"holds"`
	Why   string `json:"why,omitempty"`
	// Words are what the file proves, one sentence each.
	Words    []string        `json:"words,omitempty"`
	Evidence *proof.Evidence `json:"evidence,omitempty"`
	Trust    *trustReport    `json:"trust,omitempty"`
}

func evidenceExport(ctx context.Context, env *environment, a *access, key gs1.Key, by gs1.GLN, out string) error {
	l, err := a.open(ctx)
	if err != nil {
		return err
	}
	e, file, err := l.Evidence(ctx, key, by)
	if errors.Is(err, client.ErrNotFound) {
		return no("no report stands on %s", key.Bracketed())
	}
	if err != nil {
		return err
	}
	raw := file.Encode()
	if err := os.WriteFile(out, raw, 0o644); err != nil {
		return err
	}
	r := &evidenceReport{out, len(raw), true, "", evidenceWords(e), e, &l.trust}
	return env.show(r, r.text)
}

func newEvidenceVerify(env *environment) *cobra.Command {
	var f trustedValidators
	var scan string
	c := &cobra.Command{
		Use:   "verify FILE (--genesis FILE | --validators-hash HEX)",
		Short: "Check a file of evidence, without any network",
		Long: `Checks a file of evidence against the validators that you trust: those of a genesis
file, or a validator set by its hash, as other commands print it. Nothing else is
asked. Then says what the file proves.

Exit code 0 means that the file holds; 1 that it does not, or that it is about
another package than --scan. What happened after its block it does not say.`,
		Args: exactly(1, "one file"),
		RunE: func(_ *cobra.Command, args []string) error { return evidenceVerify(env, &f, scan, args[0]) },
	}
	f.trustFlags(c)
	c.Flags().StringVar(&scan, "scan", "", "the barcode of the package in hand, to compare")
	return c
}

func evidenceVerify(env *environment, f *trustedValidators, scan, name string) error {
	raw, err := readProofFile(name)
	if err != nil {
		return err
	}
	var opt proof.Options
	if scan != "" {
		s, err := readKey(scan)
		if err != nil {
			return err
		}
		opt.Claim.Key = s.Key
	}
	r := &evidenceReport{File: name, Bytes: len(raw)}
	e, err := f.checkEvidence(raw, opt)
	switch {
	case err != nil && !refusedProof(err):
		return err
	case err != nil:
		r.Why = err.Error()
	default:
		r.Holds, r.Evidence, r.Words = true, e, evidenceWords(e)
	}
	if err := env.show(r, r.text); err != nil {
		return err
	}
	if !r.Holds {
		return no("the file is refused")
	}
	return nil
}

func (f *trustedValidators) checkEvidence(raw []byte, opt proof.Options) (*proof.Evidence, error) {
	file, err := proof.DecodeEvidence(raw)
	if err != nil {
		return nil, err
	}
	_, state := file.Blocks()
	trust, err := f.trust(state.ChainID)
	if err != nil {
		return nil, err
	}
	return file.Verify(trust, trust, opt)
}

// evidenceWords say what the evidence proves.
func evidenceWords(e *proof.Evidence) []string {
	words := []string{fmt.Sprintf("%s (%s) reported it in block %d, %s", e.By.Name, e.By.GLN, e.Reported, e.ReportedAt.UTC().Format(time.RFC3339))}
	for _, c := range e.Commissions {
		words = append(words, fmt.Sprintf("%s was commissioned in block %d, in lot %s, at position %d of commission %d",
			e.Key.Bracketed(), c.Height, c.Lot.Lot, c.Position, c.Sequence))
	}
	if x := e.Conflict; x != nil {
		words = append(words,
			fmt.Sprintf("it has %s in hand at site %s", e.Key.Bracketed(), x.Location),
			fmt.Sprintf("by the ledger, as of block %d, that package of lot %s %s", e.Height, x.Entry.Lot, placeWords(x)))
	}
	effect := "the report is a warning"
	if e.Mark.Blocking {
		effect = "the report stops both packages"
	}
	return append(words, effect)
}

// placeWords say where the ledger has the package of a conflict.
func placeWords(x *proof.ConflictShown) string {
	h := &x.Holding
	switch {
	case x.State.Ended():
		return fmt.Sprintf("was %s by %s, at site %s", x.State, h.Possessor, h.Location)
	case !x.State.Live():
		return fmt.Sprintf("was with %s, at site %s, and has been moved since", h.Possessor, h.Location)
	case h.Shipment > 0:
		return fmt.Sprintf("is on its way from %s in shipment %d", h.Possessor, h.Shipment)
	default:
		return fmt.Sprintf("is with %s, at site %s", h.Possessor, h.Location)
	}
}

func (r *evidenceReport) text(w io.Writer) {
	if !r.Holds {
		fmt.Fprintf(w, "%s: REFUSED: %s\n", r.File, r.Why)
		return
	}
	fmt.Fprintf(w, "%s: %d bytes, %s of %s\n", r.File, r.Bytes, r.Evidence.Op, r.Evidence.Key.Bracketed())
	for _, s := range r.Words {
		fmt.Fprintf(w, "  %s\n", s)
	}
	fmt.Fprintf(w, "the file holds on chain %s, as of block %d\n", r.Evidence.ChainID, r.Evidence.Height)
	if r.Trust != nil {
		fmt.Fprintln(w, r.Trust)
	}
}
