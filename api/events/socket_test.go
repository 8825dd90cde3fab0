package events_test

import (
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/pedigree-ledger/pedigree/client/desktest"
	"github.com/pedigree-ledger/pedigree/epcis"
)

// clock is a clock that stands until a test moves it.
type clock struct {
	mu    sync.Mutex
	at    time.Time
	rings []ring
}

// ring is a timer of the clock.
type ring struct {
	at time.Time
	c  chan time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) after(d time.Duration) <-chan time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	r := ring{c.at.Add(d), make(chan time.Time, 1)}
	c.rings = append(c.rings, r)
	return r.c
}

// awaited tells whether somebody waits for a moment.
func (c *clock) awaited(at time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.ContainsFunc(c.rings, func(r ring) bool { return r.at.Equal(at) })
}

// moveTo moves the clock and rings what is due.
func (c *clock) moveTo(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at
	c.rings = slices.DeleteFunc(c.rings, func(r ring) bool {
		if r.at.After(at) {
			return false
		}
		r.c <- at
		return true
	})
}

// clocked is a server whose WebSockets go by a clock of the test, with a query
// of all commissionings.
func clocked(t *testing.T) *server {
	t.Helper()
	s := newServer(t)
	s.stop()
	s.clock = &clock{at: time.Date(2026, 11, 20, 8, 30, 0, 0, time.UTC)}
	s.start()
	s.do("POST", "/queries", `{"name":"made","query":{"EQ_bizStep":["commissioning"]}}`, "Content-Type", jsonType).want(http.StatusCreated)
	return s
}

// rings moves the clock to a moment that a WebSocket waits for.
func (s *server) rings(at time.Time) {
	s.t.Helper()
	s.wait("a WebSocket waits for "+at.String(), func() bool { return s.clock.awaited(at) })
	s.clock.moveTo(at)
}

// ids are the IDs of events.
func ids(evs []epcis.Event) []string {
	var out []string
	for i := range evs {
		out = append(out, evs[i].ID)
	}
	return out
}

// TestWebSocketSchedule sends at each moment what was captured since the one
// before, and goes on after an event as a stream does.
func TestWebSocketSchedule(t *testing.T) {
	s := clocked(t)
	const path = "/queries/made/events?minute=5"
	nine := time.Date(2026, 11, 20, 9, 5, 0, 0, time.UTC)
	c := s.open(path)
	s.capture(desktest.Document(s.desk.Commissioning("L1", 1, 1)))
	s.capture(desktest.Document(s.desk.Commissioning("L1", 2, 2)))
	s.rings(nine)
	first := s.message(c)
	if len(first) != 2 {
		t.Fatalf("got %v, want both events in one message", ids(first))
	}
	// With nothing new nothing is sent, so the next message is of the third.
	s.rings(nine.Add(time.Hour))
	s.wait("the next moment", func() bool { return s.clock.awaited(nine.Add(2 * time.Hour)) })
	s.capture(desktest.Document(s.desk.Commissioning("L1", 3, 3)))
	s.rings(nine.Add(2 * time.Hour))
	third := s.message(c)
	if len(third) != 1 || slices.Contains(ids(first), third[0].ID) {
		t.Errorf("got %v, want the third event", ids(third))
	}
	_ = c.CloseNow()

	// Who had only the first event is sent the others, whatever else he asks.
	again := s.open("/queries/made/events?minute=6&initialRecordTime=2020-01-01T00:00:00Z&after=" + escaped(first[0].ID))
	s.rings(nine.Add(2*time.Hour + time.Minute))
	if got, want := ids(s.message(again)), []string{first[1].ID, third[0].ID}; !slices.Equal(got, want) {
		t.Errorf("after the first came %v, want %v", got, want)
	}
}

// TestWebSocketReportIfEmpty sends an empty message where that was asked for,
// and ends with its query.
func TestWebSocketReportIfEmpty(t *testing.T) {
	s := clocked(t)
	c := s.open("/queries/made/events?hour=[9-10]&reportIfEmpty=true")
	for hour := 9; hour <= 10; hour++ {
		s.rings(time.Date(2026, 11, 20, hour, 0, 0, 0, time.UTC))
		if got := s.message(c); len(got) != 0 {
			t.Errorf("at %d got %v, want an empty message", hour, ids(got))
		}
	}
	s.do("DELETE", "/queries/made", nil).want(http.StatusNoContent)
	if _, _, err := c.Read(t.Context()); websocket.CloseStatus(err) != websocket.StatusGoingAway {
		t.Errorf("got %v, want it closed", err)
	}
}

// TestWebSocketControls refuses what no subscription can be, with the
// exception of the standard.
func TestWebSocketControls(t *testing.T) {
	s := clocked(t)
	const path = "/queries/made/events?"
	for _, wrong := range []string{
		"stream=true&minute=5", "stream=false", "stream=perhaps", "minute=60", "minute=", "minute=5&minute=6", "reportIfEmpty=true",
		"stream=true&reportIfEmpty=x", "dayOfMonth=30&month=2", "stream=true&perPage=5",
	} {
		s.do("GET", path+wrong, nil, "Connection", "Upgrade", "Upgrade", "websocket").problem(http.StatusBadRequest, "epcisException:SubscriptionControlsException")
	}
	for _, needs := range []string{"minute=5", "after=x", "reportIfEmpty=true"} {
		s.do("GET", path+needs, nil).problem(http.StatusBadRequest, "epcisException:SubscriptionControlsException", "needs a WebSocket")
	}
}
