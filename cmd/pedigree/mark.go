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

// markFlags are what a mark says besides its kind.
type markFlags struct {
	block, clear bool
	by           string
}

func newMark(env *environment) *cobra.Command {
	var a access
	var f markFlags
	c := &cobra.Command{
		Use:   "mark (KEY | SCAN) KIND --key FILE [--block | --clear]",
		Short: "Mark a package or container as suspect, stolen, ..., or clear a mark",
		Long: `Puts a mark on one package or container: suspect, quarantined, stolen,
illegitimate or duplicate. Without --block it is a warning, which anyone may
give: whoever verifies the package sees it. With --block nobody can ship or dispense
it, nor ship a container it is in, until the mark is cleared; its owner or possessor
may say so, the manufacturer, or a regulator.

Where it is comes from the node's index and is shown to the ledger, so that the mark
reaches it inside sealed containers. What the index does not know, or what was
dispensed, is marked without a place.

--clear takes a mark off: yours, or, for a regulator with --by, another partner's.

` + scanHelp,
		Example: `  pedigree mark "(01)09521001100014(21)A3N9QGNNBQ" suspect --block --key keys/elm.json
  pedigree mark "(01)09521001100014(21)A3N9QGNNBQ" suspect --clear --key keys/elm.json`,
		Args: exactly(2, "one key or scan, in quotes, and the kind of mark"),
		RunE: func(c *cobra.Command, args []string) error {
			scan, err := readKey(args[0])
			if err != nil {
				return err
			}
			var kind app.MarkKind
			if kind.UnmarshalText([]byte(args[1])) != nil || kind == app.MarkRecalled {
				return usage("%q is no kind of mark: suspect, quarantined, stolen, illegitimate or duplicate; what is recalled, pedigree recall says", args[1])
			}
			if f.clear {
				return clearMark(c.Context(), env, &a, &f, scan.Key, kind)
			}
			return setMark(c.Context(), env, &a, &f, scan.Key, kind)
		},
	}
	a.nodeFlag(c)
	a.signerFlag(c)
	c.Flags().BoolVar(&f.block, "block", false, "nobody can ship or dispense it until the mark is cleared")
	c.Flags().BoolVar(&f.clear, "clear", false, "take the mark off")
	c.Flags().StringVar(&f.by, "by", "", "with --clear: the GLN of the partner that set it (default: yours)")
	return c
}

func setMark(ctx context.Context, env *environment, a *access, f *markFlags, key gs1.Key, kind app.MarkKind) error {
	if f.by != "" {
		return usage("--by belongs to --clear")
	}
	s, err := a.signer(ctx, "mark")
	if err != nil {
		return err
	}
	spot, where, err := s.spot(ctx, key)
	if err != nil {
		return err
	}
	v, err := s.submit(ctx, &app.SetMark{Key: key, Mark: kind, Blocking: f.block, Spot: spot}, time.Time{})
	if err != nil {
		return err
	}
	if v.accepted() {
		effect := "it is a warning: whoever verifies it sees the mark; nothing is stopped"
		if f.block {
			effect = "nobody can ship or dispense it until the mark is cleared: pedigree mark --clear"
		}
		v.Words = []string{fmt.Sprintf("%s is marked %s", key.Bracketed(), kind), effect, where}
	}
	return v.show(env)
}

// spot shows the ledger where a key is, as far as the index knows, and says so.
func (s *signing) spot(ctx context.Context, key gs1.Key) (app.Spot, string, error) {
	place, err := s.Place(ctx, key)
	switch {
	case errors.Is(err, client.ErrNotFound):
		return app.Spot{}, "the ledger has never seen it: the mark stands on its number alone", nil
	case err != nil:
		return app.Spot{}, "", err
	case place.State.Ended():
		return app.Spot{}, fmt.Sprintf("by the ledger it was %s: the mark stands on its number alone", place.State), nil
	}
	spot, err := s.Plan(s.partner).Spot(ctx, key)
	return spot, "the ledger was shown where it is, so the mark reaches it in any container", err
}

func clearMark(ctx context.Context, env *environment, a *access, f *markFlags, key gs1.Key, kind app.MarkKind) error {
	if f.block {
		return usage("give either --block or --clear")
	}
	s, err := a.signer(ctx, "mark")
	if err != nil {
		return err
	}
	by := s.partner
	if f.by != "" {
		if by, err = parseGLNFlag("--by", f.by); err != nil {
			return err
		}
	}
	v, err := s.submit(ctx, &app.ClearMark{Key: key, Mark: kind, By: by}, time.Time{})
	if err != nil {
		return err
	}
	if v.accepted() {
		v.Words = []string{fmt.Sprintf("%s is no longer marked %s by %s", key.Bracketed(), kind, by)}
	}
	return v.show(env)
}
