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

// partnerPages asks a node for one page of what is listed about a partner.
type partnerPages[T any] func(ctx context.Context, n *client.Client, gln gs1.GLN, p app.PageRequest) (*app.Page[T], error)

// newPartnerListing makes a command "list GLN" that prints one line for each
// thing listed, or what none says when there is nothing.
func newPartnerListing[T any](env *environment, short, none string, pages partnerPages[T], line func(*T) string) *cobra.Command {
	var a access
	c := &cobra.Command{
		Use:   "list GLN",
		Short: short,
		Args:  exactly(1, "the GLN of a partner"),
		RunE: func(c *cobra.Command, args []string) error {
			gln, err := parseGLNFlag("the partner", args[0])
			if err != nil {
				return err
			}
			n, err := a.dial(c.Context())
			if err != nil {
				return err
			}
			all, err := client.All(func(p app.PageRequest) (*app.Page[T], error) { return pages(c.Context(), n, gln, p) })
			if err != nil {
				return err
			}
			return env.show(all, listText(all, none, line))
		},
	}
	a.nodeFlag(c)
	return c
}

// listText prints a line for each thing.
func listText[T any](all []T, none string, line func(*T) string) func(io.Writer) {
	return func(w io.Writer) {
		if len(all) == 0 {
			fmt.Fprintln(w, none)
		}
		for i := range all {
			fmt.Fprintln(w, line(&all[i]))
		}
	}
}
