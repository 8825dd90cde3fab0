package edge

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"
)

// record is what is known of a request, for its log line and metrics.
type record struct {
	id        string
	operation string // its id; empty if the request reached none
	caller    string
	started   time.Time
	status    int
	bytes     int64
	hijacked  bool
	quiet     bool  // health and the like, which somebody asks every second
	cause     error // the trouble behind the answer
}

type recordKey struct{}

// recordOf returns the record of the request; one that nobody reads outside of
// a request.
func recordOf(ctx context.Context) *record {
	if r, ok := ctx.Value(recordKey{}).(*record); ok {
		return r
	}
	return &record{}
}

// RequestID returns the id of the request that a context belongs to, as in the
// answer's X-Request-Id and in the log; empty outside of one.
func RequestID(ctx context.Context) string { return recordOf(ctx).id }

// record is the outermost handler: it names the request, turns a panic into a
// problem, and writes the log line and the metrics.
func (e *Edge) record(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := &record{id: requestID(r), started: e.cfg.Now(), caller: Public}
		cw := &countingWriter{ResponseWriter: w, rec: rec}
		h := w.Header()
		h.Set("X-Request-Id", rec.id)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-store") // until an operation knows better
		r = r.WithContext(context.WithValue(r.Context(), recordKey{}, rec))
		patient(cw, r)
		e.metrics.inFlight.Inc()
		defer e.finish(cw, r, rec)
		next.ServeHTTP(cw, r)
	})
}

// finish ends a request, also one whose handler panicked.
func (e *Edge) finish(w *countingWriter, r *http.Request, rec *record) {
	if v := recover(); v != nil && e.recovered(w, r, rec, v) {
		// Cut the connection, so that nobody takes the answer for a whole one.
		defer panic(http.ErrAbortHandler)
	}
	e.metrics.inFlight.Dec()
	seconds := e.cfg.Now().Sub(rec.started).Seconds()
	if rec.status == 0 {
		rec.status = http.StatusOK
	}
	e.metrics.request(rec, seconds)
	level, attrs := slog.LevelInfo, []slog.Attr{
		slog.String("id", rec.id), slog.String("caller", rec.caller), slog.String("operation", rec.operation),
		// Without the query: a careless caller puts secrets into it.
		slog.String("method", cut(r.Method, 16)), slog.String("path", cut(r.URL.EscapedPath(), 256)),
		slog.Int("status", rec.status), slog.Int64("bytes", rec.bytes), slog.Float64("seconds", seconds),
	}
	if rec.quiet {
		level = slog.LevelDebug
	}
	if rec.cause != nil {
		level, attrs = slog.LevelError, append(attrs, slog.String("err", rec.cause.Error()))
	}
	e.cfg.Logger.LogAttrs(r.Context(), level, "request", attrs...)
}

// recovered answers a request whose handler panicked, and reports whether the
// answer had begun before.
func (e *Edge) recovered(w *countingWriter, r *http.Request, rec *record, v any) (begun bool) {
	err, _ := v.(error)
	switch {
	case errors.Is(err, http.ErrAbortHandler):
	case err != nil && r.Context().Err() != nil: // the caller went away in the middle of the answer
	default:
		rec.cause = fmt.Errorf("panic: %v", v)
		e.metrics.panics.Inc()
		e.cfg.Logger.LogAttrs(r.Context(), slog.LevelError, "panic in a handler", slog.String("id", rec.id), slog.String("stack", string(debug.Stack())))
	}
	if rec.status != 0 || rec.hijacked {
		return true
	}
	e.problem(w, r, Internal.Problem("the node could not do it; its log says why, under the request's id"))
	return false
}

func cut(s string, n int) string {
	if len(s) > n {
		return s[:n]
	}
	return s
}

// requestID takes the caller's id for the request, if it can stand in a log, or
// makes one.
func requestID(r *http.Request) string {
	id := r.Header.Get("X-Request-Id")
	if len(id) < 8 || len(id) > 64 {
		return rand.Text()
	}
	for i := range len(id) {
		c := id[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '-' && c != '_' && c != '.' {
			return rand.Text()
		}
	}
	return id
}
