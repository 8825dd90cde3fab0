package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
)

func newInbound(env *environment) *cobra.Command {
	var a access
	var since, until string
	c := &cobra.Command{
		Use:   "inbound GLN",
		Short: "What was shipped to a partner, and what of it came",
		Long: `Lists the shipments to a partner, newest first, and compares what their data say
with what was received: on the road, short, refused, voided. Then those that did not
fit by supplier, and since when something is missing. --since and --until bound the
day of shipping, the latter not included.

Every number is proved and checked by the light client; that no shipment is left out
is the node's word.`,
		Example: `  pedigree inbound 9521003000008 --since 2026-01-14 --until 2026-01-15`,
		Args:    exactly(1, "the partner's GLN, 13 digits"),
		RunE: func(c *cobra.Command, args []string) error {
			gln, err := parseGLNFlag("the partner", args[0])
			if err != nil {
				return err
			}
			var bounds [2]time.Time
			for i, day := range [...]struct{ flag, text string }{{"--since", since}, {"--until", until}} {
				if day.text == "" {
					continue
				}
				if bounds[i], err = time.Parse(time.DateOnly, day.text); err != nil {
					return usage("%s is a day such as 2026-01-14, found %q", day.flag, day.text)
				}
			}
			return inbound(c.Context(), env, &a, gln, bounds[0], bounds[1])
		},
	}
	a.trustFlags(c)
	c.Flags().StringVar(&since, "since", "", "the first day of shipping, YYYY-MM-DD (UTC)")
	c.Flags().StringVar(&until, "until", "", "the day after the last, YYYY-MM-DD (UTC)")
	return c
}

// inboundReport is what inbound answers.
type inboundReport struct {
	*client.Deliveries
	BySupplier []client.SupplierMismatches `json:"bySupplier"`
	Trust      trustReport                 `json:"trust"`
}

func inbound(ctx context.Context, env *environment, a *access, gln gs1.GLN, since, until time.Time) error {
	l, err := a.open(ctx)
	if err != nil {
		return err
	}
	d, err := l.Deliveries(ctx, gln, since, until)
	if err != nil {
		return err
	}
	r := &inboundReport{d, d.BySupplier(), l.trust}
	return env.show(r, r.text)
}

func (r *inboundReport) text(w io.Writer) {
	for i := range r.Items {
		d := &r.Items[i]
		fmt.Fprintf(w, "shipment %d, %s from %s on %s: %d shipped, %d received", d.Number, d.Purpose, d.From, d.ShippedAt.Format(time.DateOnly), d.Shipped, d.Received)
		for _, n := range [...]struct {
			items uint64
			what  string
		}{{d.Open, "on the road"}, {d.Short, "short"}, {d.Refused, "refused"}, {d.Voided, "voided"}} {
			if n.items > 0 {
				fmt.Fprintf(w, ", %d %s", n.items, n.what)
			}
		}
		fmt.Fprintln(w)
	}
	if len(r.Items) == 0 {
		fmt.Fprintln(w, "nothing was shipped to it")
	}
	for i := range r.BySupplier {
		s := &r.BySupplier[i]
		fmt.Fprintf(w, "supplier %s: %d of %d deliveries did not fit, %d of %d packages", s.Supplier, len(s.Mismatched), s.Deliveries, s.Items, s.Shipped)
		if s.Unsettled > 0 {
			fmt.Fprintf(w, "; %d still missing, the oldest since %s", s.Unsettled, s.Oldest.Format(time.DateOnly))
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "as of block %d\n", r.Height)
	fmt.Fprintln(w, &r.Trust)
}
