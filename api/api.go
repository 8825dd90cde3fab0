// Package api is a node's HTTP edge. It answers the questions of those who run
// it: /livez, /readyz with the reasons, and /metrics.
package api

import (
	"encoding/json"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Config is what the handlers ask.
type Config struct {
	// Gatherer holds the metrics to serve.
	Gatherer prometheus.Gatherer
	// Live returns why the process can no longer do its work and should be
	// started anew; nil while it can. Nil means always.
	Live func() error
	// Ready returns the reasons why the node should get no traffic now;
	// none means that it is ready. Nil means always ready.
	Ready func() []string
}

// Status answers /livez and /readyz, as JSON. The HTTP status is 200 when OK,
// 503 otherwise.
type Status struct {
	OK bool `json:"ok"`
	// Reasons say, for people, why not.
	Reasons []string `json:"reasons"`
}

// New returns the handler of all routes.
func New(c Config) http.Handler {
	mux := http.NewServeMux()
	for _, r := range c.routes() {
		mux.Handle("GET "+r.path, r.handler)
	}
	return mux
}

type route struct {
	path    string
	handler http.Handler
}

// routes is THE list of routes.
func (c Config) routes() []route {
	return []route{
		{"/livez", http.HandlerFunc(c.livez)},
		{"/readyz", http.HandlerFunc(c.readyz)},
		{"/metrics", promhttp.HandlerFor(c.Gatherer, promhttp.HandlerOpts{})},
	}
}

func (c Config) livez(w http.ResponseWriter, _ *http.Request) {
	var reasons []string
	if c.Live != nil {
		if err := c.Live(); err != nil {
			reasons = append(reasons, err.Error())
		}
	}
	answer(w, reasons)
}

func (c Config) readyz(w http.ResponseWriter, _ *http.Request) {
	var reasons []string
	if c.Ready != nil {
		reasons = c.Ready()
	}
	answer(w, reasons)
}

func answer(w http.ResponseWriter, reasons []string) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	if len(reasons) > 0 {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	// A client that went away is no concern of ours.
	_ = json.NewEncoder(w).Encode(Status{OK: len(reasons) == 0, Reasons: append([]string{}, reasons...)})
}
