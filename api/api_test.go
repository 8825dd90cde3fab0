package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

func get(t *testing.T, c Config, path string) *httptest.ResponseRecorder {
	t.Helper()
	if c.Gatherer == nil {
		c.Gatherer = prometheus.NewRegistry()
	}
	w := httptest.NewRecorder()
	New(c).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	return w
}

func TestHealth(t *testing.T) {
	failing := Config{
		Live:  func() error { return errors.New("the disk is full") },
		Ready: func() []string { return []string{"catching up", "no peers"} },
	}
	for _, tt := range []struct {
		name    string
		config  Config
		path    string
		status  int
		reasons []string
	}{
		{"live by default", Config{}, "/livez", 200, []string{}},
		{"ready by default", Config{}, "/readyz", 200, []string{}},
		{"not live", failing, "/livez", 503, []string{"the disk is full"}},
		{"not ready", failing, "/readyz", 503, []string{"catching up", "no peers"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := get(t, tt.config, tt.path)
			if w.Code != tt.status {
				t.Errorf("status: got %d, want %d", w.Code, tt.status)
			}
			var s Health
			if err := json.Unmarshal(w.Body.Bytes(), &s); err != nil {
				t.Fatalf("body %q: %v", w.Body, err)
			}
			if !slices.Equal(s.Reasons, tt.reasons) || s.Reasons == nil {
				t.Errorf("reasons: got %q, want %q", s.Reasons, tt.reasons)
			}
			if s.OK != (tt.status == 200) {
				t.Errorf("ok: got %v with status %d", s.OK, tt.status)
			}
		})
	}
}

func TestMetrics(t *testing.T) {
	r := prometheus.NewRegistry()
	c := prometheus.NewCounter(prometheus.CounterOpts{Name: "pedigree_test_total", Help: "Tests."})
	r.MustRegister(c)
	c.Inc()
	w := get(t, Config{Gatherer: r}, "/metrics")
	if w.Code != 200 || !strings.Contains(w.Body.String(), "pedigree_test_total 1") {
		t.Errorf("got %d %q, want the counter at 1", w.Code, w.Body)
	}
}

func TestOtherRoutes(t *testing.T) {
	if w := get(t, Config{}, "/other"); w.Code != 404 {
		t.Errorf("/other: got %d, want 404", w.Code)
	}
	if w := get(t, Config{}, "/"); w.Code != 303 || w.Header().Get("Location") != "/docs" {
		t.Errorf("/: got %d to %q, want 303 to the description", w.Code, w.Header().Get("Location"))
	}
	w := httptest.NewRecorder()
	New(Config{Gatherer: prometheus.NewRegistry()}).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/livez", nil))
	if w.Code != 405 {
		t.Errorf("POST /livez: got %d, want 405", w.Code)
	}
}
