package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/client/proof"
)

func newVerify(env *environment) *cobra.Command {
	var a access
	var v verifyFlags
	c := &cobra.Command{
		Use:   "verify SCAN",
		Short: "Is this package what it says it is, and may it be sold?",
		Long: `Answers two questions about the package in hand, each with one word and a reason:

  identity  KNOWN: the ledger knows this serial as the package has it;
            MISMATCH: it knows the serial, with another lot or expiry date;
            UNKNOWN: it was never commissioned
  sellable  YES or NO: may its owner sell or dispense it now?

` + scanHelp + `

The node builds a proof of its answer; the light client checks it against the
signatures of the validators, so the node need not be trusted. A lot and an expiry
date in the barcode, or given by --lot and --expiry, are compared with the ledger's.
That a serial was never commissioned can be proved only for a lot.

A barcode that cannot be read is answered with the part of it that is wrong.
Exit code 0 only if identity is KNOWN and sellable is YES; 1 otherwise.`,
		Example: `  pedigree verify "(01)09521001100014(21)A3N9QGNNBQ(17)311231(10)ALD-2601A"
  pedigree verify "https://id.gs1.org/01/09521001100014/21/A3N9QGNNBQ" --genesis genesis.json`,
		Args: exactly(1, "one scan, in quotes"),
		RunE: func(c *cobra.Command, args []string) error { return verify(c.Context(), env, &a, &v, args[0]) },
	}
	a.trustFlags(c)
	v.flags(c)
	c.Flags().DurationVar(&v.maxAge, "max-age", 10*time.Minute, "how old the answer may be; 0 for any age")
	c.Flags().StringVar(&v.save, "save", "", "also write the proof to this file")
	c.AddCommand(newVerifyBatch(env))
	return c
}

// verifyFlags are what the package says and what is asked of the proof.
type verifyFlags struct {
	claimFlags
	maxAge time.Duration
	save   string
}

func (f *claimFlags) flags(c *cobra.Command) {
	c.Flags().StringVar(&f.lot, "lot", "", "the lot printed on the package (AI 10)")
	c.Flags().StringVar(&f.expiry, "expiry", "", "the expiry date printed on the package (AI 17), YYMMDD or YYYY-MM-DD")
}

// verifyReport is the answer of verify.
type verifyReport struct {
	Scan *client.Scan `json:"scan,omitempty"`
	// Unreadable says which part of the barcode is wrong; then nothing was
	// asked of the ledger.
	Unreadable *client.ScanProblem `json:"unreadable,omitempty"`
	*client.Verification
	ProofBytes int          `json:"proofBytes,omitempty"`
	Trust      *trustReport `json:"trust,omitempty"`
}

func verify(ctx context.Context, env *environment, a *access, v *verifyFlags, text string) error {
	s, err := readScan(text)
	if e, ok := client.AsScanError(err); ok {
		p := client.ProblemOf(e)
		return unreadable(env, &p)
	}
	if err != nil {
		return err
	}
	if err := v.apply(s); err != nil {
		return err
	}
	l, err := a.open(ctx)
	if err != nil {
		return err
	}
	report, err := l.verify(ctx, s, v.maxAge)
	if err != nil {
		return err
	}
	if v.save != "" && report.File != nil {
		if err := os.WriteFile(v.save, report.File.Encode(), 0o644); err != nil {
			return err
		}
	}
	if err := env.show(report, report.text); err != nil {
		return err
	}
	if !report.Returnable() {
		return no("identity %s, sellable %s", report.Identity.Word, report.Sellable.Word)
	}
	return nil
}

// unreadable answers for a barcode that says nothing.
func unreadable(env *environment, p *client.ScanProblem) error {
	r := &verifyReport{Unreadable: p, Verification: client.Unread(p)}
	err := env.show(r, func(w io.Writer) {
		fmt.Fprintln(w, "the barcode cannot be read:")
		problemText(w, p)
	})
	if err != nil {
		return err
	}
	return no("the barcode cannot be read: %s", p.Words)
}

// verify asks the node and judges its proof.
func (l *ledger) verify(ctx context.Context, s *client.Scan, maxAge time.Duration) (*verifyReport, error) {
	v, err := l.Verify(ctx, s.Claim(), proof.Options{MaxAge: maxAge})
	switch {
	case errors.Is(err, proof.ErrStale):
		return nil, fmt.Errorf("%w: the node is behind, or --max-age is too short", err)
	case errors.Is(err, proof.ErrInvalid), errors.Is(err, proof.ErrForm), errors.Is(err, proof.ErrUntrusted):
		return nil, fmt.Errorf("%w: do not believe this node; ask another", err)
	case err != nil:
		return nil, err
	}
	r := &verifyReport{Scan: s, Verification: v, Trust: &l.trust}
	if v.File != nil {
		r.ProofBytes = len(v.File.Encode())
	}
	return r, nil
}

func (r *verifyReport) text(w io.Writer) {
	if r.Pedigree != nil {
		fmt.Fprintln(w, pedigreeTitle(r.Pedigree))
	} else {
		fmt.Fprintln(w, r.Scan.Key.Bracketed())
	}
	if r.Identity.Word != proof.Known && len(r.Scan.Suspicions) > 0 {
		fmt.Fprintln(w, "the barcode may have been read wrongly:")
		for i := range r.Scan.Suspicions {
			problemText(w, &r.Scan.Suspicions[i])
		}
	}
	verdictText(w, "identity", &r.Identity)
	verdictText(w, "sellable", &r.Sellable)
	if r.Do != "" {
		fmt.Fprintf(w, "do:        %s\n", r.Do)
	}
	if r.Pedigree == nil {
		fmt.Fprintln(w, "not proved: this is the word of the node")
		return
	}
	asOf(w, r.Pedigree, r.ProofBytes)
	fmt.Fprintln(w, r.Trust)
}

// verdictText prints a verdict as a line.
func verdictText(w io.Writer, what string, v *proof.Verdict) {
	code := v.VRS
	if code == "" {
		code = v.CBV
	}
	if code != "" {
		code = " [" + code + "]"
	}
	fmt.Fprintf(w, "%s:  %-8s  %s%s\n", what, v.Word, v.Reason, code)
}
