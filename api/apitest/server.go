// Package apitest serves parts of the API to their tests, and holds every answer
// to the API's own description.
package apitest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/pedigree-ledger/pedigree/api/edge"
)

// Server serves operations without the edge around them.
type Server struct {
	api huma.API
	mux *http.ServeMux
}

// New serves what register adds.
func New(register func(huma.API)) *Server {
	config := huma.DefaultConfig("test", "1")
	config.CreateHooks = nil
	config.DocsPath, config.OpenAPIPath, config.SchemasPath = "", "", ""
	config.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", edge.SchemaName)
	s := &Server{mux: http.NewServeMux()}
	s.api = humago.New(s.mux, config)
	register(s.api)
	return s
}

// Answer is a response.
type Answer struct {
	*http.Response
	Body []byte
}

// Read decodes the body.
func (a *Answer) Read(tb testing.TB, v any) {
	tb.Helper()
	if err := json.Unmarshal(a.Body, v); err != nil {
		tb.Fatalf("%s: %v in %s", a.Status, err, a.Body)
	}
}

// Get asks with headers, given as name and value in turn.
func (s *Server) Get(tb testing.TB, path string, headers ...string) *Answer {
	tb.Helper()
	return s.Do(tb, http.MethodGet, path, nil, headers...)
}

// Post sends JSON, or the bytes when body is []byte.
func (s *Server) Post(tb testing.TB, path string, body any, headers ...string) *Answer {
	tb.Helper()
	raw, isRaw := body.([]byte)
	if !isRaw {
		var err error
		if raw, err = json.Marshal(body); err != nil {
			tb.Fatal(err)
		}
		headers = append([]string{"Content-Type", "application/json"}, headers...)
	}
	return s.Do(tb, http.MethodPost, path, bytes.NewReader(raw), headers...)
}

// Do makes a request and checks its answer against the description.
func (s *Server) Do(tb testing.TB, method, path string, body io.Reader, headers ...string) *Answer {
	tb.Helper()
	r := httptest.NewRequestWithContext(tb.Context(), method, path, body)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.mux.ServeHTTP(w, r)
	a := &Answer{Response: w.Result(), Body: w.Body.Bytes()}
	if _, pattern := s.mux.Handler(r); pattern != "" {
		for _, wrong := range s.check(method, pattern, a) {
			tb.Errorf("%s %s: %s: %s", method, path, a.Status, wrong)
		}
	}
	return a
}

// check compares an answer with the description of its operation.
func (s *Server) check(method, pattern string, a *Answer) (wrong []string) {
	_, path, _ := strings.Cut(pattern, " ")
	item := s.api.OpenAPI().Paths[path]
	if item == nil {
		return []string{"the path " + path + " is not described"}
	}
	op := item.Get
	if method == http.MethodPost {
		op = item.Post
	}
	described := op.Responses[strconv.Itoa(a.StatusCode)]
	switch {
	case described == nil:
		return []string{"this status is not described"}
	case len(described.Content) == 0 && len(a.Body) > 0:
		return []string{"it has a body and should have none"}
	case len(described.Content) == 0 || a.StatusCode == http.StatusNotModified:
		return nil
	}
	kind, _, _ := strings.Cut(a.Header.Get("Content-Type"), ";")
	media := described.Content[kind]
	switch {
	case kind == "application/problem+json":
		return nil // it is for the edge to describe problems
	case media == nil:
		return []string{"the type " + kind + " is not described"}
	}
	if !strings.HasSuffix(kind, "json") || media.Schema == nil {
		return nil
	}
	return s.validate(media.Schema, a.Body)
}

func (s *Server) validate(schema *huma.Schema, body []byte) (wrong []string) {
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		return []string{err.Error()}
	}
	registry := s.api.OpenAPI().Components.Schemas
	path := huma.NewPathBuffer(nil, 0)
	result := &huma.ValidateResult{}
	huma.Validate(registry, schema, path, huma.ModeReadFromServer, v, result)
	for _, e := range result.Errors {
		wrong = append(wrong, e.Error())
	}
	return wrong
}
