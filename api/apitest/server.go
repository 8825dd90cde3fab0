// Package apitest serves parts of the API to their tests behind a real edge, and
// holds every answer to the API's own description.
package apitest

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"github.com/pedigree-ledger/pedigree/api/edge"
)

// Server serves operations as an edge does. Callers without a token may read
// and verify; a token is a list of scopes with commas between them.
type Server struct {
	api     huma.API
	handler http.Handler
	paths   *http.ServeMux // of the description
}

// New serves what register adds; height, which may be nil, is the ledger's.
func New(tb testing.TB, height func(context.Context) (uint64, error), register func(huma.API)) *Server {
	tb.Helper()
	e, err := edge.New(edge.Config{
		Access: scopes{}, PublicReads: true, Heights: heights(height),
		Limits: edge.Limits{CallerRate: -1, PublicRate: -1},
	})
	if err != nil {
		tb.Fatal(err)
	}
	register(e.API())
	s := &Server{api: e.API(), handler: e.Handler(), paths: http.NewServeMux()}
	for path := range s.api.OpenAPI().Paths {
		s.paths.Handle(path, http.NotFoundHandler())
	}
	return s
}

// scopes is an Access whose tokens are lists of scopes.
type scopes struct{}

func (scopes) Token(_ context.Context, token string) (edge.Caller, error) {
	c := edge.Caller{ID: token, Name: token}
	for _, s := range strings.Split(token, ",") {
		c.Scopes = append(c.Scopes, edge.Scope(s))
	}
	return c, nil
}

func (scopes) Certificate(context.Context, *x509.Certificate) (edge.Caller, error) {
	return edge.Caller{}, edge.ErrNoAccess
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
		tb.Fatalf("%s: %v in %.2000s", a.Status, err, a.Body)
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
	s.handler.ServeHTTP(w, r)
	a := &Answer{Response: w.Result(), Body: w.Body.Bytes()}
	if _, pattern := s.paths.Handler(r); pattern != "" && a.StatusCode != http.StatusMethodNotAllowed {
		for _, wrong := range s.check(method, pattern, a) {
			tb.Errorf("%s %s: %s: %.1000s", method, path, a.Status, wrong)
		}
	}
	return a
}

// check compares an answer with the description of its operation.
func (s *Server) check(method, path string, a *Answer) (wrong []string) {
	item := s.api.OpenAPI().Paths[path]
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
	case len(described.Content) == 0:
		return nil
	}
	kind, _, _ := strings.Cut(a.Header.Get("Content-Type"), ";")
	media := described.Content[kind]
	switch {
	case media == nil:
		return []string{"the type " + kind + " is not described"}
	case !strings.HasSuffix(kind, "json") || media.Schema == nil:
		return nil
	}
	return s.validate(media.Schema, a.Body)
}

func (s *Server) validate(schema *huma.Schema, body []byte) (wrong []string) {
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		return []string{err.Error()}
	}
	path, result := huma.NewPathBuffer(nil, 0), &huma.ValidateResult{}
	huma.Validate(s.api.OpenAPI().Components.Schemas, schema, path, huma.ModeReadFromServer, v, result)
	for _, e := range result.Errors {
		wrong = append(wrong, e.Error())
	}
	return wrong
}

// heights is a height for every kind of answer; nil for none.
func heights(height func(context.Context) (uint64, error)) func(context.Context) ([]uint64, error) {
	if height == nil {
		return nil
	}
	return func(ctx context.Context) ([]uint64, error) {
		h, err := height(ctx)
		return []uint64{h}, err
	}
}
