package edge

import (
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/net/netutil"
)

// The times that a caller has for what is not the body of a request.
const (
	headerTime = 5 * time.Second  // from the first byte to the end of the headers
	idleTime   = 90 * time.Second // between two requests on one connection
)

// Server returns a server for a handler, usually Edge.Handler, with limits of
// time and size that a slow or hostile caller cannot exceed. Serve it on
// Edge.Limit's listener.
func (e *Edge) Server(handler http.Handler) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: headerTime,
		// Operations with a body set a deadline of their own; this one is for
		// a body that nobody reads.
		ReadTimeout:    e.cfg.Limits.AnswerTime,
		WriteTimeout:   e.cfg.Limits.AnswerTime,
		IdleTimeout:    idleTime,
		MaxHeaderBytes: e.cfg.Limits.Header,
		// What goes wrong below HTTP is the caller's doing, and noise.
		ErrorLog: slog.NewLogLogger(e.cfg.Logger.Handler(), slog.LevelDebug),
	}
}

// Limit bounds the connections of a listener: in all, and of one address, so
// that one caller cannot take them all. A connection too many of one address is
// closed; one too many in all waits.
func (e *Edge) Limit(l net.Listener) net.Listener {
	return netutil.LimitListener(&addressListener{
		Listener: l, limit: e.cfg.Limits.AddressConnections, open: make(map[string]int),
		refused: func() { e.metrics.refused.WithLabelValues("connections").Inc() },
	}, e.cfg.Limits.Connections)
}

// addressListener closes the connections of an address that has too many.
type addressListener struct {
	net.Listener
	limit   int
	refused func()

	mu   sync.Mutex
	open map[string]int
}

// Accept returns the next connection of an address that may have one more.
func (l *addressListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		address := hostOf(conn.RemoteAddr().String())
		if l.enter(address) {
			return &addressConn{Conn: conn, leave: sync.OnceFunc(func() { l.leave(address) })}, nil
		}
		l.refused()
		_ = conn.Close() // refused; the caller sees it
	}
}

func (l *addressListener) enter(address string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open[address] >= l.limit {
		return false
	}
	l.open[address]++
	return true
}

func (l *addressListener) leave(address string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open[address]--; l.open[address] == 0 {
		delete(l.open, address)
	}
}

type addressConn struct {
	net.Conn
	leave func()
}

// Close ends the connection, and its place in the count.
func (c *addressConn) Close() error {
	c.leave()
	return c.Conn.Close()
}
