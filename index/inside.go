package index

import (
	"encoding/binary"
	"encoding/hex"

	"github.com/pedigree-ledger/pedigree/app"
)

// Contents lists the live contents of a holding, depth first: a container,
// then what is in it. The error is a *NotFoundError when there is no such
// holding.
func (x *Index) Contents(holding app.HoldingID, page app.PageRequest) (*app.Page[app.Content], error) {
	limit, after, err := readPage(app.PathContents, page, 0)
	if err != nil {
		return nil, err
	}
	path, err := parsePath(after)
	if err != nil {
		return nil, err
	}
	return read(x, func(s *snapshot) (*app.Page[app.Content], error) {
		h, err := s.holding(holding)
		if err != nil {
			return nil, err
		}
		if h == nil {
			return nil, s.notFound("holding %s", holding)
		}
		d := &descent{s: s, limit: limit}
		if err := d.holding(holding, h, path); err != nil {
			return nil, err
		}
		return &app.Page[app.Content]{Items: append([]app.Content{}, d.out...), Next: d.next, Height: s.head.height}, nil
	})
}

// place is a position within the holding above it. A cursor is the places that
// lead from the holding asked about to the last element of the page.
type place struct {
	segment  uint32
	position uint16
}

const placeLen = 6

func parsePath(p []byte) ([]place, error) {
	if len(p)%placeLen != 0 || len(p) > placeLen*(app.MaxDepth+1) {
		return nil, &RequestError{app.PathContents, errShort}
	}
	var out []place
	for ; len(p) > 0; p = p[placeLen:] {
		out = append(out, place{binary.BigEndian.Uint32(p), binary.BigEndian.Uint16(p[4:])})
	}
	return out, nil
}

func formatPath(path []place) string {
	var p []byte
	for _, at := range path {
		p = binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint32(p, at.segment), at.position)
	}
	return hex.EncodeToString(p)
}

// descent walks down a holding.
type descent struct {
	s     *snapshot
	limit int
	out   []app.Content
	path  []place // to the present element
	last  string  // the path of the last element of the page
	next  string
}

// full reports whether the page is complete: then there is a next one.
func (d *descent) full() bool {
	if len(d.out) < d.limit {
		return false
	}
	d.next = d.last
	return true
}

// holding lists what comes after a path. The element at the path itself was
// listed before; what is in it was not.
func (d *descent) holding(id app.HoldingID, h *app.Holding, after []place) error {
	first := uint32(0)
	if len(after) > 0 {
		first = after[0].segment
	}
	for n := first; n < h.Segments && d.next == ""; n++ {
		g, err := d.s.segment(id, n)
		if err != nil {
			return err
		}
		if !anyLive(g) {
			continue
		}
		if err := d.segment(id, n, g, after); err != nil {
			return err
		}
	}
	return nil
}

func anyLive(g *app.Segment) bool {
	for i := range g.Count {
		if g.State(i).Live() {
			return true
		}
	}
	return false
}

func (d *descent) segment(id app.HoldingID, n uint32, g *app.Segment, after []place) error {
	entries, err := d.s.contents(g.Root)
	if err != nil {
		return err
	}
	if len(entries) != int(g.Count) {
		return errPacked
	}
	at := place{segment: n}
	if len(after) > 0 && after[0].segment == n {
		at.position = after[0].position
	}
	for ; at.position < g.Count && d.next == ""; at.position++ {
		state := g.State(at.position)
		if !state.Live() {
			continue
		}
		resumed := len(after) > 0 && at == after[0]
		if !resumed {
			if d.full() {
				return nil
			}
			d.add(id, at, entries[at.position], state)
		}
		if !entries[at.position].IsContainer() {
			continue
		}
		var deeper []place
		if resumed {
			deeper = after[1:]
		}
		if err := d.child(at, entries[at.position].Child, deeper); err != nil {
			return err
		}
	}
	return nil
}

func (d *descent) add(id app.HoldingID, at place, e app.Entry, state app.State) {
	d.out = append(d.out, app.Content{
		Entry: e, State: state, Depth: len(d.path),
		At: app.Position{Holding: id, Segment: at.segment, Position: at.position},
	})
	d.last = formatPath(append(d.path, at))
}

func (d *descent) child(at place, id app.HoldingID, after []place) error {
	h, err := d.s.holding(id)
	if err != nil {
		return err
	}
	if h == nil || len(d.path) > app.MaxDepth {
		return errRecordMissing
	}
	d.path = append(d.path, at)
	err = d.holding(id, h, after)
	d.path = d.path[:len(d.path)-1]
	return err
}
