package epcis

import (
	"fmt"
	"strconv"
	"strings"
)

// prefixes gives each namespace of a document one prefix.
type prefixes struct {
	declared []Namespace       // wishes, first come first served
	used     []Namespace       // what must be declared, in order
	given    map[string]string // namespace to prefix, those of the form itself too
	reserved map[string]bool   // prefixes that may not be given out
	made     int               // how many were made up
	err      error
}

func xmlPrefixes(d *Document) *prefixes {
	known := []Namespace{{"cbvmda", nsMDA}, {"cbvmda2", nsMDAColon}, {"gs1ushc", nsHC}, {"sbdh", nsSBDH}, {"xsi", nsXSI}, {"xsd", nsXSD}}
	return &prefixes{
		declared: append(known, d.Namespaces...),
		given:    map[string]string{nsXML: "xml"},
		reserved: map[string]bool{"epcis": true, "epcisq": true, "xsd": true},
	}
}

// use makes sure that space has a prefix.
func (p *prefixes) use(space string) {
	if space == "" || p.given[space] != "" {
		return
	}
	prefix := ""
	for _, n := range p.declared {
		if n.URI == space && (p.free(n.Prefix) || space == nsXSD) {
			prefix = n.Prefix
			break
		}
	}
	for prefix == "" {
		p.made++
		if candidate := "ns" + strconv.Itoa(p.made); p.free(candidate) {
			prefix = candidate
		}
	}
	p.given[space], p.reserved[prefix] = prefix, true
	p.used = append(p.used, Namespace{prefix, space})
}

func (p *prefixes) free(prefix string) bool {
	return isNCName(prefix) && !p.reserved[prefix] && !strings.HasPrefix(strings.ToLower(prefix), "xml")
}

// walk gives a prefix to every namespace among nodes.
func (p *prefixes) walk(nodes []Node) {
	for i := range nodes {
		n := &nodes[i]
		p.checkName(n.Name)
		p.use(n.Name.Space)
		if n.Attr && n.Name == typeOfValue() && strings.HasPrefix(n.Value, "xsd:") {
			p.use(nsXSD)
		}
		p.walk(n.Children)
	}
}

// reserve keeps the bare names of carried nodes from becoming prefixes: to
// JSON-LD the two are one kind of term.
func (p *prefixes) reserve(nodes []Node) {
	for i := range nodes {
		n := &nodes[i]
		p.checkName(n.Name)
		if n.Name.Space == "" {
			p.reserved[n.Name.Local] = true
		}
		p.reserveValue(n.Value)
		p.reserve(n.Children)
	}
}

// reserveValue keeps what stands before a value's first colon from becoming a
// prefix: JSON-LD would expand it.
func (p *prefixes) reserveValue(text string) {
	if prefix, _, ok := strings.Cut(text, ":"); ok && !p.reserved[prefix] {
		p.reserved[prefix] = true
	}
}

func (p *prefixes) reserveIdentifiers(e *Event) {
	for _, list := range [][]string{
		e.EPCs, e.ChildEPCs, e.InputEPCs, e.OutputEPCs, e.Certifications, e.PersistentDisposition.Set, e.PersistentDisposition.Unset,
		{e.ParentID, e.TransformationID, e.BizStep, e.Disposition, e.ReadPoint.ID, e.BizLocation.ID, e.ID},
	} {
		for _, text := range list {
			p.reserveValue(text)
		}
	}
	for _, list := range [][]Quantity{e.Quantities, e.ChildQuantities, e.InputQuantities, e.OutputQuantities} {
		for _, q := range list {
			p.reserveValue(q.EPCClass)
			p.reserveValue(q.UOM)
		}
	}
	for _, t := range e.BizTransactions {
		p.reserveValue(t.Type)
		p.reserveValue(t.ID)
	}
	for _, list := range [][]Endpoint{e.Sources, e.Destinations} {
		for _, t := range list {
			p.reserveValue(t.Type)
			p.reserveValue(t.ID)
		}
	}
	if e.Error != nil {
		p.reserveValue(e.Error.Reason)
	}
}

// checkName remembers the first name that cannot be written.
func (p *prefixes) checkName(n Name) {
	if p.err == nil && (!isNCName(n.Local) || !isXMLText(n.Space)) {
		p.err = &Error{Field: n.String(), Reason: "cannot be written: it is not an XML name"}
	}
}

// qualify returns the name with its prefix.
func (p *prefixes) qualify(n Name) string {
	if n.Space == "" {
		return n.Local
	}
	prefix := p.given[n.Space]
	if prefix == "" {
		panic(fmt.Sprintf("epcis: namespace %q was not collected", n.Space))
	}
	return prefix + ":" + n.Local
}
