package epcis

import "strings"

// hashTree builds the tree of keys and values that the event hash writes out.
type hashTree struct {
	json   bool
	folded bool
}

func leaf(name, text string) *hashNode { return &hashNode{name: name, text: text} }

func (t hashTree) event(e *Event) *hashNode {
	root := &hashNode{name: e.Type}
	add := func(k *hashNode) { root.kids = append(root.kids, k) }
	value := func(name, text string) {
		if text != "" {
			add(leaf(name, text))
		}
	}
	value("eventTime", canonicalTime(e.Time.At))
	value("eventTimeZoneOffset", e.TimeZoneOffset)
	for _, c := range e.Certifications {
		value("certificationInfo", c)
	}
	value("parentID", e.ParentID)
	value("action", e.Action)
	value("transformationID", e.TransformationID)
	value("bizStep", bizSteps().toWeb(e.BizStep))
	value("disposition", dispositions().toWeb(e.Disposition))
	t.what(root, e)
	t.context(root, e)
	return root
}

// what adds the objects the event is about.
func (t hashTree) what(root *hashNode, e *Event) {
	epcs := func(name string, list []string) {
		n := &hashNode{name: name}
		for _, epc := range list {
			n.kids = append(n.kids, leaf("epc", epc))
		}
		root.addFilled(n)
	}
	quantities := func(name string, list []Quantity) {
		n := &hashNode{name: name}
		for _, q := range list {
			k := &hashNode{name: "quantityElement", kids: []*hashNode{leaf("epcClass", q.EPCClass), leaf("quantity", q.Amount), leaf("uom", q.UOM)}}
			n.kids = append(n.kids, k)
		}
		root.addFilled(n)
	}
	epcs("epcList", e.EPCs)
	epcs("childEPCs", e.ChildEPCs)
	epcs("inputEPCList", e.InputEPCs)
	epcs("outputEPCList", e.OutputEPCs)
	quantities("quantityList", e.Quantities)
	quantities("childQuantityList", e.ChildQuantities)
	quantities("inputQuantityList", e.InputQuantities)
	quantities("outputQuantityList", e.OutputQuantities)
}

// context adds where and why, and what is carried.
func (t hashTree) context(root *hashNode, e *Event) {
	root.addFilled(t.place("readPoint", e.ReadPoint))
	root.addFilled(t.place("bizLocation", e.BizLocation))
	n := &hashNode{name: "persistentDisposition"}
	for _, w := range e.PersistentDisposition.Set {
		n.kids = append(n.kids, leaf("set", dispositions().toWeb(w)))
	}
	for _, w := range e.PersistentDisposition.Unset {
		n.kids = append(n.kids, leaf("unset", dispositions().toWeb(w)))
	}
	root.addFilled(n)
	n = &hashNode{name: "bizTransactionList"}
	for _, b := range e.BizTransactions {
		n.kids = append(n.kids, typedPair("bizTransaction", b.ID, bizTransactionTypes().toWeb(b.Type)))
	}
	root.addFilled(n)
	root.addFilled(endpointList("source", e.Sources))
	root.addFilled(endpointList("destination", e.Destinations))
	root.addFilled(&hashNode{name: "sensorElementList", kids: t.nodes(e.SensorElements)})
	root.addFilled(&hashNode{name: "ilmd", kids: t.nodes(e.ILMD)})
	kept := make([]Node, 0, len(e.Extensions))
	for _, x := range e.Extensions {
		if !ignored(e.Ignored, x.Name) {
			kept = append(kept, x)
		}
	}
	root.kids = append(root.kids, t.nodes(kept)...)
}

func ignored(list []Name, name Name) bool {
	for _, n := range list {
		if n == name {
			return true
		}
	}
	return false
}

// addFilled adds n unless nothing is in it.
func (n *hashNode) addFilled(kid *hashNode) {
	if len(kid.kids) > 0 || kid.text != "" {
		n.kids = append(n.kids, kid)
	}
}

func typedPair(name, id, kind string) *hashNode {
	p := &hashNode{pair: true}
	if kind != "" {
		p.kids = append(p.kids, leaf("type", kind))
	}
	p.kids = append(p.kids, leaf(name, id))
	return p
}

func endpointList(name string, list []Endpoint) *hashNode {
	n := &hashNode{name: name + "List"}
	for _, p := range list {
		n.kids = append(n.kids, typedPair(name, p.ID, endpointTypes().toWeb(p.Type)))
	}
	return n
}

func (t hashTree) place(name string, p Place) *hashNode {
	n := &hashNode{name: name}
	if p.ID != "" {
		n.kids = append(n.kids, leaf("id", p.ID))
	}
	n.kids = append(n.kids, t.nodes(p.Extensions)...)
	return n
}

func (t hashTree) nodes(list []Node) []*hashNode {
	out := make([]*hashNode, 0, len(list))
	for i := range list {
		if (t.json || t.folded) && isRemark(list[i].Name) {
			continue // the reference skips JSON comments; Digest skips them in XML too
		}
		out = append(out, t.node(&list[i]))
	}
	if t.json && !t.folded {
		return wrapLists(out)
	}
	return out
}

func isRemark(n Name) bool {
	return n.Local == "comment" && (n.Space == "" || n.Space == "http://www.w3.org/2000/01/rdf-schema#")
}

// wrapLists does what the reference does with every JSON key that ends in List,
// the standard's or not: its items become elements named without the ending,
// inside one element of the list's name.
func wrapLists(kids []*hashNode) []*hashNode {
	lists := make(map[string]*hashNode)
	out := kids[:0]
	for _, k := range kids {
		if !strings.HasSuffix(k.name, "List") {
			out = append(out, k)
			continue
		}
		list := lists[k.name]
		if list == nil {
			list = &hashNode{name: k.name}
			lists[k.name] = list
			out = append(out, list)
		}
		list.kids = append(list.kids, &hashNode{name: strings.TrimSuffix(k.name, "List"), text: k.text, kids: k.kids})
	}
	return out
}

func (t hashTree) node(n *Node) *hashNode {
	name := n.Name
	if t.folded {
		name.Space = foldSpace(name.Space)
	}
	return &hashNode{name: name.String(), text: t.text(n), kids: t.nodes(n.Children)}
}

// text gives JSON's literals the spelling of the reference implementation, which
// prints the values of its own language.
func (t hashTree) text(n *Node) string {
	if t.folded || !t.json {
		return n.Value
	}
	switch {
	case n.Kind == KindNull:
		return "None"
	case n.Kind == KindBool && n.Value != "":
		return strings.ToUpper(n.Value[:1]) + n.Value[1:]
	}
	return n.Value
}
