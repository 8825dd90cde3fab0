package events_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/pedigree-ledger/pedigree/api/events"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/client/desktest"
	"github.com/pedigree-ledger/pedigree/epcis"
	"github.com/pedigree-ledger/pedigree/repository"
)

const shipped = `{"name":"shipped","query":{"EQ_bizStep":["shipping"]}}`

func TestNamedQueries(t *testing.T) {
	s := newServer(t)
	s.capture(sale(s.desk))
	post := func(body string) *reply { return s.do("POST", "/queries", body, "Content-Type", jsonType) }
	if r := post(shipped).want(http.StatusCreated); r.header.Get("Location") != "/queries/shipped" {
		t.Errorf("got location %q", r.header.Get("Location"))
	}
	post(shipped).problem(http.StatusConflict, "epcisException:ResourceAlreadyExistsException")
	post(`{"name":"bad","query":{"EQ_nothing_at_all":["x"],"GE_eventTime":"x"}}`).problem(http.StatusBadRequest, badParameter)
	s.do("POST", "/queries", shipped, "Content-Type", jsonType, "Authorization", "Bearer reader").want(http.StatusForbidden)
	post(`{"name":"all","query":{}}`).want(http.StatusCreated)
	s.do("GET", "/queries/shipped", nil).want(http.StatusOK, `"EQ_bizStep"`)
	s.do("GET", "/queries/nobody", nil).problem(http.StatusNotFound, "epcisException:NoSuchNameException")
	r := s.do("GET", "/queries?perPage=1", nil).want(http.StatusOK, `"all"`)
	s.do("GET", r.next(), nil).want(http.StatusOK, `"shipped"`)
	if got := steps(s.do("GET", "/queries/shipped/events", nil).want(http.StatusOK).events()); got != "shipping" {
		t.Errorf("got %q", got)
	}
	page := s.do("GET", "/queries/all/events?perPage=2&eventType=ObjectEvent", nil).want(http.StatusOK)
	if got := steps(page.events()) + " " + steps(s.do("GET", page.next(), nil).want(http.StatusOK).events()); got != "commissioning inspecting shipping" {
		t.Errorf("got %q", got)
	}
	s.do("GET", "/queries/all/events", nil, "If-None-Match", s.do("GET", "/queries/all/events", nil).header.Get("ETag")).want(http.StatusNotModified)
	s.do("GET", "/queries/shipped/events?EQ_bizStep=packing", nil).problem(http.StatusBadRequest, badParameter)
	s.do("DELETE", "/queries/shipped", nil).want(http.StatusNoContent)
	s.do("GET", "/queries/shipped/events", nil).problem(http.StatusNotFound, "epcisException:NoSuchNameException")
	s.do("DELETE", "/queries/shipped", nil).problem(http.StatusNotFound, "epcisException:NoSuchNameException")
}

// receiver is a webhook's endpoint.
type receiver struct {
	*httptest.Server
	up  atomic.Bool
	got chan string
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{got: make(chan string, 100)}
	r.up.Store(true)
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		if !r.up.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		r.got <- req.Header.Get("GS1-Signature") + " " + string(body)
	}))
	t.Cleanup(r.Close)
	return r
}

func TestSubscriptions(t *testing.T) {
	s, hook := newServer(t), newReceiver(t)
	s.do("POST", "/queries", shipped, "Content-Type", jsonType).want(http.StatusCreated)
	const path = "/queries/shipped/subscriptions"
	post := func(body string) *reply { return s.do("POST", path, body, "Content-Type", jsonType) }
	made := post(`{"dest":"` + hook.URL + `","signatureToken":"secret-of-ours","stream":true}`).want(http.StatusCreated)
	if strings.Contains(string(made.body), "secret-of-ours") {
		t.Error("the answer tells the secret")
	}
	var sub events.Subscription
	made.read(&sub)
	one := made.header.Get("Location")
	if one != path+"/"+sub.SubscriptionID {
		t.Errorf("got location %q for %q", one, sub.SubscriptionID)
	}
	s.capture(sale(s.desk))
	if got := <-hook.got; !strings.Contains(got, "shipping") || strings.HasPrefix(got, " ") {
		t.Errorf("got %q, want the shipping event, signed", got)
	}
	s.wait("lastNotifiedAt", func() bool {
		return strings.Contains(string(s.do("GET", one, nil).want(http.StatusOK).body), "lastNotifiedAt")
	})
	s.do("GET", path, nil).want(http.StatusOK, sub.SubscriptionID)

	// What is not taken becomes a dead letter, and can be sent again.
	hook.up.Store(false)
	w := s.desk.World
	s.capture(desktest.Document(s.desk.Commissioning("L1", 40, 40), s.desk.Packing(w.Maker.SSCC(40)), s.desk.Shipping(w.Wholesaler, w.Maker.SSCC(40))), "GS1-Capture-Error-Behaviour", "proceed")
	ship := s.desk.Commissioning("L1", 41, 41)
	s.capture(desktest.Document(ship))
	sold := s.desk.Shipping(w.Wholesaler)
	sold.EPCs = ship.EPCs
	s.capture(desktest.Document(sold))
	var dead []events.DeadLetter
	s.wait("a dead letter", func() bool {
		s.do("GET", one+"/deadLetters", nil).want(http.StatusOK).read(&dead)
		return len(dead) > 0
	})
	if len(dead[0].Events) != 1 || dead[0].Tries == 0 || dead[0].Reason == "" {
		t.Errorf("got %+v", dead[0])
	}
	s.do("POST", one+"/deadLetters/1/replay", nil).problem(http.StatusBadGateway, "epcisException:ImplementationException")
	hook.up.Store(true)
	s.do("POST", one+"/deadLetters/1/replay", nil).want(http.StatusNoContent)
	s.do("POST", one+"/deadLetters/1/replay", nil).problem(http.StatusNotFound, noResource)
	s.do("DELETE", one+"/deadLetters/x", nil).problem(http.StatusNotFound, noResource)

	controls := "epcisException:SubscriptionControlsException"
	post(`{"dest":"`+hook.URL+`"}`).problem(http.StatusBadRequest, controls, "stream")
	post(`{"dest":"ftp://example.com","stream":true}`).problem(http.StatusBadRequest, controls, "dest")
	post(`{"dest":"`+hook.URL+`","schedule":{"hour":"25"}}`).problem(http.StatusBadRequest, controls, "schedule")
	s.do("POST", "/queries/nobody/subscriptions", `{"dest":"`+hook.URL+`","stream":true}`, "Content-Type", jsonType).problem(http.StatusNotFound, "epcisException:NoSuchNameException")
	s.do("DELETE", one, nil).want(http.StatusNoContent)
	s.do("GET", one, nil).problem(http.StatusNotFound, noResource)
}

// dial opens a WebSocket.
func (s *server) dial(path string) (c *websocket.Conn, status int, err error) {
	ctx, cancel := context.WithTimeout(s.t.Context(), 10*time.Second)
	defer cancel()
	c, res, err := websocket.Dial(ctx, s.http.URL+path, &websocket.DialOptions{HTTPHeader: http.Header{"Authorization": {"Bearer maker"}}}) //nolint:bodyclose // there is none to close
	if res != nil {
		status = res.StatusCode
	}
	return c, status, err
}

// message reads the events of the next message.
func (s *server) message(c *websocket.Conn) []epcis.Event {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 10*time.Second)
	defer cancel()
	_, raw, err := c.Read(ctx)
	if err != nil {
		s.t.Fatal(err)
	}
	return (&reply{t: s.t, what: "message", body: raw}).events()
}

// escaped is an event's ID as a query parameter.
func escaped(id string) string {
	return strings.NewReplacer("?", "%3F", "=", "%3D", ";", "%3B").Replace(id)
}

// open opens a WebSocket that must be let in.
func (s *server) open(path string) *websocket.Conn {
	s.t.Helper()
	c, _, err := s.dial(path)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = c.CloseNow() })
	return c
}

func TestWebSocket(t *testing.T) {
	s := newServer(t)
	s.do("POST", "/queries", `{"name":"made","query":{"EQ_bizStep":["commissioning"]}}`, "Content-Type", jsonType).want(http.StatusCreated)
	const path = "/queries/made/events?stream=true"
	first := s.open(path)
	s.capture(desktest.Document(s.desk.Commissioning("L1", 1, 1)))
	got := s.message(first)
	if len(got) != 1 || steps(got) != "commissioning" {
		t.Fatalf("got %+v", got)
	}
	_ = first.CloseNow()

	// Who was cut off goes on where he was.
	s.capture(desktest.Document(s.desk.Commissioning("L1", 2, 2)))
	second := s.open(path + "&after=" + escaped(got[0].ID))
	if again := s.message(second); len(again) != 1 || again[0].ID == got[0].ID {
		t.Errorf("got %+v, want the second event", again)
	}
	third := s.open(path + "&initialRecordTime=2020-01-01T00:00:00Z")
	if all := s.message(third); len(all) != 2 {
		t.Errorf("got %d events, want both", len(all))
	}
	if _, status, err := s.dial(path); err == nil || status != http.StatusServiceUnavailable {
		t.Errorf("a WebSocket too many: got %v", err)
	}
	for _, wrong := range []string{"?stream=false", "", "?stream=true&minute=5", "?stream=true&after=nosuch", "?stream=true&initialRecordTime=x"} {
		if _, status, err := s.dial("/queries/made/events" + wrong); err == nil || status != http.StatusBadRequest {
			t.Errorf("%q: got %v", wrong, err)
		}
	}
	s.do("GET", path, nil).problem(http.StatusBadRequest, "epcisException:SubscriptionControlsException", "Upgrade")
	// The query goes, and with it its WebSockets.
	s.do("DELETE", "/queries/made", nil).want(http.StatusNoContent)
	for _, c := range []*websocket.Conn{second, third} {
		if _, _, err := c.Read(t.Context()); websocket.CloseStatus(err) != websocket.StatusGoingAway {
			t.Errorf("got %v, want it closed", err)
		}
	}
}

// TestWebSocketSlow drops a reader that does not read, and serves the others.
func TestWebSocketSlow(t *testing.T) {
	s := newServer(t)
	s.socketTime = 200 * time.Millisecond
	s.stop()
	s.start()
	w := s.desk.World
	var all []repository.NewEvent
	for i := range 20 { // more than what stands in the buffers of a connection
		ev := s.desk.Inspecting(apptest.Items(w.Unit, 1, 4000)...)
		ev.Time = epcis.NewTime(ev.Time.At.Add(time.Duration(i) * time.Second))
		all = append(all, repository.NewEvent{Event: &ev, Standing: repository.Attached})
	}
	if _, err := s.repo.Add(t.Context(), all); err != nil {
		t.Fatal(err)
	}
	s.do("POST", "/queries", `{"name":"all","query":{}}`, "Content-Type", jsonType).want(http.StatusCreated)
	const path = "/queries/all/events?stream=true"
	s.open(path + "&initialRecordTime=2020-01-01T00:00:00Z")
	s.open(path + "&initialRecordTime=2020-01-01T00:00:00Z")
	s.wait("the slow readers are dropped", func() bool {
		c, _, err := s.dial(path)
		if err == nil {
			_ = c.CloseNow()
		}
		return err == nil
	})
}
