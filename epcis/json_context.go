package epcis

import "strings"

// terms resolves the prefixes and terms of JSON-LD's @context, as far as EPCIS
// uses it: prefixes and terms of the document's own, on top of those the
// standard's context fixes. Contexts given by address are not fetched.
type terms struct {
	outer  *terms
	byName map[string]string
	order  []Namespace // terms in the order of the document
}

// standardContext holds the prefixes of epcis-context.jsonld 2.0.
func standardContext() *terms {
	c := &terms{}
	for _, n := range standardPrefixes() {
		c.set(n.Prefix, n.URI)
	}
	// Not of that context, but what every DSCSA sender means by it.
	c.set("gs1ushc", nsHC)
	return c
}

func standardPrefixes() []Namespace {
	return []Namespace{
		{"epcis", nsEPCISVoc},
		{"cbv", nsCBV},
		{"cbvmda", nsMDAColon},
		{"gs1", nsVoc},
		{"rdfs", "http://www.w3.org/2000/01/rdf-schema#"},
		{"owl", "http://www.w3.org/2002/07/owl#"},
		{"xsd", nsXSD + "#"},
		{"dcterms", "http://purl.org/dc/terms/"},
	}
}

func (c *terms) set(term, iri string) {
	if c.byName == nil {
		c.byName = make(map[string]string)
	}
	c.byName[term] = iri
	c.order = append(c.order, Namespace{term, iri})
}

// extend returns c with the terms that value, an @context, declares.
func (c *terms) extend(value *jsonValue) *terms {
	if value == nil {
		return c
	}
	inner := &terms{outer: c}
	inner.add(value)
	if len(inner.byName) == 0 {
		return c
	}
	return inner
}

// member resolves the key of a value. "@xmlns:p" inside the value declares p for
// the key as well, as converters from XML write it.
func (c *terms) member(key string, v *jsonValue) (Name, *terms, string) {
	var inner *terms
	for i := range v.members {
		d := &v.members[i]
		if prefix, ok := strings.CutPrefix(d.key, xmlnsKey); ok && d.value.text != "" && isXMLText(d.value.text) {
			if inner == nil {
				inner = &terms{outer: c}
			}
			inner.set(prefix, d.value.text)
		}
	}
	if inner != nil {
		c = inner
	}
	name, reason := c.name(key)
	return name, c, reason
}

const xmlnsKey = "@xmlns:"

func (c *terms) add(value *jsonValue) {
	for i := range value.items {
		c.add(&value.items[i])
	}
	for _, m := range value.members {
		iri := m.value.text
		if m.value.kind == jsonObject {
			iri = m.value.memberText("@id")
		}
		if !strings.HasPrefix(m.key, "@") && iri != "" && !strings.HasPrefix(iri, "@") && isXMLText(iri) {
			c.set(m.key, iri)
		}
	}
}

func (c *terms) lookup(term string) (string, bool) {
	for ; c != nil; c = c.outer {
		if iri, ok := c.byName[term]; ok {
			return iri, true
		}
	}
	return "", false
}

// ownTerm is lookup without the standard's prefixes, which are no names.
func (c *terms) ownTerm(term string) (string, bool) {
	for ; c != nil && c.outer != nil; c = c.outer {
		if iri, ok := c.byName[term]; ok {
			return iri, true
		}
	}
	return "", false
}

// name resolves a key to a name. Bare keys that the document does not define
// keep an empty namespace; whether that is allowed, the caller knows.
func (c *terms) name(key string) (Name, string) {
	prefix, local, curie := strings.Cut(key, ":")
	switch {
	case curie && strings.HasPrefix(local, "//"):
		return splitIRI(key)
	case curie:
		space, ok := c.lookup(prefix)
		if !ok {
			space = prefix + ":" // to JSON-LD the key is then an address of that scheme
		}
		if space == nsNone {
			space = ""
		}
		return checkedName(space, local)
	}
	if iri, ok := c.ownTerm(key); ok && strings.ContainsAny(iri, ":") {
		if p, l, _ := strings.Cut(iri, ":"); !strings.HasPrefix(l, "//") {
			if space, ok := c.lookup(p); ok {
				return checkedName(space, l)
			}
		}
		return splitIRI(iri)
	}
	return checkedName("", key)
}

func checkedName(space, local string) (Name, string) {
	if !isNCName(local) {
		return Name{}, "is not a name that XML could carry as well"
	}
	return Name{space, local}, ""
}

func splitIRI(iri string) (Name, string) {
	i := strings.LastIndexAny(iri, "/#:") + 1
	return checkedName(iri[:i], iri[i:])
}

// value expands a compact URI whose prefix the document declares. The standard's
// own prefixes in values (gs1:, cbv:) are expanded where values are compared.
func (c *terms) value(text string) string {
	prefix, local, ok := strings.Cut(text, ":")
	if !ok || strings.HasPrefix(local, "//") {
		return text
	}
	if space, ok := c.ownTerm(prefix); ok {
		return space + local
	}
	return text
}
