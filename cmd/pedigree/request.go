package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/pedigree-ledger/pedigree/app"
)

// requestFlags are what a trace request says besides its subject.
type requestFlags struct {
	to, ask, reason, lot, message, text string
	investigation                       uint64
	drill                               bool
}

func newRequest(env *environment) *cobra.Command {
	var a access
	var f requestFlags
	c := &cobra.Command{
		Use:   "request (SCAN | GTIN --lot LOT) --to GLN --ask WHAT --reason WHY --key FILE",
		Short: "Ask a partner for trace information or a verification, and start its clock",
		Long: `Puts on record that you ask a partner about a package, a container or a lot, and
starts the clock of its answer.

--ask is transaction-information, all-known-owners, last-known-owners or verification.
--reason is suspect, illegitimate, recalled, compliance-audit,
health-authority-inspection or, with a verification, saleable-return. A regulator may
ask for any reason; a trading partner about a suspect or illegitimate product, or for
a verification.

The answer is due one business day from the block, at most 48 hours; two business
days if the partner is a dispenser only; 24 hours for a verification. Nothing stops
when the time has passed: it shows, for everybody and for good.

--message is the file that you exchange, such as the PDG's request: its hash goes on
record, not the file.`,
		Example: `  pedigree request "(01)09521001100014(21)A3N9QGNNBQ" --to 9521001000000 \
      --ask verification --reason suspect --key keys/elm.json
  pedigree request 09521001100014 --lot ALD-2601B --to 9521003000008 \
      --ask transaction-information --reason recalled --key keys/office.json`,
		Args: exactly(1, "one scan, in quotes, or a GTIN with --lot"),
		RunE: func(c *cobra.Command, args []string) error {
			op, err := f.op(args[0])
			if err != nil {
				return err
			}
			return request(c.Context(), env, &a, op)
		},
	}
	c.AddCommand(newRequestShow(env))
	a.nodeFlag(c)
	a.signerFlag(c)
	c.Flags().StringVar(&f.to, "to", "", "the GLN of the partner that is asked")
	c.Flags().StringVar(&f.ask, "ask", "", "what for: transaction-information, all-known-owners, last-known-owners or verification")
	c.Flags().StringVar(&f.reason, "reason", "", "why: suspect, illegitimate, recalled, compliance-audit, health-authority-inspection or saleable-return")
	c.Flags().StringVar(&f.lot, "lot", "", "ask about this lot of a GTIN")
	c.Flags().Uint64Var(&f.investigation, "investigation", 0, "the number of the investigation that it belongs to")
	c.Flags().StringVar(&f.message, "message", "", "the file that is exchanged: its hash goes on record")
	c.Flags().StringVar(&f.text, "text", "", "for people: at most 200 bytes")
	c.Flags().BoolVar(&f.drill, "drill", false, "this is an exercise; its clock runs all the same")
	return c
}

func (f *requestFlags) op(subject string) (*app.RequestTrace, error) {
	op := &app.RequestTrace{TraceTerms: app.TraceTerms{Investigation: f.investigation, Text: f.text, Drill: f.drill}}
	var err error
	if op.To, err = parseGLNFlag("--to", f.to); err != nil {
		return nil, err
	}
	if op.Ask.UnmarshalText([]byte(f.ask)) != nil {
		return nil, usage("--ask is transaction-information, all-known-owners, last-known-owners or verification, found %q", f.ask)
	}
	if op.Reason.UnmarshalText([]byte(f.reason)) != nil {
		return nil, usage("--reason is suspect, illegitimate, recalled, compliance-audit, health-authority-inspection or saleable-return, found %q", f.reason)
	}
	if err := f.subject(op, subject); err != nil {
		return nil, err
	}
	if op.Message, err = fileDigest(f.message); err != nil {
		return nil, err
	}
	return op, checkText(f.text)
}

// subject is a lot, or a key for what may be asked about one.
func (f *requestFlags) subject(op *app.RequestTrace, text string) error {
	if f.lot == "" {
		scan, err := readKey(text)
		if err != nil {
			return err
		}
		op.Key = scan.Key
	} else {
		lot, err := app.ParseLotID(text, f.lot)
		if err != nil {
			return usage("%v", err)
		}
		op.Lot = &lot
	}
	if op.Ask == app.AskVerification && (op.Lot != nil || op.Key.IsLogistic()) {
		return usage("a verification is of one package: give its scan")
	}
	if op.Reason == app.ReasonSaleableReturn && op.Ask != app.AskVerification {
		return usage("--reason saleable-return belongs to --ask verification")
	}
	return nil
}

// fileDigest is the SHA-256 of a file; zero without a name.
func fileDigest(path string) (d app.Digest, err error) {
	if path == "" {
		return d, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return d, err
	}
	defer func() { _ = f.Close() }() // only read
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return d, err
	}
	return app.Digest(h.Sum(nil)), nil
}

func request(ctx context.Context, env *environment, a *access, op *app.RequestTrace) error {
	return a.tell(ctx, env, "request", op, func(s *signing, v *outcome) string {
		words := fmt.Sprintf("trace request %d: %s is asked for %s", v.Number, op.To, op.Ask)
		if raw, err := s.Record(ctx, app.RequestKey(v.Number)); err == nil && raw != nil {
			if r, err := app.DecodeTraceRequest(raw); err == nil {
				words += ", due " + clockTime(r.Due)
			}
		}
		return words
	})
}

// tell is say for words that depend on the verdict, or on what the node says.
func (a *access) tell(ctx context.Context, env *environment, command string, op app.Op, words func(*signing, *outcome) string) error {
	s, err := a.signer(ctx, command)
	if err != nil {
		return err
	}
	v, err := s.submit(ctx, op, time.Time{})
	if err != nil {
		return err
	}
	if v.accepted() {
		v.Words = []string{words(s, v)}
	}
	return v.show(env)
}
