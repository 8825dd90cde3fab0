package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
)

func newRecallCustomers(env *environment) *cobra.Command {
	var a access
	c := &cobra.Command{
		Use:   "customers GTIN LOT GLN",
		Short: "Which customers got a lot from a partner, and by which shipments",
		Long: `Lists to whom the partner with the GLN sold packages of a lot, whether or not they
still have them: whom to call about a recall. It works for a lot that was not recalled.

Each shipment is proved and checked by the light client. How many packages of the lot
were in it, and that none is left out, is the node's word; what is proved complete is
who has the lot now (recall reach). The counts in brackets are of everything that was
in the shipment.`,
		Example: `  pedigree recall customers 09521001100014 ALD-2601B 9521003000008`,
		Args:    exactly(3, "a GTIN, a lot and the GLN of who sold it"),
		RunE: func(c *cobra.Command, args []string) error {
			id, err := app.ParseLotID(args[0], args[1])
			if err != nil {
				return usage("%v", err)
			}
			gln, err := parseGLNFlag("GLN", args[2])
			if err != nil {
				return err
			}
			return showCustomers(c.Context(), env, &a, gln, id)
		},
	}
	a.trustFlags(c)
	return c
}

// customersReport is what recall customers answers.
type customersReport struct {
	*client.LotCustomers
	Trust trustReport `json:"trust"`
}

func showCustomers(ctx context.Context, env *environment, a *access, gln gs1.GLN, id app.LotID) error {
	l, err := a.open(ctx)
	if err != nil {
		return err
	}
	found, err := l.LotCustomers(ctx, gln, id)
	if err != nil {
		return err
	}
	r := customersReport{found, l.trust}
	return env.show(r, r.text)
}

func (r customersReport) text(w io.Writer) {
	fmt.Fprintf(w, "lot %s of %s, sold by %s\n", r.LotID.Lot, gtinWords(r.LotID.GTIN), r.Seller)
	for i := range r.Customers {
		c := &r.Customers[i]
		fmt.Fprintf(w, "  %s (%s): %d shipped\n", c.Name, c.Partner, c.Items)
		for j := range c.Shipments {
			s := &c.Shipments[j]
			fmt.Fprintf(w, "    %d on %s in shipment %d, %s (of %d: %s)\n", s.Items, day(s.Shipment.Time), s.Number, s.Status, s.Shipped, shipmentCounts(&s.Shipment))
		}
	}
	if len(r.Customers) == 0 {
		fmt.Fprintln(w, "  the node lists no customer")
	}
	fmt.Fprintf(w, "shipments as of block %d, signed %s (%s)\n", r.Height, r.Time.UTC().Format(time.RFC3339), age(r.Time))
	fmt.Fprintln(w, &r.Trust)
}

// shipmentCounts says what became of a shipment.
func shipmentCounts(s *app.Shipment) (words string) {
	for _, c := range [...]struct {
		n    uint64
		what string
	}{{s.Received, "received"}, {s.Refused, "refused"}, {s.Short, "short"}, {s.Voided, "voided"}, {s.Open, "open"}} {
		if c.n == 0 {
			continue
		}
		if words != "" {
			words += ", "
		}
		words += fmt.Sprintf("%d %s", c.n, c.what)
	}
	return words
}
