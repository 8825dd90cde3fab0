package api

import (
	"context"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/pedigree-ledger/pedigree/api/edge"
)

// Health answers /livez and /readyz, as JSON. The HTTP status is 200 when OK,
// 503 otherwise.
type Health struct {
	OK bool `json:"ok" doc:"whether all is well"`
	// Reasons say, for people, why not.
	Reasons []string `json:"reasons" nullable:"false" doc:"why not, for people"`
}

type healthOutput struct {
	Status int
	Body   Health
}

func healthOf(reasons []string) *healthOutput {
	out := &healthOutput{Status: http.StatusOK, Body: Health{OK: len(reasons) == 0, Reasons: append([]string{}, reasons...)}}
	if !out.Body.OK {
		out.Status = http.StatusServiceUnavailable
	}
	return out
}

// operation is one for those who run the node, open to all.
func operation(id, path, summary, description string) huma.Operation {
	return edge.With(huma.Operation{
		OperationID: id, Method: http.MethodGet, Path: path, Summary: summary, Description: description, Tags: []string{"Operation"},
	}, edge.Always)
}

func registerHealth(a huma.API, c Config) {
	live := operation("readLive", "/livez", "Whether the process can do its work",
		"Status 503 says that it cannot and should be started anew; the reasons say why.")
	live.Responses = unwell(a, "the process cannot do its work")
	huma.Register(a, live, func(context.Context, *struct{}) (*healthOutput, error) {
		if c.Live != nil {
			if err := c.Live(); err != nil {
				return healthOf([]string{err.Error()}), nil
			}
		}
		return healthOf(nil), nil
	})
	ready := operation("readReady", "/readyz", "Whether the node should get traffic",
		"Status 503 says that it should not now, such as while it fetches blocks; the reasons say why.")
	ready.Responses = unwell(a, "the node should get no traffic now")
	huma.Register(a, ready, func(context.Context, *struct{}) (*healthOutput, error) {
		if c.Ready == nil {
			return healthOf(nil), nil
		}
		return healthOf(c.Ready()), nil
	})
}

// unwell describes status 503, which is an answer here and no problem.
func unwell(a huma.API, what string) map[string]*huma.Response {
	schema := a.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Health](), true, "Health")
	return map[string]*huma.Response{"503": {
		Description: what,
		Content:     map[string]*huma.MediaType{"application/json": {Schema: schema}},
	}}
}

func registerMetrics(a huma.API, c Config) {
	handler := promhttp.HandlerFor(c.Gatherer, promhttp.HandlerOpts{DisableCompression: true}) // the edge compresses
	op := operation("readMetrics", "/metrics", "What a monitoring system reads", "In Prometheus's text form.")
	if !c.OpenMetrics {
		op.Security = edge.Need(edge.Metrics)
	}
	op.Responses = map[string]*huma.Response{"200": {
		Description: "the metrics",
		Content:     map[string]*huma.MediaType{"text/plain": {Schema: &huma.Schema{Type: huma.TypeString}}},
	}}
	huma.Register(a, op, func(context.Context, *struct{}) (*huma.StreamResponse, error) {
		return &huma.StreamResponse{Body: func(ctx huma.Context) {
			r, w := humago.Unwrap(ctx)
			handler.ServeHTTP(w, r)
		}}, nil
	})
}
