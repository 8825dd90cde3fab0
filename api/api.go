// Package api assembles the HTTP API of a node or gateway: the edge that every
// request passes, the parts that a configuration names, and the questions of
// those who run it: /livez, /readyz with the reasons, and /metrics.
package api

import (
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/pedigree-ledger/pedigree/api/edge"
)

// Config says what is served. The zero value serves health and the
// description.
type Config struct {
	// Edge is what every request passes.
	Edge edge.Config
	// Live returns why the process can no longer do its work and should be
	// started anew; nil while it can. Nil means always.
	Live func() error
	// Ready returns the reasons why the node should get no traffic now;
	// none means that it is ready. Nil means always ready.
	Ready func() []string
	// Gatherer holds the metrics to serve; nil serves none.
	Gatherer prometheus.Gatherer
	// OpenMetrics lets everybody read the metrics, as on a port that only
	// the operator reaches. Otherwise the scope metrics is needed.
	OpenMetrics bool
	// Parts register their operations: verification, events, the ledger.
	Parts []func(huma.API)
}

// Assemble returns an edge with every operation registered. It fails where the
// edge's Registerer refuses a metric.
func Assemble(c Config) (*edge.Edge, error) {
	e, err := edge.New(c.Edge)
	if err != nil {
		return nil, fmt.Errorf("api: %w", err)
	}
	registerHealth(e.API(), c)
	if c.Gatherer != nil {
		registerMetrics(e.API(), c)
	}
	for _, register := range c.Parts {
		register(e.API())
	}
	return e, nil
}

// New returns the handler of a process that serves health and metrics alone, on
// a port that only the operator reaches.
func New(c Config) http.Handler {
	c.OpenMetrics, c.Edge.Registerer, c.Parts = true, nil, nil
	e, err := Assemble(c)
	if err != nil {
		panic(err) // nothing is registered that could be refused
	}
	return e.Handler()
}
