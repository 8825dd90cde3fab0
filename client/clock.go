package client

import (
	"context"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// Clocks returns a page of what is due from a partner, the earliest due first.
func (c *Client) Clocks(ctx context.Context, gln gs1.GLN, page app.PageRequest) (*app.Page[app.Clock], error) {
	return listPage[app.Clock](ctx, c, page, app.PathClocks, gln.String())
}

// TraceRequests returns a page of the trace requests that a partner made or
// has to answer, newest first.
func (c *Client) TraceRequests(ctx context.Context, gln gs1.GLN, page app.PageRequest) (*app.Page[app.TraceRequestSummary], error) {
	return listPage[app.TraceRequestSummary](ctx, c, page, app.PathTraceRequests, gln.String())
}

// Exceptions returns a page of a partner's exceptions, newest first; status is
// "open", "accepted", "rejected", "resolved" or "all".
func (c *Client) Exceptions(ctx context.Context, gln gs1.GLN, status string, page app.PageRequest) (*app.Page[app.ExceptionSummary], error) {
	return listPage[app.ExceptionSummary](ctx, c, page, app.PathExceptions, gln.String(), status)
}

// Corrections returns a page of the errors that a partner declared, newest
// first.
func (c *Client) Corrections(ctx context.Context, gln gs1.GLN, page app.PageRequest) (*app.Page[app.CorrectionSummary], error) {
	return listPage[app.CorrectionSummary](ctx, c, page, app.PathCorrections, gln.String())
}
