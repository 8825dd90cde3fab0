package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/epcis"
)

// errorFlags are what an error declaration says besides the transaction.
type errorFlags struct {
	reason, event, text string
	corrective          []string
}

func newError(env *environment) *cobra.Command {
	c := &cobra.Command{
		Use:   "error",
		Short: "Declare that a transaction recorded something wrongly",
	}
	c.AddCommand(newErrorDeclare(env), newErrorList(env))
	return c
}

func newErrorDeclare(env *environment) *cobra.Command {
	var a access
	var f errorFlags
	c := &cobra.Command{
		Use:   "declare TX --reason WORD --key FILE",
		Short: "Declare a transaction an error; history is not edited",
		Long: `Puts on record that a transaction recorded something wrongly: an EPCIS error
declaration. Nothing is edited or undone: whoever reads the history sees what was
recorded, and that you declared it an error. What is right is recorded anew, and named
with --corrective by the hash of its event.

The reason is did_not_occur or incorrect_data. A partner declares a transaction an
error once; of a transaction of another partner it is shown as a foreign statement.`,
		Example: `  pedigree error declare 5f0c...e1 --reason incorrect_data --text "lot B, not A" --key keys/alder.json`,
		Args:    exactly(1, "the id of a transaction"),
		RunE: func(c *cobra.Command, args []string) error {
			op, err := f.op(args[0])
			if err != nil {
				return err
			}
			return a.say(c.Context(), env, "error declare", op,
				fmt.Sprintf("transaction %s is declared an error: %s; its history stays, with your statement beside it", op.Tx, op.Reason))
		},
	}
	a.nodeFlag(c)
	a.signerFlag(c)
	c.Flags().StringVar(&f.reason, "reason", "", "did_not_occur or incorrect_data")
	c.Flags().StringVar(&f.event, "event", "", "the hash of the erroneous EPCIS event")
	c.Flags().StringArrayVar(&f.corrective, "corrective", nil, "the hash of an EPCIS event that says it right (may be repeated)")
	c.Flags().StringVar(&f.text, "text", "", "why, for people: at most 200 bytes")
	return c
}

func (f *errorFlags) op(tx string) (*app.DeclareError, error) {
	op := &app.DeclareError{ErrorTerms: app.ErrorTerms{Text: f.text}}
	if err := op.Tx.UnmarshalText([]byte(tx)); err != nil {
		return nil, usage("a transaction's id is 64 hexadecimal digits, found %q", tx)
	}
	if err := op.Reason.UnmarshalText([]byte(f.reason)); err != nil {
		return nil, usage("--reason is did_not_occur or incorrect_data, found %q", f.reason)
	}
	var err error
	if f.event != "" {
		if op.EventHash, err = eventHashFlag("--event", f.event); err != nil {
			return nil, err
		}
	}
	for _, text := range f.corrective {
		h, err := eventHashFlag("--corrective", text)
		if err != nil {
			return nil, err
		}
		op.Corrective = append(op.Corrective, h)
	}
	slices.SortFunc(op.Corrective, func(a, b app.EventHash) int { return strings.Compare(string(a[:]), string(b[:])) })
	op.Corrective = slices.Compact(op.Corrective)
	return op, checkText(f.text)
}

// eventHashFlag reads an event's hash, as ni:///sha-256;... or as hex.
func eventHashFlag(flag, text string) (h app.EventHash, err error) {
	hexed, _, _ := strings.Cut(strings.TrimPrefix(text, "ni:///sha-256;"), "?")
	if raw, err := hex.DecodeString(hexed); err == nil && len(raw) == len(h) {
		return app.EventHash(raw), nil
	}
	return h, usage("%s is an event's hash, ni:///sha-256;... or 64 hexadecimal digits, found %q", flag, text)
}

// checkText bounds what is for people.
func checkText(text string) error {
	const most = 200
	if len(text) > most {
		return usage("--text is at most %d bytes, found %d", most, len(text))
	}
	return nil
}

func newErrorList(env *environment) *cobra.Command {
	return newPartnerListing(env, "Every error that a partner declared, newest first", "no error was declared",
		func(ctx context.Context, n *client.Client, gln gs1.GLN, p app.PageRequest) (*app.Page[app.CorrectionSummary], error) {
			return n.Corrections(ctx, gln, p)
		},
		func(c *app.CorrectionSummary) string { return fmt.Sprintf("tx %s %s", c.Tx, correctionWords(c)) })
}

// correctionWords say who declared what.
func correctionWords(c *app.CorrectionSummary) string {
	who := "declared an error by " + c.By.String()
	if c.Foreign {
		who = "called an error by " + c.By.String() + ", who did not sign it"
	}
	out := fmt.Sprintf("%s on %s: %s", who, clockTime(c.Time), c.Reason)
	if c.Text != "" {
		out += ", " + c.Text
	}
	for i := range c.Corrective {
		out += "; corrected by " + epcis.FormatHash(c.Corrective[i])
	}
	return out
}

// provedCorrections proves each declaration that the node lists about a step.
func (l *ledger) provedCorrections(ctx context.Context, s *app.Step) ([]app.CorrectionSummary, error) {
	var out []app.CorrectionSummary
	for i := range s.Corrections {
		c := s.Corrections[i]
		proved, err := client.Query(ctx, l.Client, app.DecodeCorrection, "/correction/{tx}/{gln}", s.ID.String(), c.By.String())
		if err != nil {
			return nil, err
		}
		if proved.Record == nil {
			return nil, no("the node says that %s declared transaction %s an error; the ledger has no such declaration", c.By, s.ID)
		}
		c.Tx, c.Correction, c.Foreign = s.ID, *proved.Record, c.By != s.Partner && c.By != s.Agent
		out = append(out, c)
	}
	return out, nil
}

// clockTime is a time of the ledger, for people.
func clockTime(unix uint64) string {
	return time.Unix(int64(unix), 0).UTC().Format("2006-01-02 15:04 UTC")
}
