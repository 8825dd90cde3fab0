package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// recallFlags are what a recall says besides the lot.
type recallFlags struct {
	class         int
	depth, reason string
}

func newRecall(env *environment) *cobra.Command {
	var a access
	var f recallFlags
	c := &cobra.Command{
		Use:   "recall GTIN LOT --class N --depth D --reason TEXT --key FILE",
		Short: "Recall a lot: from the next block on nobody can ship or dispense it",
		Long: `Recalls a whole lot. The lot's manufacturer signs, or a regulator. From the next
block on no shipment and no sale of it is accepted anywhere, however deep inside a
container it is; whoever verifies a package of it is told class and reason. It can
still be received, returned and destroyed. A recall is not taken back.

The class says how dangerous it is (21 CFR 7.3(m)): 1 may cause death or serious
harm, 2 temporary or reversible harm, 3 is not likely to harm. The depth says how far
down it goes (21 CFR 7.42(b)): wholesale, retail (pharmacies) or consumer (patients).`,
		Example: `  pedigree recall 09521001100014 ALD-2601B --class 2 --depth retail \
      --reason "dissolution below specification" --key keys/alder.json`,
		Args: exactly(2, "a GTIN and a lot"),
		RunE: func(c *cobra.Command, args []string) error {
			op, err := f.op(args[0], args[1])
			if err != nil {
				return err
			}
			return recall(c.Context(), env, &a, op)
		},
	}
	a.nodeFlag(c)
	a.signerFlag(c)
	c.Flags().IntVar(&f.class, "class", 0, "how dangerous it is: 1, 2 or 3")
	c.Flags().StringVar(&f.depth, "depth", "", "how far down it goes: wholesale, retail or consumer")
	c.Flags().StringVar(&f.reason, "reason", "", "why, for people: at most 80 bytes")
	return c
}

// op checks what was given and makes the op.
func (f *recallFlags) op(gtin, lot string) (*app.RecallLot, error) {
	id, err := app.ParseLotID(gtin, lot)
	if err != nil {
		return nil, usage("%v", err)
	}
	const maxReason = 80
	depth, known := depthByName(f.depth)
	switch {
	case f.class < 1 || f.class > 3:
		return nil, usage("--class is 1, 2 or 3, found %d", f.class)
	case !known:
		return nil, usage("--depth is wholesale, retail or consumer, found %q", f.depth)
	case f.reason == "" || len(f.reason) > maxReason:
		return nil, usage("--reason is 1 to %d bytes of text for people, found %d", maxReason, len(f.reason))
	}
	return &app.RecallLot{LotID: id, Class: app.RecallClass(f.class), Depth: depth, Reason: f.reason}, nil
}

func depthByName(name string) (app.RecallDepth, bool) {
	for d := app.DepthWholesale; d <= app.DepthConsumer; d++ {
		if depthWord(d) == name {
			return d, true
		}
	}
	return 0, false
}

func depthWord(d app.RecallDepth) string {
	return [...]string{app.DepthWholesale: "wholesale", app.DepthRetail: "retail", app.DepthConsumer: "consumer"}[d]
}

func recall(ctx context.Context, env *environment, a *access, op *app.RecallLot) error {
	s, err := a.signer(ctx, "recall")
	if err != nil {
		return err
	}
	v, err := s.submit(ctx, op, time.Time{})
	if err != nil {
		return err
	}
	if v.accepted() {
		v.Words = append(v.Words, fmt.Sprintf("lot %s of %s is recalled, class %d, down to %s: %s", op.Lot, gtinWords(op.GTIN), op.Class, depthWord(op.Depth), op.Reason))
		v.Words = append(v.Words, s.reach(ctx, op.LotID))
	}
	return v.show(env)
}

func gtinWords(g gs1.GTIN) string { return "GTIN " + g.String() }

// reach says how many packages a recall stops, as far as the node knows.
func (s *signing) reach(ctx context.Context, id app.LotID) string {
	const stopped = "nobody can ship or dispense it any more"
	raw, err := s.Record(ctx, app.LotKey(id))
	if err != nil || raw == nil {
		return stopped
	}
	lot, err := app.DecodeLot(raw)
	if err != nil {
		return stopped
	}
	return fmt.Sprintf("%s: of %d packages %d are still in the supply chain, %d were dispensed or ended otherwise", stopped, lot.Commissioned, lot.Commissioned-lot.Ended, lot.Ended)
}
