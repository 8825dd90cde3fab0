package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
)

func newPartner(env *environment) *cobra.Command {
	c := &cobra.Command{
		Use:   "partner",
		Short: "Who is in the network: licenses, suspensions and keys",
	}
	c.AddCommand(newPartnerList(env), newPartnerShow(env), newPartnerUpdate(env), newPartnerSuspend(env), newPartnerReinstate(env))
	return c
}

// partnerRow is one partner, proved.
type partnerRow struct {
	client.ProvenPartner
	// Status says in words whether it may trade now.
	Status string `json:"status"`
}

// partnerListReport is what partner list answers.
type partnerListReport struct {
	Partners []partnerRow `json:"partners"`
	Trust    trustReport  `json:"trust"`
}

func newPartnerList(env *environment) *cobra.Command {
	var a access
	var within string
	c := &cobra.Command{
		Use:   "list [--expiring DAYS]",
		Short: "List the partners, those whose license ends first at the top",
		Long: `Lists the trading partners, ascending by the end of their licenses. With
--expiring 30d, only those whose license has ended or ends within 30 days after the
last block, and those that are suspended.

Every line is the partner's record as it stands in the ledger, proved and checked by
the light client. Which partners to prove comes from the node's index: that it
leaves nobody out is not proved.`,
		Example: `  pedigree partner list --expiring 30d`,
		Args:    exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			days, err := parseDays(within)
			if err != nil {
				return err
			}
			return listPartners(c.Context(), env, &a, within != "", days)
		},
	}
	a.trustFlags(c)
	c.Flags().StringVar(&within, "expiring", "", "only those whose license ends within so many days, such as 30d")
	return c
}

// parseDays reads "30d" or "30"; nothing is 0.
func parseDays(text string) (uint32, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(strings.TrimSuffix(text, "d"), 10, 16)
	if err != nil {
		return 0, usage("--expiring is a number of days such as 30d, found %q", text)
	}
	return uint32(n), nil
}

func listPartners(ctx context.Context, env *environment, a *access, expiring bool, days uint32) error {
	l, err := a.open(ctx)
	if err != nil {
		return err
	}
	listed, err := client.All(func(page app.PageRequest) (*app.Page[app.PartnerEnd], error) {
		if expiring {
			return l.Expiring(ctx, days, page)
		}
		return l.Partners(ctx, page)
	})
	if err != nil {
		return err
	}
	proved, err := l.ProvePartners(ctx, listed)
	if err != nil {
		return err
	}
	r := partnerListReport{Partners: []partnerRow{}, Trust: l.trust}
	for i := range proved {
		r.Partners = append(r.Partners, partnerRow{proved[i], partnerStatus(&proved[i], proved[i].Time)})
	}
	return env.show(r, r.text)
}

// partnerStatus says whether a partner may trade at a time.
func partnerStatus(p *client.ProvenPartner, at time.Time) string {
	switch why := p.Authorized(uint64(at.Unix())); why {
	case "":
		return "authorized until " + licenseDay(p.Record.Credential.Until)
	case "suspended":
		return "SUSPENDED"
	case "ended":
		return "LICENSE ENDED " + licenseDay(p.Record.Credential.Until)
	default:
		return strings.ToUpper(why)
	}
}

func (r *partnerListReport) text(w io.Writer) {
	for i := range r.Partners {
		p := &r.Partners[i]
		if p.Record == nil {
			fmt.Fprintf(w, "%s  %s\n", p.GLN, p.Status)
			continue
		}
		fmt.Fprintf(w, "%s  %-12s  %s  %s\n", p.GLN, p.Record.Roles, p.Record.Name, p.Status)
	}
	if len(r.Partners) == 0 {
		fmt.Fprintln(w, "none")
		return
	}
	fmt.Fprintf(w, "%d partners, as of block %d\n%s\n", len(r.Partners), r.Partners[0].Height, &r.Trust)
}

// partnerShown is what partner show answers.
type partnerShown struct {
	partnerRow
	// Keys are left out for a moment of the past.
	Keys  []partnerKey `json:"keys,omitempty"`
	Trust trustReport  `json:"trust"`
}

// partnerKey is one key of a partner, proved.
type partnerKey struct {
	ID app.KeyID `json:"id"`
	// From and Until bound the block times at which it signs, in seconds UTC;
	// 0 is no bound.
	From  uint64 `json:"from"`
	Until uint64 `json:"until"`
}

func newPartnerShow(env *environment) *cobra.Command {
	var a access
	var at string
	c := &cobra.Command{
		Use:   "show GLN [--at TIME]",
		Short: "Show one partner: license, standing and keys, proved",
		Long: `Shows what the ledger holds of one partner, proved and checked by the light client:
roles, license, company prefixes, who suspended it and why, and the whole list of
keys that may sign for it.

With --at, what was registered at a moment of the past, such as that of a shipment.
The node must still keep that state (its setting keepVersions).

Exit code 1 if it was not registered, or not authorized to trade then.`,
		Example: `  pedigree partner show 9521003000008
  pedigree partner show 9521003000008 --at 2026-11-21T13:00:00Z`,
		Args: exactly(1, "one GLN"),
		RunE: func(c *cobra.Command, args []string) error {
			gln, err := parseGLNFlag("GLN", args[0])
			if err != nil {
				return err
			}
			return showPartner(c.Context(), env, &a, gln, at)
		},
	}
	a.trustFlags(c)
	c.Flags().StringVar(&at, "at", "", "a moment of the past, such as 2026-01-31T12:00:00Z")
	return c
}

func showPartner(ctx context.Context, env *environment, a *access, gln gs1.GLN, at string) error {
	when := time.Time{}
	if at != "" {
		var err error
		if when, err = time.Parse(time.RFC3339, at); err != nil {
			return usage("--at is a time such as 2026-01-31T12:00:00Z, found %q", at)
		}
	}
	l, err := a.open(ctx)
	if err != nil {
		return err
	}
	r := partnerShown{Trust: l.trust}
	if at != "" {
		p, err := l.PartnerAt(ctx, gln, when)
		if err != nil {
			return err
		}
		r.ProvenPartner = *p
	} else {
		p, err := client.Query(ctx, l.Client, app.DecodePartner, "/partner/{gln}", gln.String())
		if err != nil {
			return err
		}
		r.ProvenPartner, when = client.ProvenPartner{GLN: gln, Proven: *p}, p.Time
		if r.Keys, err = l.keysOf(ctx, gln); err != nil {
			return err
		}
	}
	r.Status = partnerStatus(&r.ProvenPartner, when)
	if err := env.show(&r, r.text); err != nil {
		return err
	}
	if why := r.Authorized(uint64(when.Unix())); why != "" {
		return no("partner %s may not trade: %s", gln, why)
	}
	return nil
}

// keysOf proves the list of a partner's keys, and each of them.
func (l *ledger) keysOf(ctx context.Context, gln gs1.GLN) ([]partnerKey, error) {
	list, err := client.Query(ctx, l.Client, app.DecodePartnerKeys, "/keys/{gln}", gln.String())
	if err != nil || list.Record == nil {
		return nil, err
	}
	var out []partnerKey
	for _, id := range list.Record.Keys {
		k, err := client.Query(ctx, l.Client, app.DecodeKey, "/key/{id}", id.String())
		if err != nil {
			return nil, err
		}
		if k.Record != nil {
			out = append(out, partnerKey{id, k.Record.From, k.Record.Until})
		}
	}
	return out, nil
}

func (r *partnerShown) text(w io.Writer) {
	if p := r.Record; p != nil {
		fmt.Fprintf(w, "%s (%s), %s\n", p.Name, r.GLN, p.Roles)
		if p.Address != "" {
			fmt.Fprintf(w, "  %s\n", p.Address)
		}
		fmt.Fprintf(w, "  license valid %s to %s, evidence %x\n", licenseDay(p.Credential.From), licenseDay(p.Credential.Until), p.Credential.Evidence)
		for _, c := range p.Prefixes {
			fmt.Fprintf(w, "  company prefix %s\n", c)
		}
		r.textOfPast(w, p)
	}
	for _, k := range r.Keys {
		fmt.Fprintf(w, "  key %s", k.ID)
		if k.Until != 0 {
			fmt.Fprintf(w, ", until %s", time.Unix(int64(k.Until), 0).UTC().Format(time.RFC3339))
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "%s\nas of block %d\n%s\n", r.Status, r.Height, &r.Trust)
}

// textOfPast tells who answers for the partner and who suspended it.
func (r *partnerShown) textOfPast(w io.Writer, p *app.Partner) {
	switch {
	case p.Member():
		fmt.Fprintln(w, "  member: it runs a validator and votes")
	case !p.Sponsor.IsZero():
		fmt.Fprintf(w, "  sponsored by %s\n", p.Sponsor)
	}
	for i := range p.Suspensions {
		s := &p.Suspensions[i]
		who := "its sponsor"
		if s.Regulator {
			who = "a regulator"
		}
		fmt.Fprintf(w, "  suspended by %s (%s) in block %d, %s: %s\n", who, s.By, s.Height, time.Unix(int64(s.Time), 0).UTC().Format(time.RFC3339), s.Reason)
	}
}
