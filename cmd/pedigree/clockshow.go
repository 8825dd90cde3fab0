package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/client"
)

// shownClock is a trace request, an exception or an investigation that was
// proved.
type shownClock[R any] struct {
	Record R           `json:"record"`
	Height uint64      `json:"height"`
	Time   time.Time   `json:"time"`
	Trust  trustReport `json:"trust"`
}

func newRequestShow(env *environment) *cobra.Command {
	return newClockShow(env, "a trace request", func(ctx context.Context, l *ledger, n string, r *shownClock[app.TraceRequestSummary]) (string, error) {
		p, err := client.Query(ctx, l.Client, app.DecodeTraceRequest, "/trace-request/{number}", n)
		if err != nil || p.Record == nil {
			return "", err
		}
		r.Record = app.TraceRequestSummary{Overdue: p.Record.Overdue(uint64(p.Time.Unix())), Late: p.Record.Late(), TraceRequest: *p.Record}
		r.Record.Number, err = numberArg(n)
		r.Height, r.Time = p.Height, p.Time
		return requestLine(&r.Record), err
	})
}

func newExceptionShow(env *environment) *cobra.Command {
	return newClockShow(env, "an exception", func(ctx context.Context, l *ledger, n string, r *shownClock[app.ExceptionSummary]) (string, error) {
		p, err := client.Query(ctx, l.Client, app.DecodeException, "/exception/{number}", n)
		if err != nil || p.Record == nil {
			return "", err
		}
		x := p.Record
		r.Record = app.ExceptionSummary{Status: x.Status(), Overdue: x.Overdue(uint64(p.Time.Unix())), Late: x.Late(), Exception: *x}
		r.Record.Number, err = numberArg(n)
		r.Height, r.Time = p.Height, p.Time
		return exceptionLine(&r.Record), err
	})
}

// newClockShow shows one record, proved; find returns it in one line, or "".
func newClockShow[R any](env *environment, what string, find func(context.Context, *ledger, string, *shownClock[R]) (string, error)) *cobra.Command {
	var a access
	c := &cobra.Command{
		Use:   "show NUMBER",
		Short: "What the ledger says about " + what + ", proved: was it answered in time?",
		Args:  exactly(1, "the number of "+what),
		RunE: func(c *cobra.Command, args []string) error {
			if _, err := numberArg(args[0]); err != nil {
				return err
			}
			l, err := a.open(c.Context())
			if err != nil {
				return err
			}
			r := &shownClock[R]{Trust: l.trust}
			line, err := find(c.Context(), l, args[0], r)
			switch {
			case err != nil:
				return err
			case line == "":
				return no("there is no record of that number: %s", args[0])
			}
			return env.show(r, func(w io.Writer) {
				fmt.Fprintf(w, "%s\nas of block %d, %s\n%s\n", line, r.Height, r.Time.UTC().Format("2006-01-02 15:04 UTC"), &r.Trust)
			})
		},
	}
	a.trustFlags(c)
	return c
}
