package client

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/epcis"
)

// told is what the ledger knows of an event, and between what it must choose.
type told struct {
	event epcis.Event
	// sites are where it may have taken place, as EPCs, likeliest first: one,
	// when an op says.
	sites []string
	// dispositions are the usual ones, likeliest first.
	dispositions []string
	// from and to are the parties of a movement, fromSite and toSite their
	// sites.
	from, fromSite, to, toSite string
	documents                  []epcis.BizTransaction
	// drop says that it is a drop shipment.
	drop bool
	// children may have been left out of an unpacking of everything.
	all bool
}

// tell makes an event of the ops that carry it. Ops that capturing inferred,
// such as a change of site before a shipment, are not what the event says.
func (x *Teller) tell(ctx context.Context, parts []BlockTx) (*told, error) {
	t := &told{}
	t.event.Time = epcisTime(parts[0].EventTime)
	for i := range parts {
		if err := x.tellOp(ctx, t, &parts[i]); err != nil {
			return nil, fmt.Errorf("%s: %w", parts[i].Tx.Op.Kind(), err)
		}
	}
	if t.event.Type == "" {
		return nil, fmt.Errorf("%s: %w", parts[0].Tx.Op.Kind(), ErrNoEvent)
	}
	return t, x.complete(ctx, t, parts[0].Partner)
}

// complete adds what every event has.
func (x *Teller) complete(ctx context.Context, t *told, partner gs1.GLN) error {
	if len(t.sites) == 0 {
		own, err := x.location(ctx, partner)
		if err != nil {
			return err
		}
		t.sites = append(slices.Clone(x.sites[partner]), own)
	}
	slices.Sort(t.event.EPCs)
	slices.Sort(t.event.ChildEPCs)
	slices.Sort(t.event.InputEPCs)
	slices.Sort(t.event.OutputEPCs)
	return nil
}

// epcisTime is an event's time as EPCIS has it.
func epcisTime(seconds uint64) epcis.Time { return epcis.NewTime(time.Unix(int64(seconds), 0)) }

// is sets the kind of the event.
func (t *told) is(kind, action, step string, dispositions ...string) {
	t.event.Type, t.event.Action, t.event.BizStep, t.dispositions = kind, action, step, dispositions
}

func (x *Teller) tellOp(ctx context.Context, t *told, p *BlockTx) (err error) {
	switch op := p.Tx.Op.(type) {
	case *app.Commission:
		t.is(epcis.ObjectEvent, epcis.ActionAdd, "commissioning", "active", "")
		t.event.SetLot(op.Lot, op.Expiry.String())
		keys := make([]gs1.Key, len(op.Serials))
		for i, s := range op.Serials {
			keys[i] = gs1.ItemKey(op.GTIN, s)
		}
		return x.tellAt(ctx, t, p.Partner, op.Location, keys)
	case *app.CommissionContainer:
		t.is(epcis.ObjectEvent, epcis.ActionAdd, "commissioning", "active", "")
		if op.Lot != "" {
			t.event.SetLot(op.Lot, op.Expiry.String())
		}
		keys := make([]gs1.Key, len(op.Containers))
		for i, c := range op.Containers {
			keys[i] = c.Key
		}
		return x.tellAt(ctx, t, p.Partner, op.Location, keys)
	case *app.Pack:
		t.is(epcis.AggregationEvent, epcis.ActionAdd, "packing", "in_progress", "active", "container_closed", "")
		if t.event.ParentID, err = x.epc(ctx, op.Parent); err != nil {
			return err
		}
		return x.addKeys(ctx, &t.event.ChildEPCs, op.Children, op.Openings)
	case *app.Unpack:
		t.is(epcis.AggregationEvent, epcis.ActionDelete, "unpacking", "in_progress", "active", "container_open", "")
		keys, err := x.keysOf(ctx, op.Container)
		if err != nil {
			return err
		}
		t.event.ParentID, t.all = keys[0], op.All
		return x.addKeys(ctx, &t.event.ChildEPCs, nil, op.Openings)
	case *app.Ship:
		t.is(epcis.ObjectEvent, epcis.ActionObserve, "shipping", "in_transit", "")
		if err := x.parties(ctx, t, p.Partner, &op.Terms); err != nil {
			return err
		}
		return x.addKeys(ctx, &t.event.EPCs, op.Holdings, op.Openings)
	case *app.Receive:
		return x.tellReceive(ctx, t, p, op)
	case *app.VoidShip:
		t.is(epcis.ObjectEvent, epcis.ActionObserve, "void_shipping", "in_progress", "active", "")
		if err := x.shipped(ctx, t, op.Shipment); err != nil {
			return err
		}
		return x.addKeys(ctx, &t.event.EPCs, op.Holdings, nil)
	case *app.Dispense:
		t.is(epcis.ObjectEvent, epcis.ActionDelete, "dispensing", "dispensed", "retail_sold", "inactive", "")
		if op.Partial {
			t.is(epcis.ObjectEvent, epcis.ActionObserve, "dispensing", "partially_dispensed", "")
		}
		return x.addKeys(ctx, &t.event.EPCs, nil, op.Openings)
	case *app.Relocate: // inferred by capturing: it tells where the goods are
		_, err = x.visit(ctx, op.Possessor, op.Location)
		return err
	default:
		return x.tellOther(ctx, t, p)
	}
}

// visit notes a site of a partner: the goods that it acts on next are probably
// there.
func (x *Teller) visit(ctx context.Context, partner, site gs1.GLN) (string, error) {
	epc, err := x.location(ctx, site)
	if err != nil {
		return "", err
	}
	if len(x.sites) >= maxVisited {
		clear(x.sites)
	}
	x.sites[partner] = append([]string{epc}, slices.DeleteFunc(x.sites[partner], func(s string) bool { return s == epc })...)
	x.sites[partner] = x.sites[partner][:min(len(x.sites[partner]), maxSites)]
	return epc, nil
}

// maxSites bounds the sites of a partner that are tried.
const maxSites = 6

// tellAt adds keys to an object event at a site.
func (x *Teller) tellAt(ctx context.Context, t *told, partner, site gs1.GLN, keys []gs1.Key) error {
	at, err := x.visit(ctx, partner, site)
	if err != nil {
		return err
	}
	t.sites = []string{at}
	for _, key := range keys {
		epc, err := x.epc(ctx, key)
		if err != nil {
			return err
		}
		t.event.EPCs = append(t.event.EPCs, epc)
	}
	return nil
}

func (x *Teller) tellReceive(ctx context.Context, t *told, p *BlockTx, op *app.Receive) error {
	t.is(epcis.ObjectEvent, epcis.ActionObserve, "receiving", "in_progress", "sellable_accessible", "active", "")
	if err := x.shipped(ctx, t, op.Shipment); err != nil {
		return err
	}
	at, err := x.visit(ctx, p.Partner, op.Location)
	if err != nil {
		return err
	}
	t.sites = []string{at}
	if op.Mode == app.ReceiveAllBut {
		return x.addKeys(ctx, &t.event.EPCs, op.Holdings, nil)
	}
	return x.addKeys(ctx, &t.event.EPCs, op.Holdings, op.Openings)
}

// shipped tells the parties of a shipment that was begun before.
func (x *Teller) shipped(ctx context.Context, t *told, number uint64) error {
	s, err := read(ctx, x.c, app.ShipmentKey(number), app.DecodeShipment)
	if err != nil {
		return err
	}
	if s == nil {
		return fmt.Errorf("shipment %d: %w", number, ErrNotFound)
	}
	return x.parties(ctx, t, s.From, &s.Terms)
}

func (x *Teller) parties(ctx context.Context, t *told, from gs1.GLN, terms *app.Terms) error {
	seller := from
	if t.drop = !terms.Seller.IsZero(); t.drop {
		seller = terms.Seller
	}
	for _, side := range []struct {
		epc *string
		gln gs1.GLN
	}{{&t.from, seller}, {&t.fromSite, from}, {&t.to, terms.To}, {&t.toSite, terms.ShipTo}} {
		var err error
		if *side.epc, err = x.location(ctx, side.gln); err != nil {
			return err
		}
	}
	t.documents = nil
	for _, d := range terms.Documents {
		kind := d.Kind.String()
		if d.Kind == app.DocOther {
			kind = ""
		}
		t.documents = append(t.documents, epcis.BizTransaction{Type: kind, ID: d.ID})
	}
	return nil
}

// addKeys adds what an op names: holdings whole, and what it opens.
func (x *Teller) addKeys(ctx context.Context, to *[]string, whole []app.HoldingID, openings []app.Opening) error {
	for _, id := range whole {
		keys, err := x.keysOf(ctx, id)
		if err != nil {
			return err
		}
		*to = append(*to, keys...)
	}
	for i := range openings {
		for _, e := range openings[i].Entries {
			epc, err := x.epc(ctx, e.Key)
			if err != nil {
				return err
			}
			*to = append(*to, epc)
		}
	}
	return nil
}

// keysOf are the EPCs that name a holding: a container's own, or everything
// that a run or loose holding was made of.
func (x *Teller) keysOf(ctx context.Context, id app.HoldingID) ([]string, error) {
	h, err := read(ctx, x.c, app.HoldingKey(id), app.DecodeHolding)
	if err != nil {
		return nil, err
	}
	if h == nil {
		return nil, fmt.Errorf("holding %s: %w", id, ErrNotFound)
	}
	if h.Kind == app.KindContainer {
		epc, err := x.epc(ctx, h.Key)
		return []string{epc}, err
	}
	var out []string
	for n := range h.Segments {
		entries, err := x.c.Entries(ctx, id, n)
		if err != nil {
			return nil, err
		}
		for i := range entries {
			epc, err := x.epc(ctx, entries[i].Key)
			if err != nil {
				return nil, err
			}
			out = append(out, epc)
		}
	}
	return out, nil
}
