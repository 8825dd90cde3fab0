package client

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/app/merkle"
)

// Why an identifier cannot be captured.
var (
	errNoKey = errors.New("it names no item and no logistic unit: an SGTIN with a serial, or an SSCC, is expected")
	errNoGLN = errors.New("it is no GLN: a 13-digit GLN, an SGLN or a PGLN is expected")
)

// goods are items and containers of one event, as the ledger has them now.
type goods struct {
	key     gs1.Key
	place   *app.Place
	outer   app.HoldingID
	outmost *app.Holding
	// holder may act on them: the consignee when they are on the way to it,
	// the possessor otherwise. owner likewise.
	holder, owner gs1.GLN
	// site is where they are, or will be received.
	site gs1.GLN
}

// container reports whether the key is a container's.
func (g *goods) container() bool { return g.place.Entry.Lot == "" }

// nested reports whether a container stands inside another.
func (g *goods) nested() bool { return len(g.place.Chain) > 1 }

// find looks up where keys are. A key that the ledger does not know refuses
// the event.
func (c *capturer) find(ctx context.Context, keys []gs1.Key) ([]*goods, error) {
	out, err := c.lookUp(ctx, keys)
	if err != nil {
		return nil, err
	}
	depends := false
	for i, g := range out {
		if c.dry.depends(keys[i], g) {
			depends = true
		} else if g == nil {
			return nil, c.refuse("%s was never commissioned: capture its commissioning event first", keys[i].Bracketed())
		}
	}
	if depends {
		return nil, errDepends
	}
	return out, nil
}

// findOne looks up one key; nil when the ledger does not know it.
func (c *capturer) findOne(ctx context.Context, key gs1.Key) (*goods, error) {
	out, err := c.lookUp(ctx, []gs1.Key{key})
	if err != nil {
		return nil, err
	}
	if c.dry.depends(key, out[0]) {
		return nil, errDepends
	}
	return out[0], nil
}

// lookUp looks up where keys are, several at a time; what the ledger does not
// know is nil.
func (c *capturer) lookUp(ctx context.Context, keys []gs1.Key) ([]*goods, error) {
	places := make([]*app.Place, len(keys))
	err := eachOf(ctx, len(keys), func(ctx context.Context, i int) error {
		place, err := c.desk.Place(ctx, keys[i])
		if err == nil {
			places[i] = place
		} else if errors.Is(err, ErrNotFound) {
			err = nil
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	out := make([]*goods, len(keys))
	for i, place := range places {
		if place == nil {
			continue
		}
		if out[i], err = c.goodsAt(ctx, keys[i], place); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// goodsAt reads whose the goods at a place are.
func (c *capturer) goodsAt(ctx context.Context, key gs1.Key, place *app.Place) (*goods, error) {
	g := &goods{key: key, place: place, outer: place.Chain[len(place.Chain)-1]}
	var err error
	if g.outmost, err = c.holding(ctx, g.outer); err != nil {
		return nil, err
	}
	g.holder, g.owner, g.site = g.outmost.Possessor, g.outmost.Owner, g.outmost.Location
	if g.outmost.Shipment != 0 {
		s, err := c.shipment(ctx, g.outmost.Shipment)
		if err != nil {
			return nil, err
		}
		g.holder, g.owner, g.site = s.To, s.To, s.ShipTo
	}
	return g, nil
}

// holding reads a holding that the index named.
func (c *capturer) holding(ctx context.Context, id app.HoldingID) (*app.Holding, error) {
	return remembered(ctx, c, c.holdings, id, app.HoldingKey(id), app.DecodeHolding)
}

func (c *capturer) shipment(ctx context.Context, number uint64) (*app.Shipment, error) {
	return remembered(ctx, c, c.shipments, number, app.ShipmentKey(number), app.DecodeShipment)
}

// remembered reads a record that must be there, once between two ops.
func remembered[K comparable, R any](ctx context.Context, c *capturer, read map[K]*R, id K, key []byte, decode func([]byte) (*R, error)) (*R, error) {
	if r, ok := read[id]; ok {
		return r, nil
	}
	r, err := mustRead(ctx, c.desk.Record, key, decode)
	if err == nil {
		read[id] = r
	}
	return r, err
}

// ended refuses an event about items whose life has ended, naming the first.
// The ledger would refuse it too; here the item can be named before an
// opening is built.
func (c *capturer) ended(all []*goods) error {
	for _, g := range all {
		if !g.container() && g.place.State.Ended() {
			code := app.CodeEnded
			c.done.Code, c.done.CodeName = code, code.String()
			return c.refuse("%s: %s was %s: %s; %s", code, g.key.Bracketed(), g.place.State, code.Meaning(), code.Advice())
		}
	}
	return nil
}

// oneHolder returns the partner that all goods are with.
func (c *capturer) oneHolder(all []*goods, of func(*goods) gs1.GLN) (gs1.GLN, error) {
	first := of(all[0])
	for _, g := range all[1:] {
		if of(g) != first {
			return first, c.refuse("%s is with partner %s, %s with partner %s: one event concerns the goods of one partner",
				all[0].key.Bracketed(), first, g.key.Bracketed(), of(g))
		}
	}
	return first, nil
}

func holderOf(g *goods) gs1.GLN { return g.holder }
func ownerOf(g *goods) gs1.GLN  { return g.owner }

// openings builds the openings that show goods where they stand: items, and
// containers inside others.
func (c *capturer) openings(ctx context.Context, all []*goods) ([]app.Opening, error) {
	return OpenAt(ctx, c.desk.Entries, positionsOf(all))
}

func positionsOf(all []*goods) []app.Position {
	out := make([]app.Position, len(all))
	for i, g := range all {
		out[i] = g.place.At
	}
	return out
}

// OpenAt builds the openings of positions, whatever their order, from the
// contents of their segments.
func OpenAt(ctx context.Context, entries func(context.Context, app.HoldingID, uint32) ([]app.Entry, error), at []app.Position) ([]app.Opening, error) {
	at = slices.Clone(at)
	slices.SortFunc(at, comparePositions)
	var out []app.Opening
	for i := 0; i < len(at); {
		j := i
		for j < len(at) && at[j].Holding == at[i].Holding && at[j].Segment == at[i].Segment {
			j++
		}
		all, err := entries(ctx, at[i].Holding, at[i].Segment)
		if err != nil {
			return nil, err
		}
		o, err := openSegment(all, at[i:j])
		if err != nil {
			return nil, err
		}
		out = append(out, o)
		i = j
	}
	return out, nil
}

// openSegment opens ascending positions of one segment.
func openSegment(all []app.Entry, at []app.Position) (app.Opening, error) {
	o := app.Opening{Holding: at[0].Holding, Segment: at[0].Segment}
	leaves := make([]merkle.Hash, len(all))
	for i := range all {
		leaves[i] = all[i].Leaf()
	}
	for _, p := range at {
		o.Positions = append(o.Positions, p.Position)
	}
	var err error
	if o.Siblings, err = merkle.NewTree(leaves).Prove(o.Positions); err != nil {
		return o, err
	}
	for _, p := range at {
		o.Entries = append(o.Entries, all[p.Position])
	}
	return o, nil
}

func comparePositions(a, b app.Position) int {
	if n := bytes.Compare(a.Holding[:], b.Holding[:]); n != 0 {
		return n
	}
	if a.Segment != b.Segment {
		return int(int64(a.Segment) - int64(b.Segment))
	}
	return int(a.Position) - int(b.Position)
}

// holdingIDs sorts ids as ops want them.
func holdingIDs(all []*goods) []app.HoldingID {
	out := make([]app.HoldingID, len(all))
	for i, g := range all {
		out[i] = g.place.Holding
	}
	slices.SortFunc(out, func(a, b app.HoldingID) int { return bytes.Compare(a[:], b[:]) })
	return out
}

// split separates items from containers.
func split(all []*goods) (items, containers []*goods) {
	for _, g := range all {
		if g.container() {
			containers = append(containers, g)
		} else {
			items = append(items, g)
		}
	}
	return items, containers
}
