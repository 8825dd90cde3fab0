package edge

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// problemForm is how a problem is written to a caller.
type problemForm uint8

const (
	problemJSON problemForm = iota
	problemXML
	problemBare // a status and headers and nothing else
)

// The media types of problems (RFC 9457, section 3 and appendix B).
const (
	typeProblemJSON = "application/problem+json"
	typeProblemXML  = "application/problem+xml"
)

// problemFormFor chooses how a problem is written: in JSON, unless the caller
// prefers XML, or what he asks has no body for problems at all.
func problemFormFor(r *http.Request, bare bool) problemForm {
	if bare {
		return problemBare
	}
	form, _ := Preferred(acceptOf(r), problemFormOf)
	return form
}

func problemFormOf(media string) (form problemForm, ok bool) {
	switch media {
	case "*/*", "application/*", "application/json", "application/ld+json", typeProblemJSON:
		return problemJSON, true
	case "application/xml", "text/xml", typeProblemXML:
		return problemXML, true
	}
	return problemJSON, false
}

// announce says in the headers what form the body has.
func (f problemForm) announce(h http.Header) {
	switch f {
	case problemJSON:
		h.Set("Content-Type", typeProblemJSON)
	case problemXML:
		h.Set("Content-Type", typeProblemXML)
	case problemBare:
		h.Del("Content-Type")
	}
}

func (f problemForm) write(w io.Writer, p *Problem) error {
	switch f {
	case problemJSON:
		return json.NewEncoder(w).Encode(p)
	case problemXML:
		return writeProblemXML(w, p)
	case problemBare:
	}
	return nil
}

// formedProblem is a problem on its way out through huma, which knows of JSON
// only.
type formedProblem struct {
	*Problem

	form problemForm
}

// jsonFormat is huma's, but for problems.
func jsonFormat() huma.Format {
	own := huma.DefaultJSONFormat
	own.Marshal = func(w io.Writer, v any) error {
		if p, ok := v.(formedProblem); ok {
			return p.form.write(w, p.Problem)
		}
		return huma.DefaultJSONFormat.Marshal(w, v)
	}
	return own
}

// Refuse answers an operation's request with a problem in place of its handler,
// for a middleware of the operation.
func Refuse(ctx huma.Context, p *Problem) {
	r, w := humago.Unwrap(ctx)
	p.Instance = RequestID(ctx.Context())
	for name, values := range p.headers {
		w.Header()[name] = values
	}
	form := problemFormFor(r, has(ctx.Operation(), Bare))
	form.announce(w.Header())
	ctx.SetStatus(p.Status)
	_ = form.write(ctx.BodyWriter(), p) // a caller that went away is no concern of ours
}

// firstSegment is what a path begins with, between its first two slashes.
func firstSegment(path string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return first
}
