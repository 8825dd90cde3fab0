package client

import (
	"context"
	"strings"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/epcis"
)

// heldFor are the dispositions that keep goods from sale: with one of them, a
// holding event is a quarantine.
const heldFor = " non_sellable_other recalled damaged expired stolen non_conformant no_pedigree_match " +
	"mismatch_instance mismatch_class mismatch_quantity needs_replacement unavailable "

// hold takes a holding event: a quarantine, by its disposition or by a
// persistent one that it sets, or the end of one, by a persistent disposition
// that it unsets. CBV has no other word for that end.
func (c *capturer) hold(ctx context.Context) error {
	all, err := c.named(ctx, "epcList", c.ev.EPCs)
	if err != nil {
		return err
	}
	c.sayWhat("%s", things(all))
	if holdWord(c.ev.PersistentDisposition.Unset...) != "" {
		return c.endHold(ctx, all)
	}
	reason := holdWord(append([]string{c.ev.Disposition}, c.ev.PersistentDisposition.Set...)...)
	if reason == "" {
		return c.refuse("holding with disposition %q is no quarantine: one of these is expected:%s; a hold ends by an event that unsets one of them as persistent disposition", c.ev.Disposition, strings.TrimRight(heldFor, " "))
	}
	holder, err := c.keeper(all)
	if err != nil {
		return err
	}
	if all, err = c.setApart(ctx, all, holder); err != nil {
		return err
	}
	return c.submit(ctx, holder, &app.Quarantine{Reason: reason, Holdings: innermost(all)})
}

// holdWord is the first word that keeps goods from sale, or empty.
func holdWord(dispositions ...string) string {
	for _, d := range dispositions {
		if word, known := epcis.DispositionWord(d); known && strings.Contains(heldFor, " "+word+" ") {
			return word
		}
	}
	return ""
}

// endHold releases what is held. An item that is held together with others
// cannot be released alone.
func (c *capturer) endHold(ctx context.Context, all []*goods) error {
	holder, err := c.keeper(all)
	if err != nil {
		return err
	}
	_, part, err := c.byHolding(ctx, all)
	if err != nil {
		return err
	}
	if len(part) > 0 {
		return c.refuse("%s is held together with other packages, which the event does not name", part[0].key.Bracketed())
	}
	return c.submit(ctx, holder, &app.Release{Holdings: innermost(all)})
}

// keeper is the partner that has the goods in hand. What is on its way is still
// the shipper's to hold.
func (c *capturer) keeper(all []*goods) (gs1.GLN, error) {
	for _, g := range all {
		if g.outmost.Shipment != 0 && !c.desk.Signs(g.outmost.Possessor) {
			return gs1.GLN{}, c.refuse("%s is on its way in shipment %d: capture its receiving first", g.key.Bracketed(), g.outmost.Shipment)
		}
	}
	return c.oneHolder(all, func(g *goods) gs1.GLN { return g.outmost.Possessor })
}

// setApart makes whole holdings of goods, as only those are held: packages that
// stand among others go into a loose holding of their own, at the same site.
func (c *capturer) setApart(ctx context.Context, all []*goods, holder gs1.GLN) ([]*goods, error) {
	whole, part, err := c.byHolding(ctx, all)
	if err != nil || len(part) == 0 {
		return whole, err
	}
	openings, err := c.openings(ctx, part)
	if err != nil {
		return nil, err
	}
	err = c.submitLoose(ctx, holder, func(n uint32) app.Op {
		return &app.Relocate{Possessor: holder, Location: part[0].outmost.Location, Loose: n, Openings: openings}
	})
	if err != nil {
		return nil, err
	}
	c.infer("%s stood among others and are held apart from them: a relocation is recorded", items(len(part)))
	keys := make([]gs1.Key, len(all))
	for i, g := range all {
		keys[i] = g.key
	}
	return c.find(ctx, keys)
}

// byHolding tells the containers, and the packages that are all that is in
// their holding, from packages that stand among others.
func (c *capturer) byHolding(ctx context.Context, all []*goods) (whole, part []*goods, err error) {
	together := make(map[app.HoldingID]uint64)
	for _, g := range all {
		if !g.container() {
			together[g.place.Holding]++
		}
	}
	for _, g := range all {
		if g.container() {
			whole = append(whole, g)
			continue
		}
		h, err := c.holding(ctx, g.place.Holding)
		if err != nil {
			return nil, nil, err
		}
		if h.Live == together[g.place.Holding] {
			whole = append(whole, g)
		} else {
			part = append(part, g)
		}
	}
	return whole, part, nil
}

// innermost lists the holdings that goods are in, or are, ascending, each once.
func innermost(all []*goods) []app.HoldingID {
	var out []app.HoldingID
	for _, g := range all {
		out = append(out, g.place.Holding)
	}
	return sortedIDs(out)
}
