package client

import (
	"context"
	"slices"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/epcis"
)

// IsReturn reports whether a shipping event gives goods back: by its
// disposition, or by the return merchandise authorisation that it refers to.
func IsReturn(ev *epcis.Event) bool {
	if ev.Step() != "shipping" {
		return false
	}
	if word, _ := epcis.DispositionWord(ev.Disposition); word == "returned" {
		return true
	}
	return slices.ContainsFunc(ev.BizTransactions, func(b epcis.BizTransaction) bool { return b.Type == "rma" })
}

// giveBack takes a shipping event that is a return. The event does not say
// which sale it reverses: that is looked up, and goods of several sales become
// a return each.
func (c *capturer) giveBack(ctx context.Context) error {
	all, err := c.shipped(ctx)
	if err != nil {
		return err
	}
	all = c.notYet(all, onTheWay)
	owner, err := c.oneHolder(all, ownerOf)
	if err != nil {
		return err
	}
	terms, err := c.returnTerms(owner)
	if err != nil {
		return err
	}
	c.sayWhat("return of %s to %s", things(all), terms.To)
	if all, err = c.bring(ctx, all, owner); err != nil {
		return err
	}
	bySale, sales, err := c.bySale(ctx, all, owner)
	if err != nil {
		return err
	}
	for _, sale := range sales {
		if err := c.returnOf(ctx, owner, terms, sale, bySale[sale]); err != nil {
			return err
		}
	}
	return nil
}

// returnTerms are the terms of a return: the statement of the document, or for
// goods that may not be sold again, by the event's disposition, the exemption.
func (c *capturer) returnTerms(owner gs1.GLN) (app.Terms, error) {
	terms, err := c.terms(owner)
	if err != nil {
		return terms, err
	}
	if !terms.Seller.IsZero() {
		return terms, c.refuse("dropShipment is true, but a return has no wholesaler in between")
	}
	terms.Purpose = app.PurposeReturn
	word := holdWord(append([]string{c.ev.Disposition}, c.ev.PersistentDisposition.Set...)...)
	if word != "" && !terms.Statement {
		terms.Exemption = app.ExemptNonsaleable
		c.infer("what is %s may not be sold again: the return needs no transaction statement", word)
	}
	return terms, nil
}

// bySale sorts goods by the sale by which their owner acquired them, 0 for what
// came by none; the sales are ascending.
func (c *capturer) bySale(ctx context.Context, all []*goods, owner gs1.GLN) (by map[uint64][]*goods, sales []uint64, err error) {
	by = make(map[uint64][]*goods)
	for _, g := range all {
		if g.container() && g.nested() {
			return nil, nil, c.refuse("%s stands in another container: return the outermost one, or capture the unpacking first", g.key.Bracketed())
		}
		sale, err := c.saleOf(ctx, g, owner)
		if err != nil {
			return nil, nil, err
		}
		if by[sale] == nil {
			sales = append(sales, sale)
		}
		by[sale] = append(by[sale], g)
	}
	slices.Sort(sales)
	return by, sales, nil
}

// saleOf is the sale by which the owner acquired an item, or the first that is
// in a container: the ledger refuses a container of several.
func (c *capturer) saleOf(ctx context.Context, g *goods, owner gs1.GLN) (uint64, error) {
	at := g.place.At
	if g.container() {
		inside, err := c.inside(ctx, g.place.Holding)
		if err != nil {
			return 0, err
		}
		if len(inside) == 0 {
			return 0, c.refuse("container %s is empty", g.key.Bracketed())
		}
		at = inside[0]
	}
	entries, err := c.desk.Entries(ctx, at.Holding, at.Segment)
	if err != nil {
		return 0, err
	}
	number, base, err := acquiredBy(ctx, c.desk.Record, owner, at.Holding, at.Segment)
	if err != nil {
		return 0, err
	}
	if number == base {
		number = entries[at.Position].Acquired
	}
	if number == 0 {
		return 0, nil
	}
	s, err := c.shipment(ctx, number)
	if err != nil || s.Purpose != app.PurposeSale {
		return 0, err
	}
	return number, nil
}

// inside lists the positions of the live items in a holding, at any depth.
func (c *capturer) inside(ctx context.Context, id app.HoldingID) ([]app.Position, error) {
	direct, err := c.contents(ctx, id)
	if err != nil {
		return nil, err
	}
	var out []app.Position
	for _, at := range direct {
		entries, err := c.desk.Entries(ctx, id, at.Segment)
		if err != nil {
			return nil, err
		}
		e := &entries[at.Position]
		if !e.IsContainer() {
			out = append(out, at)
			continue
		}
		deeper, err := c.inside(ctx, e.Child)
		if err != nil {
			return nil, err
		}
		out = append(out, deeper...)
	}
	return out, nil
}

// returnOf returns goods of one sale.
func (c *capturer) returnOf(ctx context.Context, owner gs1.GLN, terms app.Terms, sale uint64, these []*goods) error {
	items, containers := split(these)
	var at []app.Position
	for _, g := range containers {
		inside, err := c.inside(ctx, g.place.Holding)
		if err != nil {
			return err
		}
		at = append(at, inside...)
	}
	inside, err := OpenAt(ctx, c.desk.Entries, at)
	if err != nil {
		return err
	}
	openings, err := c.openings(ctx, items)
	if err != nil {
		return err
	}
	if sale > 0 {
		c.infer("%s came by shipment %d: that sale is reversed", things(these), sale)
	}
	return c.submitLoose(ctx, owner, func(n uint32) app.Op {
		return &app.Return{Terms: terms, Reverses: sale, Holdings: holdingIDs(containers), Inside: inside, Loose: n, Openings: openings}
	})
}
