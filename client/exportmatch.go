package client

import (
	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/epcis"
)

// The ledger does not keep every word of an event, but its hash: so the words
// that it does not keep are tried, the usual ones first, until the hash is the
// recorded one. What matches is the event that was exchanged.

// The choices, in the order of choices.
const (
	dimSite = iota
	dimDisposition
	dimPlaces
	dimZone
	dimSource
	dimDestination
	dimDocuments
	dimDrop
	dimChildren
	dimAction
	dimensions
)

// maxTries bounds the hashes tried for one event.
const maxTries = 20_000

// match tries the choices of an event. When none gives the hash the usual ones
// are returned, and false.
func (x *Teller) match(t *told, hash app.EventHash) (*epcis.Event, bool) {
	counts := t.choices()
	var first *epcis.Event
	at := [dimensions]int{}
	for range maxTries {
		var chosen [dimensions]int
		for d, n := range counts {
			// The last event's choice comes first.
			chosen[d] = (at[d] + x.habits[d]) % n
		}
		ev := t.choose(chosen)
		if first == nil {
			first = ev
		}
		if sum, err := ev.HashBytes(); err == nil && app.EventHash(sum) == hash {
			x.habits = chosen
			return ev, true
		}
		if !next(&at, counts) {
			break
		}
	}
	return first, false
}

// next counts on; false when all was tried.
func next(at *[dimensions]int, counts [dimensions]int) bool {
	for d := range at {
		if at[d]++; at[d] < counts[d] {
			return true
		}
		at[d] = 0
	}
	return false
}

func (t *told) choices() [dimensions]int {
	counts := [dimensions]int{}
	for d := range counts {
		counts[d] = 1
	}
	counts[dimSite] = len(t.sites)
	counts[dimDisposition] = len(t.dispositions)
	counts[dimPlaces] = 4
	counts[dimZone] = len(zones())
	if t.to != "" {
		counts[dimSource], counts[dimDestination] = 4, 4
		counts[dimDocuments] = 1 << min(len(t.documents), 3)
	}
	if t.event.BizStep == "shipping" {
		counts[dimDrop] = 3
	}
	if t.all {
		counts[dimChildren] = 2
	}
	if t.event.Action == epcis.ActionDelete && t.event.Type == epcis.ObjectEvent {
		counts[dimAction] = 2
	}
	return counts
}

// zones are the offsets of local clocks in the United States, and UTC.
func zones() []string {
	return []string{"+00:00", "-05:00", "-04:00", "-06:00", "-07:00", "-08:00", "-09:00", "-10:00", "+01:00", "+02:00"}
}

// choose makes the event of one set of choices; all zero are the usual ones.
func (t *told) choose(c [dimensions]int) *epcis.Event {
	ev := t.event
	ev.Disposition = t.dispositions[c[dimDisposition]]
	site, fromSite := t.sites[c[dimSite]], t.fromSite
	if c[dimPlaces]&1 == 0 {
		ev.ReadPoint.ID = site
	}
	if c[dimPlaces]&2 == 0 {
		ev.BizLocation.ID = site
	}
	if ev.BizStep == "shipping" {
		fromSite = site
	}
	ev.TimeZoneOffset = zones()[c[dimZone]]
	if t.to != "" {
		ev.Sources = endpoints(t.from, fromSite, c[dimSource])
		ev.Destinations = endpoints(t.to, t.toSite, c[dimDestination])
	}
	ev.BizTransactions = nil
	for i, d := range t.documents {
		if c[dimDocuments]>>min(i, 2)&1 == 0 {
			ev.BizTransactions = append(ev.BizTransactions, d)
		}
	}
	drop := [...]string{"", "false", "true"}[c[dimDrop]]
	if t.drop && ev.BizStep == "shipping" {
		drop = "true"
	}
	if drop != "" {
		ev.Extensions = []epcis.Node{{Name: epcis.Name{Space: gs1ushcSpace, Local: "dropShipment"}, Value: drop}}
	}
	if c[dimChildren] == 1 {
		ev.ChildEPCs = nil
	}
	if c[dimAction] == 1 {
		ev.Action = epcis.ActionObserve
	}
	return &ev
}

// gs1ushcSpace is the namespace of the GS1 US DSCSA guideline.
const gs1ushcSpace = "http://epcis.gs1us.org/hc/ns"

// endpoints lists one side of a movement: party and site, the party, nothing,
// or the site.
func endpoints(party, site string, choice int) []epcis.Endpoint {
	owner, location := epcis.Endpoint{Type: "owning_party", ID: party}, epcis.Endpoint{Type: "location", ID: site}
	return [][]epcis.Endpoint{{owner, location}, {owner}, nil, {location}}[choice]
}
