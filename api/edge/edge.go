// Package edge is what every HTTP request passes on its way in and out: who
// makes it and what he may do, limits, request ids, problems, and the
// description of the API.
//
// A part of the API registers its operations with Edge.API and huma.Register.
// The edge enforces what the operation declares: its Security (see Need), its
// MaxBodyBytes and BodyReadTimeout, and its traits (see With). Errors that a
// handler returns reach the caller as a Problem; any other error is trouble of
// ours, which the log tells and the caller does not see.
package edge

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/prometheus/client_golang/prometheus"
)

// Config is what an edge needs to know. The zero value lets nobody do anything
// that needs a scope.
type Config struct {
	// Title and Version are the API's, as its description says. Default
	// "Pedigree" and "dev".
	Title, Version string
	// Access knows the callers. Nil knows none.
	Access Access
	// PublicReads lets callers without a credential read and verify.
	PublicReads bool
	// Origins are the web origins whose pages may call, such as
	// "https://portal.example.com". None means that no page of another
	// origin may (no CORS headers).
	Origins []string
	// Limits bound what callers can take.
	Limits Limits
	// Heights returns the ledger heights on which answers rest, always in
	// the same order: those of the index, and of the state that is proved.
	// Each is named by the ETag, because one may stand still while another
	// goes on. Nil means that answers carry no ETag by height.
	Heights func(context.Context) ([]uint64, error)
	// Closed returns why nothing but what is answered Always can be answered
	// yet, such as a ledger that cannot be asked; nil while all can. A nil
	// Closed means that all always can.
	Closed func() error
	// Absent says why a path that other edges serve has no operation here; nil
	// for a path that no edge serves. A nil Absent knows of none.
	Absent func(*http.Request) *Problem
	// Answers remembers what was answered under an idempotency key. Nil
	// means a bounded memory of this process.
	Answers Answers
	// Logger gets a line for each request, and what went wrong. Nil means
	// none.
	Logger *slog.Logger
	// Registerer gets the metrics. Nil means that nobody reads them.
	Registerer prometheus.Registerer
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

func (c *Config) setDefaults() {
	if c.Title == "" {
		c.Title = "Pedigree"
	}
	if c.Version == "" {
		c.Version = "dev"
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Answers == nil {
		c.Answers = NewMemory(c.Now)
	}
	c.Limits.setDefaults()
}

// Edge is the HTTP edge. Register every operation before the first request;
// after that its methods may be called from any goroutine.
type Edge struct {
	cfg     Config
	mux     *http.ServeMux
	api     huma.API
	metrics *metrics
	rates   *rates
	busy    map[class]*slots
	bodies  *bodies
	joining sync.Mutex      // held while a body is put together
	bare    map[string]bool // first segments of paths whose problems have no body
	polish  func()          // ends the description
}

// New makes an edge with no operations but its own description. It fails only
// where the Registerer refuses a metric.
func New(c Config) (*Edge, error) {
	c.setDefaults()
	m, err := newMetrics(c.Registerer)
	if err != nil {
		return nil, fmt.Errorf("edge: %w", err)
	}
	e := &Edge{cfg: c, mux: http.NewServeMux(), metrics: m, rates: newRates(c.Now), busy: c.Limits.busy(), bodies: newBodies(c.Limits.Bodies), bare: make(map[string]bool)}
	e.api = onlyJSON{humago.New(e.mux, e.humaConfig())}
	e.api.UseMiddleware(e.admit, e.authorize, e.open, e.bound, e.tag, e.remember)
	e.polish = polisher(e)
	e.describe()
	return e, nil
}

// API is where the parts register their operations.
func (e *Edge) API() huma.API { return e.api }

// Handler returns the handler of all operations, behind everything that a
// request must pass. No operation may be registered after that.
func (e *Edge) Handler() http.Handler {
	e.root()
	e.polish()
	return e.record(e.cors(compress(e.guard(http.HandlerFunc(e.route)))))
}

// humaConfig describes the API, without huma's own pages and links: those name
// foreign hosts and add fields to answers.
func (e *Edge) humaConfig() huma.Config {
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info:    &huma.Info{Title: e.cfg.Title, Version: e.cfg.Version, Description: introduction},
			Components: &huma.Components{
				Schemas:         huma.NewMapRegistry("#/components/schemas/", schemaNamer()),
				SecuritySchemes: securitySchemes(),
			},
			OnAddOperation: []huma.AddOpFunc{e.complete},
		},
		Formats:       map[string]huma.Format{"application/json": jsonFormat(), "json": jsonFormat()},
		DefaultFormat: "application/json",
		Transformers:  []huma.Transformer{e.asProblem},
	}
}
