package edge

import (
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/rs/cors"
)

// route finds the operation of a request. What no operation takes is answered
// with a problem: ServeMux would answer in plain text, and would redirect a
// path that is not clean, which breaks keys that hold slashes.
func (e *Edge) route(w http.ResponseWriter, r *http.Request) {
	if p := r.URL.EscapedPath(); path.Clean(p) != p {
		e.problem(w, r, NotFound.Problem("the path has empty or dotted segments; escape each slash in a key as %%2F"))
		return
	}
	// Event hashes hold a semicolon, which net/url takes for a fault: with it a
	// condition would be lost.
	r.URL.RawQuery = strings.ReplaceAll(r.URL.RawQuery, ";", "%3B")
	if _, err := url.ParseQuery(r.URL.RawQuery); err != nil {
		e.problem(w, r, BadRequest.Problem("the query of the URL cannot be read: escape each %% in a value"))
		return
	}
	h, pattern := e.mux.Handler(r)
	if pattern != "" {
		e.mux.ServeHTTP(w, r)
		return
	}
	verdict := &verdictWriter{header: make(http.Header)}
	h.ServeHTTP(verdict, r)
	if verdict.status == http.StatusMethodNotAllowed {
		e.problem(w, r, BadMethod.Problem("%s is not among the methods of this path", cut(r.Method, 16)).WithHeader("Allow", verdict.header.Get("Allow")))
		return
	}
	e.problem(w, r, e.noOperation(r))
}

// noOperation says that no operation has a path, and why if that is known.
func (e *Edge) noOperation(r *http.Request) *Problem {
	if e.cfg.Absent != nil {
		if p := e.cfg.Absent(r); p != nil {
			return p
		}
	}
	return NotFound.Problem("no operation has this path")
}

// verdictWriter keeps what ServeMux would have answered.
type verdictWriter struct {
	header http.Header
	status int
}

func (v *verdictWriter) Header() http.Header         { return v.header }
func (v *verdictWriter) Write(b []byte) (int, error) { return len(b), nil }
func (v *verdictWriter) WriteHeader(status int)      { v.status = status }

// problem answers with a problem.
func (e *Edge) problem(w http.ResponseWriter, r *http.Request, p *Problem) {
	rec := recordOf(r.Context())
	p.Instance = rec.id
	if p.cause != nil {
		rec.cause = p.cause
	}
	h := w.Header()
	for name, values := range p.headers {
		h[name] = values
	}
	form := problemFormFor(r, e.bare[firstSegment(r.URL.Path)])
	form.announce(h)
	w.WriteHeader(p.Status)
	if r.Method != http.MethodHead {
		_ = form.write(w, p) // a caller that went away is no concern of ours
	}
}

// cors lets pages of the configured origins call; none, if there are none.
func (e *Edge) cors(next http.Handler) http.Handler {
	if len(e.cfg.Origins) == 0 {
		return next
	}
	return cors.New(cors.Options{
		AllowedOrigins: e.cfg.Origins,
		AllowedMethods: []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete},
		AllowedHeaders: []string{"*"},
		ExposedHeaders: []string{"*"},
		MaxAge:         600,
	}).Handler(next)
}
