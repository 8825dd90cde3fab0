package epcis

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"
)

// maker makes events that no file held, from a seed: every field of every type,
// present or not.
type maker struct{ *rand.Rand }

func (m maker) one(words ...string) string { return words[m.IntN(len(words))] }

func (m maker) maybe() bool { return m.IntN(2) == 0 }

func (m maker) number() string {
	return m.one("0", "1", "12", "-3", "4.50", "1e3", "0.001", "15000", "1234567.25")
}

func (m maker) epc() string {
	return m.one("urn:epc:id:sgtin:0358160.001010.", "https://id.gs1.org/01/00358160010101/21/", "urn:acme:thing:") + strconv.Itoa(m.IntN(50))
}

func (m maker) place() string {
	return m.one("urn:epc:id:sgln:0358160.00001.0", "https://id.gs1.org/414/0399990000016", "geo:52.2,-0.1", "urn:acme:dock:1")
}

func (m maker) text() string {
	return m.one("", "a", "x < y & z", "\u00e9\u4e16", `say "so"`, "12", "true", "a:b", "two words", "]]>", "gs1:odd", "https://x.example/?q=1&r=2")
}

func (m maker) epcs() []string {
	var list []string
	for range m.IntN(4) {
		list = append(list, m.epc())
	}
	return list
}

func (m maker) quantities() []Quantity {
	var list []Quantity
	for range m.IntN(3) {
		q := Quantity{EPCClass: m.one("urn:epc:idpat:sgtin:0358160.001010.*", "urn:epc:class:lgtin:0358160.001010.L1", "urn:acme:class:2")}
		if m.maybe() {
			q.Amount, q.UOM = m.number(), m.one("", "KGM", "EA")
		}
		list = append(list, q)
	}
	return list
}

// node is a carried tree; names of no namespace are allowed below the first.
func (m maker) node(depth int) Node {
	n := Node{Name: Name{m.one("https://x.example/ns", "urn:y:z", "http://epcis.gs1us.org/hc/ns"), m.one("a", "b", "type", "List", "myList", "id")}, Value: m.text()}
	if depth > 1 && m.maybe() {
		n.Name.Space = ""
	}
	for range m.IntN(4) {
		if depth > 3 {
			break
		}
		n.Children = append(n.Children, m.node(depth+1))
	}
	if depth > 1 && len(n.Children) == 0 && m.IntN(3) == 0 {
		n.Attr = true
	}
	return n
}

// nodes makes trees whose attributes have names of their own, as XML demands.
func (m maker) nodes() []Node {
	var list []Node
	for range m.IntN(3) {
		n := m.node(1)
		oneAttributeEach(&n)
		list = append(list, n)
	}
	return list
}

func oneAttributeEach(n *Node) {
	seen := map[Name]bool{}
	n.Children = slices.DeleteFunc(n.Children, func(c Node) bool {
		again := c.Attr && seen[c.Name]
		seen[c.Name] = seen[c.Name] || c.Attr
		return again
	})
	for i := range n.Children {
		oneAttributeEach(&n.Children[i])
	}
}

func (m maker) sensors() []Node {
	var list []Node
	for range m.IntN(3) {
		value := func(local, text string) Node { return Node{Name: Name{Local: local}, Attr: true, Value: text} }
		report := Node{Name: Name{Local: "sensorReport"}, Children: []Node{value("type", "https://gs1.org/voc/Temperature"), value("value", m.number()), value("uom", "CEL")}}
		if m.maybe() {
			report.Children = append(report.Children, value("component", "https://ref.gs1.org/cbv/Comp-x"), value("booleanValue", m.one("true", "false")))
		}
		meta := Node{Name: Name{Local: "sensorMetadata"}, Children: []Node{value("time", "2026-11-20T14:00:00Z"), value("deviceID", "urn:epc:id:giai:0358160.A1")}}
		list = append(list, Node{Name: Name{Local: "sensorElement"}, Children: []Node{meta, report}})
	}
	return list
}

func (m maker) event() Event {
	e := Event{
		Type:           m.one(ObjectEvent, AggregationEvent, TransactionEvent, TransformationEvent, AssociationEvent),
		Time:           NewTime(time.Unix(m.Int64N(2_000_000_000), m.Int64N(1e9))),
		TimeZoneOffset: m.one("+00:00", "-05:00", "+13:45"),
		Action:         m.one(ActionAdd, ActionObserve, ActionDelete),
		BizStep:        m.one("", "shipping", "urn:acme:step:fold"), Disposition: m.one("", "active", "https://acme.example/odd"),
		ReadPoint: m.where(), BizLocation: m.where(),
		SensorElements: m.sensors(), Extensions: m.nodes(),
	}
	e.ID = m.one("", "urn:uuid:1", "ni:///sha-256;00?ver=CBV2.0")
	if m.maybe() {
		e.RecordTime = NewTime(time.Unix(m.Int64N(2_000_000_000), 0))
	}
	for i := range m.IntN(3) {
		e.Certifications = append(e.Certifications, "https://acme.example/cert/"+strconv.Itoa(i))
		e.BizTransactions = append(e.BizTransactions, BizTransaction{m.one("", "po", "urn:acme:btt:x"), "urn:epcglobal:cbv:bt:0358160000011:" + strconv.Itoa(i)})
		e.Sources = append(e.Sources, Endpoint{m.one("owning_party", "urn:acme:sdt:x"), m.place()})
		e.Destinations = append(e.Destinations, Endpoint{m.one("location", "possessing_party"), m.place()})
		e.PersistentDisposition.Set = append(e.PersistentDisposition.Set, m.one("completeness_verified", "urn:acme:disp:x"))
	}
	if m.maybe() {
		e.Error = &ErrorDeclaration{Time: NewTime(time.Unix(1_800_000_000, 0)), Reason: m.one("", "incorrect_data", "urn:acme:er:x"), CorrectiveIDs: []string{"urn:uuid:2"}, Extensions: m.nodes()}
		e.PersistentDisposition.Unset = []string{"in_transit"}
	}
	m.what(&e)
	return e
}

func (m maker) where() Place {
	if m.maybe() {
		return Place{}
	}
	return Place{ID: m.place(), Extensions: m.nodes()}
}

// what fills in the fields of the event's own type.
func (m maker) what(e *Event) {
	switch e.Type {
	case ObjectEvent:
		e.EPCs, e.Quantities, e.ILMD = m.epcs(), m.quantities(), m.nodes()
		if m.maybe() {
			e.SetLot(m.one("L1", "0012", "12E4"), "2028-01-31")
		}
	case AggregationEvent, AssociationEvent:
		e.ParentID, e.ChildEPCs, e.ChildQuantities = m.epc(), m.epcs(), m.quantities()
	case TransactionEvent:
		e.BizTransactions = append(e.BizTransactions, BizTransaction{"inv", "urn:acme:inv:1"})
		e.ParentID, e.EPCs, e.Quantities = m.one("", m.epc()), m.epcs(), m.quantities()
	case TransformationEvent:
		e.Action, e.TransformationID = "", m.one("", "urn:acme:batch:7")
		e.InputEPCs, e.InputQuantities, e.OutputEPCs, e.OutputQuantities, e.ILMD = m.epcs(), m.quantities(), m.epcs(), m.quantities(), m.nodes()
	}
}

// TestConversionsOfRandomEvents sends events through every form, and through
// every form after every other, and demands them back with one digest.
func TestConversionsOfRandomEvents(t *testing.T) {
	rounds := 150
	if testing.Short() {
		rounds = 40
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	for i := range rounds {
		m := maker{rand.New(rand.NewPCG(seed, uint64(i)))}
		doc := &Document{Events: []Event{m.event(), m.event()}}
		name := fmt.Sprintf("seed %d round %d", seed, i)
		checkRoundTrip(t, name, doc)
		for _, form := range allForms() {
			checkRoundTrip(t, name+" by way of "+form.name, again(t, doc, form))
		}
		if t.Failed() {
			return
		}
	}
}
