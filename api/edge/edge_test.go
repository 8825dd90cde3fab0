package edge

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
)

// tokens are callers by token.
type tokens map[string]Caller

func (t tokens) Token(_ context.Context, token string) (Caller, error) {
	if c, ok := t[token]; ok {
		return c, nil
	}
	return Caller{}, ErrNoAccess
}

func (t tokens) Certificate(_ context.Context, cert *x509.Certificate) (Caller, error) {
	return t.Token(context.Background(), cert.Subject.CommonName)
}

// readers knows one caller with every scope and one who may only read.
func readers() tokens {
	all := Caller{ID: "all", Name: "all"}
	for _, s := range Scopes() {
		all.Scopes = append(all.Scopes, s.Scope)
	}
	return tokens{"all": all, "reader": {ID: "r", Name: "reader", Scopes: []Scope{Read}}}
}

func newEdge(t *testing.T, c Config) *Edge {
	t.Helper()
	e, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

type echoInput struct {
	Word string `path:"word" maxLength:"20"`
	N    int    `query:"n" maximum:"10"`
}

type echoOutput struct {
	Body struct {
		Word   string `json:"word"`
		Caller string `json:"caller"`
	}
}

// registerEcho registers an operation that answers with its path and fails when
// told so.
func registerEcho(e *Edge, security []map[string][]string) {
	huma.Register(e.API(), huma.Operation{
		OperationID: "echo", Method: http.MethodGet, Path: "/echo/{word}", Summary: "Echo", Tags: []string{"test"}, Security: security,
	}, func(ctx context.Context, in *echoInput) (*echoOutput, error) {
		switch in.Word {
		case "panic":
			panic("as asked")
		case "secret":
			return nil, errors.New("the password is 1234")
		case "problem":
			return nil, NewProblem(http.StatusTeapot, "as asked").WithHeader("X-Pot", "tea")
		}
		out := &echoOutput{}
		out.Body.Word, out.Body.Caller = in.Word, CallerOf(ctx).ID
		return out, nil
	})
}

// ask sends a request through the whole edge.
func ask(t *testing.T, e *Edge, method, target string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, target, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	e.Handler().ServeHTTP(w, r)
	return w
}

// TestStatusLeftOpen asks as a caller does that takes no packed answers: net/http
// refuses a status of zero, and an answer that may be packed hides that.
func TestStatusLeftOpen(t *testing.T) {
	e := newEdge(t, Config{Access: readers()})
	huma.Register(e.API(), huma.Operation{
		OperationID: "open", Method: http.MethodGet, Path: "/open", Summary: "Open", Tags: []string{"test"}, DefaultStatus: http.StatusAccepted,
	}, func(context.Context, *struct{}) (*struct {
		Status int
		Body   []byte
	}, error,
	) {
		return &struct {
			Status int
			Body   []byte
		}{Body: []byte("done")}, nil
	})
	for _, coding := range []string{"", "identity", "gzip"} {
		if w := ask(t, e, http.MethodGet, "/open", "Accept-Encoding", coding); w.Code != http.StatusAccepted || w.Body.String() != "done" {
			t.Errorf("coding %q: got %d %s", coding, w.Code, w.Body)
		}
	}
}

func TestWhoMayDoWhat(t *testing.T) {
	for _, tt := range []struct {
		name, token string
		public      bool
		security    []map[string][]string
		status      int
	}{
		{"open to all", "", false, nil, 200},
		{"nobody", "", false, Need(Read), 401},
		{"nobody, reads public", "", true, Need(Read), 200},
		{"nobody, verifications public", "", true, Need(Verify), 200},
		{"nobody, captures never public", "", true, Need(Capture), 401},
		{"a reader", "Bearer reader", false, Need(Read), 200},
		{"scheme in lower case", "bearer reader", false, Need(Read), 200},
		{"a reader who captures", "Bearer reader", false, Need(Capture), 403},
		{"wrong token, even on what is open", "Bearer nobody", false, nil, 401},
		{"another scheme", "Basic cmVhZGVyOg==", false, Need(Read), 401},
		{"two tokens", "Bearer reader, Bearer all", false, Need(Read), 401},
		{"no token", "Bearer ", false, Need(Read), 401},
		{"a token without end", "Bearer " + strings.Repeat("x", 5000), false, Need(Read), 401},
	} {
		e := newEdge(t, Config{Access: readers(), PublicReads: tt.public})
		registerEcho(e, tt.security)
		var headers []string
		if tt.token != "" {
			headers = []string{"Authorization", tt.token}
		}
		w := ask(t, e, http.MethodGet, "/echo/hello", headers...)
		if w.Code != tt.status {
			t.Errorf("%s: got %d %s, want %d", tt.name, w.Code, w.Body, tt.status)
		}
		if (w.Code == 401 || w.Code == 403) != strings.HasPrefix(w.Header().Get("WWW-Authenticate"), "Bearer") {
			t.Errorf("%s: status %d with WWW-Authenticate %q", tt.name, w.Code, w.Header().Get("WWW-Authenticate"))
		}
	}
}

func TestProblems(t *testing.T) {
	e := newEdge(t, Config{Access: readers()})
	registerEcho(e, nil)
	for _, tt := range []struct {
		name, method, path string
		status             int
		kind               Kind
		want               string
	}{
		{"too long", "GET", "/echo/" + strings.Repeat("x", 21), 400, BadRequest, `"detail":"path.word: expected`},
		{"no number", "GET", "/echo/x?n=many", 400, BadRequest, "query.n"},
		{"no such path", "GET", "/other", 404, NotFound, ""},
		{"wrong method", "DELETE", "/echo/x", 405, BadMethod, "DELETE"},
		{"dots", "GET", "/echo/../echo/x", 404, NotFound, "dotted"},
		{"slashes", "GET", "/echo//x", 404, NotFound, "%2F"},
		{"slash behind", "GET", "/echo/x/", 404, NotFound, ""},
		{"percent sign", "GET", "/echo/x?n=%zz", 400, BadRequest, "escape"},
		{"semicolon", "GET", "/echo/x?n=1;2", 400, BadRequest, "query.n"},
		{"zero byte", "GET", "/echo/%00", 400, BadRequest, "zero"},
		{"long path", "GET", "/echo/" + strings.Repeat("x", 9000), 414, LongURL, ""},
		{"panic", "GET", "/echo/panic", 500, Internal, "log"},
		{"trouble", "GET", "/echo/secret", 500, Internal, "log"},
		{"own problem", "GET", "/echo/problem", 418, "", "as asked"},
	} {
		w := ask(t, e, tt.method, tt.path)
		var p Problem
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
			t.Errorf("%s: %v in %s", tt.name, err, w.Body)
			continue
		}
		if w.Code != tt.status || p.Status != tt.status || tt.kind != "" && p.Type != tt.kind.URI() || !strings.Contains(w.Body.String(), tt.want) {
			t.Errorf("%s: got %d %s, want %d of kind %s with %q", tt.name, w.Code, w.Body, tt.status, tt.kind, tt.want)
		}
		if p.Instance == "" || p.Instance != w.Header().Get("X-Request-Id") || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: instance %q, headers %v", tt.name, p.Instance, w.Header())
		}
		if strings.Contains(w.Body.String(), "1234") || strings.Contains(w.Body.String(), "as asked") && tt.status == 500 {
			t.Errorf("%s: the caller learns %s", tt.name, w.Body)
		}
	}
}
