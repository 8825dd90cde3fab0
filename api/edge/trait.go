package edge

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// Trait is something that the edge does for an operation which asks for it.
type Trait string

// The traits.
const (
	// ByHeight says that the answer is a function of the ledger's heights (see
	// Config.Heights) and the request alone: it gets an ETag of them, and a
	// caller who has it already is told so before anything is computed.
	ByHeight Trait = "byHeight"
	// Idempotent says that callers may send an Idempotency-Key: the same
	// request with the same key is done once and answered the same.
	Idempotent Trait = "idempotent"
	// Streaming says that the operation lasts as long as the caller stays,
	// as a WebSocket does: no limit of time, and it counts as no work.
	Streaming Trait = "streaming"
	// Always says that the operation answers although the edge is closed, as
	// health does.
	Always Trait = "always"
	// Bare says that the operation's standard answers what went wrong with a
	// status and headers and nothing else: no problem has a body there, nor
	// has what the edge refuses on any path with the same first segment.
	Bare Trait = "bare"
)

// With gives an operation traits.
func With(op huma.Operation, traits ...Trait) huma.Operation {
	metadata := make(map[string]any, len(op.Metadata)+len(traits))
	for k, v := range op.Metadata {
		metadata[k] = v
	}
	for _, t := range traits {
		metadata[string(t)] = true
	}
	op.Metadata = metadata
	return op
}

// WithTypes gives the edge's own problems, for an operation, types that its
// standard has for them, by kind.
func WithTypes(op huma.Operation, types map[Kind]string) huma.Operation {
	out := With(op)
	out.Metadata[problemTypes] = types
	return out
}

// WithHeaders gives the edge's own problems of a kind headers that an operation's
// standard has for them.
func WithHeaders(op huma.Operation, kind Kind, headers map[string]string) huma.Operation {
	out := With(op)
	out.Metadata[problemHeaders+string(kind)] = headers
	return out
}

// Where an operation's Metadata holds what its standard has for problems.
const (
	problemTypes   = "problemTypes"
	problemHeaders = "problemHeaders:"
)

// dress gives a problem of the edge's what the operation's standard has for it.
func dress(op *huma.Operation, p *Problem) {
	kind, _ := strings.CutPrefix(p.Type, Kind("").URI())
	headers, _ := op.Metadata[problemHeaders+kind].(map[string]string)
	for name, value := range headers {
		_ = p.WithHeader(name, value)
	}
	p.Type = typed(op, p.Type)
}

// typed is the type that an operation's standard has for a type of problem.
func typed(op *huma.Operation, own string) string {
	kind, ok := strings.CutPrefix(own, Kind("").URI())
	types, _ := op.Metadata[problemTypes].(map[Kind]string)
	if name := types[Kind(kind)]; ok && name != "" {
		return name
	}
	return own
}

func has(op *huma.Operation, t Trait) bool {
	yes, _ := op.Metadata[string(t)].(bool)
	return yes
}

// complete fills in what every operation has: its limits, and in its
// description the answers and headers that come from the edge.
func (e *Edge) complete(api *huma.OpenAPI, op *huma.Operation) {
	if op.RequestBody != nil {
		setDefault(&op.MaxBodyBytes, e.cfg.Limits.Body)
		setDefault(&op.BodyReadTimeout, e.cfg.Limits.BodyTime)
		e.bodies.allow(op.MaxBodyBytes)
	}
	scope, needed := scopeNeeded(op.Security)
	if needed && e.cfg.PublicReads && (scope == Read || scope == Verify) {
		op.Security = append(op.Security, map[string][]string{})
	}
	// Huma would answer 422 to what is malformed; the edge answers 400.
	if r := op.Responses["422"]; r != nil && r.Description == http.StatusText(http.StatusUnprocessableEntity) {
		delete(op.Responses, "422")
	}
	if has(op, Bare) {
		e.bare[firstSegment(op.Path)] = true
	}
	for _, kind := range e.kindsOf(op, needed) {
		describeProblem(api, op, kind)
	}
	if has(op, ByHeight) && e.cfg.Heights != nil {
		describeETag(op)
	}
	if has(op, Idempotent) {
		op.Parameters = append(op.Parameters, headerParam("Idempotency-Key", "a name of the caller's for this request, 1 to 255 visible characters: sent again with the same name, the request is done once and answered the same"))
	}
	// What huma describes as its own error is a Problem here.
	for status, r := range op.Responses {
		if code, err := strconv.Atoi(status); status == "default" || err == nil && code >= http.StatusBadRequest {
			if m := r.Content[typeProblemJSON]; m != nil {
				m.Schema = problemSchema(api)
				r.Content[typeProblemXML] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Description: "the same in XML (RFC 9457, appendix B)"}}
			}
		}
	}
}

// kindsOf lists the problems that the edge gives for an operation.
func (e *Edge) kindsOf(op *huma.Operation, needed bool) []Kind {
	kinds := []Kind{BadRequest, Unidentified, TooOften, Internal}
	if needed {
		kinds = append(kinds, Forbidden, Busy)
	}
	if !has(op, Always) {
		kinds = append(kinds, NotYet)
	}
	if op.RequestBody != nil {
		kinds = append(kinds, TooLarge, BadMediaType, TooSlowBody, NoRoom)
	}
	if has(op, Idempotent) {
		kinds = append(kinds, InFlight, OtherRequest)
	}
	if !has(op, Streaming) {
		kinds = append(kinds, TooSlow)
	}
	return kinds
}

// describeProblem adds a kind of problem to an operation's answers, beside what
// the operation itself says of the same status.
func describeProblem(api *huma.OpenAPI, op *huma.Operation, k Kind) {
	p := k.Problem("")
	status := strconv.Itoa(p.Status)
	r := op.Responses[status]
	switch {
	case r == nil:
		r = &huma.Response{Description: p.Title}
		if !has(op, Bare) {
			r.Content = map[string]*huma.MediaType{p.ContentType(""): {Schema: problemSchema(api)}}
		}
		op.Responses[status] = r
	case r.Description == http.StatusText(p.Status):
		r.Description = p.Title
	default:
		r.Description += "; or " + p.Title
		if r.Content[p.ContentType("")] == nil && r.Content != nil {
			r.Content[p.ContentType("")] = &huma.MediaType{Schema: problemSchema(api)}
		}
	}
	if p.Status == http.StatusTooManyRequests || p.Status == http.StatusServiceUnavailable {
		if r.Headers == nil {
			r.Headers = make(map[string]*huma.Param)
		}
		r.Headers["Retry-After"] = header("seconds to wait")
	}
}

func describeETag(op *huma.Operation) {
	op.Parameters = append(op.Parameters, headerParam("If-None-Match", "the ETag of an answer that the caller has: if it still holds, the answer is 304 without a body"))
	op.Responses["304"] = &huma.Response{Description: "the answer that the caller has still holds"}
	if r := op.Responses[strconv.Itoa(max(op.DefaultStatus, http.StatusOK))]; r != nil {
		if r.Headers == nil {
			r.Headers = make(map[string]*huma.Param)
		}
		r.Headers["ETag"] = header("names the answer; it holds until the ledger grows")
	}
}

func header(doc string) *huma.Param {
	return &huma.Param{Description: doc, Schema: &huma.Schema{Type: huma.TypeString}}
}

func headerParam(name, doc string) *huma.Param {
	p := header(doc)
	p.Name, p.In = name, "header"
	return p
}
