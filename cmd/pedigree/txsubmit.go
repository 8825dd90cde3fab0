package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/client"
)

func newTxSubmit(env *environment) *cobra.Command {
	var a access
	var at string
	c := &cobra.Command{
		Use:   "submit (FILE | -) --key FILE",
		Short: "Sign an op written as JSON, hand it in and wait for the verdict",
		Long: `Reads one op as JSON, {"op": "Recall", "body": {...}}, from a file or, for "-", from
standard input; signs it with the key of the partner that stands behind it; hands it
to the node; and waits until it is in a block. Exit code 1 when it is refused, with
the reason and what to do.

It is read strictly: a field that is not known, stands twice or has no place in the
transaction stops the command, and nothing is sent. Every run signs a new transaction.

"pedigree tx template OP" prints an op to begin with. Where there is a command of its
own (capture, recall, mark, report) use that: it looks up where the goods are and
builds the openings, which nobody writes by hand.`,
		Example: `  pedigree tx template RegisterProduct > product.json
  pedigree tx submit product.json --key keys/alder.json --at 2026-01-31T08:00:00Z`,
		Args: exactly(1, `one file, or "-"`),
		RunE: func(c *cobra.Command, args []string) error {
			when, err := parseAt(at)
			if err != nil {
				return err
			}
			op, err := readOp(env.stdin, args[0])
			if err != nil {
				return err
			}
			return txSubmit(c.Context(), env, &a, op, when)
		},
	}
	a.nodeFlag(c)
	a.signerFlag(c)
	c.Flags().StringVar(&at, "at", "", "when it took place, such as 2026-01-31T08:00:00Z (default now)")
	return c
}

func txSubmit(ctx context.Context, env *environment, a *access, op app.Op, at time.Time) error {
	s, err := a.signer(ctx, "tx submit")
	if err != nil {
		return err
	}
	v, err := s.submit(ctx, op, at)
	if err != nil {
		return err
	}
	if v.accepted() {
		v.Words = []string{"accepted: " + v.Op}
	}
	return v.show(env)
}

// parseAt reads the time of an event; zero when there is none.
func parseAt(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil || at.Unix() <= 0 {
		return time.Time{}, usage("--at is a time after 1970 with its zone, such as 2026-01-31T08:00:00Z, found %q", text)
	}
	return at, nil
}

// readOp reads an op as JSON; nothing has been sent yet.
func readOp(stdin io.Reader, name string) (app.Op, error) {
	in, err := openInput(stdin, name)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	text, err := io.ReadAll(io.LimitReader(in, app.MaxOpJSON+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	op, err := app.UnmarshalOp(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w; nothing was sent", name, err)
	}
	return op, nil
}

func newTxTemplate(env *environment) *cobra.Command {
	return &cobra.Command{
		Use:   "template [OP]",
		Short: "Print an op as JSON to begin with; without a name, the ops there are",
		Long: `Prints an example of an op as "tx submit" reads it: every field, filled with made-up
values in the right form. Openings and the ids of holdings come from the ledger;
commands such as capture, mark and report look them up.`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usage("%s takes the name of one op", c.CommandPath())
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return listOps(env)
			}
			kind, err := findKind(args[0])
			if err != nil {
				return err
			}
			return printTemplate(env, kind)
		},
	}
}

func opNames() []string {
	var out []string
	for _, k := range app.Kinds() {
		out = append(out, k.String())
	}
	return out
}

func listOps(env *environment) error {
	names := opNames()
	return env.show(map[string][]string{"ops": names}, func(w io.Writer) {
		fmt.Fprintln(w, strings.Join(names, "\n"))
	})
}

// findKind finds an op by its name, whatever its case.
func findKind(name string) (app.Kind, error) {
	for _, k := range app.Kinds() {
		if strings.EqualFold(k.String(), name) {
			return k, nil
		}
	}
	return 0, usage("there is no op %q: one of %s", name, strings.Join(opNames(), ", "))
}

// printTemplate prints JSON whatever --output says: it is what submit reads.
func printTemplate(env *environment, kind app.Kind) error {
	raw, err := app.MarshalOp(client.ExampleOp(kind))
	if err != nil {
		return err
	}
	enc := json.NewEncoder(env.stdout)
	enc.SetIndent("", "  ")
	return enc.Encode(json.RawMessage(raw))
}
