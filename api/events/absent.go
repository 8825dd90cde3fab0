package events

import (
	"fmt"
	"net/http"

	"github.com/pedigree-ledger/pedigree/api/edge"
	"github.com/pedigree-ledger/pedigree/subscription"
)

// Absent is for an edge that has no repository, and so registers nothing of the
// interface. It returns a function that answers a request for any path of the
// interface with the reason, and returns nil for every other request.
func Absent(why string) (func(*http.Request) *edge.Problem, error) {
	// What would be registered says which paths there are.
	e, err := edge.New(edge.Config{})
	if err != nil {
		return nil, fmt.Errorf("events: %w", err)
	}
	paths := http.NewServeMux()
	for _, path := range register(e.API(), Config{Captures: &Captures{}, Dispatcher: &subscription.Dispatcher{}}).paths {
		if path != rootPath { // every edge has one
			paths.Handle(path, http.NotFoundHandler())
		}
	}
	return func(r *http.Request) *edge.Problem {
		if _, pattern := paths.Handler(r); pattern == "" {
			return nil
		}
		return exception(http.StatusNotFound, "NoSuchResourceException", "%s", why)
	}, nil
}
