package edge

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// gate is an operation that stays until it is let go.
type gate struct{ entered, leave chan struct{} }

func newGate() *gate { return &gate{make(chan struct{}, 100), make(chan struct{})} }

func (g *gate) register(e *Edge, id string, security []map[string][]string, traits ...Trait) {
	huma.Register(e.API(), With(huma.Operation{
		OperationID: id, Method: http.MethodGet, Path: "/" + id, Security: security,
	}, traits...), func(ctx context.Context, _ *struct{}) (*struct{}, error) {
		g.entered <- struct{}{}
		select {
		case <-g.leave:
			return nil, nil
		case <-ctx.Done():
			return nil, Trouble(ctx.Err())
		}
	})
}

// TestBusy: one kind of work does not take the place of another, and what is
// one too many is told to come again.
func TestBusy(t *testing.T) {
	registry := prometheus.NewRegistry()
	e := newEdge(t, Config{PublicReads: true, Limits: Limits{Queries: 2, Verifications: 1}, Registerer: registry})
	g := newGate()
	g.register(e, "slow", Need(Read))
	g.register(e, "verify", Need(Verify))
	g.register(e, "stream", Need(Read), Streaming)
	var wg sync.WaitGroup
	begin := func(path string) {
		wg.Go(func() {
			if w := ask(t, e, http.MethodGet, path); w.Code != 204 {
				t.Errorf("%s: got %d %s", path, w.Code, w.Body)
			}
		})
		<-g.entered
	}
	begin("/slow")
	begin("/slow")
	w := ask(t, e, http.MethodGet, "/slow")
	if w.Code != 503 || w.Header().Get("Retry-After") != "1" {
		t.Errorf("a third query: got %d %s with Retry-After %q, want 503", w.Code, w.Body, w.Header().Get("Retry-After"))
	}
	begin("/verify")
	begin("/stream")
	if w := ask(t, e, http.MethodGet, "/verify"); w.Code != 503 {
		t.Errorf("a second verification: got %d, want 503", w.Code)
	}
	close(g.leave)
	wg.Wait()
	if w := ask(t, e, http.MethodGet, "/slow"); w.Code != 204 {
		t.Errorf("afterwards: got %d %s", w.Code, w.Body)
	}
	var refused dto.Metric
	if err := e.metrics.refused.WithLabelValues(string(Busy)).Write(&refused); err != nil || refused.GetCounter().GetValue() != 2 {
		t.Errorf("refused: got %v, %v, want 2", refused.GetCounter(), err)
	}
}

// TestNobodyTakesAll: a caller who is slow with all that he may have at once
// leaves room for another.
func TestNobodyTakesAll(t *testing.T) {
	e := newEdge(t, Config{Access: readers(), PublicReads: true, Limits: Limits{Queries: 4}})
	g := newGate()
	g.register(e, "slow", Need(Read))
	var wg sync.WaitGroup
	begin := func(headers ...string) {
		wg.Go(func() {
			if w := ask(t, e, http.MethodGet, "/slow", headers...); w.Code != 204 {
				t.Errorf("%q: got %d %s", headers, w.Code, w.Body)
			}
		})
		<-g.entered
	}
	for range 3 {
		begin()
	}
	if w := ask(t, e, http.MethodGet, "/slow"); w.Code != 503 || !strings.Contains(w.Body.String(), "works on 3 such") {
		t.Errorf("a fourth of one caller: got %d %s, want 503", w.Code, w.Body)
	}
	begin("Authorization", "Bearer reader")
	if w := ask(t, e, http.MethodGet, "/slow", "Authorization", "Bearer all"); w.Code != 503 || !strings.Contains(w.Body.String(), "works on 4 such") {
		t.Errorf("a fifth of all: got %d %s, want 503", w.Code, w.Body)
	}
	close(g.leave)
	wg.Wait()
	if n := len(e.busy[queries].byCaller); n != 0 || e.busy[queries].taken != 0 {
		t.Errorf("afterwards %d callers have %d slots", n, e.busy[queries].taken)
	}
}

// TestRate: each caller has a rate of his own, which time gives back.
func TestRate(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	e := newEdge(t, Config{
		Access: readers(), PublicReads: true, Limits: Limits{CallerRate: 3, PublicRate: 2}, Now: func() time.Time { return now },
	})
	registerEcho(e, Need(Read))
	get := func(headers ...string) int { return ask(t, e, http.MethodGet, "/echo/x", headers...).Code }
	for i, tt := range []struct {
		token string
		want  int
	}{{"reader", 200}, {"reader", 200}, {"reader", 200}, {"reader", 429}, {"", 200}, {"", 200}, {"", 429}, {"nobody", 429}, {"all", 200}} {
		var headers []string
		if tt.token != "" {
			headers = []string{"Authorization", "Bearer " + tt.token}
		}
		if got := get(headers...); got != tt.want {
			t.Errorf("request %d by %q: got %d, want %d", i, tt.token, got, tt.want)
		}
	}
	w := ask(t, e, http.MethodGet, "/echo/x", "Authorization", "Bearer reader")
	if w.Header().Get("Retry-After") != "1" {
		t.Errorf("Retry-After: got %q, want 1", w.Header().Get("Retry-After"))
	}
	now = now.Add(time.Second)
	if got := get("Authorization", "Bearer reader"); got != 200 {
		t.Errorf("a second later: got %d", got)
	}
}

// TestRatesBounded: a flood of addresses costs a bounded memory.
func TestRatesBounded(t *testing.T) {
	r := newRates(time.Now)
	for i := range 3 * maxBuckets {
		r.take("address "+strconv.Itoa(i), 1)
	}
	if len(r.buckets) != maxBuckets || r.recent.Len() != maxBuckets {
		t.Errorf("got %d and %d callers, want %d", len(r.buckets), r.recent.Len(), maxBuckets)
	}
}

// TestRequestTime: an operation that takes too long is ended with 504.
func TestRequestTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEdge(t, Config{PublicReads: true, Limits: Limits{RequestTime: time.Second}})
		newGate().register(e, "slow", Need(Read))
		if w := ask(t, e, http.MethodGet, "/slow"); w.Code != 504 {
			t.Errorf("got %d %s, want 504", w.Code, w.Body)
		}
	})
}

// TestRequestID: a sane id of the caller's is taken over, no other.
func TestRequestID(t *testing.T) {
	e := newEdge(t, Config{})
	registerEcho(e, nil)
	for id, taken := range map[string]bool{
		"abc-DEF_1.23": true, "short": false, strings.Repeat("x", 65): false, "has space 12": false, "line\tend-12": false, "": false,
	} {
		got := ask(t, e, http.MethodGet, "/echo/x", "X-Request-Id", id).Header().Get("X-Request-Id")
		if (got == id) != taken || got == "" {
			t.Errorf("%q: got %q", id, got)
		}
	}
}

// TestCORS: pages of other origins may call where the settings say so, and
// nowhere else.
func TestCORS(t *testing.T) {
	for _, tt := range []struct {
		origins []string
		origin  string
		allowed bool
	}{
		{nil, "https://portal.example.com", false},
		{[]string{"https://portal.example.com"}, "https://portal.example.com", true},
		{[]string{"https://portal.example.com"}, "https://evil.example.com", false},
	} {
		e := newEdge(t, Config{Origins: tt.origins})
		registerEcho(e, nil)
		got := ask(t, e, http.MethodGet, "/echo/x", "Origin", tt.origin).Header().Get("Access-Control-Allow-Origin")
		if (got == tt.origin) != tt.allowed || got == "*" {
			t.Errorf("origins %q, asked by %s: got %q", tt.origins, tt.origin, got)
		}
		w := ask(t, e, http.MethodOptions, "/echo/x", "Origin", tt.origin, "Access-Control-Request-Method", "GET", "Access-Control-Request-Headers", "authorization")
		if got := w.Header().Get("Access-Control-Allow-Origin"); (got == tt.origin) != tt.allowed {
			t.Errorf("origins %q, preflight of %s: got %d %q", tt.origins, tt.origin, w.Code, got)
		}
	}
}

// TestCompression: large answers are compressed for who takes them so.
func TestCompression(t *testing.T) {
	e := newEdge(t, Config{})
	for _, tt := range []struct {
		path, accept string
		packed       bool
	}{{"/openapi.json", "gzip", true}, {"/openapi.json", "", false}, {"/openapi.json", "br", false}} {
		w := ask(t, e, http.MethodGet, tt.path, "Accept-Encoding", tt.accept)
		if got := w.Header().Get("Content-Encoding") == "gzip"; got != tt.packed || w.Code != 200 {
			t.Errorf("%s for %q: status %d, encoding %q", tt.path, tt.accept, w.Code, w.Header().Get("Content-Encoding"))
		}
	}
}

// TestClosed: while the edge is closed it answers what is open always, and says
// why it does not answer the rest.
func TestClosed(t *testing.T) {
	closed := true
	e := newEdge(t, Config{Closed: func() error {
		if closed {
			return context.DeadlineExceeded
		}
		return nil
	}})
	registerEcho(e, nil)
	if w := ask(t, e, http.MethodGet, "/echo/x"); w.Code != 503 || w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), "deadline") {
		t.Errorf("closed: got %d %s", w.Code, w.Body)
	}
	if w := ask(t, e, http.MethodGet, "/docs"); w.Code != 200 {
		t.Errorf("the description while closed: got %d", w.Code)
	}
	closed = false
	if w := ask(t, e, http.MethodGet, "/echo/x"); w.Code != 200 {
		t.Errorf("open: got %d", w.Code)
	}
}

// TestETag: who has the answer of these heights is told so before anything is
// computed; when one of them moves, alone too, he gets another. What is no
// answer has no tag.
func TestETag(t *testing.T) {
	indexed, proven, computed := uint64(7), uint64(7), 0
	e := newEdge(t, Config{PublicReads: true, Heights: func(context.Context) ([]uint64, error) { return []uint64{indexed, proven}, nil }})
	type output struct{ Body string }
	huma.Register(e.API(), With(huma.Operation{OperationID: "get", Method: http.MethodGet, Path: "/get/{id}", Security: Need(Read)}, ByHeight),
		func(_ context.Context, in *struct {
			ID string `path:"id"`
		},
		) (*output, error) {
			computed++
			if in.ID == "none" {
				return nil, NotFound.Problem("none")
			}
			return &output{Body: in.ID}, nil
		})
	first := ask(t, e, http.MethodGet, "/get/a")
	tag := first.Header().Get("ETag")
	if first.Code != 200 || tag == "" || first.Header().Get("Cache-Control") != byHeightCaching {
		t.Fatalf("first: got %d, headers %v", first.Code, first.Header())
	}
	for _, header := range []string{tag, strings.TrimPrefix(tag, "W/"), `"x", ` + tag, "*"} {
		if w := ask(t, e, http.MethodGet, "/get/a", "If-None-Match", header); w.Code != 304 || w.Body.Len() > 0 || w.Header().Get("ETag") != tag || computed != 1 {
			t.Errorf("%s: got %d %q after %d computations", header, w.Code, w.Body, computed)
		}
	}
	for what, height := range map[string]*uint64{"the index stands still": &proven, "the proven state stands still": &indexed} {
		*height++
		w := ask(t, e, http.MethodGet, "/get/a", "If-None-Match", tag)
		if w.Code != 200 || w.Header().Get("ETag") == tag {
			t.Errorf("%s: got %d with %s", what, w.Code, w.Header().Get("ETag"))
		}
		tag = w.Header().Get("ETag")
	}
	if w := ask(t, e, http.MethodGet, "/get/none"); w.Code != 404 || w.Header().Get("ETag") != "" || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("no such thing: got %d, headers %v", w.Code, w.Header())
	}
}

// TestHead: HEAD is answered as GET without a body.
func TestHead(t *testing.T) {
	e := newEdge(t, Config{})
	registerEcho(e, nil)
	server := httptest.NewServer(e.Handler())
	defer server.Close()
	for path, status := range map[string]int{"/echo/x": 200, "/other": 404} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodHead, server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := server.Client().Do(r)
		if err != nil || resp.StatusCode != status {
			t.Fatalf("%s: %v %v", path, resp, err)
		}
		_ = resp.Body.Close()
	}
}
