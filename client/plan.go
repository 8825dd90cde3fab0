package client

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client/proof"
)

// A Plan looks up where goods are and makes the op that acts on them, from
// what the node says now. Nothing of it is proven: the ledger checks every
// opening. One Plan reads each record once, so make a new one for each op.
type Plan struct {
	c      *Client
	signer gs1.GLN
	read   map[string][]byte
}

// Plan begins to plan an op that a partner will sign.
func (c *Client) Plan(signer gs1.GLN) *Plan {
	return &Plan{c: c, signer: signer, read: make(map[string][]byte)}
}

// goodsOf are things to act on: outermost containers whole, and items and
// inner containers by opening them.
type goodsOf struct {
	whole    []app.HoldingID
	openings []app.Opening
}

// Openings opens items, and containers inside others, wherever they are, in
// the order that ops demand.
func (p *Plan) Openings(ctx context.Context, keys ...gs1.Key) ([]app.Opening, error) {
	at := make([]app.Position, 0, len(keys))
	for _, key := range keys {
		place, err := p.c.Place(ctx, key)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key.Bracketed(), err)
		}
		if place.At.Holding.IsZero() {
			return nil, fmt.Errorf("container %s stands in no other: it is named whole", key.Bracketed())
		}
		at = append(at, place.At)
	}
	return OpenAt(ctx, p.c.Entries, at)
}

// goods sorts things into outermost containers and what has to be opened.
func (p *Plan) goods(ctx context.Context, keys []gs1.Key) (g goodsOf, err error) {
	var at []app.Position
	for _, key := range keys {
		place, err := p.c.Place(ctx, key)
		if err != nil {
			return g, fmt.Errorf("%s: %w", key.Bracketed(), err)
		}
		if place.At.Holding.IsZero() {
			g.whole = append(g.whole, place.Holding)
		} else {
			at = append(at, place.At)
		}
	}
	g.whole = sortedIDs(g.whole)
	g.openings, err = OpenAt(ctx, p.c.Entries, at)
	return g, err
}

// Pack puts items and outermost containers into a container: into its present
// use, or its first.
func (p *Plan) Pack(ctx context.Context, parent gs1.Key, things ...gs1.Key) (*app.Pack, error) {
	g, err := p.goods(ctx, things)
	if err != nil {
		return nil, err
	}
	n, err := p.use(ctx, parent)
	return &app.Pack{Parent: parent, N: n, Children: g.whole, Openings: g.openings}, err
}

// use is the number of the latest use of a container's key, 0 for a new one.
func (p *Plan) use(ctx context.Context, key gs1.Key) (uint32, error) {
	for n := uint32(0); ; n++ {
		next, err := p.record(ctx, app.HoldingKey(app.ContainerID(key, n+1)))
		if err != nil || next == nil {
			return n, err
		}
	}
}

// Unpack takes things out of the container they stand in; none means all that
// is in it.
func (p *Plan) Unpack(ctx context.Context, container gs1.Key, things ...gs1.Key) (*app.Unpack, error) {
	place, err := p.c.Place(ctx, container)
	if err != nil {
		return nil, err
	}
	op := &app.Unpack{Container: place.Holding, All: len(things) == 0}
	if op.All {
		op.Openings, err = p.all(ctx, place.Holding)
	} else {
		op.Openings, err = p.Openings(ctx, things...)
	}
	if err != nil {
		return nil, err
	}
	op.Loose, err = p.NextLoose(ctx, op.Openings)
	return op, err
}

// all opens everything that stands directly in a holding.
func (p *Plan) all(ctx context.Context, id app.HoldingID) ([]app.Opening, error) {
	h, err := planRead(ctx, p, app.HoldingKey(id), app.DecodeHolding)
	if err != nil {
		return nil, err
	}
	var at []app.Position
	for n := range h.Segments {
		s, err := planRead(ctx, p, app.SegmentKey(id, n), app.DecodeSegment)
		if err != nil {
			return nil, err
		}
		for i := range s.Count {
			if s.State(i).Live() {
				at = append(at, app.Position{Holding: id, Segment: n, Position: i})
			}
		}
	}
	return OpenAt(ctx, p.c.Entries, at)
}

// Ship sells items and outermost containers under the terms.
func (p *Plan) Ship(ctx context.Context, terms app.Terms, things ...gs1.Key) (*app.Ship, error) {
	g, err := p.goods(ctx, things)
	if err != nil {
		return nil, err
	}
	loose, err := p.NextLoose(ctx, g.openings)
	return &app.Ship{Terms: terms, Holdings: g.whole, Openings: g.openings, Loose: loose}, err
}

// Receive receives all that is open of a shipment at a location.
func (p *Plan) Receive(ctx context.Context, shipment uint64, location gs1.GLN) (*app.Receive, error) {
	ids, err := p.aboard(ctx, shipment, false)
	return &app.Receive{Shipment: shipment, Mode: app.ReceiveAll, Location: location, Holdings: ids}, err
}

// VoidShip takes back all that is open or short of a shipment.
func (p *Plan) VoidShip(ctx context.Context, shipment uint64) (*app.VoidShip, error) {
	ids, err := p.aboard(ctx, shipment, true)
	return &app.VoidShip{Shipment: shipment, All: true, Holdings: ids}, err
}

func (p *Plan) aboard(ctx context.Context, shipment uint64, short bool) ([]app.HoldingID, error) {
	holdings, err := All(func(page app.PageRequest) (*app.Page[app.HoldingSummary], error) {
		return p.c.ShipmentHoldings(ctx, shipment, page)
	})
	if err != nil {
		return nil, err
	}
	var ids []app.HoldingID
	for i := range holdings {
		if short || !holdings[i].Short {
			ids = append(ids, holdings[i].ID)
		}
	}
	if len(ids) == 0 {
		return nil, fmt.Errorf("nothing of shipment %d is under way", shipment)
	}
	return sortedIDs(ids), nil
}

// Relocate moves things to another site or possessor.
func (p *Plan) Relocate(ctx context.Context, possessor, location gs1.GLN, things ...gs1.Key) (*app.Relocate, error) {
	g, err := p.goods(ctx, things)
	if err != nil {
		return nil, err
	}
	loose, err := p.NextLoose(ctx, g.openings)
	return &app.Relocate{Possessor: possessor, Location: location, Holdings: g.whole, Openings: g.openings, Loose: loose}, err
}

// Dispense dispenses items.
func (p *Plan) Dispense(ctx context.Context, items ...gs1.Key) (*app.Dispense, error) {
	openings, err := p.Openings(ctx, items...)
	return &app.Dispense{Openings: openings}, err
}

// Decommission takes items out of use.
func (p *Plan) Decommission(ctx context.Context, reason string, items ...gs1.Key) (*app.Decommission, error) {
	openings, err := p.Openings(ctx, items...)
	return &app.Decommission{Reason: reason, Openings: openings}, err
}

// Spot shows where an item or container is, for Mark and LocateMark.
func (p *Plan) Spot(ctx context.Context, key gs1.Key) (s app.Spot, err error) {
	place, err := p.c.Place(ctx, key)
	if err != nil {
		return s, err
	}
	if len(place.Commissions) == 0 {
		return app.Spot{Container: place.Holding}, nil
	}
	openings, err := OpenAt(ctx, p.c.Entries, []app.Position{place.At})
	if err == nil {
		s.Opening = &openings[0]
	}
	return s, err
}

// ReportConflict reports that an item is in hand at a location.
func (p *Plan) ReportConflict(ctx context.Context, item gs1.Key, location gs1.GLN) (*app.ReportConflict, error) {
	openings, err := p.Openings(ctx, item)
	if err != nil {
		return nil, err
	}
	return &app.ReportConflict{Location: location, Opening: openings[0]}, nil
}

// ReportDuplicate shows that an item's key was commissioned twice: in the first
// two places that the index knows, by lot and sequence. The error is
// ErrNotFound when it knows fewer.
func (p *Plan) ReportDuplicate(ctx context.Context, item gs1.Key) (*app.ReportDuplicate, error) {
	place, err := p.c.Place(ctx, item)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", item.Bracketed(), err)
	}
	in := slices.Clone(place.Commissions)
	slices.SortFunc(in, func(a, b app.CommissionedAt) int {
		return cmp.Or(cmp.Compare(a.Lot.Lot, b.Lot.Lot), cmp.Compare(a.Sequence, b.Sequence))
	})
	if len(in) < 2 {
		return nil, fmt.Errorf("%s was commissioned once, as far as the node knows; a second commission: %w", item.Bracketed(), ErrNotFound)
	}
	op := &app.ReportDuplicate{Key: item}
	for i, to := range [...]*app.CommissionedIn{&op.First, &op.Second} {
		if *to, err = proof.CommissionedIn(ctx, p.c.Source(), in[i]); err != nil {
			return nil, err
		}
	}
	return op, nil
}

// record reads a record once.
func (p *Plan) record(ctx context.Context, key []byte) ([]byte, error) {
	if raw, ok := p.read[string(key)]; ok {
		return raw, nil
	}
	raw, err := p.c.Record(ctx, key)
	if err == nil {
		p.read[string(key)] = slices.Clone(raw)
	}
	return raw, err
}

// planRead reads a record that must be there.
func planRead[R any](ctx context.Context, p *Plan, key []byte, decode func([]byte) (*R, error)) (*R, error) {
	return mustRead(ctx, p.record, key, decode)
}

// recordReader returns the record under a key, nil when there is none.
type recordReader func(ctx context.Context, key []byte) ([]byte, error)

// mustRead reads a record that must be there.
func mustRead[R any](ctx context.Context, record recordReader, key []byte, decode func([]byte) (*R, error)) (*R, error) {
	raw, err := record(ctx, key)
	if err != nil {
		return nil, err
	}
	if raw == nil {
		return nil, fmt.Errorf("record %q %x: %w", key[:1], key[1:], ErrNotFound)
	}
	return decode(raw)
}
