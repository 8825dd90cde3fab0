package client

import (
	"bytes"
	"context"
	"slices"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// sortedIDs sorts ids as ops want them, each once.
func sortedIDs(ids []app.HoldingID) []app.HoldingID {
	slices.SortFunc(ids, func(a, b app.HoldingID) int { return bytes.Compare(a[:], b[:]) })
	return slices.Compact(ids)
}

// shipped are the keys that a movement event names, of whichever type it is.
func (c *capturer) shipped(ctx context.Context) ([]*goods, error) {
	ids := c.ev.EPCs
	if c.ev.ParentID != "" {
		ids = append(slices.Clone(ids), c.ev.ParentID)
	}
	return c.named(ctx, "epcList", ids)
}

// leaving finds what a shipping event names, and its one owner.
func (c *capturer) leaving(ctx context.Context) ([]*goods, gs1.GLN, error) {
	all, err := c.shipped(ctx)
	if err != nil {
		return nil, gs1.GLN{}, err
	}
	owner, err := c.oneHolder(all, ownerOf)
	return all, owner, err
}

// ship takes a shipping event: the beginning of a change of ownership.
func (c *capturer) ship(ctx context.Context) error {
	if IsReturn(c.ev) {
		return c.giveBack(ctx)
	}
	all, owner, err := c.leaving(ctx)
	if err != nil {
		return err
	}
	terms, err := c.terms(owner)
	if err != nil {
		return err
	}
	c.sayWhat("%s to %s", things(all), terms.To)
	if all, err = c.bring(ctx, all, owner); err != nil {
		return err
	}
	items, containers := split(all)
	for _, g := range containers {
		if g.nested() {
			return c.refuse("%s stands in another container: ship the outermost one, or capture the unpacking first", g.key.Bracketed())
		}
	}
	openings, err := c.openings(ctx, items)
	if err != nil {
		return err
	}
	return c.submitLoose(ctx, owner, func(n uint32) app.Op {
		return &app.Ship{Terms: terms, Holdings: holdingIDs(containers), Loose: n, Openings: openings}
	})
}

// terms reads the transaction information and statement of a shipping event.
// A buyer that the event does not name is the header's receiver.
func (c *capturer) terms(owner gs1.GLN) (app.Terms, error) {
	t := app.Terms{Purpose: app.PurposeSale, Statement: c.doc.DSCSA.Affirmed, Documents: c.documents()}
	from, err := c.endpoint("source owning_party", c.ev.Source("owning_party"))
	if err != nil {
		return t, err
	}
	if drop, _ := c.ev.DropShipment(); drop {
		if from.IsZero() || from == owner {
			return t, c.refuse("dropShipment is true, but source owning_party does not name the wholesaler that sells what %s ships", owner)
		}
		t.Seller = from
	} else if !from.IsZero() && from != owner {
		return t, c.refuse("the event's seller is %s, but the ledger's owner of the goods is %s", from, owner)
	}
	if t.To, err = c.endpoint("destination owning_party", c.ev.Destination("owning_party")); err != nil {
		return t, err
	}
	if t.To.IsZero() {
		if t.To, err = c.endpoint("header receiver", c.doc.Header.Receiver()); err != nil {
			return t, err
		}
		if t.To.IsZero() {
			return t, c.refuse("neither the event nor the header says who buys: destination owning_party is missing")
		}
		c.infer("the event names no buyer: the header's receiver %s is taken", t.To)
	}
	if t.ShipTo, err = c.endpoint("destination location", c.ev.Destination("location")); err != nil {
		return t, err
	}
	if t.ShipTo.IsZero() {
		t.ShipTo = t.To
	}
	t.TransactionDate = gs1.FromUnix(c.at)
	for i := range c.ev.Extensions {
		if n := &c.ev.Extensions[i]; n.Name.Local == "transactionDate" {
			if t.TransactionDate, err = gs1.ParseDateISO(n.Value); err != nil {
				return t, c.refuse("transactionDate %q: %v", n.Value, err)
			}
		}
	}
	return t, nil
}

// receive takes a receiving event. What it names may belong to several
// shipments; each is received by an op of its own.
func (c *capturer) receive(ctx context.Context) error {
	all, err := c.shipped(ctx)
	if err != nil {
		return err
	}
	c.sayWhat("%s", things(all))
	all = c.notYet(all, func(g *goods) bool { return !onTheWay(g) })
	for len(all) > 0 {
		number := all[0].outmost.Shipment
		if number == 0 {
			return c.refuse("%s is not on a shipment: the ledger has it with partner %s", all[0].key.Bracketed(), all[0].holder)
		}
		var these, rest []*goods
		for _, g := range all {
			if g.outmost.Shipment == number {
				these = append(these, g)
			} else {
				rest = append(rest, g)
			}
		}
		if err := c.receiveOf(ctx, number, these); err != nil {
			return err
		}
		all = rest
	}
	return nil
}

// receiveOf receives goods of one shipment. An outermost container is received
// whole, its contents inferred; anything inside one is opened out of it.
func (c *capturer) receiveOf(ctx context.Context, number uint64, these []*goods) error {
	s, err := c.shipment(ctx, number)
	if err != nil {
		return err
	}
	var whole, opened []*goods
	for _, g := range these {
		if g.container() && !g.nested() {
			whole = append(whole, g)
		} else {
			opened = append(opened, g)
		}
	}
	openings, err := c.openings(ctx, opened)
	if err != nil {
		return err
	}
	location := c.site()
	if location.IsZero() {
		location = s.ShipTo
		c.infer("the event names no site by GLN: the agreed site %s is taken", location)
	}
	holdings := holdingIDs(whole)
	mode := app.ReceiveArrived
	if len(opened) == 0 && int(s.OpenHoldings) == len(whole) {
		mode = app.ReceiveAll
	}
	if len(whole) > 0 {
		c.infer("what the containers of shipment %d hold is received with them, unread", number)
	}
	return c.submitLoose(ctx, s.To, func(n uint32) app.Op {
		return &app.Receive{
			Shipment: number, Mode: mode, Scanned: len(whole) == 0, Location: location,
			Holdings: holdings, Loose: n, Openings: openings,
		}
	})
}

// voidShip takes a void_shipping event: the goods go back to the shipper.
func (c *capturer) voidShip(ctx context.Context) error {
	all, err := c.shipped(ctx)
	if err != nil {
		return err
	}
	number := all[0].outmost.Shipment
	for _, g := range all {
		if g.outmost.Shipment != number || number == 0 {
			return c.refuse("%s is not on the shipment that the event voids", g.key.Bracketed())
		}
	}
	s, err := c.shipment(ctx, number)
	if err != nil {
		return err
	}
	c.sayWhat("shipment %d", number)
	holdings := outermost(all)
	return c.submit(ctx, s.From, &app.VoidShip{Shipment: number, All: int(s.OpenHoldings) == len(holdings), Holdings: holdings})
}
