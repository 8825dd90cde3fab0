package bundle

import (
	"slices"
	"strconv"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/epcis"
)

// healthSpace is the namespace of the GS1 US guideline's own elements.
const healthSpace = "http://epcis.gs1us.org/hc/ns"

// teller tells transactions as EPCIS events. A package is commissioned once,
// and a container packed once, however often they were sold.
type teller struct {
	b    *Bundle
	n    *names
	told map[gs1.Key]bool
	// packed are the uses of containers that were told: a container may be
	// used again.
	packed map[app.HoldingID]bool
}

func (e *teller) transaction(doc *epcis.Document, t *Transaction) error {
	if err := e.commissions(doc, t); err != nil {
		return err
	}
	for i := len(t.containers) - 1; i >= 0; i-- { // inner ones first
		if err := e.packing(doc, &t.containers[i]); err != nil {
			return err
		}
	}
	ev, err := e.shipping(t)
	if err != nil {
		return err
	}
	doc.Events = append(doc.Events, *ev)
	return nil
}

func event(kind, action, step, disposition string, at time.Time) *epcis.Event {
	return &epcis.Event{
		Type: kind, Action: action, BizStep: step, Disposition: disposition, Time: epcis.NewTime(at), TimeZoneOffset: "+00:00",
	}
}

// commissions tells how packages came into being: those of one commission are
// one event, with lot and expiry.
func (e *teller) commissions(doc *epcis.Document, t *Transaction) error {
	for i := range t.Lines {
		l := &t.Lines[i]
		events := make(map[commissionID]*epcis.Event)
		var order []commissionID
		for j := range l.Packages {
			p := &l.Packages[j]
			if e.told[p.Key] {
				continue
			}
			e.told[p.Key] = true
			ev := events[p.commission]
			if ev == nil {
				ev = event(epcis.ObjectEvent, epcis.ActionAdd, "commissioning", "active", e.b.times.commissioned[p.commission])
				ev.SetLot(l.Lot.Lot, l.Lot.Expiry.String())
				events[p.commission] = ev
				order = append(order, p.commission)
			}
			epc, err := e.n.key(p.Key)
			if err != nil {
				return err
			}
			ev.EPCs = append(ev.EPCs, epc)
		}
		for _, id := range order {
			doc.Events = append(doc.Events, *events[id])
		}
	}
	return nil
}

// packing tells what stood in a container when it was shipped.
func (e *teller) packing(doc *epcis.Document, c *container) error {
	if e.packed[c.id] {
		return nil
	}
	e.packed[c.id] = true
	ev := event(epcis.AggregationEvent, epcis.ActionAdd, "packing", "in_progress", e.b.times.packed[c.id])
	var err error
	if ev.ParentID, err = e.n.key(c.key); err != nil {
		return err
	}
	for _, k := range c.holds {
		epc, err := e.n.key(k)
		if err != nil {
			return err
		}
		ev.ChildEPCs = append(ev.ChildEPCs, epc)
	}
	slices.Sort(ev.ChildEPCs)
	doc.Events = append(doc.Events, *ev)
	return nil
}

// shipping tells the change of ownership itself.
func (e *teller) shipping(t *Transaction) (*epcis.Event, error) {
	disposition := "in_transit"
	if t.Purpose == app.PurposeReturn {
		disposition = "returned"
	}
	ev := event(epcis.ObjectEvent, epcis.ActionObserve, "shipping", disposition, t.Shipped)
	for _, k := range t.outermost() {
		epc, err := e.n.key(k)
		if err != nil {
			return nil, err
		}
		ev.EPCs = append(ev.EPCs, epc)
	}
	slices.Sort(ev.EPCs)
	var sites [4]string
	for i, gln := range [...]gs1.GLN{t.From.GLN, t.Shipper, t.To.GLN, t.ShipTo} {
		var err error
		if sites[i], err = e.n.site(gln); err != nil {
			return nil, err
		}
	}
	ev.ReadPoint = epcis.Place{ID: sites[1]}
	ev.Sources = []epcis.Endpoint{{Type: "owning_party", ID: sites[0]}, {Type: "location", ID: sites[1]}}
	ev.Destinations = []epcis.Endpoint{{Type: "owning_party", ID: sites[2]}, {Type: "location", ID: sites[3]}}
	for _, d := range t.Documents {
		kind := d.Kind.String()
		if d.Kind == app.DocOther {
			kind = ""
		}
		ev.BizTransactions = append(ev.BizTransactions, epcis.BizTransaction{Type: kind, ID: d.ID})
	}
	ev.Extensions = t.extensions()
	return ev, nil
}

// extensions say what EPCIS has no field for.
func (t *Transaction) extensions() []epcis.Node {
	out := []epcis.Node{
		{Name: epcis.Name{Space: healthSpace, Local: "dropShipment"}, Kind: epcis.KindBool, Value: strconv.FormatBool(t.DropShipment)},
		own("shipment", strconv.FormatUint(t.Shipment, 10)),
		own("transactionDate", t.Date.String()),
		own("transactionStatement", t.Standing()),
		own("packages", strconv.FormatUint(t.Counts.Shipped, 10)),
	}
	if t.Unlisted > 0 {
		out = append(out, own("packagesNotListed", strconv.FormatUint(t.Unlisted, 10)))
	}
	return out
}

// outermost are the keys that a shipping event names: containers that stand in
// none, and packages that stand in none.
func (t *Transaction) outermost() []gs1.Key {
	var out []gs1.Key
	inside := make(map[gs1.Key]bool)
	for i := range t.containers {
		c := &t.containers[i]
		if c.in.IsZero() {
			out = append(out, c.key)
		}
		for _, k := range c.holds {
			inside[k] = true
		}
	}
	for i := range t.Lines {
		for j := range t.Lines[i].Packages {
			if k := t.Lines[i].Packages[j].Key; !inside[k] {
				out = append(out, k)
			}
		}
	}
	return out
}
