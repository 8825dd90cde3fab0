package desktest

import (
	"time"

	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/epcis"
)

// prefixDigits is the length of every company prefix of a World.
const prefixDigits = 7

// EPC is the EPC URI of an item or container of a World.
func EPC(key gs1.Key) string {
	if sgtin, ok := key.SGTIN(); ok {
		epc, _ := sgtin.EPC(prefixDigits)
		return epc.String()
	}
	sscc, _ := key.SSCC()
	epc, _ := sscc.EPC(prefixDigits)
	return epc.String()
}

// EPCs are those of several keys.
func EPCs(keys ...gs1.Key) []string {
	out := make([]string, len(keys))
	for i, key := range keys {
		out[i] = EPC(key)
	}
	return out
}

// Site is the SGLN of a partner of a World.
func Site(p *apptest.Partner) string {
	epc, _ := p.GLN.Location(prefixDigits, "")
	return epc.String()
}

// Event is an event at a partner's site that takes place now, as the chain
// counts.
func (d *Desk) Event(at *apptest.Partner, kind, action, step string) epcis.Event {
	return epcis.Event{
		Type: kind, Action: action, BizStep: step, TimeZoneOffset: "+00:00", Time: epcis.NewTime(d.Now()),
		ReadPoint: epcis.Place{ID: Site(at)}, BizLocation: epcis.Place{ID: Site(at)},
	}
}

// Now is the time of the last block.
func (d *Desk) Now() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return time.Unix(int64(d.World.Block.Time), 0).UTC()
}

// Commissioning makes serials of the maker's unit.
func (d *Desk) Commissioning(lot string, from, to int) epcis.Event {
	ev := d.Event(d.World.Maker, epcis.ObjectEvent, epcis.ActionAdd, "commissioning")
	ev.EPCs = EPCs(apptest.Items(d.World.Unit, from, to)...)
	ev.SetLot(lot, "2028-12-31")
	return ev
}

// Packing puts keys into a container at the maker's.
func (d *Desk) Packing(parent gs1.Key, children ...gs1.Key) epcis.Event {
	ev := d.Event(d.World.Maker, epcis.AggregationEvent, epcis.ActionAdd, "packing")
	ev.ParentID, ev.ChildEPCs = EPC(parent), EPCs(children...)
	return ev
}

// Shipping sells keys of the maker to a partner.
func (d *Desk) Shipping(to *apptest.Partner, keys ...gs1.Key) epcis.Event {
	ev := d.Event(d.World.Maker, epcis.ObjectEvent, epcis.ActionObserve, "shipping")
	ev.Disposition, ev.EPCs = "in_transit", EPCs(keys...)
	ev.Sources = []epcis.Endpoint{{Type: "owning_party", ID: Site(d.World.Maker)}}
	ev.Destinations = []epcis.Endpoint{{Type: "owning_party", ID: Site(to)}, {Type: "location", ID: Site(to)}}
	return ev
}

// Inspecting looks at keys at the maker's: it stands for nothing on the ledger.
func (d *Desk) Inspecting(keys ...gs1.Key) epcis.Event {
	ev := d.Event(d.World.Maker, epcis.ObjectEvent, epcis.ActionObserve, "inspecting")
	ev.EPCs = EPCs(keys...)
	return ev
}

// Document is a document of events, with the transaction statement.
func Document(events ...epcis.Event) *epcis.Document {
	doc := &epcis.Document{SchemaVersion: "2.0", Events: events}
	doc.DSCSA.Present, doc.DSCSA.Affirmed = true, true
	for i := range doc.Events {
		doc.Events[i].Index = i + 1
	}
	return doc
}
