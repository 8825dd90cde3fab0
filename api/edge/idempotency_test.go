package edge

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

type addInput struct {
	Body struct {
		N int `json:"n" maximum:"100"`
	}
}

type addOutput struct {
	Location string `header:"Location"`
	Body     struct {
		Sum int `json:"sum"`
	}
}

// adder is an operation that must not be done twice.
type adder struct {
	mu   sync.Mutex
	sum  int
	fail bool
	gate *gate
}

func (a *adder) register(e *Edge) {
	huma.Register(e.API(), With(huma.Operation{
		OperationID: "add", Method: http.MethodPost, Path: "/add", Security: Need(Sign), DefaultStatus: 201, MaxBodyBytes: 1000,
	}, Idempotent), func(_ context.Context, in *addInput) (*addOutput, error) {
		if a.gate != nil {
			a.gate.entered <- struct{}{}
			<-a.gate.leave
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		if a.fail {
			return nil, Internal.Problem("as asked")
		}
		if in.Body.N < 0 {
			panic("as asked")
		}
		a.sum += in.Body.N
		out := &addOutput{Location: "/sums/" + strconv.Itoa(a.sum)}
		out.Body.Sum = a.sum
		return out, nil
	})
}

func (a *adder) total() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.sum
}

// post sends a body under a key, as the caller of a token.
func post(ctx context.Context, e *Edge, token, key, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/add", strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	w := httptest.NewRecorder()
	e.Handler().ServeHTTP(w, r)
	return w
}

func newAdder(t *testing.T, now func() time.Time) (*Edge, *adder) {
	t.Helper()
	callers := readers()
	callers["two"] = Caller{ID: "two", Scopes: []Scope{Sign}}
	e, a := newEdge(t, Config{Access: callers, Now: now}), &adder{}
	a.register(e)
	return e, a
}

func TestIdempotency(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	e, a := newAdder(t, func() time.Time { return now })
	first := post(t.Context(), e, "all", "k1", `{"n":5}`)
	again := post(t.Context(), e, "all", "k1", `{"n":5}`)
	if first.Code != 201 || again.Code != 201 || first.Body.String() != again.Body.String() || again.Header().Get("Location") != "/sums/5" ||
		again.Header().Get("Content-Type") != first.Header().Get("Content-Type") || again.Header().Get("Idempotency-Replayed") != "true" {
		t.Errorf("again: got %d %s %v, first %d %s", again.Code, again.Body, again.Header(), first.Code, first.Body)
	}
	if again.Header().Get("X-Request-Id") == first.Header().Get("X-Request-Id") {
		t.Error("two requests have one id")
	}
	for _, tt := range []struct {
		name, token, key, body string
		status, added          int
	}{
		{"another request", "all", "k1", `{"n":6}`, 422, 0},
		{"the same, spaced", "all", "k1", `{"n": 5}`, 422, 0},
		{"another caller", "two", "k1", `{"n":6}`, 201, 6},
		{"no key", "all", "", `{"n":5}`, 201, 5},
		{"no key again", "all", "", `{"n":5}`, 201, 5},
		{"malformed key", "all", "a b", `{"n":5}`, 400, 0},
		{"long key", "all", strings.Repeat("x", 256), `{"n":5}`, 400, 0},
		{"malformed body", "all", "k2", `{"n":`, 400, 0},
		{"out of range", "all", "k3", `{"n":101}`, 400, 0},
		{"body too large", "all", "k4", strings.Repeat(" ", 2000), 413, 0},
		{"a caller who may not", "reader", "k1", `{"n":5}`, 403, 0},
		{"and one who is unknown", "nobody", "k1", `{"n":5}`, 401, 0},
	} {
		before := a.total()
		if w := post(t.Context(), e, tt.token, tt.key, tt.body); w.Code != tt.status || a.total()-before != tt.added {
			t.Errorf("%s: got %d %s and %d more, want %d and %d more", tt.name, w.Code, w.Body, a.total()-before, tt.status, tt.added)
		}
	}
	now = now.Add(25 * time.Hour)
	if w := post(t.Context(), e, "all", "k1", `{"n":6}`); w.Code != 201 {
		t.Errorf("a day later: got %d %s", w.Code, w.Body)
	}
}

// TestIdempotencyOfFailures: what failed in the node may be tried again with
// the same key; also what panicked.
func TestIdempotencyOfFailures(t *testing.T) {
	e, a := newAdder(t, nil)
	a.fail = true
	if w := post(t.Context(), e, "all", "k", `{"n":5}`); w.Code != 500 {
		t.Fatalf("got %d", w.Code)
	}
	a.fail = false
	if w := post(t.Context(), e, "all", "k", `{"n":5}`); w.Code != 201 || a.total() != 5 {
		t.Errorf("again: got %d %s", w.Code, w.Body)
	}
	if w := post(t.Context(), e, "all", "p", `{"n":-1}`); w.Code != 500 {
		t.Errorf("panic: got %d", w.Code)
	}
	if w := post(t.Context(), e, "all", "p", `{"n":1}`); w.Code != 201 {
		t.Errorf("after a panic: got %d %s", w.Code, w.Body)
	}
}

// TestIdempotencyAtOnce: of the same request at the same time one is done, and
// one whose caller went away is done to its end.
func TestIdempotencyAtOnce(t *testing.T) {
	e, a := newAdder(t, nil)
	a.gate = newGate()
	ctx, hangUp := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		post(ctx, e, "all", "k", `{"n":5}`)
	}()
	<-a.gate.entered
	if w := post(t.Context(), e, "all", "k", `{"n":5}`); w.Code != 409 || w.Header().Get("Retry-After") == "" {
		t.Errorf("at once: got %d %s", w.Code, w.Body)
	}
	hangUp()
	close(a.gate.leave)
	<-done
	if w := post(t.Context(), e, "all", "k", `{"n":5}`); w.Code != 201 || a.total() != 5 {
		t.Errorf("afterwards: got %d %s and %d", w.Code, w.Body, a.total())
	}
}

// TestMemoryBounded: answers push out the oldest, never what is at work.
func TestMemoryBounded(t *testing.T) {
	m := NewMemory(time.Now)
	ctx, answer := t.Context(), bytes.Repeat([]byte("x"), 1<<20)
	begin := func(key string) bool {
		_, _, first, err := m.Begin(ctx, "c", key, [32]byte{1})
		if err != nil {
			t.Fatal(err)
		}
		return first
	}
	begin("at work")
	for i := range 200 {
		key := strconv.Itoa(i)
		begin(key)
		if err := m.Finish(ctx, "c", key, answer); err != nil {
			t.Fatal(err)
		}
	}
	if m.bytes > memoryBytes || len(m.byKey) != memoryBytes/len(answer)+1 {
		t.Errorf("got %d bytes in %d answers", m.bytes, len(m.byKey))
	}
	if begin("at work") || !begin("0") || begin("199") {
		t.Error("the wrong ones were pushed out")
	}
}

// TestBodyIsThere: an operation gets the same body with a key as without.
func TestBodyIsThere(t *testing.T) {
	e := newEdge(t, Config{Access: readers()})
	var got []string
	huma.Register(e.API(), With(huma.Operation{
		OperationID: "raw", Method: http.MethodPost, Path: "/add", Security: Need(Submit),
	}, Idempotent), func(_ context.Context, in *struct{ RawBody []byte }) (*struct{}, error) {
		got = append(got, string(in.RawBody))
		return nil, nil
	})
	for _, key := range []string{"", "k"} {
		if w := post(t.Context(), e, "all", key, "bytes"); w.Code != 204 {
			t.Fatalf("got %d %s", w.Code, w.Body)
		}
	}
	if strings.Join(got, " ") != "bytes"+" bytes" {
		t.Errorf("got %q", got)
	}
}
