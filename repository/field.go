package repository

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pedigree-ledger/pedigree/epcis"
)

// field names an extension field: namespace and local name.
type field struct{ space, local string }

// String writes the field as queries name it, namespace#local.
func (f field) String() string { return f.space + "#" + f.local }

// foldedSpace gives the spellings of a namespace one form: the JSON-LD context
// ends some with a colon or "#" that XML does not have.
func foldedSpace(space string) string { return strings.TrimRight(space, "#:/") }

// fieldOf is the text under which a field's values are indexed.
func fieldOf(n epcis.Name) string { return foldedSpace(n.Space) + "#" + n.Local }

// is tells whether a node has the field's name.
func (f field) is(n *epcis.Node) bool {
	return n.Name.Local == f.local && foldedSpace(n.Name.Space) == f.space
}

// field reads the name of an extension field: namespace#name (#name for one
// that has no namespace), {namespace}name, or prefix:name with a prefix that
// the caller or the standard declares.
func (p *parser) field(text string) (field, error) {
	f, err := p.fieldName(text)
	if err == nil && (f.local == "" || strings.ContainsFunc(f.local, notOfName)) {
		err = p.fail("%q is no extension field: %q cannot be a name", clip(text), clip(f.local))
	}
	return f, err
}

// notOfName tells what no name of an XML element holds. It lets through more
// than XML does: what it lets through finds nothing.
func notOfName(r rune) bool {
	return r <= ' ' || r == 0x7f || r == utf8.RuneError || strings.ContainsRune(`#:/{}<>"'&|`, r)
}

func (p *parser) fieldName(text string) (field, error) {
	if rest, ok := strings.CutPrefix(text, "{"); ok {
		if space, local, ok := strings.Cut(rest, "}"); ok && local != "" {
			return field{foldedSpace(space), local}, nil
		}
	}
	if i := strings.LastIndexByte(text, '#'); i >= 0 && i < len(text)-1 {
		return field{foldedSpace(text[:i]), text[i+1:]}, nil
	}
	i := strings.LastIndexByte(text, ':')
	if i <= 0 || i == len(text)-1 {
		return field{}, p.fail("%q is no extension field: want prefix:name or namespace#name", clip(text))
	}
	prefix, local := text[:i], text[i+1:]
	for _, n := range append(p.prefixes, standardPrefixes()...) {
		if n.Prefix == prefix {
			return field{foldedSpace(n.URI), local}, nil
		}
	}
	if strings.ContainsAny(prefix, ":/") {
		return field{foldedSpace(prefix), local}, nil
	}
	return field{}, p.fail("the prefix %q is not declared: declare it (header GS1-Extensions, or @context in JSON), or write namespace#name", clip(prefix))
}

// standardPrefixes are those that need no declaration.
func standardPrefixes() []epcis.Namespace {
	return []epcis.Namespace{
		{Prefix: "cbvmda", URI: "urn:epcglobal:cbv:mda"},
		{Prefix: "gs1", URI: "https://gs1.org/voc/"},
		{Prefix: "cbv", URI: "https://ref.gs1.org/cbv/"},
		{Prefix: "epcis", URI: "https://ref.gs1.org/epcis/"},
		{Prefix: "gs1ushc", URI: "http://epcis.gs1us.org/hc/ns"},
	}
}

// find calls fn for each node of the field's name: those of the top level, or
// those at any depth within them when inner is set. It tells whether fn
// returned true for one.
func (f field) find(nodes []epcis.Node, inner bool, fn func(n *epcis.Node) bool) bool {
	for i := range nodes {
		n := &nodes[i]
		if !inner && f.is(n) && fn(n) {
			return true
		}
		if inner && f.within(n.Children, fn) {
			return true
		}
	}
	return false
}

func (f field) within(nodes []epcis.Node, fn func(n *epcis.Node) bool) bool {
	for i := range nodes {
		if f.is(&nodes[i]) && fn(&nodes[i]) || f.within(nodes[i].Children, fn) {
			return true
		}
	}
	return false
}

// of returns an event's value of the field, as an extension or in the ILMD, or
// nil.
func (f field) of(s *Stored) *want {
	var out *want
	f.find(slices.Concat(s.Event.Extensions, s.Event.ILMD), false, func(n *epcis.Node) bool {
		w := newWant(n.Value)
		out = &w
		return true
	})
	return out
}
