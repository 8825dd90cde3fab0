package epcis

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// checkSameDocument demands that got says, outside its events, what want says.
// What want leaves open, a form may have filled in.
func checkSameDocument(t *testing.T, name string, want, got *Document) {
	t.Helper()
	lines := aroundEvents(got)
	for key, value := range aroundEvents(want) {
		if lines[key] != value {
			t.Errorf("%s: %s: got %q, want %q", name, key, lines[key], value)
		}
	}
}

// aroundEvents is everything a document says outside its events.
func aroundEvents(d *Document) map[string]string {
	lines := map[string]string{}
	add := func(key, value string) {
		if value != "" {
			lines[key] = value
		}
	}
	h := &d.Header
	for key, value := range map[string]string{
		"created": d.CreationDate.Text, "version": h.Version, "standard": h.Standard, "type version": h.TypeVersion,
		"instance": h.InstanceID, "type": h.Type, "multiple type": h.MultipleType, "header created": h.Created,
		"guideline": d.DSCSA.GuidelineVersion, "notice": d.DSCSA.LegalNotice,
		"header parts": nodeText(h.Parts),
		// XML 2.0 has no place in its header for what other forms have there.
		"extensions": nodeText(slices.Concat(h.Extensions, d.Extensions)), "statement": nodeText(d.DSCSA.Extensions),
	} {
		add(key, value)
	}
	for role, ids := range map[string][]Identifier{"sender": h.Senders, "receiver": h.Receivers} {
		for i, id := range ids {
			add(fmt.Sprintf("%s %d", role, i), id.ID)
			add(fmt.Sprintf("%s %d authority", role, i), id.Authority)
			add(fmt.Sprintf("%s %d contacts", role, i), nodeText(id.Contacts))
		}
	}
	if d.DSCSA.Present {
		add("affirmed", fmt.Sprint(d.DSCSA.Affirmed))
	}
	if d.Query != nil {
		add("query", fmt.Sprintf("%+v", *d.Query))
	}
	for i, v := range d.MasterData {
		for j, e := range v.Elements {
			key := fmt.Sprintf("master data %d %s %d %s", i, v.Type, j, e.ID)
			add(key, fmt.Sprintf("%d attributes", len(e.Attributes)))
			add(key+" children", strings.Join(e.Children, " "))
			add(key+" extensions", nodeText(e.Extensions))
			for k, a := range e.Attributes {
				add(fmt.Sprintf("%s %d %s", key, k, a.ID), "="+a.Value+nodeText(a.Parts))
			}
		}
	}
	return lines
}

// nodeText writes carried nodes in an order of their own.
func nodeText(nodes []Node) string { return genericString(hashTree{folded: true}.nodes(nodes)) }
