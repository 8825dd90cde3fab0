package client

import (
	"context"
	"errors"
	"slices"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// recordedBefore finds out, by its hash, whether the ledger has the event in
// progress already, all of it, and notes its transactions. An event may become
// several ops: the last one counts, whatever came before it for its sake.
func (c *capturer) recordedBefore(ctx context.Context) (bool, error) {
	if c.finder == nil {
		return false, nil
	}
	all, err := c.finder.TxByEvent(ctx, c.hash)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	last := lastKinds(c.ev.Step())
	all = slices.DeleteFunc(all, func(t app.TxSummary) bool { return t.Code != app.CodeOK })
	n := slices.IndexFunc(all, func(t app.TxSummary) bool { return slices.Contains(last, t.Kind) })
	if n < 0 {
		return false, nil
	}
	if c.ev.Error != nil { // it hashes like what it corrects
		raw, err := c.desk.Record(ctx, app.CorrectionKey(all[n].ID, all[n].Partner))
		if err == nil && raw != nil {
			c.done.Standing = StandingBefore
		}
		return raw != nil, err
	}
	whole, err := c.wholly(ctx, all[n].Partner)
	c.partly = !whole
	if err == nil && whole {
		c.done.Standing = StandingBefore
		for i := range all {
			c.done.Ops = append(c.done.Ops, opOf(&all[i]))
		}
	}
	return whole, err
}

// opOf is a transaction that was recorded before.
func opOf(t *app.TxSummary) CapturedOp {
	op := CapturedOp{Op: t.Kind, Partner: t.Partner, Tx: t.ID, Height: t.Height, Code: t.Code}
	if n, ok := app.ShipmentNumber(t.Data); ok {
		op.Shipment = n
	}
	return op
}

// wholly reports whether an event of which a tx of a partner is recorded is
// recorded to its end. Three kinds of event become several ops of one kind, of
// which the first may stand alone after trouble.
func (c *capturer) wholly(ctx context.Context, partner gs1.GLN) (bool, error) {
	step := c.ev.Step()
	if step != "commissioning" && step != "receiving" && (step != "shipping" || !IsReturn(c.ev)) {
		return true, nil
	}
	keys := make([]gs1.Key, len(c.ev.EPCs))
	for i, id := range c.ev.EPCs {
		key, err := parseEPCKey(id)
		if err != nil {
			return false, nil //nolint:nilerr // taking the event refuses it, with the reason
		}
		keys[i] = key
	}
	all, err := c.lookUp(ctx, keys)
	if err != nil {
		return false, err
	}
	for _, g := range all {
		var open bool
		switch {
		case g == nil: // never commissioned
			open = true
		case step == "receiving": // still on its way to the partner
			open = g.outmost.Shipment != 0 && g.holder == partner
		case step == "shipping": // still with the partner that gave it back
			open = g.outmost.Shipment == 0 && g.outmost.Owner == partner
		}
		if open {
			return false, nil
		}
	}
	return true, nil
}

// notYet are the goods of an event that its ops so far left alone: all of them,
// unless a part of the event is recorded.
func (c *capturer) notYet(all []*goods, done func(*goods) bool) []*goods {
	if !c.partly {
		return all
	}
	rest := slices.DeleteFunc(slices.Clone(all), done)
	if n := len(all) - len(rest); n > 0 {
		c.infer("%d of %d items and containers were recorded before", n, len(all))
	}
	return rest
}

// onTheWay reports whether goods are in a shipment.
func onTheWay(g *goods) bool { return g.outmost.Shipment != 0 }

// lastKinds are the ops that an event of a step ends in.
func lastKinds(step string) []string {
	kinds := map[string][]app.Kind{
		"commissioning":   {app.KindCommission, app.KindCommissionContainer},
		"packing":         {app.KindPack},
		"unpacking":       {app.KindUnpack},
		"shipping":        {app.KindShip, app.KindReturn},
		"receiving":       {app.KindReceive},
		"void_shipping":   {app.KindVoidShip},
		"dispensing":      {app.KindDispense},
		"decommissioning": {app.KindDecommission},
		"destroying":      {app.KindDestroy},
		"sampling":        {app.KindSample},
		"holding":         {app.KindQuarantine, app.KindRelease},
		"repackaging":     {app.KindRepackage},
	}[step]
	out := make([]string, len(kinds))
	for i, k := range kinds {
		out[i] = k.String()
	}
	return out
}
