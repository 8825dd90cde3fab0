package events_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/pedigree-ledger/pedigree/api/edge"
	"github.com/pedigree-ledger/pedigree/api/events"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/client/desktest"
	"github.com/pedigree-ledger/pedigree/epcis"
	"github.com/pedigree-ledger/pedigree/repository"
	"github.com/pedigree-ledger/pedigree/subscription"
)

// server is the interface over a repository and a ledger, both real.
type server struct {
	t        testing.TB
	desk     *desktest.Desk
	dir      string
	repo     *repository.Repository
	captures *events.Captures
	hooks    *subscription.Dispatcher
	config   events.CaptureConfig
	http     *httptest.Server

	socketTime time.Duration
	clock      *clock // of the WebSockets; nil is the system's
}

// newServer is a server whose capturing is as change makes it.
func newServer(t testing.TB, change ...func(*events.CaptureConfig)) *server {
	t.Helper()
	s := &server{t: t, dir: t.TempDir(), desk: desktest.NewDesk(t, func(w *apptest.World) []*apptest.Partner {
		return []*apptest.Partner{w.Maker}
	})}
	s.config = events.CaptureConfig{Now: s.desk.Now, Pause: func(int) time.Duration { return time.Millisecond }}
	for _, f := range change {
		f(&s.config)
	}
	s.start()
	t.Cleanup(func() { s.stop() })
	return s
}

// start opens the repository and serves.
func (s *server) start() {
	s.t.Helper()
	var err error
	if s.repo, err = repository.Open(repository.Config{Dir: s.dir, MemTableBytes: 8 << 20}); err != nil {
		s.t.Fatal(err)
	}
	c := s.config
	c.Repository = s.repo
	if c.Desk == nil {
		c.Desk = s.desk
	}
	if s.captures, err = events.StartCaptures(c); err != nil {
		s.t.Fatal(err)
	}
	s.hooks, err = subscription.Open(subscription.Config{
		Repository: s.repo, AllowPrivate: true, FirstWait: time.Millisecond, MaxWait: time.Millisecond, MaxTries: 2,
	})
	if err != nil {
		s.t.Fatal(err)
	}
	e, err := edge.New(edge.Config{Access: everybody{}, Limits: edge.Limits{CallerRate: -1, PublicRate: -1}})
	if err != nil {
		s.t.Fatal(err)
	}
	config := events.Config{Repository: s.repo, Captures: s.captures, Dispatcher: s.hooks, Sockets: 2, SocketTime: s.socketTime, VendorVersion: "test"}
	if s.clock != nil {
		config.Now, config.After = s.clock.now, s.clock.after
	}
	events.Register(e.API(), config)
	s.http = httptest.NewServer(e.Handler())
}

func (s *server) stop() {
	s.http.Close()
	if err := errors.Join(s.hooks.Close(), s.captures.Close()); err != nil {
		s.t.Error(err)
	}
	if err := s.repo.Close(); err != nil {
		s.t.Error(err)
	}
}

// everybody knows every token: its bearer is called what it says, and may do
// everything; "reader" may only read.
type everybody struct{}

func (everybody) Token(_ context.Context, token string) (edge.Caller, error) {
	c := edge.Caller{ID: token, Name: token}
	for _, s := range edge.Scopes() {
		if token != "reader" || s.Scope == edge.Read {
			c.Scopes = append(c.Scopes, s.Scope)
		}
	}
	return c, nil
}

func (everybody) Certificate(context.Context, *x509.Certificate) (edge.Caller, error) {
	return edge.Caller{}, edge.ErrNoAccess
}

// reply is an answer.
type reply struct {
	t      testing.TB
	what   string
	status int
	header http.Header
	body   []byte
}

// do makes a request. Headers are pairs of name and value; without a token it
// is made by "maker".
func (s *server) do(method, path string, body any, headers ...string) *reply {
	s.t.Helper()
	var in io.Reader
	kind := ""
	switch b := body.(type) {
	case nil:
	case []byte:
		in = bytes.NewReader(b)
	case string:
		in = strings.NewReader(b)
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			s.t.Fatal(err)
		}
		in, kind = bytes.NewReader(raw), "application/json"
	}
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.http.URL+path, in)
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer maker")
	req.Header.Set("Accept-Encoding", "identity") // as most programs but Go's ask
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	for i := 0; i < len(headers); i += 2 {
		if headers[i+1] == "" {
			req.Header.Del(headers[i])
		} else {
			req.Header.Set(headers[i], headers[i+1])
		}
	}
	res, err := s.http.Client().Transport.RoundTrip(req)
	if err != nil {
		s.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return &reply{s.t, method + " " + path, res.StatusCode, res.Header, raw}
}

// want checks the status, and that the body holds words.
func (r *reply) want(status int, words ...string) *reply {
	r.t.Helper()
	if r.status != status {
		r.t.Fatalf("%s: got status %d, want %d: %s", r.what, r.status, status, r.body)
	}
	for _, w := range words {
		if !strings.Contains(string(r.body), w) {
			r.t.Errorf("%s: got %s, want %q in it", r.what, r.body, w)
		}
	}
	return r
}

// problem checks that the answer is a problem of a type.
func (r *reply) problem(status int, kind string, words ...string) *reply {
	r.t.Helper()
	r.want(status, words...)
	var p edge.Problem
	r.read(&p)
	if r.header.Get("Content-Type") != "application/problem+json" || p.Type != kind || p.Status != status {
		r.t.Errorf("%s: got %s %s, want a problem of type %s", r.what, r.header.Get("Content-Type"), r.body, kind)
	}
	return r
}

func (r *reply) read(v any) {
	r.t.Helper()
	if err := json.Unmarshal(r.body, v); err != nil {
		r.t.Fatalf("%s: %v: %s", r.what, err, r.body)
	}
}

// capture hands a document in and waits for its job.
func (s *server) capture(doc *epcis.Document, headers ...string) *events.CaptureJob {
	s.t.Helper()
	raw, err := epcis.EncodeJSON20(doc)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.job(s.do("POST", "/capture", raw, append([]string{"Content-Type", "application/json"}, headers...)...).want(http.StatusAccepted))
}

// job waits until the job that a capture began is over.
func (s *server) job(r *reply) *events.CaptureJob {
	s.t.Helper()
	path := r.header.Get("Location")
	var job events.CaptureJob
	s.wait(path, func() bool {
		job = events.CaptureJob{}
		s.do("GET", path, nil).want(http.StatusOK).read(&job)
		return !job.Running
	})
	return &job
}

// wait waits for a condition.
func (s *server) wait(what string, cond func() bool) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 20*time.Second)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !cond() {
		select {
		case <-ctx.Done():
			s.t.Fatalf("%s: it does not come", what)
		case <-tick.C:
		}
	}
}
