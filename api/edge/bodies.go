package edge

import (
	"context"
	"errors"
	"io"
	"net"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// bodies bounds the bytes of request bodies that are held at once, over all
// requests. A body takes its room in steps, as it arrives: by what the headers
// claim, a few requests that send nothing would keep everybody else out.
//
// Who holds a part and waits for more could wait for another who does the same.
// So room for one body of the largest size is kept apart, for one request at a
// time: whoever finds no other takes it, and can go on to his end. A slow
// sender keeps what he has until the body's read deadline, also while he waits
// for more; small bodies pass him, because the first step of each body is free:
// the requests at work are bounded, and with them these steps.
type bodies struct {
	Room

	total   int64
	largest int64 // of all operations
	lent    bool  // the room that is kept apart
	wait    time.Duration
}

// bodyStep is by how many bytes a body takes more room, bodyWait how long it
// waits for them.
const (
	bodyStep = 64 << 10
	bodyWait = 5 * time.Second
)

// errNoRoom says that a body found no room.
var errNoRoom = errors.New("no room for the body")

func newBodies(total int64) *bodies {
	return &bodies{Room: Room{free: total, freed: make(chan struct{})}, total: total, wait: bodyWait}
}

// allow keeps room apart for a body of n bytes, and one byte that shows that it
// is too large. It is called before the first request.
func (b *bodies) allow(n int64) {
	b.largest = max(b.largest, n+1)
	b.free = max(0, b.total-b.largest)
}

// claim is what one request has of the room.
type claim struct {
	of    *bodies
	left  int64 // may come before more room is needed
	taken int64
	began bool  // it had the first step
	lent  bool  // it has the room that is kept apart
	err   error // what ended the body before its end
}

// more makes room for the next step.
func (c *claim) more(ctx context.Context) bool {
	if !c.began { // small bodies never wait
		c.began, c.left = true, bodyStep
		return true
	}
	c.left = bodyStep
	return c.lent || c.of.within(ctx, c.of.wait, func() bool {
		switch b := c.of; {
		case b.free >= bodyStep:
			b.free -= bodyStep
			c.taken += bodyStep
		case !b.lent:
			b.lent, c.lent = true, true
		default:
			return false
		}
		return true
	})
}

// release gives everything back, when nobody holds the body any more.
func (c *claim) release() {
	if c.taken == 0 && !c.lent {
		return
	}
	c.of.change(func() {
		c.of.free += c.taken
		c.of.lent = c.of.lent && !c.lent
	})
	c.taken, c.lent = 0, false
}

// arrivingBytes reads a body for which a claim makes room.
type arrivingBytes struct {
	io.Reader

	claim *claim
	more  func() bool // makes room
}

// Read reads no more than there is room for.
func (a *arrivingBytes) Read(p []byte) (int, error) {
	c := a.claim
	if c.left == 0 && !a.more() {
		c.left, c.err = 0, errNoRoom
		return 0, errNoRoom
	}
	n, err := a.Reader.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		c.err = err
	}
	return n, err
}

// bodyProblem says what ended a body before its end.
func (e *Edge) bodyProblem(op *huma.Operation, err error) *Problem {
	var slow net.Error
	switch {
	case errors.Is(err, errNoRoom):
		e.metrics.refused.WithLabelValues(string(NoRoom)).Inc()
		return NoRoom.Problem("the node holds request bodies of %d bytes, and no more at once", max(e.bodies.total, e.bodies.largest)).RetryAfter(bodyWait)
	case errors.As(err, &slow) && slow.Timeout():
		return TooSlowBody.Problem("the body did not arrive within %s", op.BodyReadTimeout)
	}
	return BadRequest.Problem("the body ends too early")
}
