package main

import (
	"context"
	"errors"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/epcis"
)

// recorded finds the transaction by which the ledger has an event already, by
// its hash; nil when it has not, or not all of it. An event may become several
// ops: the last one counts, whatever came before it for its sake.
func recorded(ctx context.Context, c *client.Client, ev *epcis.Event) (*app.TxSummary, error) {
	hash, err := ev.HashBytes()
	if err != nil {
		return nil, nil //nolint:nilerr // Capture refuses the event, with the reason
	}
	all, err := c.TxByEvent(ctx, hash)
	if errors.Is(err, client.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	last := lastKinds(ev.Step())
	for i := range all {
		t := &all[i]
		if t.Code != app.CodeOK || !last[t.Kind] {
			continue
		}
		if ev.Error != nil { // it hashes like what it corrects
			raw, err := c.Record(ctx, app.CorrectionKey(t.ID, t.Partner))
			if err != nil || raw == nil {
				return nil, err
			}
			return t, nil
		}
		if whole, err := wholly(ctx, c, ev, t); err != nil || !whole {
			return nil, err
		}
		return t, nil
	}
	return nil, nil
}

// wholly reports whether an event of which a tx is recorded is recorded to its
// end. Three kinds of event become several ops of one kind, of which the first
// may stand alone after trouble.
func wholly(ctx context.Context, c *client.Client, ev *epcis.Event, t *app.TxSummary) (bool, error) {
	switch ev.Step() {
	case "commissioning":
		return allKnown(ctx, c, ev)
	case "receiving":
		return noneAboard(ctx, c, ev, t.Partner)
	case "shipping":
		if client.IsReturn(ev) {
			return noneAtHand(ctx, c, ev, t.Partner)
		}
		return true, nil
	default:
		return true, nil
	}
}

// noneAboard reports whether nothing that a receiving event names is still on
// its way to the partner that received.
func noneAboard(ctx context.Context, c *client.Client, ev *epcis.Event, to gs1.GLN) (bool, error) {
	for _, id := range ev.EPCs {
		s, err := readScan(id)
		if err != nil {
			return false, nil //nolint:nilerr // Capture refuses the event, with the reason
		}
		place, err := c.Place(ctx, s.Key)
		if err != nil {
			return false, err
		}
		number, err := aboard(ctx, c, place)
		if err != nil {
			return false, err
		}
		if number == 0 {
			continue
		}
		raw, err := c.Record(ctx, app.ShipmentKey(number))
		if err != nil {
			return false, err
		}
		shipment, err := app.DecodeShipment(raw)
		if err != nil || shipment.To == to {
			return false, err
		}
	}
	return true, nil
}

// noneAtHand reports whether nothing that a return names is still with the
// partner that returned.
func noneAtHand(ctx context.Context, c *client.Client, ev *epcis.Event, from gs1.GLN) (bool, error) {
	for _, id := range ev.EPCs {
		s, err := readScan(id)
		if err != nil {
			return false, nil //nolint:nilerr // Capture refuses the event, with the reason
		}
		place, err := c.Place(ctx, s.Key)
		if err != nil {
			return false, err
		}
		h, err := outermost(ctx, c, place)
		if err != nil || h.Shipment == 0 && h.Owner == from {
			return false, err
		}
	}
	return true, nil
}

// aboard is the shipment that a place is under way in, or 0.
func aboard(ctx context.Context, c *client.Client, place *app.Place) (uint64, error) {
	h, err := outermost(ctx, c, place)
	if err != nil {
		return 0, err
	}
	return h.Shipment, nil
}

// outermost is the holding around a place that stands in no other.
func outermost(ctx context.Context, c *client.Client, place *app.Place) (*app.Holding, error) {
	raw, err := c.Record(ctx, app.HoldingKey(place.Chain[len(place.Chain)-1]))
	if err != nil {
		return nil, err
	}
	return app.DecodeHolding(raw)
}

// allKnown reports whether the ledger knows every key of a commissioning event.
func allKnown(ctx context.Context, c *client.Client, ev *epcis.Event) (bool, error) {
	for _, id := range ev.EPCs {
		s, err := readScan(id)
		if err != nil {
			return false, nil //nolint:nilerr // Capture refuses the event, with the reason
		}
		if _, err := c.Place(ctx, s.Key); errors.Is(err, client.ErrNotFound) {
			return false, nil
		} else if err != nil {
			return false, err
		}
	}
	return true, nil
}

// lastKinds are the ops that an event of a step ends in.
func lastKinds(step string) map[string]bool {
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
	out := make(map[string]bool, len(kinds))
	for _, k := range kinds {
		out[k.String()] = true
	}
	return out
}
