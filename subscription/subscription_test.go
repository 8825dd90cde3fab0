package subscription

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pedigree-ledger/pedigree/epcis"
	"github.com/pedigree-ledger/pedigree/repository"
)

const patience = 30 * time.Second

// clock is a clock that stands until a test moves it.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// bed is a repository with one named query, "all", and a dispatcher.
type bed struct {
	t     *testing.T
	clock *clock
	repo  *repository.Repository
	disp  *Dispatcher
	cfg   Config
	log   *lockedBuffer
	n     int
}

type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func newBed(t *testing.T, cfg Config) *bed {
	t.Helper()
	b := &bed{t: t, clock: &clock{at: time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)}, log: &lockedBuffer{}}
	repo, err := repository.Open(repository.Config{Dir: t.TempDir(), Now: b.clock.now})
	if err != nil {
		t.Fatal(err)
	}
	b.repo = repo
	t.Cleanup(func() { _ = repo.Close() })
	if err := repo.PutQuery(t.Context(), repository.NamedQuery{Name: "all", Query: json.RawMessage(`{"eventType":["ObjectEvent"]}`)}); err != nil {
		t.Fatal(err)
	}
	cfg.Repository, cfg.Now, cfg.Random = repo, b.clock.now, func() float64 { return 1 }
	cfg.Logger = slog.New(slog.NewTextHandler(b.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	b.cfg = cfg
	b.open()
	return b
}

func (b *bed) open() {
	b.t.Helper()
	d, err := Open(b.cfg)
	if err != nil {
		b.t.Fatal(err)
	}
	b.disp = d
	b.t.Cleanup(func() { _ = d.Close() })
}

// add adds so many new events.
func (b *bed) add(count int) {
	b.t.Helper()
	var list []repository.NewEvent
	for range count {
		b.n++
		list = append(list, repository.NewEvent{Standing: repository.Attached, Event: &epcis.Event{
			Type: epcis.ObjectEvent, Action: epcis.ActionObserve, BizStep: "inspecting", TimeZoneOffset: "+00:00",
			Time: epcis.NewTime(time.Date(2026, 11, 19, 0, 0, b.n, 0, time.UTC)),
			EPCs: []string{fmt.Sprintf("urn:epc:id:sgtin:0614141.107346.%d", b.n)},
		}})
	}
	if _, err := b.repo.Add(b.t.Context(), list); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bed) subscribe(s repository.Subscription) *repository.Subscription {
	b.t.Helper()
	if s.Query == "" {
		s.Query = "all"
	}
	if s.Schedule == nil {
		s.Stream = true
	}
	out, err := b.disp.Subscribe(b.t.Context(), s)
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}

// state waits until a subscription's state is as ok wants it.
func (b *bed) state(id string, ok func(s *repository.SubscriptionState) bool) *repository.SubscriptionState {
	b.t.Helper()
	end := time.After(patience)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		s, err := b.repo.State(b.t.Context(), id)
		if err != nil {
			b.t.Fatal(err)
		}
		if ok(s) {
			return s
		}
		select {
		case <-tick.C:
		case <-end:
			b.t.Fatalf("the state stays %+v\n%s", s, b.log)
		}
	}
}

// receiver is a webhook; what answers is asked for each delivery.
type receiver struct {
	t *testing.T
	*httptest.Server
	got chan delivery
}

type delivery struct {
	header http.Header
	body   []byte
	doc    *epcis.Document
}

func newReceiver(t *testing.T, answer func(w http.ResponseWriter, r *http.Request)) *receiver {
	t.Helper()
	r := &receiver{t: t, got: make(chan delivery, 1000)}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return
		}
		doc, err := epcis.DecodeBytes(body, epcis.Options{})
		if err != nil {
			t.Errorf("what was sent cannot be read: %v\n%s", err, body)
		}
		r.got <- delivery{req.Header.Clone(), body, doc}
		if answer != nil {
			answer(w, req)
		}
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) next() delivery {
	r.t.Helper()
	select {
	case d := <-r.got:
		return d
	case <-time.After(patience):
		r.t.Fatal("nothing was delivered")
		return delivery{}
	}
}

func serials(list ...delivery) (out []string) {
	for _, d := range list {
		for i := range d.doc.Events {
			epc := d.doc.Events[i].EPCs[0]
			out = append(out, epc[strings.LastIndexAny(epc, "./")+1:])
		}
	}
	return out
}

func TestStream(t *testing.T) {
	b := newBed(t, Config{AllowPrivate: true})
	b.add(1) // before the subscription: not delivered
	r := newReceiver(t, nil)
	s := b.subscribe(repository.Subscription{Dest: r.URL, Token: "s3cret-token"})
	b.add(2)
	first := r.next()
	if got := serials(first); fmt.Sprint(got) != "[2 3]" {
		t.Fatalf("delivered %q", got)
	}
	if q := first.doc.Query; q == nil || q.QueryName != "all" || q.SubscriptionID != s.ID {
		t.Fatalf("the document says it answers %+v", q)
	}
	if got, want := first.header.Get("GS1-Signature"), Sign("s3cret-token", b.clock.now(), first.body); got != want {
		t.Fatalf("signature %q, want %q", got, want)
	}
	if first.doc.Events[0].ID == "" || first.doc.Events[0].RecordTime.IsZero() {
		t.Fatalf("an event without ID or record time: %+v", first.doc.Events[0])
	}
	st := b.state(s.ID, func(s *repository.SubscriptionState) bool { return s.Delivered == 3 })
	if !st.LastNotified.Equal(b.clock.now()) || st.Failures != 0 {
		t.Fatalf("state %+v", st)
	}
	if err := b.disp.Unsubscribe(t.Context(), "all", s.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := b.repo.State(t.Context(), s.ID); !errors.Is(err, repository.ErrNotFound) {
		t.Fatalf("state of a deleted subscription: %v", err)
	}
}

// TestResume checks that deliveries go on where they stood, in order, after
// the dispatcher was closed with one under way.
func TestResume(t *testing.T) {
	b := newBed(t, Config{AllowPrivate: true, MaxBatch: 2})
	hold := make(chan struct{})
	var once sync.Once
	r := newReceiver(t, func(_ http.ResponseWriter, req *http.Request) {
		once.Do(func() {
			select {
			case <-hold:
			case <-req.Context().Done():
			}
		})
	})
	s := b.subscribe(repository.Subscription{Dest: r.URL})
	b.add(3)
	cut := r.next() // it was sent, but its answer does not come
	if err := b.disp.Close(); err != nil {
		t.Fatal(err)
	}
	close(hold)
	b.add(2)
	b.open()
	var all []delivery
	for len(serials(all...)) < 5 {
		all = append(all, r.next())
	}
	if got := serials(all...); fmt.Sprint(got) != "[1 2 3 4 5]" || fmt.Sprint(serials(cut)) != "[1 2]" {
		t.Fatalf("after the restart %q, before it %q", got, serials(cut))
	}
	if a, b := cut.header.Get("Idempotency-Key"), all[0].header.Get("Idempotency-Key"); a != b || a == "" {
		t.Fatalf("the same batch again has the key %q, had %q", b, a)
	}
	b.state(s.ID, func(s *repository.SubscriptionState) bool { return s.Delivered == 5 })
}

func TestDeadLetter(t *testing.T) {
	b := newBed(t, Config{AllowPrivate: true, MaxTries: 3, FirstWait: time.Second, MaxWait: 4 * time.Second})
	var mu sync.Mutex
	sick := true
	r := newReceiver(t, func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if sick {
			http.Error(w, "no", http.StatusInternalServerError)
		}
	})
	s := b.subscribe(repository.Subscription{Dest: r.URL + "/hook?key=in-url-secret", Token: "s3cret-token"})
	b.add(1)
	for try := 1; try <= 3; try++ {
		r.next()
		want := try % 3
		b.state(s.ID, func(s *repository.SubscriptionState) bool { return s.Failures == try && s.Tries == want })
		b.clock.move(4 * time.Second)
		b.disp.poke()
	}
	letters, err := b.repo.DeadLetters(t.Context(), s.ID, 0, 10)
	if err != nil || len(letters) != 1 || letters[0].Tries != 3 || !strings.Contains(letters[0].Reason, "500") {
		t.Fatalf("dead letters %+v, %v", letters, err)
	}
	var refused *RefusedError
	if err := b.disp.Replay(t.Context(), "all", s.ID, 1); !errors.As(err, &refused) {
		t.Fatalf("replay to a sick receiver: %v", err)
	}
	r.next()
	mu.Lock()
	sick = false
	mu.Unlock()
	if err := b.disp.Replay(t.Context(), "all", s.ID, 1); err != nil {
		t.Fatal(err)
	}
	if got := serials(r.next()); fmt.Sprint(got) != "[1]" {
		t.Fatalf("replayed %q", got)
	}
	if n, err := b.repo.CountDeadLetters(t.Context(), s.ID); n != 0 || err != nil {
		t.Fatalf("%d dead letters left, %v", n, err)
	}
	if err := b.disp.Replay(t.Context(), "all", s.ID, 1); !errors.Is(err, repository.ErrNotFound) {
		t.Fatalf("replay of what is gone: %v", err)
	}
	b.add(1)
	if got := serials(r.next()); fmt.Sprint(got) != "[2]" {
		t.Fatalf("after the dead letter came %q", got)
	}
	for _, secret := range []string{"s3cret-token", "in-url-secret"} {
		if strings.Contains(b.log.String(), secret) {
			t.Fatalf("the log tells a secret:\n%s", b.log)
		}
	}
}

// TestTooLargeBatch checks that a receiver may ask for smaller batches.
func TestTooLargeBatch(t *testing.T) {
	b := newBed(t, Config{AllowPrivate: true})
	r := newReceiver(t, nil)
	r.Config.Handler = func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			body, _ := io.ReadAll(req.Body)
			if bytes.Count(body, []byte("sgtin")) > 1 || bytes.Count(body, []byte("/21/")) > 1 {
				w.WriteHeader(http.StatusRequestEntityTooLarge)
				return
			}
			req.Body = io.NopCloser(bytes.NewReader(body))
			next.ServeHTTP(w, req)
		})
	}(r.Config.Handler)
	s := b.subscribe(repository.Subscription{Dest: r.URL})
	b.add(5)
	var all []delivery
	for range 5 {
		all = append(all, r.next())
	}
	if got := serials(all...); fmt.Sprint(got) != "[1 2 3 4 5]" {
		t.Fatalf("delivered %q", got)
	}
	b.state(s.ID, func(s *repository.SubscriptionState) bool { return s.Delivered == 5 && s.LastDead == 0 })
}

// TestNobodyIsHeldUp checks that receivers that never answer, more of them than
// there are workers, do not keep events from one that does.
func TestNobodyIsHeldUp(t *testing.T) {
	b := newBed(t, Config{AllowPrivate: true, Workers: 3, SlowWorkers: 1, Timeout: 300 * time.Millisecond})
	for range 12 {
		hang := newReceiver(t, func(_ http.ResponseWriter, req *http.Request) { <-req.Context().Done() })
		b.subscribe(repository.Subscription{Dest: hang.URL})
	}
	good := newReceiver(t, nil)
	b.subscribe(repository.Subscription{Dest: good.URL})
	b.add(1)
	good.next() // behind the first time limits of those that hang
	for range 20 {
		began := time.Now()
		b.add(1)
		good.next()
		if took := time.Since(began); took > patience/2 {
			t.Fatalf("held up for %v", took)
		}
		b.clock.move(time.Minute) // so that all who hang are tried again
		b.disp.poke()
	}
}

// TestLyingReceivers checks that nothing a receiver does is taken for success
// or holds a delivery beyond its limits.
func TestLyingReceivers(t *testing.T) {
	elsewhere := newReceiver(t, nil)
	wrongTLS := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(wrongTLS.Close)
	wrongTLS.Config.ErrorLog = nil
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		url    string
		want   string
	}{
		"redirect": {answer: func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
		}, want: "redirects are not followed"},
		"endless header": {answer: func(w http.ResponseWriter, _ *http.Request) {
			for i := range 2000 {
				w.Header().Set(fmt.Sprintf("X-Header-%d", i), strings.Repeat("x", 100))
			}
		}, want: "cannot be reached"},
		"wrong certificate": {url: wrongTLS.URL, want: "certificate"},
		"nobody there":      {url: "http://127.0.0.1:1", want: "cannot be reached"},
		"no such host":      {url: "http://host.invalid", want: "cannot be reached"},
		"switching":         {answer: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotModified) }, want: "304"},
		"gone":              {answer: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) }, want: "410"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBed(t, Config{AllowPrivate: true, Timeout: 5 * time.Second})
			if c.answer != nil {
				c.url = newReceiver(t, c.answer).URL
			}
			s := b.subscribe(repository.Subscription{Dest: c.url})
			b.add(1)
			st := b.state(s.ID, func(s *repository.SubscriptionState) bool { return s.Failures > 0 })
			if !strings.Contains(st.LastError, c.want) || st.Delivered != 0 {
				t.Fatalf("state %+v, want an error with %q", st, c.want)
			}
		})
	}
	t.Run("endless body", func(t *testing.T) {
		b := newBed(t, Config{AllowPrivate: true})
		r := newReceiver(t, func(w http.ResponseWriter, req *http.Request) {
			for req.Context().Err() == nil {
				if _, err := w.Write(make([]byte, 1<<16)); err != nil {
					return
				}
			}
		})
		s := b.subscribe(repository.Subscription{Dest: r.URL})
		b.add(1)
		b.state(s.ID, func(s *repository.SubscriptionState) bool { return s.Delivered == 1 })
	})
	select {
	case <-elsewhere.got:
		t.Fatal("a redirect was followed")
	default:
	}
}

// TestForbiddenAddress checks that a name that leads into the node's own
// network is refused when it is connected to.
func TestForbiddenAddress(t *testing.T) {
	b := newBed(t, Config{})
	var request *RequestError
	for _, dest := range []string{
		"", "http://example.com/x", "https://127.0.0.1/x", "https://[::1]/", "https://10.0.0.1", "https://user:pw@example.com/", "ftp://example.com",
		"https://169.254.169.254/latest", "https://[::ffff:10.1.2.3]/", "https://[64:ff9b::a00:1]/", "https:///x", "https://0.0.0.0",
	} {
		_, err := b.disp.Subscribe(t.Context(), repository.Subscription{Query: "all", Dest: dest, Stream: true})
		if !errors.As(err, &request) || request.Field != "dest" {
			t.Errorf("%q: %v", dest, err)
		}
	}
	s := b.subscribe(repository.Subscription{Dest: "https://localhost/hook"})
	b.add(1)
	st := b.state(s.ID, func(s *repository.SubscriptionState) bool { return s.Failures > 0 })
	if !strings.Contains(st.LastError, "only public") {
		t.Fatalf("state %+v", st)
	}
}

func TestRequests(t *testing.T) {
	b := newBed(t, Config{AllowPrivate: true, MaxSubscriptions: 1})
	var request *RequestError
	ok := repository.Subscription{Query: "all", Dest: "http://127.0.0.1:1/x", Stream: true}
	for field, change := range map[string]func(*repository.Subscription){
		"stream":         func(s *repository.Subscription) { s.Stream = false },
		"schedule":       func(s *repository.Subscription) { s.Stream, s.Schedule = false, &repository.Schedule{} },
		"epcFormat":      func(s *repository.Subscription) { s.EPCFormat = "x" },
		"signatureToken": func(s *repository.Subscription) { s.Token = strings.Repeat("x", 1025) },
	} {
		s := ok
		change(&s)
		if _, err := b.disp.Subscribe(t.Context(), s); !errors.As(err, &request) || request.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	unknown := ok
	unknown.Query = "nothing"
	if _, err := b.disp.Subscribe(t.Context(), unknown); !errors.Is(err, repository.ErrNotFound) {
		t.Errorf("a query that is not there: %v", err)
	}
	b.subscribe(ok)
	if _, err := b.disp.Subscribe(t.Context(), ok); !errors.As(err, &request) {
		t.Errorf("one too many: %v", err)
	}
}

func TestScheduledRun(t *testing.T) {
	b := newBed(t, Config{AllowPrivate: true, MaxBatch: 2})
	r := newReceiver(t, nil)
	s := b.subscribe(repository.Subscription{Dest: r.URL, Schedule: &repository.Schedule{Hour: "9"}, ReportIfEmpty: true})
	b.add(3)
	b.clock.move(time.Hour)
	b.disp.poke()
	if got := serials(r.next(), r.next()); fmt.Sprint(got) != "[1 2 3]" {
		t.Fatalf("delivered %q", got)
	}
	b.state(s.ID, func(s *repository.SubscriptionState) bool { return !s.LastRun.IsZero() })
	b.clock.move(24 * time.Hour)
	b.disp.poke()
	if d := r.next(); len(d.doc.Events) != 0 || d.doc.Query == nil {
		t.Fatalf("an empty report has %d events", len(d.doc.Events))
	}
	select {
	case d := <-r.got:
		t.Fatalf("delivered beyond the schedule: %s", d.body)
	default:
	}
}

func TestInitialRecordTime(t *testing.T) {
	b := newBed(t, Config{AllowPrivate: true})
	b.add(1)
	b.clock.move(time.Minute)
	from := b.clock.now()
	b.add(1)
	r := newReceiver(t, nil)
	b.subscribe(repository.Subscription{Dest: r.URL, InitialRecordTime: from})
	if got := serials(r.next()); fmt.Sprint(got) != "[2]" {
		t.Fatalf("delivered %q", got)
	}
}

// TestCloseWithin checks that Close does not wait for receivers.
func TestCloseWithin(t *testing.T) {
	b := newBed(t, Config{AllowPrivate: true, Timeout: patience})
	r := newReceiver(t, func(_ http.ResponseWriter, req *http.Request) { <-req.Context().Done() })
	b.subscribe(repository.Subscription{Dest: r.URL})
	b.add(1)
	r.next()
	done := make(chan error, 1)
	go func() { done <- b.disp.Close() }()
	select {
	case err := <-done:
		if err != nil {
			t.Fatal(err)
		}
	case <-time.After(patience / 2):
		t.Fatal("Close waits for a receiver")
	}
}
