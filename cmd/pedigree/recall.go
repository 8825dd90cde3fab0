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
	items         itemFlags
}

func newRecall(env *environment) *cobra.Command {
	var a access
	var f recallFlags
	c := &cobra.Command{
		Use:   "recall GTIN LOT --class N --depth D --reason TEXT --key FILE",
		Short: "Recall a lot or single packages; acknowledge, follow and close recalls",
		Long: `Recalls a whole lot. The lot's manufacturer signs, or a regulator. From the next
block on no shipment and no sale of it is accepted anywhere, however deep inside a
container it is; whoever verifies a package of it is told class and reason. It can
still be received, returned and destroyed.

With --item or --items only these packages or cases of the lot are recalled. The
ledger is shown where each of them is, so that no container with one of them is
shipped. It does not check that they are of the lot: that is yours to know.

A second recall of the lot adds packages, widens it to the whole lot, makes it reach
further down or changes its class. It takes nothing away: recall close does.

The class says how dangerous it is (21 CFR 7.3(m)): 1 may cause death or serious
harm, 2 temporary or reversible harm, 3 is not likely to harm. The depth says how far
down it goes (21 CFR 7.42(b)): wholesale, retail (pharmacies) or consumer (patients).`,
		Example: `  pedigree recall 09521001100014 ALD-2601B --class 2 --depth retail \
      --reason "dissolution below specification" --key keys/alder.json
  pedigree recall 09521001100014 ALD-2601B --items serials.txt --class 3 --depth wholesale \
      --reason "label upside down" --key keys/alder.json
  pedigree recall ack 09521001100014 ALD-2601B --found 12 --key keys/elm.json
  pedigree recall reach 09521001100014 ALD-2601B`,
		Args: exactly(2, "a GTIN and a lot"),
		RunE: func(c *cobra.Command, args []string) error {
			op, err := f.op(args[0], args[1])
			if err != nil {
				return err
			}
			keys, err := f.items.keys(env)
			if err != nil {
				return err
			}
			return recall(c.Context(), env, &a, op, keys)
		},
	}
	a.nodeFlag(c)
	a.signerFlag(c)
	c.Flags().IntVar(&f.class, "class", 0, "how dangerous it is: 1, 2 or 3")
	c.Flags().StringVar(&f.depth, "depth", "", "how far down it goes: wholesale, retail or consumer")
	c.Flags().StringVar(&f.reason, "reason", "", "why, for people: at most 80 bytes")
	f.items.flags(c, "to recall")
	c.AddCommand(newRecallAck(env), newRecallShow(env), newRecallReach(env), newRecallCustomers(env), newRecallClose(env))
	return c
}

// maxRecallText bounds what a recall says for people, in bytes.
const maxRecallText = 80

// op checks what was given and makes the op.
func (f *recallFlags) op(gtin, lot string) (*app.RecallLot, error) {
	id, err := app.ParseLotID(gtin, lot)
	if err != nil {
		return nil, usage("%v", err)
	}
	depth, known := depthByName(f.depth)
	switch {
	case f.class < 1 || f.class > 3:
		return nil, usage("--class is 1, 2 or 3, found %d", f.class)
	case !known:
		return nil, usage("--depth is wholesale, retail or consumer, found %q", f.depth)
	case f.reason == "" || len(f.reason) > maxRecallText:
		return nil, usage("--reason is 1 to %d bytes of text for people, found %d", maxRecallText, len(f.reason))
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

// recall recalls the whole lot or, so many at a time, the keys.
func recall(ctx context.Context, env *environment, a *access, op *app.RecallLot, keys []gs1.Key) error {
	s, err := a.signer(ctx, "recall")
	if err != nil {
		return err
	}
	v, err := s.inParts(ctx, keys, "recalled", func(part []gs1.Key) app.Op {
		some := *op
		some.Keys = part
		return &some
	})
	if err != nil {
		return err
	}
	if !v.accepted() {
		return v.show(env)
	}
	if len(keys) == 0 {
		v.Words = append(v.Words, fmt.Sprintf("lot %s of %s is recalled, class %d, down to %s: %s", op.Lot, gtinWords(op.GTIN), op.Class, depthWord(op.Depth), op.Reason))
		v.Words = append(v.Words, s.reach(ctx, op.LotID))
		return v.show(env)
	}
	located, err := s.locate(ctx, keys)
	v.Words = append(v.Words,
		fmt.Sprintf("%s of lot %s of %s recalled, class %d, down to %s: %s", itemCount(len(keys)), op.Lot, gtinWords(op.GTIN), op.Class, depthWord(op.Depth), op.Reason),
		fmt.Sprintf("nobody can ship or dispense them any more; of %d the ledger was shown where they are, so the containers around them are stopped too", located))
	if err != nil {
		v.Words = append(v.Words, fmt.Sprintf("NOT all were shown: %v", err))
	}
	return v.show(env)
}

// inParts submits an op for all of the keys, so many at a time, or once when
// there are none, until one is refused; what says what became of the keys
// before.
func (s *signing) inParts(ctx context.Context, keys []gs1.Key, what string, op func(part []gs1.Key) app.Op) (v *outcome, err error) {
	for done := 0; ; done += keysPerRecall {
		end := min(done+keysPerRecall, len(keys))
		v, err = s.submit(ctx, op(keys[done:end]), time.Time{})
		if err == nil && v.accepted() && end < len(keys) {
			continue
		}
		if done > 0 && (err != nil || !v.accepted()) {
			words := fmt.Sprintf("the first %d items are %s", done, what)
			if err != nil {
				return nil, fmt.Errorf("%s; then: %w", words, err)
			}
			v.Words = append(v.Words, words)
		}
		return v, err
	}
}

func itemCount(n int) string {
	if n == 1 {
		return "1 item"
	}
	return fmt.Sprintf("%d items", n)
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

func newRecallAck(env *environment) *cobra.Command {
	var a access
	var found int64
	var text string
	c := &cobra.Command{
		Use:   "ack GTIN LOT --found N --key FILE",
		Short: "Say that you received a recall, and how much of it you found",
		Long: `Acknowledges a recall: that it was received, and how many packages were found and
set aside; 0 is an answer too. Said again, it replaces what was said before. After a
recall was extended it has to be acknowledged again.`,
		Example: `  pedigree recall ack 09521001100014 ALD-2601B --found 12 --key keys/elm.json`,
		Args:    exactly(2, "a GTIN and a lot"),
		RunE: func(c *cobra.Command, args []string) error {
			id, err := app.ParseLotID(args[0], args[1])
			switch {
			case err != nil:
				return usage("%v", err)
			case found < 0 || found > 1<<32-1:
				return usage("--found is how many packages you found and set aside: 0 or more")
			case len(text) > maxRecallText:
				return usage("--text is at most %d bytes for people, found %d", maxRecallText, len(text))
			}
			return a.say(c.Context(), env, "recall ack", &app.AcknowledgeRecall{LotID: id, Found: uint32(found), Text: text},
				fmt.Sprintf("you have acknowledged the recall of lot %s of %s: %d found and set aside", id.Lot, gtinWords(id.GTIN), found))
		},
	}
	a.nodeFlag(c)
	a.signerFlag(c)
	c.Flags().Int64Var(&found, "found", -1, "how many packages you found and set aside")
	c.Flags().StringVar(&text, "text", "", "anything to add, for people: at most 80 bytes")
	return c
}

// say signs one op, and tells what it means when it is accepted.
func (a *access) say(ctx context.Context, env *environment, command string, op app.Op, words ...string) error {
	s, err := a.signer(ctx, command)
	if err != nil {
		return err
	}
	v, err := s.submit(ctx, op, time.Time{})
	if err != nil {
		return err
	}
	if v.accepted() {
		v.Words = words
	}
	return v.show(env)
}

// closeFlags are how a recall ends.
type closeFlags struct {
	completed, withdrawn bool
	text                 string
	items                itemFlags
}

func newRecallClose(env *environment) *cobra.Command {
	var a access
	var f closeFlags
	c := &cobra.Command{
		Use:   "close GTIN LOT (--completed | --withdrawn) --key FILE",
		Short: "End a recall: completed, or withdrawn because it was made in error",
		Long: `Ends a recall; whoever made it signs, or a regulator.

--completed: all has been done. What was recalled stays unsellable for good.

--withdrawn: it was made in error. A whole lot may be sold again. Of a recall of
single packages, --item or --items name those that are let go; the recall is withdrawn
when none is left in it, and stays open with fewer until then.`,
		Example: `  pedigree recall close 09521001100014 ALD-2601B --completed --key keys/alder.json
  pedigree recall close 09521001100014 ALD-2601B --withdrawn --items serials.txt --key keys/alder.json`,
		Args: exactly(2, "a GTIN and a lot"),
		RunE: func(c *cobra.Command, args []string) error {
			id, err := app.ParseLotID(args[0], args[1])
			if err != nil {
				return usage("%v", err)
			}
			keys, err := f.items.keys(env)
			switch {
			case err != nil:
				return err
			case f.completed == f.withdrawn:
				return usage("give either --completed or --withdrawn")
			case f.completed && len(keys) > 0:
				return usage("--item and --items belong to --withdrawn: a completed recall lets nothing go")
			case len(f.text) > maxRecallText:
				return usage("--text is at most %d bytes for people, found %d", maxRecallText, len(f.text))
			}
			return f.close(c.Context(), env, &a, id, keys)
		},
	}
	a.nodeFlag(c)
	a.signerFlag(c)
	c.Flags().BoolVar(&f.completed, "completed", false, "all has been done; nothing of it is ever sold")
	c.Flags().BoolVar(&f.withdrawn, "withdrawn", false, "it was made in error")
	c.Flags().StringVar(&f.text, "text", "", "why, for people: at most 80 bytes")
	f.items.flags(c, "to let go")
	return c
}

func (f *closeFlags) close(ctx context.Context, env *environment, a *access, id app.LotID, keys []gs1.Key) error {
	if f.completed {
		return a.say(ctx, env, "recall close", &app.CloseRecall{LotID: id, Outcome: app.RecallCompleted, Text: f.text},
			fmt.Sprintf("the recall of lot %s of %s is completed; what was recalled is never sold", id.Lot, gtinWords(id.GTIN)))
	}
	s, err := a.signer(ctx, "recall close")
	if err != nil {
		return err
	}
	v, err := s.inParts(ctx, keys, "let go", func(part []gs1.Key) app.Op {
		return &app.CloseRecall{LotID: id, Outcome: app.RecallWithdrawn, Text: f.text, Keys: part}
	})
	if err != nil {
		return err
	}
	if v.accepted() {
		v.Words = s.letGo(ctx, id, len(keys))
	}
	return v.show(env)
}

// letGo says what is left of a recall.
func (s *signing) letGo(ctx context.Context, id app.LotID, n int) (words []string) {
	if n > 0 {
		words = append(words, fmt.Sprintf("%s of lot %s may be sold again, as far as this recall goes", itemCount(n), id.Lot))
	}
	raw, err := s.Record(ctx, app.LotKey(id))
	if err != nil || raw == nil {
		return words
	}
	if lot, err := app.DecodeLot(raw); err == nil && lot.Recall != nil {
		words = append(words, fmt.Sprintf("lot %s: %s", id.Lot, recallWords(lot.Recall)))
	}
	return words
}
