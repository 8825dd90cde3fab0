package edge

import (
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// humaContext gives the embedded field a name that is not that of a method.
type humaContext huma.Context

// exchange is one operation's request and answer, with what the edge does to
// them on the way.
type exchange struct {
	humaContext

	problemStatus int          // of the problem that is being written
	etag          string       // for an answer with status 200
	edge          *Edge        // nil outside of one
	room          claim        // of the request's body
	body          *pieces      // in place of the request's own, if set
	copy          *boundedCopy // gets a copy of the answer's body, if set
	status        int
}

// Unwrap leads to the request and the writer.
func (x *exchange) Unwrap() huma.Context { return x.humaContext }

// exchangeOf finds the exchange below a context of a later middleware.
func exchangeOf(ctx huma.Context) *exchange {
	for {
		switch c := ctx.(type) {
		case *exchange:
			return c
		case interface{ Unwrap() huma.Context }:
			ctx = c.Unwrap()
		default:
			return &exchange{humaContext: ctx}
		}
	}
}

// SetStatus begins the answer. An output that leaves its status open means the
// operation's usual one.
func (x *exchange) SetStatus(status int) {
	if status == 0 {
		status = max(x.Operation().DefaultStatus, http.StatusOK)
	}
	if x.problemStatus != 0 {
		status = x.problemStatus
	}
	if x.etag != "" && status == http.StatusOK {
		x.SetHeader("ETag", x.etag)
		x.SetHeader("Cache-Control", byHeightCaching)
	}
	x.status = status
	x.humaContext.SetStatus(status)
}

// Status is the status of the answer.
func (x *exchange) Status() int { return x.status }

// BodyReader is the request's body.
func (x *exchange) BodyReader() io.Reader {
	if x.body != nil {
		return x.body
	}
	arriving := x.humaContext.BodyReader()
	if arriving == nil || x.edge == nil {
		return arriving
	}
	return &arrivingBytes{arriving, &x.room, func() bool { return x.room.more(x.Context()) }}
}

// BodyWriter takes the answer's body.
func (x *exchange) BodyWriter() io.Writer {
	if x.copy != nil {
		return io.MultiWriter(x.humaContext.BodyWriter(), x.copy)
	}
	return x.humaContext.BodyWriter()
}

// asProblem turns every error that is to be written into a Problem with the
// request's id. It is a transformer, because huma makes its own errors through
// a package variable: a program with two APIs would have only one.
func (e *Edge) asProblem(ctx huma.Context, _ string, v any) (any, error) {
	rec := recordOf(ctx.Context())
	p, ok := v.(*Problem)
	if m, own := v.(*huma.ErrorModel); own {
		p, ok = e.fromHuma(ctx, m), true
		if p.Status >= http.StatusInternalServerError && len(m.Errors) > 0 {
			rec.cause = m.Errors[0]
		}
		exchangeOf(ctx).problemStatus = p.Status
		for name := range p.headers {
			ctx.SetHeader(name, p.headers.Get(name))
		}
	}
	if !ok {
		return v, nil
	}
	if p.cause != nil {
		rec.cause = p.cause
	}
	answer := *p // a handler may give the same problem to many
	answer.Instance = rec.id
	answer.Type = typed(ctx.Operation(), p.Type)
	r, w := humago.Unwrap(ctx)
	form := problemFormFor(r, has(ctx.Operation(), Bare))
	form.announce(w.Header())
	return formedProblem{&answer, form}, nil
}

// fromHuma says huma's error in our words. What was sent is not sent back, and
// the text of an error that is ours is not told.
func (e *Edge) fromHuma(ctx huma.Context, m *huma.ErrorModel) *Problem {
	if err := exchangeOf(ctx).room.err; err != nil {
		return e.bodyProblem(ctx.Operation(), err)
	}
	switch m.Status {
	case http.StatusRequestEntityTooLarge:
		return TooLarge.Problem("%s", m.Detail)
	case http.StatusRequestTimeout:
		return TooSlowBody.Problem("%s", m.Detail)
	case http.StatusUnsupportedMediaType:
		return BadMediaType.Problem("%s", m.Detail)
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
		p := BadRequest.Problem("%s", m.Detail)
		for _, d := range m.Errors {
			p.Errors = append(p.Errors, Wrong{d.Location, cut(d.Message, 500)})
		}
		if len(p.Errors) > 0 { // "validation failed" says nothing to who reads the detail alone
			p.Detail = p.Errors[0].Where + ": " + p.Errors[0].Message
		}
		return p
	case http.StatusInternalServerError:
		return Internal.Problem("the node could not do it; its log says why, under the request's id")
	}
	return NewProblem(m.Status, m.Detail)
}

// boundedCopy keeps what is written to it, up to a limit in bytes.
type boundedCopy struct {
	bytes []byte
	limit int
	over  bool // there was more
}

// Write never fails: the answer goes out whether it is kept or not.
func (c *boundedCopy) Write(b []byte) (int, error) {
	if c.over = c.over || len(c.bytes)+len(b) > c.limit; c.over {
		c.bytes = nil
		return len(b), nil
	}
	c.bytes = append(c.bytes, b...)
	return len(b), nil
}
