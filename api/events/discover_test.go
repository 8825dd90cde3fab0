package events_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// TestAllow: a path names the same methods to who asks and to who takes a wrong
// one, HEAD among them wherever GET is, and every one that it names works.
func TestAllow(t *testing.T) {
	s := newServer(t)
	methods := func(r *reply) []string {
		names := strings.Split(r.header.Get("Allow"), ", ")
		slices.Sort(names)
		return names
	}
	for path, want := range map[string][]string{
		"/":                      {"GET", "HEAD", "OPTIONS"},
		"/capture":               {"GET", "HEAD", "OPTIONS", "POST"},
		"/events":                {"GET", "HEAD", "OPTIONS", "POST"},
		"/queries/x":             {"DELETE", "GET", "HEAD", "OPTIONS"},
		"/eventTypes/all/events": {"GET", "HEAD", "OPTIONS"},
	} {
		if got := methods(s.do("OPTIONS", path, nil).want(http.StatusNoContent)); !slices.Equal(got, want) {
			t.Errorf("OPTIONS %s: got %v, want %v", path, got, want)
		}
		if got := methods(s.do("PATCH", path, nil).want(http.StatusMethodNotAllowed)); !slices.Equal(got, want) {
			t.Errorf("PATCH %s: got %v, want %v", path, got, want)
		}
		if r := s.do("HEAD", path, nil); r.status == http.StatusMethodNotAllowed || len(r.body) > 0 {
			t.Errorf("HEAD %s: got %d with %d bytes", path, r.status, len(r.body))
		}
	}
}
