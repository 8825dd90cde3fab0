package events

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/coder/websocket"
	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/pedigree-ledger/pedigree/api/edge"
	"github.com/pedigree-ledger/pedigree/repository"
)

// The bounds of a WebSocket.
const (
	socketBatch = 100 // events of a message
	socketPing  = 30 * time.Second
)

// registerNamedEvents registers the events of a named query, by page and by
// WebSocket.
func (p *part) registerNamedEvents(a huma.API) {
	op := p.operation("queryEventsOfQuery", http.MethodGet, "/queries/{queryName}/events", "Query the events of a named query, or subscribe by WebSocket", edge.Read)
	op.Description = "A page of the query's events; further parameters of the SimpleEventQuery narrow it. " +
		"With Upgrade: websocket and stream=true, events are sent as they are captured, each message an EPCISQueryDocument in JSON; " +
		"with a schedule instead (second, minute, hour, dayOfMonth, month, dayOfWeek), at each of its moments what was captured since the one before. " +
		"Who was cut off goes on with after, the ID of the last event that he has. A reader that does not read is dropped."
	op.Parameters = append(append(eventParams(), queryNameParam()), socketParams()...)
	op.Responses = responses(http.StatusOK, "a page of events", answer{doc: true, paged: true, headers: []string{"ETag"}})
	op.Errors = []int{http.StatusNotFound, http.StatusNotAcceptable, http.StatusGatewayTimeout}
	op.Responses["101"] = &huma.Response{Description: "the WebSocket is open"}
	offer(a, edge.With(op, edge.Streaming), p.namedEvents)
}

// The bounds of pages of named queries, which the edge does not bound because
// the operation may also stream.
const (
	pageTime    = time.Minute
	pagesAtOnce = 64
)

func (p *part) namedEvents(ctx context.Context, in *eventsInput) (*huma.StreamResponse, error) {
	q, err := p.named(ctx, &in.Request)
	if err != nil {
		return nil, err
	}
	narrow, err := repository.ParseQueryJSON(q.Query)
	if err != nil {
		return nil, asProblem(err)
	}
	if in.ctx.Header("Upgrade") != "" {
		return p.socket(ctx, &in.Request, q.Name, narrow)
	}
	if problem := withoutSocket(in.values()); problem != nil {
		return nil, problem
	}
	select {
	case p.pages <- struct{}{}:
		defer func() { <-p.pages }()
	default:
		return nil, edge.Busy.Problem("%d pages of named queries are being made, and no more are at once", cap(p.pages)).RetryAfter(time.Second)
	}
	within, cancel := context.WithTimeout(ctx, pageTime)
	defer cancel()
	out, err := p.find(within, &in.Request, narrow, q.Name)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: out.send}, nil
}

// send writes an answer as huma would.
func (a *rawAnswer) send(ctx huma.Context) {
	for name, value := range map[string]string{
		"Content-Type": a.ContentType, "Link": a.Link, "GS1-Next-Page-Token-Expires": a.Expires,
		"ETag": a.ETag, "Cache-Control": a.Caching, "Vary": a.Vary,
	} {
		if value != "" {
			ctx.SetHeader(name, value)
		}
	}
	ctx.SetStatus(max(a.Status, http.StatusOK))
	_, _ = ctx.BodyWriter().Write(a.Body) // a caller that went away is no concern of ours
}

// socket checks what a WebSocket asks for and serves it.
func (p *part) socket(ctx context.Context, r *Request, name string, q *repository.Query) (*huma.StreamResponse, error) {
	n, problem := r.notation()
	if problem != nil {
		return nil, problem
	}
	asked, err := p.socketRequest(ctx, r.values())
	if err != nil {
		return nil, err
	}
	live, leave, ok := p.sockets.enter(ctx, name)
	if !ok {
		return nil, edge.Busy.Problem("there are %d WebSockets, and no more are taken", cap(p.sockets.slots)).RetryAfter(socketPing)
	}
	return &huma.StreamResponse{Body: func(hctx huma.Context) {
		defer leave()
		request, w := humago.Unwrap(hctx)
		conn, err := websocket.Accept(w, request, nil)
		if err != nil {
			return // it has answered why
		}
		conn.SetReadLimit(1)
		s := &socket{p: p, conn: conn, name: name, query: q, notation: n, asked: asked, seq: asked.from}
		// The reading side ends with the connection alone: what ended with
		// the query would be cut off before it is told why.
		s.close(s.serve(conn.CloseRead(request.Context()), live.Done()))
	}}, nil
}

// socket is a WebSocket at work.
type socket struct {
	p        *part
	conn     *websocket.Conn
	name     string
	query    *repository.Query
	notation notation
	asked    *socketRequest
	seq      uint64    // the last event that was looked at
	due      time.Time // when a schedule sends next; zero is never
}

// serve sends what comes until the connection or the query is gone, the reader
// is too slow, or the repository is closed. What waits is in the repository, not
// in memory.
func (s *socket) serve(ctx context.Context, gone <-chan struct{}) error {
	ping := time.NewTicker(socketPing)
	defer ping.Stop()
	if s.asked.schedule != nil {
		s.due = s.asked.schedule.Next(s.p.Now())
	}
	for {
		changed := s.p.Repository.Changed()
		wait, err := s.work(ctx)
		if err != nil {
			return err
		}
		var timer <-chan time.Time
		if wait > 0 {
			timer = s.p.After(wait)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-gone:
			return nil
		case <-changed:
		case <-timer:
		case <-ping.C:
			within, cancel := context.WithTimeout(ctx, s.p.SocketTime)
			err := s.conn.Ping(within)
			cancel()
			if err != nil {
				return err
			}
		}
	}
}

// work sends what is due, and returns how long nothing will be by the clock; 0
// means until something is captured.
func (s *socket) work(ctx context.Context) (time.Duration, error) {
	if s.asked.schedule == nil {
		_, err := s.sendAll(ctx)
		return 0, err
	}
	if s.p.Repository.Closed() {
		return 0, repository.ErrClosed
	}
	if now := s.p.Now(); s.due.IsZero() || now.Before(s.due) {
		return max(0, s.due.Sub(now)), nil
	}
	sent, err := s.sendAll(ctx)
	if err == nil && !sent && s.asked.reportIfEmpty {
		err = s.send(ctx, nil)
	}
	if err != nil {
		return 0, err
	}
	now := s.p.Now() // moments that passed meanwhile are one with this
	s.due = s.asked.schedule.Next(now)
	return max(0, s.due.Sub(now)), nil
}

// sendAll sends the events that stand now, and tells whether there were any.
func (s *socket) sendAll(ctx context.Context) (sent bool, err error) {
	head := s.p.Repository.Head()
	for s.seq < head {
		found, reached, err := s.p.Repository.Since(ctx, s.seq, s.query, socketBatch)
		if err != nil {
			return sent, err
		}
		if len(found) > 0 {
			if err := s.send(ctx, found); err != nil {
				return sent, err
			}
			sent = true
		}
		if reached <= s.seq {
			break // there was no work left for more: the next time goes on
		}
		s.seq = reached
	}
	return sent, nil
}

// send sends one message, to a reader who has so long to take it.
func (s *socket) send(ctx context.Context, found []repository.Stored) error {
	out := &rawAnswer{}
	if err := s.p.write(out, found, notation{form: inJSON, epcs: s.notation.epcs}, s.name, nil); err != nil {
		return err
	}
	within, cancel := context.WithTimeout(ctx, s.p.SocketTime)
	defer cancel()
	return s.conn.Write(within, websocket.MessageText, out.Body)
}

// close says good-bye.
func (s *socket) close(why error) {
	if errors.Is(why, context.DeadlineExceeded) {
		_ = s.conn.CloseNow() // he does not read, so he would not read this
		return
	}
	status, reason := websocket.StatusGoingAway, "the query is gone, or the repository is being closed"
	if why != nil && !errors.Is(why, repository.ErrClosed) {
		status, reason = websocket.StatusTryAgainLater, "begin again, with after"
	}
	_ = s.conn.Close(status, reason) // the other side may be gone
}
