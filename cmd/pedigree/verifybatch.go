package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/client/proof"
)

func newVerifyBatch(env *environment) *cobra.Command {
	var a access
	var maxAge time.Duration
	c := &cobra.Command{
		Use:   "batch (FILE | -)",
		Short: "Verify many packages at once, such as a crate of returns",
		Long: `Reads scans, one on each line, from a file or, for "-", from standard input, and
answers the two questions of "pedigree verify" about each. All answers are proved as
of one block and checked by the light client. Lots and expiry dates in the barcodes
are compared with the ledger's.

Exit code 0 only if every package is KNOWN and may be sold; 1 otherwise. Empty
lines are passed over. At most 10,000 scans.`,
		Args: exactly(1, `one file, or "-"`),
		RunE: func(c *cobra.Command, args []string) error {
			return verifyBatch(c.Context(), env, &a, args[0], maxAge)
		},
	}
	a.trustFlags(c)
	c.Flags().DurationVar(&maxAge, "max-age", 10*time.Minute, "how old the answers may be; 0 for any age")
	return c
}

// batchReport is what verify batch answers.
type batchReport struct {
	Packages int           `json:"packages"`
	Sellable int           `json:"sellable"`
	Answers  []batchAnswer `json:"answers"`
	Trust    trustReport   `json:"trust"`
}

// batchAnswer is the answer about one line.
type batchAnswer struct {
	Line     int           `json:"line"`
	Scan     string        `json:"scan"`
	Identity proof.Verdict `json:"identity"`
	Sellable proof.Verdict `json:"sellable"`
}

func verifyBatch(ctx context.Context, env *environment, a *access, name string, maxAge time.Duration) error {
	report, claims, at, err := readBatch(env.stdin, name)
	if err != nil {
		return err
	}
	l, err := a.open(ctx)
	if err != nil {
		return err
	}
	answers, err := l.VerifyBatch(ctx, claims, proof.Options{MaxAge: maxAge})
	if err != nil {
		return err
	}
	report.Trust = l.trust
	for i := range answers {
		to := &report.Answers[at[i]]
		v := answers[i].Verification()
		to.Identity, to.Sellable = v.Identity, v.Sellable
		if v.Returnable() {
			report.Sellable++
		}
	}
	if err := env.show(report, report.text); err != nil {
		return err
	}
	if n := report.Packages - report.Sellable; n > 0 {
		return no("%d of %d packages may not be sold", n, report.Packages)
	}
	return nil
}

// readBatch reads the scans; at says to which answer each claim belongs. A line
// that cannot be read is answered at once.
func readBatch(stdin io.Reader, name string) (r *batchReport, claims []proof.Claim, at []int, err error) {
	in, err := openInput(stdin, name)
	if err != nil {
		return nil, nil, nil, err
	}
	defer in.Close()
	r = &batchReport{Answers: []batchAnswer{}}
	lines := bufio.NewScanner(in)
	for n := 1; lines.Scan(); n++ {
		text := strings.TrimSpace(lines.Text())
		if text == "" {
			continue
		}
		s, err := readScan(text)
		bad, unread := client.AsScanError(err)
		switch {
		case unread:
			p := client.ProblemOf(bad)
			v := client.Unread(&p)
			r.Answers = append(r.Answers, batchAnswer{n, text, v.Identity, v.Sellable})
			continue
		case err != nil:
			return nil, nil, nil, fmt.Errorf("line %d: %w", n, err)
		}
		at, claims = append(at, len(r.Answers)), append(claims, s.Claim())
		r.Answers = append(r.Answers, batchAnswer{Line: n, Scan: s.Key.Bracketed()})
	}
	r.Packages = len(r.Answers)
	return r, claims, at, lines.Err()
}

func (r *batchReport) text(w io.Writer) {
	for _, a := range r.Answers {
		why := ""
		if a.Identity.Word != proof.Known {
			why = ": " + a.Identity.Reason
		} else if a.Sellable.Word != proof.Yes {
			why = ": " + a.Sellable.Reason
		}
		fmt.Fprintf(w, "%4d  %-10s %-4s %s%s\n", a.Line, a.Identity.Word, a.Sellable.Word, a.Scan, why)
	}
	fmt.Fprintf(w, "%d of %d packages are known and may be sold\n", r.Sellable, r.Packages)
	fmt.Fprintln(w, &r.Trust)
}
