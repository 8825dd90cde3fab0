package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
)

func newRecallShow(env *environment) *cobra.Command {
	var a access
	c := &cobra.Command{
		Use:   "show GTIN LOT",
		Short: "What the ledger says about a lot and its recall",
		Long: `Says how a lot's recall stands: by whom, how dangerous, how far down, of the whole
lot or of how many packages, how many partners acknowledged it, and whether it is
closed. The lot's record is proved and checked by the light client.`,
		Example: `  pedigree recall show 09521001100014 ALD-2601B`,
		Args:    exactly(2, "a GTIN and a lot"),
		RunE: func(c *cobra.Command, args []string) error {
			id, err := app.ParseLotID(args[0], args[1])
			if err != nil {
				return usage("%v", err)
			}
			return showRecall(c.Context(), env, &a, id)
		},
	}
	a.trustFlags(c)
	return c
}

// recallReport is what recall show answers.
type recallReport struct {
	LotID  app.LotID   `json:"lotId"`
	Lot    *app.Lot    `json:"lot"`
	Height uint64      `json:"height"`
	Time   time.Time   `json:"time"`
	Words  []string    `json:"words"`
	Trust  trustReport `json:"trust"`
}

func showRecall(ctx context.Context, env *environment, a *access, id app.LotID) error {
	l, err := a.open(ctx)
	if err != nil {
		return err
	}
	lot, err := client.Query(ctx, l.Client, app.DecodeLot, "/lot/{gtin}/{lot}", id.GTIN.String(), id.Lot)
	if err != nil {
		return err
	}
	if lot.Record == nil {
		return no("the ledger knows of no lot %s of %s: nothing of it was commissioned", id.Lot, gtinWords(id.GTIN))
	}
	r := recallReport{LotID: id, Lot: lot.Record, Height: lot.Height, Time: lot.Time, Words: recallStory(lot.Record), Trust: l.trust}
	return env.show(r, r.text)
}

// recallStory says how a lot's recall stands, one sentence each.
func recallStory(l *app.Lot) []string {
	out := []string{fmt.Sprintf("%d packages were commissioned, %d are in the supply chain, %d have ended", l.Commissioned, l.Commissioned-l.Ended, l.Ended)}
	r := l.Recall
	if r == nil {
		return append(out, "it was never recalled")
	}
	out = append(out, recallWords(r), fmt.Sprintf("since %s, down to %s", day(r.Time), depthWord(r.Depth)))
	switch {
	case r.Acks == 1:
		out = append(out, "one partner has acknowledged it")
	default:
		out = append(out, fmt.Sprintf("%d partners have acknowledged it", r.Acks))
	}
	return out
}

func (r recallReport) text(w io.Writer) {
	fmt.Fprintf(w, "lot %s of %s\n", r.LotID.Lot, gtinWords(r.LotID.GTIN))
	for _, s := range r.Words {
		fmt.Fprintf(w, "  %s\n", s)
	}
	fmt.Fprintf(w, "as of block %d, signed %s (%s)\n", r.Height, r.Time.UTC().Format(time.RFC3339), age(r.Time))
	fmt.Fprintln(w, &r.Trust)
}

// reachFlags say how much is shown.
type reachFlags struct {
	sites   bool
	partner string
}

func newRecallReach(env *environment) *cobra.Command {
	var a access
	var f reachFlags
	c := &cobra.Command{
		Use:   "reach GTIN LOT",
		Short: "Who has a lot, who acknowledged its recall, and that nobody is left out",
		Long: `Lists every partner that has packages of a lot: how many, how many of them are on the
road and to whom, how many on hold, and what it acknowledged. It works for a lot that
was not recalled as well.

Every number is proved at one height and checked by the light client. The last line
says whether the list is complete: the packages in it must be as many as were
commissioned and have not ended. If they are not, the node has left somebody out, or
lags behind; then the exit code is 1. What is on the road is with its shipper until it
is received.

Packages that were repackaged have ended here and live on under other identifiers: the
lots that they went into are named, as the node lists them, and have a reach of their
own.`,
		Example: `  pedigree recall reach 09521001100014 ALD-2601B
  pedigree recall reach 09521001100014 ALD-2601B --partner 9521003000008 --sites`,
		Args: exactly(2, "a GTIN and a lot"),
		RunE: func(c *cobra.Command, args []string) error {
			id, err := app.ParseLotID(args[0], args[1])
			if err != nil {
				return usage("%v", err)
			}
			return showReach(c.Context(), env, &a, &f, id)
		},
	}
	a.trustFlags(c)
	c.Flags().BoolVar(&f.sites, "sites", false, "show at which locations they are")
	c.Flags().StringVar(&f.partner, "partner", "", "show this partner only, by its GLN; the last line is of all")
	return c
}

// reachReport is what recall reach answers.
type reachReport struct {
	*client.RecallReach
	Complete bool        `json:"complete"`
	Trust    trustReport `json:"trust"`
	sites    bool
}

func showReach(ctx context.Context, env *environment, a *access, f *reachFlags, id app.LotID) error {
	var only gs1.GLN
	var err error
	if f.partner != "" {
		if only, err = parseGLNFlag("--partner", f.partner); err != nil {
			return err
		}
	}
	l, err := a.open(ctx)
	if err != nil {
		return err
	}
	reach, err := l.RecallReach(ctx, id)
	if errors.Is(err, client.ErrNotFound) {
		return no("the ledger knows of no lot %s of %s: nothing of it was commissioned", id.Lot, gtinWords(id.GTIN))
	}
	if err != nil {
		return err
	}
	r := reachReport{RecallReach: reach, Complete: reach.Complete(), Trust: l.trust, sites: f.sites}
	if !only.IsZero() {
		r.keep(only)
	}
	if err := env.show(r, r.text); err != nil {
		return err
	}
	if !r.Complete {
		return no("the list is not complete: ask another node with --node")
	}
	return nil
}

// keep leaves one partner in the list.
func (r *reachReport) keep(only gs1.GLN) {
	var kept []client.RecallHolder
	for i := range r.Holders {
		if r.Holders[i].Partner == only {
			kept = append(kept, r.Holders[i])
		}
	}
	r.Holders = kept
}

func (r reachReport) text(w io.Writer) {
	fmt.Fprintf(w, "lot %s of %s", r.LotID.Lot, gtinWords(r.LotID.GTIN))
	if rec := r.Lot.Recall; rec != nil {
		fmt.Fprintf(w, ": %s", recallWords(rec))
	}
	fmt.Fprint(w, "\n\n")
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "packages\ton the road\ton hold\tfound\t  acknowledged\t")
	for i := range r.Holders {
		h := &r.Holders[i]
		found, when := ackWords(r.Lot.Recall, h)
		fmt.Fprintf(t, "%d\t%d\t%d\t%s\t  %s\t  %s (%s)\n", h.Live, h.OnRoad, h.OnHold, found, when, h.Name, h.Partner)
		r.details(t, h)
	}
	fmt.Fprintf(t, "%d\t%d\t%d\t\t  %s\t  total\n", r.Live, r.OnRoad, r.OnHold, r.ackTotal())
	t.Flush() //nolint:errcheck // as every other line that is printed
	fmt.Fprintln(w)
	for i := range r.MadeInto {
		fmt.Fprintln(w, madeWords(&r.MadeInto[i]))
	}
	fmt.Fprintln(w, &r.Trust)
	fmt.Fprintln(w, r.verdict())
}

// madeWords say what was repackaged: ended here, and alive under other
// identifiers.
func madeWords(m *app.MadeLot) string {
	return fmt.Sprintf("%s of this lot %s repackaged into lot %s of %s by %s (%d packages): see its own reach",
		packages(m.Used), wasWere(m.Used), m.Lot.Lot, gtinWords(m.Lot.GTIN), m.By, m.Made)
}

func packages(n uint64) string {
	if n == 1 {
		return "1 package"
	}
	return fmt.Sprintf("%d packages", n)
}

func wasWere(n uint64) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

// details are where a partner's packages are.
func (r *reachReport) details(w io.Writer, h *client.RecallHolder) {
	for _, s := range h.Shipments {
		how := "on the way to"
		if s.Short {
			how = "missing on the way to"
		}
		fmt.Fprintf(w, "\t%d\t\t\t\t    %s %s in shipment %d\n", s.Items, how, s.To, s.Number)
	}
	if !r.sites {
		return
	}
	for _, s := range h.Sites {
		fmt.Fprintf(w, "%d\t\t\t\t\t    at site %s\n", s.Live, s.Location)
	}
}

// ackWords say what a partner found, and when it acknowledged.
func ackWords(rec *app.Recall, h *client.RecallHolder) (found, when string) {
	switch {
	case rec == nil:
		return "", ""
	case h.Ack == nil:
		return "-", "outstanding"
	case !h.Current:
		return fmt.Sprint(h.Ack.Found), "outstanding since it was extended"
	default:
		return fmt.Sprint(h.Ack.Found), day(h.Ack.Time)
	}
}

func (r *reachReport) ackTotal() string {
	if r.Lot.Recall == nil {
		return ""
	}
	return fmt.Sprintf("%d of %d holders", r.Acknowledged, r.Acknowledged+r.Outstanding)
}

// verdict says whether anybody was left out.
func (r *reachReport) verdict() string {
	switch {
	case r.Missing > 0:
		return fmt.Sprintf("INCOMPLETE: %d of %d live packages are with nobody whom the node names, proved at height %d", r.Missing, r.Lot.Commissioned-r.Lot.Ended, r.Height)
	case r.MissingAcks > 0:
		return fmt.Sprintf("INCOMPLETE: %d acknowledgements are not shown, proved at height %d", r.MissingAcks, r.Height)
	default:
		return fmt.Sprintf("complete: %d live = %d commissioned - %d ended, proved at height %d", r.Live, r.Lot.Commissioned, r.Lot.Ended, r.Height)
	}
}
