// Package ledger serves the ledger over HTTP, under /ledger: items and
// containers, lots, shipments, partners, products, recalls, traces, blocks, and
// the handing in of transactions.
//
// Every single record is proved to the edge by its light client before it is
// passed on, and its proof goes along on request, so that the edge need not be
// believed either. Listings come from the node's index and are not proved: what
// they name can be asked for one by one.
package ledger

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/pedigree-ledger/pedigree/api/edge"
	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
)

// Config is what the handlers ask.
type Config struct {
	// Client asks the node, checks its proofs, and signs with the keys it
	// has. It must have a light client.
	Client *client.Client
	// Partner signs ops whose request names nobody; zero means that a request
	// has to.
	Partner gs1.GLN
	// Now is the time of judgements; nil means the clock.
	Now func() time.Time
}

// handlers answer from a complete Config.
type handlers struct {
	Config
	api huma.API
	// served are the queries of the ledger that have a resource.
	served []string
}

// Register adds the operations to an API.
func Register(a huma.API, c Config) { register(a, c) }

func register(a huma.API, c Config) *handlers {
	if c.Now == nil {
		c.Now = time.Now
	}
	h := &handlers{Config: c, api: a}
	h.registerStatus()
	h.registerGoods()
	h.registerRecords()
	h.registerListings()
	h.registerBundles()
	h.registerBlocks()
	h.registerSubmit()
	return h
}

// resource is one operation that reads.
type resource struct {
	id, path string
	// query is the query of the ledger behind it; its sentence is the summary
	// unless summary says more.
	query   string
	summary string
	// more is what else a caller should know.
	more string
	// now: the answer depends on the time of asking, not on the height alone.
	now bool
}

// operation describes a resource.
func (h *handlers) operation(r resource) huma.Operation {
	if r.query != "" {
		h.served = append(h.served, r.query)
	}
	if r.summary == "" {
		r.summary = sentence(queryDoc(r.query))
	}
	op := huma.Operation{
		OperationID: r.id, Method: http.MethodGet, Path: "/ledger" + r.path, Summary: r.summary, Description: r.more,
		Tags: []string{"Ledger"}, Security: edge.Need(edge.Read),
		Errors: []int{http.StatusBadRequest, http.StatusNotFound, http.StatusBadGateway, http.StatusServiceUnavailable},
		// A misspelt condition that is passed over would be answered with more than was asked for.
		RejectUnknownQueryParameters: true,
	}
	if r.now {
		return op
	}
	return edge.With(op, edge.ByHeight)
}

// queryDoc is the sentence of a query in the ledger's own list.
func queryDoc(path string) string {
	all := app.Queries()
	i := slices.IndexFunc(all, func(q app.Query) bool { return q.Path == path })
	if i < 0 {
		return path
	}
	return all[i].Doc
}

func sentence(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// body is the answer of a resource.
type body[B any] struct{ Body B }

// get registers an operation that reads. Whatever answer fails with reaches the
// caller as a problem.
func get[I, B any](h *handlers, r resource, answer func(context.Context, *I) (B, error)) {
	huma.Register(h.api, h.operation(r), func(ctx context.Context, in *I) (*body[B], error) {
		b, err := answer(ctx, in)
		if err != nil {
			return nil, edge.LedgerTrouble(err)
		}
		return &body[B]{b}, nil
	})
}
