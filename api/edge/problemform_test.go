package edge

import (
	"context"
	"encoding/xml"
	"net/http"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"github.com/pedigree-ledger/pedigree/client"
)

// xmlProblem is a problem as a reader of XML sees it.
type xmlProblem struct {
	XMLName  xml.Name `xml:"urn:ietf:rfc:7807 problem"`
	Type     string   `xml:"urn:ietf:rfc:7807 type"`
	Title    string   `xml:"urn:ietf:rfc:7807 title"`
	Status   int      `xml:"urn:ietf:rfc:7807 status"`
	Detail   string   `xml:"urn:ietf:rfc:7807 detail"`
	Instance string   `xml:"urn:ietf:rfc:7807 instance"`
	Errors   []struct {
		Where   string `xml:"urn:ietf:rfc:7807 where"`
		Message string `xml:"urn:ietf:rfc:7807 message"`
	} `xml:"urn:ietf:rfc:7807 errors>i"`
	Report string `xml:"urn:ietf:rfc:7807 conflict>report"`
}

func readXMLProblem(t *testing.T, body string) (p xmlProblem) {
	t.Helper()
	if err := xml.Unmarshal([]byte(body), &p); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return p
}

// TestProblemXML: the XML of a problem says what it says, whatever that is.
func TestProblemXML(t *testing.T) {
	p := BadRequest.Problem("%s", `</detail><status>200</status> & "quotes" ü ]]>`)
	p.Instance, p.Conflict = "id-1", &client.Conflict{Kind: "ReportConflict"}
	_ = p.Wrongf("/a<b", "first & last").Wrongf("", "a\x01b")
	var b strings.Builder
	if err := writeProblemXML(&b, p); err != nil {
		t.Fatal(err)
	}
	got := readXMLProblem(t, b.String())
	if got.Type != p.Type || got.Title != p.Title || got.Status != 400 || got.Detail != p.Detail || got.Instance != "id-1" || got.Report != "ReportConflict" {
		t.Errorf("got %+v of %s", got, b.String())
	}
	if len(got.Errors) != 2 || got.Errors[0].Where != "/a<b" || got.Errors[0].Message != "first & last" || got.Errors[1].Message != "a\ufffdb" {
		t.Errorf("got errors %+v of %s", got.Errors, b.String())
	}
}

// TestProblemForm: who prefers XML gets problems in XML, everybody else in JSON,
// from the edge, from huma and from a handler alike.
func TestProblemForm(t *testing.T) {
	e := newEdge(t, Config{Access: readers()})
	registerEcho(e, nil)
	for accept, media := range map[string]string{
		"":                                    typeProblemJSON,
		"*/*":                                 typeProblemJSON,
		"text/csv":                            typeProblemJSON,
		"application/json":                    typeProblemJSON,
		"application/xml;q=0.5, */*":          typeProblemJSON,
		"application/xml;q=0":                 typeProblemJSON,
		"application/xml;q=high":              typeProblemJSON,
		";,0":                                 typeProblemJSON,
		"application/xml":                     typeProblemXML,
		"text/xml":                            typeProblemXML,
		"application/problem+xml, */*;q=0.1":  typeProblemXML,
		"application/json;q=0.8, text/xml":    typeProblemXML,
		"text/html, application/xml, */*;q=0": typeProblemXML,
	} {
		for path, status := range map[string]int{"/other": 404, "/echo/x?n=11": 400, "/echo/problem": 418, "/echo/secret": 500, "/echo/panic": 500} {
			w := ask(t, e, http.MethodGet, path, "Accept", accept)
			if got := w.Header().Get("Content-Type"); w.Code != status || got != media {
				t.Errorf("%s for %q: got %d as %q, want %d as %q", path, accept, w.Code, got, status, media)
				continue
			}
			if media == typeProblemJSON {
				if !strings.HasPrefix(w.Body.String(), "{") {
					t.Errorf("%s for %q: got %s", path, accept, w.Body)
				}
				continue
			}
			if p := readXMLProblem(t, w.Body.String()); p.Status != status || p.Instance != w.Header().Get("X-Request-Id") {
				t.Errorf("%s for %q: got %+v", path, accept, p)
			}
		}
	}
}

// TestBare: nothing that goes wrong on a bare operation's paths has a body; its
// headers stay, and other paths have theirs.
func TestBare(t *testing.T) {
	closed := false
	e := newEdge(t, Config{Access: readers(), Limits: Limits{PublicRate: 1000}, Closed: func() error {
		if closed {
			return context.DeadlineExceeded
		}
		return nil
	}})
	registerEcho(e, nil)
	huma.Register(e.API(), With(huma.Operation{
		OperationID: "bare", Method: http.MethodGet, Path: "/bare/{word}", Security: Need(Verify),
	}, Bare), func(_ context.Context, in *struct {
		Word string `path:"word" maxLength:"5"`
	},
	) (*struct{}, error) {
		if in.Word == "panic" {
			panic("as asked")
		}
		return nil, NotFound.Problem("as asked")
	})
	check := func(what, method, path, token string, status int, header string) {
		t.Helper()
		w := ask(t, e, method, path, "Authorization", token)
		if w.Code != status || w.Body.Len() > 0 || w.Header().Get("Content-Type") != "" || header != "" && w.Header().Get(header) == "" {
			t.Errorf("%s: got %d %s with headers %v, want a bare %d", what, w.Code, w.Body, w.Header(), status)
		}
	}
	check("no credential", "GET", "/bare/x", "", 401, "WWW-Authenticate")
	check("a bad credential", "GET", "/bare/x", "Bearer nobody", 401, "WWW-Authenticate")
	check("no such scope", "GET", "/bare/x", "Bearer reader", 403, "WWW-Authenticate")
	check("a handler's", "GET", "/bare/x", "Bearer all", 404, "")
	check("huma's", "GET", "/bare/too+long", "Bearer all", 400, "")
	check("a panic", "GET", "/bare/panic", "Bearer all", 500, "")
	check("no such path", "GET", "/bare/x/y", "Bearer all", 404, "")
	check("wrong method", "POST", "/bare/x", "Bearer all", 405, "Allow")
	check("long", "GET", "/bare/"+strings.Repeat("x", 10<<10), "Bearer all", 414, "")
	closed = true
	check("closed", "GET", "/bare/x", "Bearer all", 503, "Retry-After")
	closed = false
	if w := ask(t, e, http.MethodGet, "/barely"); w.Body.Len() == 0 {
		t.Errorf("another path: got %d without a body", w.Code)
	}
	if r := e.API().OpenAPI().Paths["/bare/{word}"].Get.Responses["429"]; r == nil || len(r.Content) > 0 {
		t.Errorf("the description of 429: got %+v", r)
	}
}
