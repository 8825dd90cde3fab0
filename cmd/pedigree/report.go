package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
)

func newReport(env *environment) *cobra.Command {
	var a access
	var at string
	c := &cobra.Command{
		Use:   "report SCAN --at GLN --key FILE",
		Short: "Report a package in hand that the ledger has elsewhere, or ended",
		Long: `Puts on record that you have a package in your hand which, by the ledger, is with
somebody else or was dispensed, destroyed or ended otherwise. Two packages bear one
number, and one of them is a copy; or one of the records is wrong. Any partner may
report.

The number is then marked as a duplicate, for everyone who verifies it to see, with
your report as the evidence. It is a warning and stops nothing: to stop it as well,
"pedigree mark SCAN suspect --block". Keep the package apart, do not sell it, and call
the manufacturer.

` + scanHelp,
		Example: `  pedigree report "(01)09521001100014(21)A3K2KM39YL" --at 9521006000005 --key keys/fir.json`,
		Args:    exactly(1, "one scan, in quotes"),
		RunE: func(c *cobra.Command, args []string) error {
			scan, err := readKey(args[0])
			if err != nil {
				return err
			}
			site, err := parseSite(at)
			if err != nil {
				return err
			}
			return report(c.Context(), env, &a, scan.Key, site)
		},
	}
	a.nodeFlag(c)
	a.signerFlag(c)
	c.Flags().StringVar(&at, "at", "", "the GLN of the site where you have the package")
	return c
}

func parseSite(text string) (gs1.GLN, error) {
	if text == "" {
		return gs1.GLN{}, usage("--at is needed: the GLN of the site where you have the package, 13 digits")
	}
	return parseGLNFlag("--at", text)
}

func report(ctx context.Context, env *environment, a *access, key gs1.Key, site gs1.GLN) error {
	s, err := a.signer(ctx, "report")
	if err != nil {
		return err
	}
	place, err := s.Place(ctx, key)
	switch {
	case errors.Is(err, client.ErrNotFound):
		return no("%s: the ledger has never seen it, as far as node %s knows, so it is nowhere else; do not sell it, and call the manufacturer", key.Bracketed(), a.node)
	case err != nil:
		return err
	case len(place.Commissions) == 0:
		return usage("%s is a container: report the packages in it, one by one", key.Bracketed())
	}
	says, err := s.ledgerSays(ctx, place)
	if err != nil {
		return err
	}
	op, err := s.Plan(s.partner).ReportConflict(ctx, key, site)
	if err != nil {
		return err
	}
	v, err := s.submit(ctx, op, time.Time{})
	if err != nil {
		return err
	}
	if v.accepted() {
		v.Words = []string{
			fmt.Sprintf("reported: %s has %s at %s; by the ledger %s", s.partner, key.Bracketed(), site, says),
			"its number is marked duplicate from now on, a warning to everyone who verifies it",
			"keep the package apart, do not sell it, and call the manufacturer",
		}
	}
	return v.show(env)
}

// ledgerSays is what the ledger holds against the package in hand, as the node
// tells it.
func (s *signing) ledgerSays(ctx context.Context, place *app.Place) (string, error) {
	raw, err := s.Record(ctx, app.HoldingKey(place.Chain[len(place.Chain)-1]))
	if err != nil {
		return "", err
	}
	h, err := app.DecodeHolding(raw)
	if err != nil {
		return "", err
	}
	switch {
	case place.State.Ended():
		return fmt.Sprintf("it was %s by %s, at site %s", place.State, h.Possessor, h.Location), nil
	case h.Shipment > 0:
		return fmt.Sprintf("it is on its way from %s in shipment %d", h.Possessor, h.Shipment), nil
	default:
		return fmt.Sprintf("it is with %s, at site %s", h.Possessor, h.Location), nil
	}
}
