package edge

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// Answers remembers what callers were answered under their idempotency keys
// (draft-ietf-httpapi-idempotency-key-header). Its methods may be called from
// any goroutine. An answer is kept for a day at least, unless there are more
// than it keeps.
type Answers interface {
	// Begin notes that a caller's request with that key is at work, and
	// returns first = true. If one with the key came before it returns the
	// hash of that request and its answer, which is nil while it is at work.
	Begin(ctx context.Context, caller, key string, request [32]byte) (known [32]byte, answer []byte, first bool, err error)
	// Finish keeps the answer to the request that Begin noted.
	Finish(ctx context.Context, caller, key string, answer []byte) error
	// Forget drops the note of a request that came to nothing, so that it
	// can be sent again.
	Forget(ctx context.Context, caller, key string) error
}

// maxKey is the longest idempotency key, maxAnswer the largest answer that is
// remembered; the request of a larger one is done again.
const (
	maxKey    = 255
	maxAnswer = 1 << 20
)

// keptAnswer is an answer as it is remembered.
type keptAnswer struct {
	Status int         `json:"status"`
	Header http.Header `json:"header"`
	Body   []byte      `json:"body"`
}

// remember does a request with an idempotency key once.
func (e *Edge) remember(ctx huma.Context, next func(huma.Context)) {
	key := ctx.Header("Idempotency-Key")
	if key == "" || !has(ctx.Operation(), Idempotent) {
		next(ctx)
		return
	}
	if !validKey(key) {
		e.refuseWith(ctx, BadRequest.Problem("an Idempotency-Key has 1 to %d visible characters", maxKey))
		return
	}
	request, p := e.fingerprint(ctx)
	if p != nil {
		e.refuseWith(ctx, p)
		return
	}
	caller := CallerOf(ctx.Context()).ID
	known, answer, first, err := e.cfg.Answers.Begin(ctx.Context(), caller, key, request)
	switch {
	case err != nil:
		e.refuseWith(ctx, Trouble(err))
	case first:
		e.once(ctx, next, caller, key)
	case known != request:
		e.refuseWith(ctx, OtherRequest.Problem("the key %q was used for another request", key))
	case answer == nil:
		e.refuseWith(ctx, InFlight.Problem("the request with the key %q is at work", key).RetryAfter(time.Second))
	default:
		e.replay(ctx, answer)
	}
}

// once does a request to its end, even if the caller goes away, so that he can
// ask again for its answer.
func (e *Edge) once(ctx huma.Context, next func(huma.Context), caller, key string) {
	lasting := context.WithoutCancel(ctx.Context())
	within, cancel := context.WithTimeout(lasting, e.cfg.Limits.RequestTime)
	defer cancel()
	x, kept := exchangeOf(ctx), false
	x.copy = &boundedCopy{limit: maxAnswer}
	defer func() {
		if kept {
			return
		}
		if err := e.cfg.Answers.Forget(lasting, caller, key); err != nil {
			recordOf(lasting).cause = err
		}
	}()
	next(huma.WithContext(ctx, within))
	if !final(x.status) || x.copy.over {
		return
	}
	_, w := humago.Unwrap(ctx)
	answer, err := json.Marshal(keptAnswer{x.status, lastingHeader(w.Header()), x.copy.bytes})
	if err == nil {
		err = e.cfg.Answers.Finish(lasting, caller, key, answer)
	}
	if kept = err == nil; !kept {
		recordOf(lasting).cause = err
	}
}

// final reports whether the same request would get that status again: what
// went wrong in the node, or was one too many, may be tried again.
func final(status int) bool {
	return status >= http.StatusOK && status < http.StatusInternalServerError && status != http.StatusTooManyRequests && status != http.StatusRequestTimeout
}

// lastingHeader is the part of an answer's headers that belongs to it whenever
// it is sent.
func lastingHeader(h http.Header) http.Header {
	h = h.Clone()
	for _, name := range []string{"X-Request-Id", "Date", "Content-Length", "Content-Encoding", "Vary"} {
		h.Del(name)
	}
	for name := range h {
		if len(name) > len("Access-Control-") && name[:len("Access-Control-")] == "Access-Control-" {
			h.Del(name)
		}
	}
	return h
}

// replay sends a remembered answer again.
func (e *Edge) replay(ctx huma.Context, answer []byte) {
	var kept keptAnswer
	if err := json.Unmarshal(answer, &kept); err != nil {
		e.refuseWith(ctx, Trouble(err))
		return
	}
	_, w := humago.Unwrap(ctx)
	for name, values := range kept.Header {
		w.Header()[name] = values
	}
	w.Header().Set("Idempotency-Replayed", "true")
	w.WriteHeader(kept.Status)
	_, _ = w.Write(kept.Body) // a caller that went away is no concern of ours
}

// fingerprint reads the request's body and hashes what makes two requests the
// same.
func (e *Edge) fingerprint(ctx huma.Context) (sum [32]byte, p *Problem) {
	x := exchangeOf(ctx)
	if p := x.readBody(); p != nil {
		return sum, p
	}
	r, _ := humago.Unwrap(ctx)
	h := sha256.New()
	for _, part := range []string{r.Method, r.URL.RequestURI(), r.Header.Get("Content-Type")} {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		h.Write([]byte(part))
	}
	body := x.body
	if body == nil { // the operation takes none
		body = &pieces{}
	}
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(body.size)))
	for _, piece := range body.all {
		h.Write(piece)
	}
	h.Sum(sum[:0])
	return sum, nil
}

func validKey(key string) bool {
	if len(key) > maxKey {
		return false
	}
	for i := range len(key) {
		if key[i] <= ' ' || key[i] > '~' {
			return false
		}
	}
	return true
}
