package edge

import (
	"errors"
	"io"

	"github.com/danielgtaylor/huma/v2"
)

// ReadBody reads the whole body of an operation's request, for a handler that
// judges bodies itself: within the operation's MaxBodyBytes and
// BodyReadTimeout, and when there is room for it. The error is a Problem.
func ReadBody(ctx huma.Context) ([]byte, error) {
	x := exchangeOf(ctx)
	if x.edge == nil {
		return nil, errors.New("edge: the request did not come through an edge: register the operation with Edge.API")
	}
	if x.body == nil {
		if p := x.readBody(); p != nil {
			dress(x.Operation(), p)
			return nil, p
		}
	}
	return x.edge.join(x.body), nil
}

// readBody reads the whole body within the operation's limits, and leaves it to
// be read again.
func (x *exchange) readBody() *Problem {
	op := x.Operation()
	if op.RequestBody == nil {
		return nil
	}
	if op.BodyReadTimeout > 0 {
		_ = x.SetReadDeadline(x.edge.cfg.Now().Add(op.BodyReadTimeout)) // not every writer has one
	}
	limit, read := op.MaxBodyBytes, &pieces{}
	switch err := read.fill(io.LimitReader(x.BodyReader(), limit+1)); {
	case err != nil:
		return x.edge.bodyProblem(op, err)
	case read.size > limit:
		return TooLarge.Problem("the body has more than %d bytes", limit)
	}
	x.body = read
	return nil
}

// pieces is a body in memory. Who reads it takes its pieces away, so that they
// are not held twice when he keeps what he read.
type pieces struct {
	all  [][]byte
	size int64
}

// fill reads to the end. A buffer that grows would be held twice each time.
func (p *pieces) fill(r io.Reader) error {
	piece := make([]byte, 0, 1<<10)
	for {
		n, err := r.Read(piece[len(piece):cap(piece)])
		piece, p.size = piece[:len(piece)+n], p.size+int64(n)
		if err == nil && len(piece) < cap(piece) {
			continue
		}
		p.all = append(p.all, piece)
		if err != nil {
			return ended(err)
		}
		piece = make([]byte, 0, min(2*cap(piece), bodyStep))
	}
}

// ended is nil for the end that a reader comes to by itself.
func ended(err error) error {
	if err == io.EOF { //nolint:errorlint // as io.ReadAll has it: wrapped, it is no end
		return nil
	}
	return err
}

// Read takes bytes away.
func (p *pieces) Read(b []byte) (int, error) {
	for len(p.all) > 0 && len(p.all[0]) == 0 {
		p.all[0], p.all = nil, p.all[1:]
	}
	if len(p.all) == 0 {
		return 0, io.EOF
	}
	n := copy(b, p.all[0])
	p.all[0] = p.all[0][n:]
	return n, nil
}

// join puts a body together in one piece.
func (e *Edge) join(p *pieces) []byte {
	// While it is put together it is held twice: one body at a time.
	e.joining.Lock()
	defer e.joining.Unlock()
	if len(p.all) == 1 {
		return p.all[0]
	}
	whole := make([]byte, 0, p.size)
	for i, piece := range p.all {
		whole, p.all[i] = append(whole, piece...), nil
	}
	p.all = [][]byte{whole}
	return whole
}
