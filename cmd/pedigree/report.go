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

Where the number itself was commissioned twice, that is what is reported: the ledger
then stops both packages.

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
	found, err := s.FindConflict(ctx, s.partner, key, site)
	if err != nil {
		return err
	}
	if found == nil { // the ledger says so itself
		op, err := s.Plan(s.partner).ReportConflict(ctx, key, site)
		if err != nil {
			return err
		}
		found = &client.Conflict{Op: op}
	}
	v, err := s.submit(ctx, found.Op, time.Time{})
	if err != nil {
		return err
	}
	if v.accepted() {
		v.Words = reportWords(s.partner, found)
	}
	return v.show(env)
}

// reportWords say what an accepted report means.
func reportWords(by gs1.GLN, found *client.Conflict) []string {
	key := found.Key.Bracketed()
	if _, duplicate := found.Op.(*app.ReportDuplicate); duplicate {
		return []string{
			fmt.Sprintf("reported: %s bears the number of two packages; by the ledger %s", key, found.Says),
			"its number is marked duplicate from now on, and nobody can ship or dispense either of them",
			fmt.Sprintf("keep the package apart and call the manufacturer; for the proof: pedigree proof evidence export %q -o FILE", key),
		}
	}
	return []string{
		fmt.Sprintf("reported: %s has %s at %s; by the ledger %s", by, key, found.Location, found.Says),
		"its number is marked duplicate from now on, a warning to everyone who verifies it",
		"keep the package apart, do not sell it, and call the manufacturer",
	}
}
