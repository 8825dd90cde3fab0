package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
)

// clocksReport is what is due from a partner and, with --all, the trace
// requests that it made or had to answer.
type clocksReport struct {
	Partner  gs1.GLN                   `json:"partner"`
	Due      []app.Clock               `json:"due"`
	Requests []app.TraceRequestSummary `json:"requests,omitempty"`
}

func newClocks(env *environment) *cobra.Command {
	var a access
	var all bool
	c := &cobra.Command{
		Use:   "clocks GLN",
		Short: "What is due from a partner, and by when: trace requests, exceptions, notices",
		Long: `Lists the trace requests that a partner has not answered, the exceptions that it has
not responded to and the notices of illegitimate product that it has not given, the
earliest due first, and says which are overdue by the time of the last block. Exit
code 1 when one is.

--all also lists the trace requests that it made or had to answer, newest first, and
whether each was answered in time. Lists come from the node's index; "request show" and
"exception show" prove a record.`,
		Args: exactly(1, "the GLN of a partner"),
		RunE: func(c *cobra.Command, args []string) error {
			gln, err := parseGLNFlag("the partner", args[0])
			if err != nil {
				return err
			}
			n, err := a.dial(c.Context())
			if err != nil {
				return err
			}
			return clocks(c.Context(), env, n, gln, all)
		},
	}
	a.nodeFlag(c)
	c.Flags().BoolVar(&all, "all", false, "also list the trace requests that were answered")
	return c
}

func clocks(ctx context.Context, env *environment, n *client.Client, gln gs1.GLN, all bool) error {
	r := &clocksReport{Partner: gln}
	var err error
	if r.Due, err = client.All(func(p app.PageRequest) (*app.Page[app.Clock], error) { return n.Clocks(ctx, gln, p) }); err != nil {
		return err
	}
	if all {
		r.Requests, err = client.All(func(p app.PageRequest) (*app.Page[app.TraceRequestSummary], error) {
			return n.TraceRequests(ctx, gln, p)
		})
		if err != nil {
			return err
		}
	}
	if err := env.show(r, r.text); err != nil {
		return err
	}
	overdue := 0
	for i := range r.Due {
		if r.Due[i].Overdue {
			overdue++
		}
	}
	if overdue > 0 {
		return no("%d of %d clocks of %s are overdue", overdue, len(r.Due), gln)
	}
	return nil
}

func (r *clocksReport) text(w io.Writer) {
	listText(r.Due, "nothing is due from "+r.Partner.String(), func(c *app.Clock) string {
		out := fmt.Sprintf("due %s%s  %s %d: %s", clockTime(c.Due), clockWords(c.Overdue, false), c.Kind, c.Number, c.What)
		if !c.By.IsZero() {
			out += ", for " + c.By.String()
		}
		return out
	})(w)
	if r.Requests != nil {
		listText(r.Requests, "", requestLine)(w)
	}
}

// requestLine is a trace request in one line.
func requestLine(r *app.TraceRequestSummary) string {
	answer := "no answer"
	if r.Answer != nil {
		answer = r.Answer.Outcome.String() + " " + clockTime(r.Answer.Time)
	}
	return fmt.Sprintf("%4d  %s asked %s on %s for %s (%s), due %s: %s%s", r.Number, r.By, r.To, clockTime(r.Time), r.Ask, r.Reason,
		clockTime(r.Due), answer, clockWords(r.Overdue, r.Late))
}
