package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// delegateFlags are what a delegation says.
type delegateFlags struct {
	to               string
	ops              []string
	dropShip, revoke bool
	from, until      string
}

func newDelegate(env *environment) *cobra.Command {
	var a access
	var f delegateFlags
	c := &cobra.Command{
		Use:   "delegate --to GLN (--ops LIST [--drop-ship] --until DATE | --revoke) --key FILE",
		Short: "Let another partner sign on your behalf, for some ops and a time",
		Long: `Lets another registered partner sign on behalf of the one whose key is given: a 3PL
that packs and ships for the owner, a service that reports for a pharmacy. It is for
the kinds of op listed (see "pedigree tx template"), and for events from --from up to,
not including, --until. What it says replaces what was delegated to that partner
before. Both names stand on record; the agent signs with its own key and --for.

--drop-ship, given by a wholesaler, lets a manufacturer or other shipper name it as
the seller of goods that go straight to a dispenser (FD&C Act 582(f)).

--revoke takes everything back that was delegated to the partner.`,
		Example: `  pedigree delegate --to 9521008000003 --ops Pack,Ship --until 2027-01-01 --key keys/alder.json
  pedigree delegate --to 9521001000000 --drop-ship --until 2027-01-01 --key keys/cedar.json
  pedigree delegate --to 9521008000003 --revoke --key keys/alder.json`,
		Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			op, err := f.op(time.Now())
			if err != nil {
				return err
			}
			return delegate(c.Context(), env, &a, op)
		},
	}
	a.nodeFlag(c)
	c.Flags().StringArrayVar(&a.keys, "key", nil, "the key file of the partner that delegates")
	c.Flags().StringVar(&f.to, "to", "", "the GLN of the partner that may sign")
	c.Flags().StringSliceVar(&f.ops, "ops", nil, "the kinds of op it may sign, such as Pack,Ship")
	c.Flags().BoolVar(&f.dropShip, "drop-ship", false, "it may drop-ship what you buy and sell on the way")
	c.Flags().StringVar(&f.from, "from", "", "the first day of events that it is for (default today)")
	c.Flags().StringVar(&f.until, "until", "", "the day on which it ends, not included")
	c.Flags().BoolVar(&f.revoke, "revoke", false, "take back what was delegated")
	return c
}

// op checks what was given and makes the op.
func (f *delegateFlags) op(now time.Time) (*app.Delegate, error) {
	to, err := gs1.ParseGLN(f.to)
	if err != nil {
		return nil, usage("--to %s: %v", f.to, err)
	}
	nothing := len(f.ops) == 0 && !f.dropShip
	switch {
	case f.revoke && (!nothing || f.from != "" || f.until != ""):
		return nil, usage("--revoke takes back everything: give nothing but --to with it")
	case f.revoke:
		return &app.Delegate{Agent: to}, nil
	case nothing:
		return nil, usage("say what is delegated: --ops, --drop-ship, or --revoke")
	case f.until == "":
		return nil, usage("--until is needed: the day on which it ends")
	}
	op := &app.Delegate{Agent: to, Scope: app.Scope{DropShip: f.dropShip}}
	if op.Ops, err = kindsOf(f.ops); err != nil {
		return nil, err
	}
	if op.From, err = dayOf("--from", f.from, now); err != nil {
		return nil, err
	}
	op.Until, err = dayOf("--until", f.until, now)
	return op, err
}

// kindsOf reads kinds of op by their names, each once, ascending.
func kindsOf(names []string) ([]app.Kind, error) {
	var out []app.Kind
	for _, name := range names {
		k, err := findKind(strings.TrimSpace(name))
		if err != nil {
			return nil, err
		}
		if !k.Delegable() {
			return nil, usage("%s is signed by the partner itself and cannot be delegated", k)
		}
		out = append(out, k)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// dayOf is the beginning of a day, UTC; of the present one without a text.
func dayOf(flag, text string, now time.Time) (uint64, error) {
	if text == "" {
		text = now.UTC().Format(time.DateOnly)
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil || day.Unix() < 0 {
		return 0, usage("%s is a day after 1970, such as 2027-01-01, found %q", flag, text)
	}
	return uint64(day.Unix()), nil
}

func delegate(ctx context.Context, env *environment, a *access, op *app.Delegate) error {
	s, err := a.signer(ctx, "delegate")
	if err != nil {
		return err
	}
	v, err := s.submit(ctx, op, time.Time{})
	if err != nil {
		return err
	}
	if v.accepted() {
		v.Words = delegateWords(s.partner, op)
	}
	return v.show(env)
}

// delegateWords say what a delegation means.
func delegateWords(principal gs1.GLN, op *app.Delegate) (out []string) {
	if op.Empty() {
		return []string{fmt.Sprintf("%s may no longer sign on behalf of %s", op.Agent, principal)}
	}
	day := func(t uint64) string { return time.Unix(int64(t), 0).UTC().Format(time.DateOnly) }
	during := fmt.Sprintf("events from %s until %s", day(op.From), day(op.Until))
	if len(op.Ops) > 0 {
		names := make([]string, len(op.Ops))
		for i, k := range op.Ops {
			names[i] = k.String()
		}
		out = append(out, fmt.Sprintf("%s may sign %s on behalf of %s, %s", op.Agent, strings.Join(names, ", "), principal, during))
	}
	if op.DropShip {
		out = append(out, fmt.Sprintf("%s may drop-ship what %s buys and sells on the way, %s", op.Agent, principal, during))
	}
	return out
}
