package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/epcis"
)

// exportFlags are what an export is asked for.
type exportFlags struct {
	partner, since, until string
	format, repository    string
	events                int
}

func newExport(env *environment) *cobra.Command {
	var a access
	var f exportFlags
	c := &cobra.Command{
		Use:   "export DIR",
		Short: "Write everything a partner may see to files that other systems can load",
		Long: `Reads the ledger from its first block to its last and writes to a new folder:

  events-000001.jsonld ...  what happened, as EPCIS documents in the order of the
                            blocks, with products and partners in their headers
  holdings.jsonl            where everything is now, a line for each holding
  shipments.jsonl           every shipment with its counts
  recalls.jsonl             every lot that was recalled
  partners.jsonl products.jsonl
  documents/                what was captured at this edge, byte for byte, and
  attached-000001.jsonld    events that have no meaning for the ledger, both with
                            --repository
  manifest.json             chain, height and header of the export, and the
                            SHA-256 of every file

Blocks are checked by the light client. Events have the hash that partners
recorded where the ledger can tell them word for word; what no partner exchanged
an event about is told as one, with an eventID that names its transaction. Keys
are never written.

With --partner only what concerns that partner is written: what it signed, its
shipments in and out, goods that it has, recalls and marks of what is or was its.
An export that was broken off goes on when the same command is given again. A
document can be captured elsewhere: "pedigree capture", or any EPCIS repository.`,
		Example: `  pedigree export everything --genesis genesis.json
  pedigree export cedar --partner 9521003000008 --since 2026-01-01 --format xml12`,
		Args: exactly(1, "the folder to write to"),
		RunE: func(c *cobra.Command, args []string) error { return runExport(c.Context(), env, &a, &f, args[0]) },
	}
	a.trustFlags(c)
	c.Flags().StringVar(&f.partner, "partner", "", "the GLN of the partner whom it must concern; all partners without it")
	c.Flags().StringVar(&f.since, "since", "", "leave out events before this day or time (2026-01-31, or RFC 3339)")
	c.Flags().StringVar(&f.until, "until", "", "leave out events from this day or time on")
	c.Flags().StringVar(&f.format, "format", "json", "how events are written: json (EPCIS 2.0 JSON-LD), xml (2.0) or xml12 (1.2)")
	c.Flags().StringVar(&f.repository, "repository", "", "the folder of a stopped node's or gateway's repository, for its documents and attached events")
	c.Flags().IntVar(&f.events, "events", 1000, "how many events a file holds at most")
	return c
}

// exportPlan is what an export writes; it stays the same when it goes on.
type exportPlan struct {
	ChainID string  `json:"chainId"`
	Height  uint64  `json:"height"`
	Partner gs1.GLN `json:"partner,omitzero"`
	// Since and Until bound the events' times, the latter exclusive.
	Since  *time.Time `json:"since,omitempty"`
	Until  *time.Time `json:"until,omitempty"`
	Format string     `json:"format"`
	Events int        `json:"eventsPerFile"`
}

// plan reads the flags.
func (f *exportFlags) plan() (*exportPlan, error) {
	p := &exportPlan{Format: f.format, Events: f.events}
	var err error
	if f.partner != "" {
		if p.Partner, err = gs1.ParseGLN(f.partner); err != nil {
			return nil, usage("--partner %s: %v", f.partner, err)
		}
	}
	if p.Since, err = exportTime("--since", f.since); err != nil {
		return nil, err
	}
	if p.Until, err = exportTime("--until", f.until); err != nil {
		return nil, err
	}
	if _, _, err := p.encoder(); err != nil {
		return nil, err
	}
	const most = 100_000
	if f.events < 1 || f.events > most {
		return nil, usage("--events is 1 to %d, found %d", most, f.events)
	}
	return p, nil
}

func exportTime(flag, text string) (*time.Time, error) {
	if text == "" {
		return nil, nil
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, text); err == nil {
			t = t.UTC()
			return &t, nil
		}
	}
	return nil, usage("%s %s: a day such as 2026-01-31 or a time such as 2026-01-31T08:00:00Z is expected", flag, text)
}

// encoder is how documents are written, and the ending of their names.
func (p *exportPlan) encoder() (encode func(*epcis.Document) ([]byte, error), ending string, err error) {
	switch p.Format {
	case "json":
		return epcis.EncodeJSON20, ".jsonld", nil
	case "xml":
		return epcis.EncodeXML20, ".xml", nil
	case "xml12":
		return epcis.EncodeXML12, ".xml", nil
	default:
		return nil, "", usage("--format is json, xml or xml12, found %q", p.Format)
	}
}

// within reports whether an event is in the time that was asked for.
func (p *exportPlan) within(ev *epcis.Event) bool {
	at := ev.Time.At
	return (p.Since == nil || !at.Before(*p.Since)) && (p.Until == nil || at.Before(*p.Until))
}

func runExport(ctx context.Context, env *environment, a *access, f *exportFlags, dir string) error {
	plan, err := f.plan()
	if err != nil {
		return err
	}
	l, err := a.open(ctx)
	if err != nil {
		return err
	}
	status, err := l.IndexStatus(ctx)
	if err != nil {
		return err
	}
	plan.ChainID, plan.Height = l.ChainID(), status.Height
	x, err := openExport(dir, plan)
	if err != nil {
		return err
	}
	x.ledger, x.bar = l, newProgress(env.stderr, "exporting blocks")
	for _, step := range []func(context.Context) error{
		x.events, x.lists,
		func(ctx context.Context) error { return x.fromRepository(ctx, f.repository) },
	} {
		if err := step(ctx); err != nil {
			return fmt.Errorf("%w; what is written so far stays: give the same command again to go on", err)
		}
	}
	m, err := x.finish(ctx)
	if err != nil {
		return err
	}
	return env.show(m, func(w io.Writer) { m.text(w, dir, &l.trust) })
}
