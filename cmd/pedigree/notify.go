package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
)

// notifyFlags are what a notification says.
type notifyFlags struct {
	kind, incident string
	partners       []string
}

func newNotify(env *environment) *cobra.Command {
	var a access
	var f notifyFlags
	c := &cobra.Command{
		Use:   "notify INVESTIGATION [--partner GLN:SHIPMENT]... --key FILE",
		Short: "Notify FDA and trading partners of illegitimate product, or end that",
		Long: `After an investigation has found illegitimate product, its opener notifies FDA, which
reads the ledger, and the trading partners that may have it, within 24 hours. From the
next block on these neither ship nor dispense of it, whatever they have or get; they
may receive, quarantine, return and destroy. A partner is named with the number of a
shipment between the two of you; a manufacturer of the product or a regulator needs
none. A termination names FDA's number of the incident.`,
		Example: `  pedigree notify 3 --partner 9521005000006:7 --incident CDER-2026-0042 --key keys/cedar.json
  pedigree notify 3 --type termination --incident CDER-2026-0042 --partner 9521005000006 --key keys/cedar.json
  pedigree notify list 9521005000006`,
		Args: exactly(1, "the number of an investigation"),
		RunE: func(c *cobra.Command, args []string) error {
			op, err := f.op(args[0])
			if err != nil {
				return err
			}
			words := fmt.Sprintf("investigation %d: %s notification, of %d partners", op.Investigation, op.Type, len(op.Partners))
			return a.say(c.Context(), env, "notify", op, words)
		},
	}
	a.nodeFlag(c)
	a.signerFlag(c)
	c.Flags().StringVar(&f.kind, "type", "initial", "initial, follow-up, termination, or high-risk (by the manufacturer, before the finding)")
	c.Flags().StringVar(&f.incident, "incident", "", "the number that FDA gave the incident, at most 40 bytes")
	c.Flags().StringArrayVar(&f.partners, "partner", nil, "GLN, or GLN:SHIPMENT, of a partner that may have it; may be repeated")
	c.AddCommand(newNotifyList(env))
	return c
}

func (f *notifyFlags) op(number string) (*app.Notify, error) {
	n, err := numberArg(number)
	if err != nil {
		return nil, err
	}
	op := &app.Notify{Investigation: n, Incident: f.incident}
	if op.Type.UnmarshalText([]byte(f.kind)) != nil {
		return nil, usage("--type is initial, follow-up, termination or high-risk, found %q", f.kind)
	}
	const incidentBytes = 40
	if len(f.incident) > incidentBytes || op.Type == app.NoticeTermination && f.incident == "" {
		return nil, usage("--incident is FDA's number, at most %d bytes; a termination needs it", incidentBytes)
	}
	for _, text := range f.partners {
		p, err := notified(text)
		if err != nil {
			return nil, err
		}
		op.Partners = append(op.Partners, p)
	}
	slices.SortFunc(op.Partners, func(a, b app.Notified) int { return strings.Compare(a.Partner.String(), b.Partner.String()) })
	once := slices.CompactFunc(slices.Clone(op.Partners), func(a, b app.Notified) bool { return a.Partner == b.Partner })
	const most = 256
	if len(once) < len(op.Partners) || len(once) > most {
		return nil, usage("each partner once, and at most %d", most)
	}
	return op, nil
}

// notified reads GLN or GLN:SHIPMENT.
func notified(text string) (p app.Notified, err error) {
	gln, shipment, named := strings.Cut(text, ":")
	if p.Partner, err = parseGLNFlag("--partner", gln); err != nil || !named {
		return p, err
	}
	if p.Shipment, err = strconv.ParseUint(shipment, 10, 64); err != nil {
		return p, usage("--partner is GLN:SHIPMENT, found %q", text)
	}
	return p, nil
}

func newNotifyList(env *environment) *cobra.Command {
	return newPartnerListing(env, "The notices that stand for a partner", "no notice",
		func(ctx context.Context, n *client.Client, gln gs1.GLN, p app.PageRequest) (*app.Page[app.NoticeSummary], error) {
			return n.Notices(ctx, gln, p)
		}, noticeLine)
}

func noticeLine(n *app.NoticeSummary) string {
	var of []string
	for _, o := range n.Of {
		of = append(of, fmt.Sprintf("investigation %d, by %s since %s", o.Investigation, o.By, clockTime(o.Time)))
	}
	return subjectWords(n.Subject) + ": " + strings.Join(of, "; ")
}
