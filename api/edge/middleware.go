package edge

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// refuseWith answers an operation's request with a problem.
func (e *Edge) refuseWith(ctx huma.Context, p *Problem) {
	r, w := humago.Unwrap(ctx)
	dress(ctx.Operation(), p)
	e.problem(w, r, p)
}

// admit names the operation for the record, and lets the answer be turned into
// a problem. A body that declares to be too large is not waited for.
func (e *Edge) admit(ctx huma.Context, next func(huma.Context)) {
	op := ctx.Operation()
	rec := recordOf(ctx.Context())
	rec.operation, rec.quiet = op.OperationID, has(op, Always)
	r, _ := humago.Unwrap(ctx)
	if op.RequestBody != nil && op.MaxBodyBytes > 0 && r.ContentLength > op.MaxBodyBytes {
		e.refuseWith(ctx, TooLarge.Problem("the body has %d bytes, at most %d", r.ContentLength, op.MaxBodyBytes))
		return
	}
	x := &exchange{humaContext: ctx, edge: e, room: claim{of: e.bodies}}
	defer x.room.release()
	next(x)
}

// authorize lets through who has the scope that the operation's Security
// demands.
func (e *Edge) authorize(ctx huma.Context, next func(huma.Context)) {
	scope, needed := scopeNeeded(ctx.Operation().Security)
	caller := CallerOf(ctx.Context())
	switch {
	case !needed || caller.May(scope):
		next(ctx)
	case caller.ID == Public || caller.ID == "":
		e.refuseWith(ctx, Unidentified.Problem("the operation needs a credential with scope %s", scope).WithHeader("WWW-Authenticate", challenge("")))
	default:
		e.refuseWith(ctx, Forbidden.Problem("the operation needs scope %s, which %q does not have", scope, caller.Name).
			WithHeader("WWW-Authenticate", challenge(`error="insufficient_scope", scope="`+string(scope)+`"`)))
	}
}

// open refuses what cannot be answered yet.
func (e *Edge) open(ctx huma.Context, next func(huma.Context)) {
	if e.cfg.Closed != nil && !has(ctx.Operation(), Always) {
		if err := e.cfg.Closed(); err != nil {
			e.refuseWith(ctx, NotYet.Problem("%v", err).RetryAfter(time.Second))
			return
		}
	}
	next(ctx)
}

// bound limits how many requests of a kind are at work, and for how long.
func (e *Edge) bound(ctx huma.Context, next func(huma.Context)) {
	op := ctx.Operation()
	if has(op, Streaming) {
		next(ctx)
		return
	}
	scope, _ := scopeNeeded(op.Security)
	if slots := e.busy[classOf(scope)]; slots != nil {
		release, of := slots.take(CallerOf(ctx.Context()).ID)
		if release == nil {
			e.metrics.refused.WithLabelValues(string(Busy)).Inc()
			e.refuseWith(ctx, Busy.Problem("the node works on %d such requests of this caller or of all, and takes no more at once", of).RetryAfter(time.Second))
			return
		}
		defer release()
	}
	within, cancel := context.WithTimeout(ctx.Context(), e.cfg.Limits.RequestTime)
	defer cancel()
	next(huma.WithContext(ctx, within))
}

// tag answers 304 to who has the answer already, and names the answer to who
// has not.
func (e *Edge) tag(ctx huma.Context, next func(huma.Context)) {
	if e.cfg.Heights == nil || !has(ctx.Operation(), ByHeight) {
		next(ctx)
		return
	}
	// They are read before the answer is made: one that rests on later ones
	// has too old a tag, and is made again the next time.
	heights, err := e.cfg.Heights(ctx.Context())
	if err != nil {
		e.refuseWith(ctx, Trouble(err))
		return
	}
	etag := e.etag(heights)
	if Matches(ctx.Header("If-None-Match"), etag) {
		ctx.SetHeader("ETag", etag)
		ctx.SetHeader("Cache-Control", byHeightCaching)
		ctx.SetStatus(http.StatusNotModified)
		return
	}
	x := exchangeOf(ctx)
	x.etag = etag
	next(ctx)
}

// byHeightCaching lets a caller keep an answer, if he asks each time whether it
// still holds.
const byHeightCaching = "private, no-cache"
