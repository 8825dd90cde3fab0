package edge

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// served is an edge on a port of this machine, with short times.
type served struct {
	*testing.T
	addr string
	got  sync.Map // what the upload operation got, by its first bytes
}

// serve starts one with an operation /echo/{word} and an upload of at most 64
// KiB that must arrive within the body time.
func serve(t *testing.T, limits Limits) *served {
	t.Helper()
	e := newEdge(t, Config{Limits: limits})
	s := &served{T: t}
	registerEcho(e, nil)
	huma.Register(e.API(), huma.Operation{
		OperationID: "upload", Method: http.MethodPost, Path: "/upload", MaxBodyBytes: 64 << 10,
	}, func(_ context.Context, in *struct{ RawBody []byte }) (*struct{}, error) {
		s.got.Store(cut(string(in.RawBody), 20), len(in.RawBody))
		return nil, nil
	})
	server := e.Server(e.Handler())
	if limits.AnswerTime > 0 {
		server.ReadHeaderTimeout, server.IdleTimeout = limits.AnswerTime, limits.AnswerTime // not to wait for in a test
	}
	l := listen(t)
	s.addr = l.Addr().String()
	done := make(chan error, 1)
	go func() { done <- server.Serve(e.Limit(l)) }()
	t.Cleanup(func() {
		_ = server.Close() // ends Serve
		if err := <-done; err != nil && !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	return s
}

// dial opens a connection that ends with the test.
func (s *served) dial() net.Conn {
	s.Helper()
	conn, err := (&net.Dialer{}).DialContext(s.Context(), "tcp", s.addr)
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		s.Fatal(err)
	}
	return conn
}

// alive checks that the server answers somebody else.
func (s *served) alive() {
	s.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 30 * time.Second}
	r, err := http.NewRequestWithContext(s.Context(), http.MethodGet, "http://"+s.addr+"/echo/alive", nil)
	if err != nil {
		s.Fatal(err)
	}
	resp, err := client.Do(r)
	if err != nil {
		s.Fatalf("the server no longer answers others: %v", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != 200 {
		s.Errorf("others get status %d", resp.StatusCode)
	}
}

// closed checks that the server ends the connection, and returns the statuses
// that it answered before.
func (s *served) closed(conn net.Conn) (statuses []int) {
	s.Helper()
	r := bufio.NewReader(conn)
	for {
		resp, err := http.ReadResponse(r, nil)
		if err != nil {
			if n, ok := err.(net.Error); ok && n.Timeout() { //nolint:errorlint // the connection's own
				s.Error("the server holds the connection open")
			}
			return statuses
		}
		statuses = append(statuses, resp.StatusCode)
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
	}
}

func send(conn net.Conn, text string) { _, _ = io.WriteString(conn, text) }

const postHead = "POST /upload HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\n"

// TestSlowClients: who sends slowly is cut off, and holds up nobody.
func TestSlowClients(t *testing.T) {
	s := serve(t, Limits{BodyTime: 50 * time.Millisecond, AnswerTime: 200 * time.Millisecond})
	for name, text := range map[string]string{
		"no request at all":     "",
		"half a request line":   "GET /ec",
		"headers without end":   "GET /echo/x HTTP/1.1\r\nHost: x\r\nX-A: 1\r\n",
		"body without end":      postHead + "Content-Length: 1000\r\n\r\nabc",
		"chunks without end":    postHead + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
		"body that nobody asks": "GET /echo/x HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc",
	} {
		conn := s.dial()
		send(conn, text)
		s.alive()
		statuses := s.closed(conn)
		if strings.Contains(name, "without end") && strings.HasPrefix(text, "POST") && (len(statuses) != 1 || statuses[0] != http.StatusRequestTimeout) {
			t.Errorf("%s: got %v, want 408", name, statuses)
		}
	}
}

// TestSlowReader: who does not read his answer is cut off.
func TestSlowReader(t *testing.T) {
	s := serve(t, Limits{AnswerTime: 300 * time.Millisecond, PublicRate: -1})
	conn := s.dial()
	for range 2000 { // answers that fill every buffer in between
		if _, err := io.WriteString(conn, "GET /openapi.yaml HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
			break // cut off while it wrote
		}
	}
	s.alive()
	s.closed(conn)
}

// TestHugeRequests: what is too large is refused before it is stored.
func TestHugeRequests(t *testing.T) {
	s := serve(t, Limits{})
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	if _, err := io.CopyN(z, zeros{}, 8<<20); err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, text string
		status     int
	}{
		{"declared", postHead + "Content-Length: 1000000000000\r\n\r\nabc", 413},
		{"undeclared", postHead + "Transfer-Encoding: chunked\r\n\r\n" + strings.Repeat("1000\r\n"+strings.Repeat("x", 4096)+"\r\n", 20), 413},
		{"gzip bomb", fmt.Sprintf("%sContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s", postHead, bomb.Len(), bomb.String()), 415},
		{"one long header", "GET /echo/x HTTP/1.1\r\nHost: x\r\nX-A: " + strings.Repeat("a", 100<<10) + "\r\n\r\n", 431},
		{"many headers", "GET /echo/x HTTP/1.1\r\nHost: x\r\n" + strings.Repeat("X-A: 1\r\n", 20_000) + "\r\n", 431},
		{"long path", "GET /echo/" + strings.Repeat("a", 10<<10) + " HTTP/1.1\r\nHost: x\r\n\r\n", 414},
		{"10 MB path", "GET /echo/" + strings.Repeat("a", 10<<20) + " HTTP/1.1\r\nHost: x\r\n\r\n", 431},
		{"many tags", "GET /echo/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\nIf-None-Match: " + strings.Repeat(`"a",`, 5000) + "\r\n\r\n", 200},
		{"a token without end", "GET /echo/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer " + strings.Repeat("a", 20_000) + "\r\n\r\n", 401},
	} {
		conn := s.dial()
		go send(conn, tt.text+"\r\n") // the server may answer before it is all sent
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			// Refused with so much unread, the connection may be reset before
			// the answer is seen.
			if len(tt.text) < 1<<20 {
				t.Errorf("%s: %v", tt.name, err)
			}
		} else {
			if resp.StatusCode != tt.status {
				t.Errorf("%s: got %s, want %d", tt.name, resp.Status, tt.status)
			}
			_ = resp.Body.Close()
		}
		s.alive()
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// TestManyConnections: one address cannot take the places of all, whatever it
// does with them; when it lets go, its places are free.
func TestManyConnections(t *testing.T) {
	s := serve(t, Limits{AddressConnections: 20, Connections: 100})
	var held []net.Conn
	for range 20 {
		conn := s.dial()
		send(conn, "GET /echo/x HTTP/1.1\r\nHost: x\r\n\r\n")
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil || resp.StatusCode != 200 {
			t.Fatalf("connection %d: %v", len(held), err)
		}
		_ = resp.Body.Close()
		held = append(held, conn)
	}
	for range 50 {
		conn := s.dial()
		if statuses := s.closed(conn); len(statuses) > 0 {
			t.Errorf("one too many was answered with %v", statuses)
		}
	}
	_ = held[0].Close()
	// The server sees it a moment later; until then it refuses.
	for tries := 0; ; tries++ {
		conn := s.dial()
		send(conn, "GET /echo/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
		if statuses := s.closed(conn); len(statuses) == 1 && statuses[0] == 200 {
			break
		}
		if tries > 1000 {
			t.Fatal("a connection that was let go is still counted")
		}
	}
}

// TestManyRequests: of a flood of one caller as many are answered as he may
// ask, and every one gets an answer.
func TestManyRequests(t *testing.T) {
	s := serve(t, Limits{PublicRate: 50})
	transport := &http.Transport{MaxConnsPerHost: 64}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	var mu sync.Mutex
	var wg sync.WaitGroup
	answered := make(map[int]int)
	for range 64 {
		wg.Go(func() {
			for range 20 {
				r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+s.addr+"/echo/x", nil)
				if err != nil {
					t.Error(err)
					return
				}
				resp, err := client.Do(r)
				if err != nil {
					t.Error(err)
					return
				}
				_, _ = io.Copy(io.Discard, resp.Body)
				_ = resp.Body.Close()
				mu.Lock()
				answered[resp.StatusCode]++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if answered[200] < 50 || answered[429] == 0 || answered[200]+answered[429] != 64*20 {
		t.Errorf("got %v", answered)
	}
}

// TestSmuggling: two readings of one request never become two requests.
func TestSmuggling(t *testing.T) {
	s := serve(t, Limits{})
	const hidden = "GET /echo/hidden HTTP/1.1\r\nHost: x\r\n\r\n"
	for name, text := range map[string]string{
		"two lengths":           postHead + "Content-Length: 0\r\nContent-Length: 41\r\n\r\n" + hidden,
		"list of lengths":       postHead + "Content-Length: 0, 41\r\n\r\n" + hidden,
		"signed length":         postHead + "Content-Length: +0\r\n\r\n" + hidden,
		"unknown coding":        postHead + "Transfer-Encoding: xchunked\r\n\r\n" + hidden,
		"coding twice":          postHead + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + hidden,
		"space before colon":    postHead + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + hidden,
		"bad chunk size":        postHead + "Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n" + hidden,
		"line end in the path":  "GET /echo/x\rHost: y HTTP/1.1\r\nHost: x\r\n\r\n" + hidden,
		"two hosts":             "GET /echo/x HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n" + hidden,
		"no host":               "GET /echo/x HTTP/1.1\r\n\r\n" + hidden,
		"zero byte in a header": "GET /echo/x HTTP/1.1\r\nHost: x\r\nX-A: a\x00b\r\n\r\n" + hidden,
		"HTTP/1.1 to HTTP/9":    "GET /echo/x HTTP/9.9\r\nHost: x\r\n\r\n" + hidden,
	} {
		conn := s.dial()
		send(conn, text)
		for i, status := range s.closed(conn) {
			if i > 0 || status < 400 {
				t.Errorf("%s: answer %d has status %d: it was taken for a request", name, i+1, status)
			}
		}
		s.alive()
	}
	// Both at once: RFC 9112 lets the coding win if the connection ends with
	// it or the request is refused; the length must not.
	conn := s.dial()
	send(conn, postHead+"Content-Length: 5\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
	s.closed(conn)
	if _, ok := s.got.Load("3\r\nab"); ok {
		t.Error("the length won over the coding")
	}
}

// TestPathTricks: a path means one thing or nothing.
func TestPathTricks(t *testing.T) {
	s := serve(t, Limits{})
	for path, status := range map[string]int{
		"/echo/x":                         200,
		"/echo/a%2Fb":                     200, // a slash in a key
		"/echo/%2e%2e":                    200, // dots in a key
		"/echo/..":                        404,
		"/echo/../livez":                  404,
		"/echo/%2e%2e/livez":              404,
		"//echo/x":                        404,
		"/echo//x":                        404,
		"/./echo/x":                       404,
		"/ECHO/x":                         404,
		"/echo\\x":                        404,
		"/echo/x%00":                      400,
		"/echo/%":                         400,
		"/echo/%zz":                       400,
		"http://other.example.com/echo/x": 200, // the absolute form is ours too
		"/echo/x/y":                       404,
		"*":                               404,
	} {
		conn := s.dial()
		send(conn, "GET "+path+" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
		if statuses := s.closed(conn); len(statuses) != 1 || statuses[0] != status {
			t.Errorf("%s: got %v, want %d", path, statuses, status)
		}
	}
}
