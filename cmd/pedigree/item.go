package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/client/proof"
)

func newItem(env *environment) *cobra.Command {
	var a access
	var f claimFlags
	var contents int
	c := &cobra.Command{
		Use:   "item (KEY | SCAN)",
		Short: "How and where a package or container is now",
		Long: `Says in words how and where a package or container is: what it is, whose it is and
who has it, what it stands in, its lot, recalls and marks. All of that is proved
and checked by the light client. What a container holds, with --contents, is a
listing of the node's index and not proved; how many packages of which lots is.

` + scanHelp,
		Args: exactly(1, "one key or scan, in quotes"),
		RunE: func(c *cobra.Command, args []string) error {
			s, err := readKey(args[0])
			if err != nil {
				return err
			}
			if err := f.apply(s); err != nil {
				return err
			}
			return showItem(c.Context(), env, &a, s, contents)
		},
	}
	a.trustFlags(c)
	f.flags(c)
	c.Flags().IntVar(&contents, "contents", 0, "list up to this many things in a container (not proved)")
	return c
}

// itemReport is what item answers.
type itemReport struct {
	Key gs1.Key `json:"key"`
	// Words are the answer for people.
	Words      []string        `json:"words"`
	Pedigree   *proof.Pedigree `json:"pedigree"`
	ProofBytes int             `json:"proofBytes"`
	Trust      trustReport     `json:"trust"`
	// Contents come from the node's index: they are not proved.
	Contents *contentsReport `json:"contentsNotProved,omitempty"`
	// Twice says that the node knows of a second commission of the number,
	// and what to do; it is proved by reporting it.
	Twice string `json:"twiceNotProved,omitempty"`
}

// contentsReport lists what is live in a container.
type contentsReport struct {
	Things []app.Content `json:"things"`
	More   bool          `json:"more"`
}

func showItem(ctx context.Context, env *environment, a *access, s *client.Scan, contents int) error {
	l, err := a.open(ctx)
	if err != nil {
		return err
	}
	ped, file, err := l.Pedigree(ctx, s.Claim(), proof.Options{})
	if errors.Is(err, proof.ErrLotNeeded) {
		return no("%s: node %s knows of no such package; give --lot to have it proved", s.Key.Bracketed(), a.node)
	}
	if err != nil {
		return err
	}
	r := itemReport{Key: s.Key, Words: whereWords(ped), Pedigree: ped, ProofBytes: len(file.Encode()), Trust: l.trust}
	if r.Twice, err = l.twice(ctx, s.Key); err != nil {
		return err
	}
	if contents > 0 && ped.Statement == proof.StatementContainer && len(ped.Chain) > 0 {
		if r.Contents, err = listContents(ctx, l.Client, ped.Chain[0].ID, contents); err != nil {
			return err
		}
	}
	if err := env.show(r, r.text); err != nil {
		return err
	}
	if len(ped.Chain) == 0 {
		return no("the ledger has never seen %s", s.Key.Bracketed())
	}
	return nil
}

// twice says in words that an item's number was commissioned more than once,
// as far as the node knows; empty when it was not.
func (l *ledger) twice(ctx context.Context, key gs1.Key) (string, error) {
	place, err := l.Place(ctx, key)
	switch {
	case errors.Is(err, client.ErrNotFound):
		return "", nil
	case err != nil || len(place.Commissions) < 2:
		return "", err
	}
	return fmt.Sprintf("the node knows %d commissions of this number (not proved): put that on record: pedigree report %q --at GLN-OF-YOUR-SITE --key KEY-FILE",
		len(place.Commissions), key.Bracketed()), nil
}

// listContents asks for what is still in a holding, at most limit things.
func listContents(ctx context.Context, c *client.Client, id app.HoldingID, limit int) (*contentsReport, error) {
	out := &contentsReport{Things: []app.Content{}}
	for page := (app.PageRequest{Limit: app.PageLimit}); ; {
		p, err := c.Contents(ctx, id, page)
		if err != nil {
			return nil, err
		}
		for i := range p.Items {
			if !p.Items[i].State.Live() {
				continue
			}
			if len(out.Things) == limit {
				out.More = true
				return out, nil
			}
			out.Things = append(out.Things, p.Items[i])
		}
		if p.Next == "" {
			return out, nil
		}
		page.Cursor = p.Next
	}
}

func (r itemReport) text(w io.Writer) {
	fmt.Fprintln(w, pedigreeTitle(r.Pedigree))
	for _, s := range r.Words {
		fmt.Fprintf(w, "  %s\n", s)
	}
	if r.Twice != "" {
		fmt.Fprintf(w, "  %s\n", r.Twice)
	}
	if r.Contents != nil {
		fmt.Fprintln(w, "  contents, as the node's index lists them (not proved):")
		for _, t := range r.Contents.Things {
			lot := ""
			if t.Entry.Lot != "" {
				lot = ", lot " + t.Entry.Lot
			}
			fmt.Fprintf(w, "    %*s%s%s\n", 2*t.Depth, "", t.Entry.Key.Bracketed(), lot)
		}
		if r.Contents.More {
			fmt.Fprintln(w, "    ...")
		}
	}
	asOf(w, r.Pedigree, r.ProofBytes)
	fmt.Fprintln(w, &r.Trust)
}
