package client

import (
	"context"
	"fmt"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/epcis"
)

// captureWords completes an event's short form.
func captureWords(what, format string, args ...any) string {
	return what + ": " + fmt.Sprintf(format, args...)
}

// items counts packages in words.
func items(n int) string {
	if n == 1 {
		return "1 package"
	}
	return fmt.Sprintf("%d packages", n)
}

// things counts goods in words.
func things(all []*goods) string {
	var loose, boxes []*goods
	for _, g := range all {
		if g.container() {
			boxes = append(boxes, g)
		} else {
			loose = append(loose, g)
		}
	}
	container := fmt.Sprintf("%d containers", len(boxes))
	if len(boxes) == 1 {
		container = "container " + boxes[0].key.Bracketed()
	}
	switch {
	case len(boxes) == 0:
		return items(len(loose))
	case len(loose) == 0:
		return container
	default:
		return items(len(loose)) + " and " + container
	}
}

// pack takes a packing event: items and containers into a parent.
func (c *capturer) pack(ctx context.Context) error {
	parent, err := parseEPCKey(c.ev.ParentID)
	if err != nil {
		return c.refuse("parentID %q: %v", c.ev.ParentID, err)
	}
	all, err := c.named(ctx, "childEPCs", c.ev.ChildEPCs)
	if err != nil {
		return err
	}
	c.sayWhat("%s into %s", things(all), parent.Bracketed())
	holder, err := c.oneHolder(all, holderOf)
	if err != nil {
		return err
	}
	if all, err = c.bring(ctx, all, holder); err != nil {
		return err
	}
	items, containers := split(all)
	for _, g := range containers {
		if g.nested() {
			return c.refuse("%s already stands in a container: capture the unpacking first", g.key.Bracketed())
		}
	}
	op := &app.Pack{Parent: parent, Children: holdingIDs(containers)}
	if op.N, err = c.use(ctx, parent, all[0].site, holder); err != nil {
		return err
	}
	if op.Openings, err = c.openings(ctx, items); err != nil {
		return err
	}
	return c.submit(ctx, holder, op)
}

// use finds the use of a container that is packed now: the present one, which
// is brought to the site of what is packed, or for an SSCC that is new the
// first. A container that was emptied at another partner's is used again.
func (c *capturer) use(ctx context.Context, key gs1.Key, site, holder gs1.GLN) (uint32, error) {
	g, err := c.findOne(ctx, key)
	if err != nil || g == nil {
		return 0, err
	}
	h, err := c.holding(ctx, g.place.Holding)
	if err != nil {
		return 0, err
	}
	if h.Live == 0 && h.Children == 0 && g.holder != holder && key.IsLogistic() {
		c.infer("container %s was emptied at partner %s: it is used again", key.Bracketed(), g.holder)
		return h.N + 1, nil
	}
	if g.site != site && !g.nested() && g.holder == holder {
		return h.N, c.relocate(ctx, []*goods{g}, holder, site)
	}
	return h.N, nil
}

// named finds the goods of a list of EPCs, which must not be empty and whose
// lives have not ended.
func (c *capturer) named(ctx context.Context, field string, epcs []string) ([]*goods, error) {
	all, err := c.listed(ctx, field, epcs)
	if err != nil {
		return nil, err
	}
	return all, c.ended(all)
}

// listed finds the goods of a list of EPCs, which must not be empty.
func (c *capturer) listed(ctx context.Context, field string, epcs []string) ([]*goods, error) {
	keys, err := c.keysOf(field, epcs)
	if err != nil {
		return nil, err
	}
	if len(keys) == 0 {
		return nil, c.refuse("%s is empty", field)
	}
	return c.find(ctx, keys)
}

// bring makes goods be where the event says it took place: a change of site
// within one partner, which partners do not report, is an inferred Relocate.
func (c *capturer) bring(ctx context.Context, all []*goods, holder gs1.GLN) ([]*goods, error) {
	site := c.site()
	var away []*goods
	for _, g := range all {
		if !site.IsZero() && g.site != site && g.outmost.Shipment == 0 {
			away = append(away, g)
		}
	}
	if len(away) == 0 {
		return all, nil
	}
	if err := c.relocate(ctx, away, holder, site); err != nil {
		return nil, err
	}
	keys := make([]gs1.Key, len(all))
	for i, g := range all {
		keys[i] = g.key
	}
	return c.find(ctx, keys)
}

// relocate moves goods to a site: containers with all they stand in, items
// out of where they are.
func (c *capturer) relocate(ctx context.Context, away []*goods, holder, site gs1.GLN) error {
	items, containers := split(away)
	whole := containers
	var loose []*goods
	for _, g := range items {
		if g.nested() || g.outmost.Kind == app.KindContainer {
			whole = append(whole, g)
		} else {
			loose = append(loose, g)
		}
	}
	openings, err := c.openings(ctx, loose)
	if err != nil {
		return err
	}
	err = c.submitLoose(ctx, holder, func(n uint32) app.Op {
		return &app.Relocate{Possessor: holder, Location: site, Holdings: outermost(whole), Loose: n, Openings: openings}
	})
	if err == nil {
		c.infer("%d items and containers moved from %s to %s within partner %s: a relocation is recorded", len(away), away[0].site, site, holder)
	}
	return err
}

// outermost lists the outermost holdings of goods, ascending, each once.
func outermost(all []*goods) []app.HoldingID {
	var out []app.HoldingID
	for _, g := range all {
		out = append(out, g.outer)
	}
	return sortedIDs(out)
}

// unpack takes an unpacking event: named children, or everything when the
// list is empty.
func (c *capturer) unpack(ctx context.Context) error {
	parent, err := parseEPCKey(c.ev.ParentID)
	if err != nil {
		return c.refuse("parentID %q: %v", c.ev.ParentID, err)
	}
	found, err := c.find(ctx, []gs1.Key{parent})
	if err != nil {
		return err
	}
	box := found[0]
	at, err := c.unpacked(ctx, box)
	if err != nil {
		return err
	}
	if found, err = c.bring(ctx, found, box.holder); err != nil {
		return err
	}
	openings, err := OpenAt(ctx, c.desk.Entries, at)
	if err != nil {
		return err
	}
	c.sayWhat("%d packages and containers out of %s", len(at), parent.Bracketed())
	return c.submitLoose(ctx, box.holder, func(n uint32) app.Op {
		return &app.Unpack{Container: found[0].place.Holding, All: len(c.ev.ChildEPCs) == 0, Loose: n, Openings: openings}
	})
}

// unpacked lists the positions that leave a container.
func (c *capturer) unpacked(ctx context.Context, box *goods) ([]app.Position, error) {
	if len(c.ev.ChildEPCs) == 0 {
		at, err := c.contents(ctx, box.place.Holding)
		if err == nil && len(at) == 0 {
			return nil, c.refuse("container %s is empty", box.key.Bracketed())
		}
		return at, err
	}
	all, err := c.named(ctx, "childEPCs", c.ev.ChildEPCs)
	if err != nil {
		return nil, err
	}
	for _, g := range all {
		if g.place.At.Holding != box.place.Holding {
			return nil, c.refuse("%s is not in %s: the ledger has it in holding %s", g.key.Bracketed(), box.key.Bracketed(), g.place.At.Holding)
		}
	}
	return positionsOf(all), nil
}

// contents lists the positions that are live in one holding.
func (c *capturer) contents(ctx context.Context, id app.HoldingID) ([]app.Position, error) {
	h, err := c.holding(ctx, id)
	if err != nil {
		return nil, err
	}
	var out []app.Position
	for n := range h.Segments {
		raw, err := c.desk.Record(ctx, app.SegmentKey(id, n))
		if err != nil {
			return nil, err
		}
		s, err := app.DecodeSegment(raw)
		if err != nil {
			return nil, err
		}
		for p := range s.Count {
			if s.State(p).Live() {
				out = append(out, app.Position{Holding: id, Segment: n, Position: p})
			}
		}
	}
	return out, nil
}

// dispense takes a dispensing event.
func (c *capturer) dispense(ctx context.Context) error {
	all, err := c.listed(ctx, "epcList", c.ev.EPCs)
	if err != nil {
		return err
	}
	c.sayWhat("%s", items(len(all)))
	return c.end(ctx, all, holderOf, func(o []app.Opening) app.Op {
		return &app.Dispense{Partial: c.ev.Disposition == "partially_dispensed", Openings: o}
	})
}

// decommission takes a decommissioning event. By the dispositions unknown and
// stolen the packages are not there to be taken out of use: they are missing.
func (c *capturer) decommission(ctx context.Context) error {
	all, err := c.listed(ctx, "epcList", c.ev.EPCs)
	if err != nil {
		return err
	}
	c.sayWhat("%s", items(len(all)))
	return c.end(ctx, all, ownerOf, func(o []app.Opening) app.Op {
		word, _ := epcis.DispositionWord(c.ev.Disposition)
		return &app.Decommission{Reason: c.ev.Disposition, Missing: word == "unknown" || word == "stolen", Openings: o}
	})
}

// destroy takes a destroying event. Why is what its persistent disposition
// says: expired, recalled, damaged.
func (c *capturer) destroy(ctx context.Context) error {
	all, err := c.listed(ctx, "epcList", c.ev.EPCs)
	if err != nil {
		return err
	}
	c.sayWhat("%s", items(len(all)))
	return c.end(ctx, all, ownerOf, func(o []app.Opening) app.Op {
		return &app.Destroy{Reason: holdWord(append([]string{c.ev.Disposition}, c.ev.PersistentDisposition.Set...)...), Openings: o}
	})
}

// sample takes a sampling event.
func (c *capturer) sample(ctx context.Context) error {
	all, err := c.listed(ctx, "epcList", c.ev.EPCs)
	if err != nil {
		return err
	}
	c.sayWhat("%s", items(len(all)))
	return c.end(ctx, all, ownerOf, func(o []app.Opening) app.Op {
		return &app.Sample{Reason: holdWord(c.ev.Disposition), Openings: o}
	})
}

// end submits an op that ends items.
func (c *capturer) end(ctx context.Context, all []*goods, of func(*goods) gs1.GLN, build func([]app.Opening) app.Op) error {
	if err := c.noContainers(all); err != nil {
		return err
	}
	partner, err := c.oneHolder(all, of)
	if err != nil {
		return err
	}
	if !c.desk.Signs(partner) {
		// An item that ended on its way to the signer stays, ended, where
		// it was opened: the reason to give is its end, not the partner.
		if err := c.ended(all); err != nil {
			return err
		}
	}
	openings, err := c.openings(ctx, all)
	if err != nil {
		return err
	}
	return c.submit(ctx, partner, build(openings))
}
