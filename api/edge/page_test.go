package edge

import (
	"bytes"
	"context"
	"encoding/json"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	dto "github.com/prometheus/client_model/go"

	"github.com/pedigree-ledger/pedigree/app"
)

// TestPage: the human page names every operation, kind of problem and scope,
// runs no script and loads nothing from another host.
func TestPage(t *testing.T) {
	e := newEdge(t, Config{Title: "Pedigree <b>", PublicReads: true})
	registerEcho(e, Need(Read))
	w := ask(t, e, http.MethodGet, "/docs")
	page := w.Body.String()
	if w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") || !strings.Contains(w.Header().Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("got %d, headers %v", w.Code, w.Header())
	}
	for _, want := range []string{"GET /echo/{word}", `id="echo"`, `curl -H "Authorization: Bearer $TOKEN" "$NODE/echo/{word}"`, `href="#type-EchoOutputBody"`, "which every caller has here"} {
		if !strings.Contains(html.UnescapeString(page), want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	for _, k := range Kinds() {
		if !strings.Contains(page, k.Kind.URI()) {
			t.Errorf("the page lacks the problem %s", k.Kind)
		}
	}
	for _, c := range app.Codes() {
		if !strings.Contains(page, "<code>"+c.String()+"</code>") {
			t.Errorf("the page lacks the code %s", c)
		}
	}
	for _, s := range Scopes() {
		if !strings.Contains(html.UnescapeString(page), s.Meaning) {
			t.Errorf("the page lacks the scope %s", s.Scope)
		}
	}
	for _, never := range []string{"<script", "javascript:", "//", "onclick", "<b>", "ErrorModel", "ZgotmplZ"} {
		if strings.Contains(page, never) {
			t.Errorf("the page has %s", never)
		}
	}
	linked := regexp.MustCompile(`href="#([^"]+)"`).FindAllStringSubmatch(page, -1)
	for _, l := range linked {
		if !strings.Contains(page, `id="`+l[1]+`"`) {
			t.Errorf("a link leads to #%s, which is nowhere", l[1])
		}
	}
	if len(linked) < 10 {
		t.Errorf("only %d links", len(linked))
	}
}

// TestDescription: the description tells what the edge adds to an operation.
func TestDescription(t *testing.T) {
	e := newEdge(t, Config{PublicReads: true})
	registerEcho(e, Need(Read))
	var doc struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			Security  []map[string][]string
			Responses map[string]struct {
				Content map[string]struct {
					Schema struct {
						Ref string `json:"$ref"`
					}
				}
			}
		}
		Components struct{ Schemas map[string]any }
	}
	if err := json.Unmarshal(ask(t, e, http.MethodGet, "/openapi.json").Body.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	op := doc.Paths["/echo/{word}"]["get"]
	for _, status := range []string{"400", "401", "403", "429", "500", "503", "504"} {
		if got := op.Responses[status].Content["application/problem+json"].Schema.Ref; got != "#/components/schemas/Problem" {
			t.Errorf("status %s is described by %q", status, got)
		}
	}
	if doc.OpenAPI != "3.1.0" || len(op.Security) != 3 || doc.Components.Schemas["ErrorModel"] != nil || doc.Components.Schemas["Problem"] == nil {
		t.Errorf("got version %s, security %v, schemas %v", doc.OpenAPI, op.Security, doc.Components.Schemas)
	}
	if w := ask(t, e, http.MethodGet, "/openapi.yaml"); w.Code != 200 || !strings.HasPrefix(w.Body.String(), "components:") {
		t.Errorf("YAML: got %d %.50s", w.Code, w.Body)
	}
}

// TestSchemaNames: types of one name in two packages are two schemas.
func TestSchemaNames(t *testing.T) {
	type Problem struct { // the edge has another
		Own string `json:"own"`
	}
	e := newEdge(t, Config{})
	huma.Register(e.API(), huma.Operation{OperationID: "own", Method: http.MethodGet, Path: "/own"}, ownHandler[Problem])
	schemas := e.Description().Components.Schemas.Map()
	if len(schemas["Problem"].Properties) == 0 || schemas["EdgeProblem"] == nil {
		t.Errorf("got %v", schemas)
	}
}

func ownHandler[T any](context.Context, *struct{}) (*struct{ Body T }, error) { return nil, nil }

func halfHandler(context.Context, *struct{}) (*huma.StreamResponse, error) {
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		ctx.SetHeader("Content-Type", "text/plain")
		_, _ = io.WriteString(ctx.BodyWriter(), strings.Repeat("half", 10_000))
		panic("as asked")
	}}, nil
}

// TestLog: one line for a request, with what an operator needs and without what
// is secret; trouble stands in it, and not in the answer.
func TestLog(t *testing.T) {
	var log bytes.Buffer
	e := newEdge(t, Config{Access: readers(), Logger: slog.New(slog.NewJSONHandler(&log, nil))})
	registerEcho(e, Need(Read))
	w := ask(t, e, http.MethodGet, "/echo/secret?token=query-secret", "Authorization", "Bearer reader", "X-Request-Id", "request-12345")
	var line struct {
		Msg, ID, Caller, Operation, Method, Path, Err string
		Status                                        int
	}
	if err := json.Unmarshal(log.Bytes(), &line); err != nil {
		t.Fatalf("%v in %s", err, &log)
	}
	if line.ID != "request-12345" || line.Caller != "r" || line.Operation != "echo" || line.Path != "/echo/secret" || line.Status != 500 || !strings.Contains(line.Err, "password is 1234") {
		t.Errorf("got %s", &log)
	}
	for _, secret := range []string{"query-secret", "Bearer", "reader\""} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log has %s: %s", secret, &log)
		}
	}
	if strings.Contains(w.Body.String(), "1234") && !strings.Contains(w.Body.String(), "request-12345") {
		t.Errorf("the caller learns %s", w.Body)
	}
}

// TestCutAnswers: an answer whose handler panicked in the middle does not look
// whole.
func TestCutAnswers(t *testing.T) {
	e := newEdge(t, Config{})
	huma.Register(e.API(), huma.Operation{OperationID: "half", Method: http.MethodGet, Path: "/half"}, halfHandler)
	server := httptest.NewServer(e.Handler())
	defer server.Close()
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/half", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := server.Client().Do(r)
	if err == nil {
		var b bytes.Buffer
		_, err = b.ReadFrom(resp.Body)
		_ = resp.Body.Close()
	}
	if err == nil {
		t.Error("half an answer was taken for a whole one")
	}
	var panics dto.Metric
	if err := e.metrics.panics.Write(&panics); err != nil || panics.GetCounter().GetValue() != 1 {
		t.Errorf("panics: got %v, %v, want 1", panics.GetCounter(), err)
	}
}

// FuzzHeaders: no header that a caller sends is trouble for the edge.
func FuzzHeaders(f *testing.F) {
	f.Add("Authorization", "Bearer reader")
	f.Add("If-None-Match", `W/"1", *`)
	f.Add("Idempotency-Key", "k")
	f.Add("X-Request-Id", "12345678")
	f.Add("Accept", "application/json;q=0.5")
	f.Add("Accept-Encoding", "gzip;q=1")
	e, err := New(Config{Access: readers(), Limits: Limits{PublicRate: -1, CallerRate: -1}})
	if err != nil {
		f.Fatal(err)
	}
	registerEcho(e, nil)
	handler := e.Handler()
	f.Fuzz(func(t *testing.T, name, value string) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/echo/x", nil)
		r.Header[http.CanonicalHeaderKey(name)] = []string{value}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code >= 500 {
			t.Errorf("%q: %q: got %d %s", name, value, w.Code, w.Body)
		}
	})
}
