package repository

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pedigree-ledger/pedigree/epcis"
)

// flexible reads the parameters whose names hold a type, a unit, a field or an
// attribute.
func (p *parser) flexible() (known bool, err error) {
	for _, prefix := range []string{"HASATTR_", "EQATTR_", "EQ_ATTR_"} {
		if rest, ok := strings.CutPrefix(p.name, prefix); ok {
			return true, p.attribute(rest, prefix != "HASATTR_")
		}
	}
	if rest, ok := strings.CutPrefix(p.name, "EXISTS_"); ok {
		return p.exists(rest)
	}
	c, rest, ok := cutComparison(p.name)
	if !ok {
		return false, nil
	}
	if c == equal {
		if known := p.typed(rest); known {
			return true, nil
		}
	}
	if rest == "quantity" || strings.HasPrefix(rest, "quantity_") {
		return true, p.quantity(c, strings.TrimPrefix(strings.TrimPrefix(rest, "quantity"), "_"))
	}
	return p.extension(c, rest)
}

// typed reads EQ_bizTransaction_type, EQ_source_type and EQ_destination_type.
func (p *parser) typed(rest string) bool {
	if kind, ok := strings.CutPrefix(rest, "bizTransaction_"); ok {
		p.links(kindBizTransaction, bizTransactionTypes, kind, func(e *epcis.Event) []epcis.Endpoint {
			out := make([]epcis.Endpoint, len(e.BizTransactions))
			for i, b := range e.BizTransactions {
				out[i] = epcis.Endpoint(b)
			}
			return out
		})
		return true
	}
	if kind, ok := strings.CutPrefix(rest, "source_"); ok {
		p.links(kindParty, endpointTypes, kind, func(e *epcis.Event) []epcis.Endpoint { return e.Sources })
		return true
	}
	if kind, ok := strings.CutPrefix(rest, "destination_"); ok {
		p.links(kindParty, endpointTypes, kind, func(e *epcis.Event) []epcis.Endpoint { return e.Destinations })
		return true
	}
	return false
}

// links demands a pair of that type with one of the values. No type stands for
// pairs that have none.
func (p *parser) links(k kind, list, typ string, get func(e *epcis.Event) []epcis.Endpoint) {
	typ = wordOf(list, typ)
	c := condition{}
	set := make(map[string]bool, len(p.values))
	for _, v := range p.values {
		ids := []string{canonicalID(v)}
		if k == kindParty {
			ids = canonicalPlaces(v)
		}
		for _, id := range ids {
			set[id] = true
			c.terms = append(c.terms, term{k, id})
		}
	}
	c.match = func(c *candidate) bool {
		return slices.ContainsFunc(get(c.Event), func(pair epcis.Endpoint) bool {
			return wordOf(list, pair.Type) == typ && set[canonicalID(pair.ID)]
		})
	}
	p.must(c)
}

// quantity demands a quantity element with that amount, and that unit if one
// is named.
func (p *parser) quantity(c comparison, unit string) error {
	numbers, err := p.numbers()
	if err != nil {
		return err
	}
	p.must(condition{match: func(cand *candidate) bool {
		for _, list := range quantities(cand.Event) {
			for _, q := range list {
				if n, ok := parseNumber(q.Amount); ok && (unit == "" || q.UOM == unit) && anyNumber(numbers, c, n) {
					return true
				}
			}
		}
		return false
	}})
	return nil
}

func anyNumber(numbers []float64, c comparison, n float64) bool {
	return slices.ContainsFunc(numbers, func(w float64) bool { return c.holds(compareFloat(n, w)) })
}

// numbers reads the values as numbers: one, or several to be equal to.
func (p *parser) numbers() ([]float64, error) {
	if _, err := p.one(); err != nil && !strings.HasPrefix(p.name, "EQ_") {
		return nil, err
	}
	var out []float64
	for _, v := range p.values {
		n, ok := parseNumber(v)
		if !ok {
			return nil, p.fail("is %q: want a decimal number", clip(v))
		}
		out = append(out, n)
	}
	return out, nil
}

// part is a part of an event in which extension fields stand.
type part struct {
	prefix string
	nodes  func(e *epcis.Event) []epcis.Node
}

// parts lists the parts by the words that parameters name them with; the last
// is the event itself.
func parts() []part {
	return []part{
		{"ILMD_", func(e *epcis.Event) []epcis.Node { return e.ILMD }},
		{"ERROR_DECLARATION_", func(e *epcis.Event) []epcis.Node {
			if e.Error == nil {
				return nil
			}
			return e.Error.Extensions
		}},
		{"SENSORELEMENT_", func(e *epcis.Event) []epcis.Node { return childrenOf(e.SensorElements) }},
		{"SENSORMETADATA_", func(e *epcis.Event) []epcis.Node { return childrenOf(sensorParts(e, "sensorMetadata")) }},
		{"SENSORREPORT_", func(e *epcis.Event) []epcis.Node { return childrenOf(sensorParts(e, "sensorReport")) }},
		{"readPoint_", func(e *epcis.Event) []epcis.Node { return e.ReadPoint.Extensions }},
		{"bizLocation_", func(e *epcis.Event) []epcis.Node { return e.BizLocation.Extensions }},
		{"", func(e *epcis.Event) []epcis.Node { return e.Extensions }},
	}
}

func childrenOf(nodes []epcis.Node) []epcis.Node {
	var out []epcis.Node
	for i := range nodes {
		out = append(out, nodes[i].Children...)
	}
	return out
}

// place takes the part and the field out of what follows the comparison.
func (p *parser) place(rest string) (in part, inner bool, f field, err error) {
	rest, inner = strings.CutPrefix(rest, "INNER_")
	for _, in = range parts() {
		if name, ok := strings.CutPrefix(rest, in.prefix); ok {
			f, err = p.field(name)
			words := in.prefix
			if inner {
				words = "INNER_" + words
			}
			op, _, _ := strings.Cut(p.name, "_")
			p.name = op + "_" + words + f.String()
			return in, inner, f, err
		}
	}
	return in, inner, f, err
}

// looksLikeField tells an extension field from a parameter that nobody knows.
func looksLikeField(rest string) bool { return strings.ContainsAny(rest, ":#") }

func (p *parser) exists(rest string) (bool, error) {
	if !looksLikeField(rest) {
		return false, nil
	}
	yes, err := p.yes()
	if err != nil || !yes {
		return true, err
	}
	in, inner, f, err := p.place(rest)
	p.must(condition{match: func(c *candidate) bool {
		return f.find(in.nodes(c.Event), inner, func(*epcis.Node) bool { return true })
	}})
	return true, err
}

// extension reads comparisons with extension fields.
func (p *parser) extension(op comparison, rest string) (bool, error) {
	if !looksLikeField(rest) {
		return false, nil
	}
	wanted, err := p.comparable(op)
	if err != nil {
		return true, err
	}
	in, inner, f, err := p.place(rest)
	if err != nil {
		return true, err
	}
	c := condition{match: func(c *candidate) bool {
		return f.find(in.nodes(c.Event), inner, func(n *epcis.Node) bool {
			return len(n.Children) == 0 && slices.ContainsFunc(wanted, func(w want) bool { return w.meets(op, n.Value) })
		})
	}}
	if op == equal && in.prefix == "ILMD_" && !inner && !slices.ContainsFunc(wanted, want.isLoose) {
		for _, w := range wanted {
			c.terms = append(c.terms, term{kindILMD, f.String() + "=" + w.text})
		}
	}
	p.must(c)
	return true, nil
}

// comparable reads values for a comparison: one number or time, or for
// equality any list.
func (p *parser) comparable(op comparison) ([]want, error) {
	var out []want
	for _, v := range p.values {
		w := newWant(v)
		if op != equal && !w.isNumber && !w.isTime {
			return nil, p.fail("is %q: want a number, or a date and time with a zone", clip(v))
		}
		out = append(out, w)
	}
	if op != equal && len(out) != 1 {
		return nil, p.fail("want one value, found %d", len(out))
	}
	return out, nil
}

// attribute reads HASATTR_field (values are attribute names) and
// EQATTR_field_attribute (values are the attribute's).
func (p *parser) attribute(rest string, equals bool) error {
	name, attr := rest, ""
	if equals {
		var ok bool
		if name, attr, ok = strings.Cut(rest, "_"); !ok || attr == "" {
			return p.fail("want EQATTR_field_attribute")
		}
	}
	get, ok := vocabularyField(name)
	if !ok {
		return p.fail("%q is no field whose values have master data: want %s", clip(name), strings.Join(vocabularyFields(), ", "))
	}
	values := slices.Clone(p.values)
	p.must(condition{match: func(c *candidate) bool {
		return slices.ContainsFunc(get(c.Event), func(id string) bool {
			return id != "" && c.hasAttribute(id, attr, values)
		})
	}})
	return nil
}

// hasAttribute looks into the master data of an ID: for one of the attributes
// in values, or for the attribute attr with one of the values.
func (c *candidate) hasAttribute(id, attr string, values []string) bool {
	records, err := c.snap.master(id)
	if err != nil && c.err == nil {
		c.err = fmt.Errorf("repository: master data of %s: %w", id, err)
	}
	for _, m := range records {
		for _, a := range m.Element.Attributes {
			if attr == "" && slices.ContainsFunc(values, func(v string) bool { return sameAttribute(a.ID, v) }) {
				return true
			}
			if attr != "" && sameAttribute(a.ID, attr) && slices.Contains(values, a.Value) {
				return true
			}
		}
	}
	return false
}

// sameAttribute compares names of attributes: in full, or what follows the
// last of "#", ":" and "/".
func sameAttribute(id, name string) bool {
	return id == name || id[strings.LastIndexAny(id, "#:/")+1:] == name
}

func vocabularyFields() []string {
	return []string{"bizLocation", "bizStep", "bizTransaction", "destination", "disposition", "epcClass", "readPoint", "source"}
}

// vocabularyField gives the IDs in a field for which there may be master data.
func vocabularyField(name string) (func(e *epcis.Event) []string, bool) {
	one := func(get func(e *epcis.Event) string) (func(e *epcis.Event) []string, bool) {
		return func(e *epcis.Event) []string { return []string{get(e)} }, true
	}
	switch name {
	case "bizLocation":
		return one(func(e *epcis.Event) string { return e.BizLocation.ID })
	case "readPoint":
		return one(func(e *epcis.Event) string { return e.ReadPoint.ID })
	case "bizStep":
		return one(func(e *epcis.Event) string { return e.BizStep })
	case "disposition":
		return one(func(e *epcis.Event) string { return e.Disposition })
	case "epcClass":
		return classIDs, true
	case "source":
		return func(e *epcis.Event) []string { return endpointIDs(e.Sources) }, true
	case "destination":
		return func(e *epcis.Event) []string { return endpointIDs(e.Destinations) }, true
	case "bizTransaction":
		return func(e *epcis.Event) (out []string) {
			for _, b := range e.BizTransactions {
				out = append(out, b.ID)
			}
			return out
		}, true
	}
	return nil, false
}

func endpointIDs(list []epcis.Endpoint) (out []string) {
	for _, p := range list {
		out = append(out, p.ID)
	}
	return out
}

func classIDs(e *epcis.Event) (out []string) {
	for _, list := range quantities(e) {
		for _, q := range list {
			out = append(out, q.EPCClass)
		}
	}
	return out
}
