package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

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

// The words of the answers.
const (
	wordKnown    = "KNOWN"
	wordMismatch = "MISMATCH"
	wordUnknown  = "UNKNOWN"
	wordYes      = "YES"
	wordNo       = "NO"
	wordUnread   = "UNREADABLE"
)

// verifyReport is the answer of verify.
type verifyReport struct {
	Scan *scanned `json:"scan,omitempty"`
	// Unreadable says which part of the barcode is wrong; then nothing was
	// asked of the ledger.
	Unreadable *scanProblem    `json:"unreadable,omitempty"`
	Identity   verdict         `json:"identity"`
	Sellable   verdict         `json:"sellable"`
	Do         string          `json:"do,omitempty"`
	Proved     bool            `json:"proved"`
	ProofBytes int             `json:"proofBytes,omitempty"`
	Trust      *trustReport    `json:"trust,omitempty"`
	Pedigree   *proof.Pedigree `json:"pedigree,omitempty"`
}

// verdict is one word with its reason.
type verdict struct {
	Word   string `json:"word"`
	Reason string `json:"reason"`
	VRS    string `json:"vrs,omitempty"`
	CBV    string `json:"cbv,omitempty"`
}

func verify(ctx context.Context, env *environment, a *access, v *verifyFlags, text string) error {
	s, err := readScan(text)
	if e, ok := asScanError(err); ok {
		p := problemOf(e)
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
	report, file, err := l.verify(ctx, s, v.maxAge)
	if err != nil {
		return err
	}
	if v.save != "" && file != nil {
		if err := os.WriteFile(v.save, file.Encode(), 0o644); err != nil {
			return err
		}
	}
	if err := env.show(report, report.text); err != nil {
		return err
	}
	if report.Identity.Word != wordKnown || report.Sellable.Word != wordYes {
		return no("identity %s, sellable %s", report.Identity.Word, report.Sellable.Word)
	}
	return nil
}

// unreadable answers for a barcode that says nothing.
func unreadable(env *environment, p *scanProblem) error {
	r := &verifyReport{
		Unreadable: p,
		Identity:   verdict{Word: wordUnread, Reason: p.words},
		Sellable:   verdict{Word: wordNo, Reason: "the barcode cannot be read"},
		Do:         p.Hint,
	}
	err := env.show(r, func(w io.Writer) {
		fmt.Fprintln(w, "the barcode cannot be read:")
		p.text(w)
	})
	if err != nil {
		return err
	}
	return no("the barcode cannot be read: %s", p.words)
}

// verify asks the node and judges its proof.
func (l *ledger) verify(ctx context.Context, s *scanned, maxAge time.Duration) (*verifyReport, *proof.Proof, error) {
	r := &verifyReport{Scan: s, Trust: &l.trust}
	ped, file, err := l.Pedigree(ctx, s.claim(), proof.Options{MaxAge: maxAge})
	switch {
	case errors.Is(err, proof.ErrLotNeeded):
		r.Identity = verdict{Word: wordUnknown, Reason: "the node knows of no such serial; that is its word only: a proof needs the lot", VRS: "No_match_GTIN_Serial"}
		r.Sellable = verdict{Word: wordNo, Reason: "its identity is unknown", VRS: "No_match_GTIN_Serial", CBV: "no_pedigree_match"}
		r.Do = "scan the whole two-dimensional code, or give --lot; " + investigate
		return r, nil, nil
	case errors.Is(err, proof.ErrStale):
		return nil, nil, fmt.Errorf("%w: the node is behind, or --max-age is too short", err)
	case errors.Is(err, proof.ErrInvalid), errors.Is(err, proof.ErrForm), errors.Is(err, proof.ErrUntrusted):
		return nil, nil, fmt.Errorf("%w: do not believe this node; ask another", err)
	case err != nil:
		return nil, nil, err
	}
	r.Proved, r.ProofBytes, r.Pedigree = true, len(file.Encode()), ped
	r.Identity, r.Sellable = identityOf(ped), sellableOf(ped)
	r.Do = whatToDo(ped)
	return r, file, nil
}

func identityOf(p *proof.Pedigree) verdict {
	a := &p.Identity
	word := wordKnown
	switch {
	case !a.Yes && p.Commissioned != nil:
		word = wordMismatch
	case !a.Yes:
		word = wordUnknown
	}
	return verdict{word, a.Reason, a.VRS, a.CBV}
}

func sellableOf(p *proof.Pedigree) verdict {
	a := &p.Sellable
	word := wordNo
	if a.Yes {
		word = wordYes
	}
	return verdict{word, a.Reason, a.VRS, a.CBV}
}

// investigate is what the law asks for a suspect product (FD&C Act 582).
const investigate = "do not sell or dispense it: quarantine it, and investigate it with whoever sold it to you"

// whatToDo is the advice that belongs to an answer.
func whatToDo(p *proof.Pedigree) string {
	if !p.Identity.Yes && p.Commissioned != nil {
		return "compare the barcode with the print on the package; if they agree, " + investigate
	}
	if !p.Identity.Yes {
		return investigate
	}
	if p.Sellable.Yes {
		return ""
	}
	switch p.Sellable.CBV {
	case "recalled":
		return "quarantine it and return it as the recall says"
	case "expired":
		return "return or destroy it"
	case "in_transit":
		return "record the receipt first, if it is here"
	case "partially_dispensed":
		return "dispense the rest to the same patient, or destroy it"
	case "stolen":
		return "quarantine it and tell its owner and the authorities"
	}
	if p.State.Ended() {
		return "a package with this serial in your hand may be a copy: " + investigate + ", and report the conflict"
	}
	return investigate
}

func (r *verifyReport) text(w io.Writer) {
	if r.Pedigree != nil {
		fmt.Fprintln(w, pedigreeTitle(r.Pedigree))
	} else {
		fmt.Fprintln(w, r.Scan.Key.Bracketed())
	}
	if r.Identity.Word != wordKnown && len(r.Scan.Suspicions) > 0 {
		fmt.Fprintln(w, "the barcode may have been read wrongly:")
		for i := range r.Scan.Suspicions {
			r.Scan.Suspicions[i].text(w)
		}
	}
	r.Identity.text(w, "identity")
	r.Sellable.text(w, "sellable")
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

func (v *verdict) text(w io.Writer, what string) {
	code := v.VRS
	if code == "" {
		code = v.CBV
	}
	if code != "" {
		code = " [" + code + "]"
	}
	fmt.Fprintf(w, "%s:  %-8s  %s%s\n", what, v.Word, v.Reason, code)
}
