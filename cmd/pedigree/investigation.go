package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/client"
)

func newInvestigation(env *environment) *cobra.Command {
	c := &cobra.Command{
		Use:   "investigation",
		Short: "Look into suspect product: open, close, list, show",
		Long: `Suspect product is looked into under a number (FD&C Act 582(b)(4) and parallels).
While an investigation of a package or container is open, or when it ended with
"illegitimate", its mark stands; one of a lot by its manufacturer or a regulator stops
the whole lot. A finding of illegitimate product starts a clock: notify FDA and the
trading partners within 24 hours, with "pedigree notify".`,
	}
	c.AddCommand(newInvestigationOpen(env), newInvestigationClose(env), newInvestigationList(env), newInvestigationShow(env))
	return c
}

func newInvestigationOpen(env *environment) *cobra.Command {
	var a access
	var reason, text string
	c := &cobra.Command{
		Use:   "open (KEY | SCAN | GTIN LOT) --reason WORD --key FILE",
		Short: "Say that a package, a container or a lot is suspect, and that you look into it",
		Example: `  pedigree investigation open "(01)09521001100014(21)A3N9QGNNBQ" --reason no-match --key keys/elm.json
  pedigree investigation open 09521001100014 ALD-2601B --reason counterfeit --key keys/alder.json`,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) < 1 || len(args) > 2 {
				return usage("investigation open takes one key or scan, in quotes, or a GTIN and a lot")
			}
			op := &app.OpenInvestigation{Text: text}
			if err := op.Reason.UnmarshalText([]byte(reason)); err != nil {
				return usage("--reason is diverted, counterfeit, stolen, adulterated, fraudulent, unfit, no-match or other, found %q", reason)
			}
			if err := checkText(text); err != nil {
				return err
			}
			return openInvestigation(c.Context(), env, &a, op, args)
		},
	}
	a.nodeFlag(c)
	a.signerFlag(c)
	c.Flags().StringVar(&reason, "reason", "", "diverted, counterfeit, stolen, adulterated, fraudulent, unfit, no-match or other")
	c.Flags().StringVar(&text, "text", "", "for people: at most 200 bytes")
	return c
}

// openInvestigation opens one of a lot, or of a key shown where the index knows
// it.
func openInvestigation(ctx context.Context, env *environment, a *access, op *app.OpenInvestigation, args []string) error {
	if len(args) == 2 {
		lot, err := app.ParseLotID(args[0], args[1])
		if err != nil {
			return usage("%v", err)
		}
		op.Subject = app.LotSubject(lot)
	} else {
		scan, err := readKey(args[0])
		if err != nil {
			return err
		}
		op.Subject = app.KeySubject(scan.Key)
	}
	s, err := a.signer(ctx, "investigation open")
	if err != nil {
		return err
	}
	where := "the manufacturer's or a regulator's stops the whole lot; of anyone else it is on record"
	if key, ok := op.Subject.Key(); ok {
		if op.Spot, where, err = s.spot(ctx, key); err != nil {
			return err
		}
	}
	v, err := s.submit(ctx, op, time.Time{})
	if err != nil {
		return err
	}
	if v.accepted() {
		v.Words = []string{fmt.Sprintf("investigation %d of %s is open: %s", v.Number, subjectWords(op.Subject), op.Reason), where}
	}
	return v.show(env)
}

// subjectWords is a subject as people write it.
func subjectWords(s app.Subject) string {
	if lot, ok := s.Lot(); ok {
		return fmt.Sprintf("lot %s of GTIN %s", lot.Lot, lot.GTIN)
	}
	key, _ := s.Key()
	return key.Bracketed()
}

// findingFlags are how an investigation ends.
type findingFlags struct {
	cleared, illegitimate bool
	report, finding       string
}

func newInvestigationClose(env *environment) *cobra.Command {
	var a access
	var f findingFlags
	c := &cobra.Command{
		Use:   "close NUMBER (--cleared | --illegitimate) --key FILE",
		Short: "Say what an investigation found",
		Args:  exactly(1, "the number of an investigation"),
		RunE: func(c *cobra.Command, args []string) error {
			op, err := f.op(args[0])
			if err != nil {
				return err
			}
			words := []string{fmt.Sprintf("investigation %d is closed: cleared; its mark or block is gone", op.Investigation)}
			if f.illegitimate {
				words = []string{
					fmt.Sprintf("investigation %d found illegitimate product; nothing is freed", op.Investigation),
					"FDA and the trading partners that may have it are to be notified within 24 hours: pedigree notify",
				}
			}
			return a.say(c.Context(), env, "investigation close", op, words...)
		},
	}
	a.nodeFlag(c)
	a.signerFlag(c)
	c.Flags().BoolVar(&f.cleared, "cleared", false, "it is no illegitimate product")
	c.Flags().BoolVar(&f.illegitimate, "illegitimate", false, "it is illegitimate product")
	c.Flags().StringVar(&f.report, "report", "", "the file with the evidence: its hash goes on record")
	c.Flags().StringVar(&f.finding, "finding", "", "for people: at most 200 bytes")
	return c
}

func (f *findingFlags) op(text string) (*app.CloseInvestigation, error) {
	n, err := numberArg(text)
	if err != nil {
		return nil, err
	}
	if f.cleared == f.illegitimate {
		return nil, usage("give either --cleared or --illegitimate")
	}
	op := &app.CloseInvestigation{Investigation: n, Outcome: app.InvestigationCleared, Finding: f.finding}
	if f.illegitimate {
		op.Outcome = app.InvestigationIllegitimate
	}
	if op.Evidence, err = fileDigest(f.report); err != nil {
		return nil, err
	}
	return op, checkText(f.finding)
}

func newInvestigationList(env *environment) *cobra.Command {
	var a access
	var status string
	c := &cobra.Command{
		Use:   "list",
		Short: "The investigations, newest first",
		Args:  exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			which, err := app.ParseInvestigationList(status)
			if err != nil {
				return usage("--status is open, closed, overdue or all, found %q", status)
			}
			n, err := a.dial(c.Context())
			if err != nil {
				return err
			}
			all, err := client.All(func(p app.PageRequest) (*app.Page[app.InvestigationSummary], error) {
				return n.Investigations(c.Context(), which, p)
			})
			if err != nil {
				return err
			}
			return env.show(all, listText(all, "no investigation", investigationLine))
		},
	}
	a.nodeFlag(c)
	c.Flags().StringVar(&status, "status", "all", "open, closed, overdue (a notice, as of the last block) or all")
	return c
}

func newInvestigationShow(env *environment) *cobra.Command {
	return newClockShow(env, "an investigation", func(ctx context.Context, l *ledger, n string, r *shownClock[app.InvestigationSummary]) (string, error) {
		p, err := client.Query(ctx, l.Client, app.DecodeInvestigation, "/investigation/{number}", n)
		if err != nil || p.Record == nil {
			return "", err
		}
		r.Record = app.InvestigationSummary{Late: p.Record.Late(uint64(p.Time.Unix())), Investigation: *p.Record}
		r.Record.Number, err = numberArg(n)
		r.Height, r.Time = p.Height, p.Time
		return investigationLine(&r.Record), err
	})
}

// investigationLine is an investigation in one line.
func investigationLine(i *app.InvestigationSummary) string {
	out := fmt.Sprintf("%4d  %-12s  %s, %s, by %s since %s", i.Number, i.Status, subjectWords(i.Subject), i.Reason, i.By, clockTime(i.Opened.Time))
	if i.Blocking && i.Status != app.InvestigationCleared {
		out += ", blocking"
	}
	if i.NoticeDue != 0 {
		out += fmt.Sprintf("; notice due %s%s", clockTime(i.NoticeDue), clockWords(i.FirstNotice == 0 && i.Late, i.Late))
	}
	if i.FirstNotice != 0 {
		out += fmt.Sprintf(", given %s, standing for %d", clockTime(i.FirstNotice), i.Notices)
	}
	if i.Terminated != 0 {
		out += ", terminated " + clockTime(i.Terminated)
	}
	if i.Incident != "" {
		out += "; incident " + i.Incident
	}
	return out
}
