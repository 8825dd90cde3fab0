package events

import (
	"context"
	"net/url"

	"github.com/danielgtaylor/huma/v2"

	"github.com/pedigree-ledger/pedigree/api/edge"
)

// Request is embedded in the inputs of operations that read more of a request
// than can be said in types: bodies in several forms, and query parameters whose
// names are made of prefixes.
type Request struct {
	ctx huma.Context
}

// Resolve keeps the request for the handler.
func (r *Request) Resolve(ctx huma.Context) []error {
	r.ctx = ctx
	return nil
}

// values are the query parameters.
func (r *Request) values() url.Values {
	u := r.ctx.URL()
	return u.Query()
}

// caller is who makes the request.
func caller(ctx context.Context) string {
	c := edge.CallerOf(ctx)
	return c.ID
}
