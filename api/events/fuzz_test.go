package events

import (
	"net/url"
	"testing"
)

// FuzzHeaders reads what callers write into headers and page tokens.
func FuzzHeaders(f *testing.F) {
	for _, s := range []string{"", "ex=http://example.com/ns, b=urn:c", "2.0.0", "respond-async, handling=strict", "perPage=3&nextPageToken=YQ", "rollback", "application/xml; charset=utf-8", "=,=,"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		spaces, problem := namespacesOf(s)
		for _, n := range spaces {
			if problem != nil || n.Prefix == "" || n.URI == "" {
				t.Errorf("%q: got %+v", s, n)
			}
		}
		if notAbove(s, "2.0.0") && !notAbove(s, "3.0.0") {
			t.Errorf("%q is not above 2.0.0, but above 3.0.0", s)
		}
		if strictWanted(s) && len(s) < len("handling=strict") {
			t.Errorf("%q is strict", s)
		}
		_, _ = formOf(s)
		_, _ = behaviourOf(s)
		if values, err := url.ParseQuery(s); err == nil {
			p := &part{spent: newSpentTokens()}
			if page, problem := p.page(values); problem == nil && (page.size < 1 || page.size > maxPage) {
				t.Errorf("%q: got a page of %d", s, page.size)
			}
		}
	})
}

// TestSpentTokensBounded forgets the oldest.
func TestSpentTokensBounded(t *testing.T) {
	s := newSpentTokens()
	for i := range maxSpent + 1 {
		s.add(string(rune(i + 1)))
	}
	if s.has(string(rune(1))) || !s.has(string(rune(2))) || !s.has(string(rune(maxSpent+1))) || len(s.set) > maxSpent {
		t.Errorf("got %d tokens", len(s.set))
	}
}
