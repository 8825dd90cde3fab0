package edge

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/klauspost/compress/gzhttp"
)

// countingWriter notes what goes out.
type countingWriter struct {
	http.ResponseWriter
	rec *record
}

// Unwrap lets http.ResponseController reach the connection.
func (w *countingWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// WriteHeader notes the status.
func (w *countingWriter) WriteHeader(status int) {
	if w.rec.status == 0 && status >= http.StatusOK {
		w.rec.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write counts the bytes.
func (w *countingWriter) Write(b []byte) (int, error) {
	if w.rec.status == 0 {
		w.rec.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(b)
	w.rec.bytes += int64(n)
	return n, err
}

// Flush sends what is written so far.
func (w *countingWriter) Flush() {
	_ = http.NewResponseController(w.ResponseWriter).Flush() // at worst it goes out later
}

// Hijack takes the connection over, as a WebSocket does.
func (w *countingWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err == nil {
		w.rec.hijacked, w.rec.status = true, http.StatusSwitchingProtocols
	}
	return conn, rw, err
}

// patient lifts the read deadline as soon as the whole request is here. The
// server goes on reading the connection, to see whether the caller goes away,
// and would take the deadline of a body that has arrived for that.
func patient(w http.ResponseWriter, r *http.Request) {
	c := http.NewResponseController(w)
	if r.Body == nil || r.Body == http.NoBody {
		_ = c.SetReadDeadline(time.Time{}) // not every writer has one
		return
	}
	r.Body = &arrivingBody{r.Body, c}
}

type arrivingBody struct {
	io.ReadCloser
	c *http.ResponseController
}

func (b *arrivingBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err == io.EOF {
		_ = b.c.SetReadDeadline(time.Time{})
	}
	return n, err
}

// minCompressed is the size in bytes from which an answer is compressed: a
// smaller one fits a packet anyway.
const minCompressed = 1400

// compress packs large answers for callers that take them so.
func compress(next http.Handler) http.Handler {
	wrap, err := gzhttp.NewWrapper(gzhttp.MinSize(minCompressed), gzhttp.EnableZstd(false))
	if err != nil {
		panic(err) // the options are constants
	}
	packed := wrap(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") != "" || r.Method == http.MethodHead {
			next.ServeHTTP(w, r)
			return
		}
		packed.ServeHTTP(w, r)
	})
}
