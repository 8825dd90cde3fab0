package index

import (
	"fmt"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// hop is a stay of an item at one position: when it came, what happened to it
// there, and when it left (or the zero ref).
type hop struct {
	at      app.Position
	entry   app.Entry
	came    ref
	changes []change
	state   app.State // of the position, last
	left    ref
	was     app.State // before it left
}

// change is a tx that changed the state of an item's own position.
type change struct {
	at    ref
	state app.State
	to    move
}

// Place returns where a key is: an item, or the latest use of a container. The
// error is a *NotFoundError when the key was never commissioned or packed.
func (x *Index) Place(key gs1.Key) (*app.Place, error) {
	return read(x, func(s *snapshot) (*app.Place, error) { return x.place(s, key) })
}

func (x *Index) place(s *snapshot, key gs1.Key) (*app.Place, error) {
	uses, err := s.uses(key)
	if err != nil {
		return nil, err
	}
	if len(uses) > 0 {
		return s.placeOfContainer(key, uses[len(uses)-1])
	}
	sg, ok := key.SGTIN()
	if !ok {
		return nil, s.notFound("container %s", key)
	}
	all, err := x.commissionings(s, sg.GTIN, sg.Serial)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, s.notFound("key %s", key)
	}
	p := &app.Place{Key: key, Height: s.head.height}
	last, err := s.latest(key, all)
	if err != nil {
		return nil, err
	}
	for i := range all {
		p.Commissions = append(p.Commissions, all[i].commissionedAt(sg.GTIN))
	}
	p.Entry, p.At, p.State, p.Holding = last.entry, last.at, last.state, last.at.Holding
	p.Chain, err = s.chain(p.Holding)
	return p, err
}

// latest follows each commissioning of an item to its end and returns the one
// that counts: a live one before an ended one, then the one that came there
// last.
func (s *snapshot) latest(key gs1.Key, all []found) (*hop, error) {
	var best *hop
	for i := range all {
		hops, err := s.follow(key, &all[i])
		if err != nil {
			return nil, err
		}
		h := &hops[len(hops)-1]
		if best == nil || h.state.Live() && !best.state.Live() ||
			h.state.Live() == best.state.Live() && best.came.before(h.came) {
			best = h
		}
	}
	return best, nil
}

// follow leads an item from its commissioning to where it is now.
func (s *snapshot) follow(key gs1.Key, f *found) ([]hop, error) {
	h := hop{at: f.at(), entry: f.entry, came: f.c.at}
	var out []hop
	for {
		if err := s.stay(&h); err != nil {
			return nil, err
		}
		out = append(out, h)
		if h.state != app.Moved {
			return out, nil
		}
		next, err := s.arrival(key, &h)
		if err != nil {
			return nil, err
		}
		if !h.came.before(next.came) {
			return nil, fmt.Errorf("%w: item %s goes in a circle", errPacked, key)
		}
		next.state = h.was // a part that was dispensed stays so
		h = next
	}
}

// stay fills in what happened to a position.
func (s *snapshot) stay(h *hop) error {
	err := s.scan(movePrefix(h.at.Holding, h.at.Segment), nil, func(suffix, v []byte) (bool, error) {
		m, has, err := decodeMove(v, h.at.Position)
		if err != nil || !has {
			return true, err
		}
		if len(suffix) != refLen+4 {
			return false, errShort
		}
		c := change{parseRef(suffix), m.state, m}
		h.changes = append(h.changes, c)
		if m.state == app.Moved {
			h.left, h.was = c.at, h.state
		}
		h.state = m.state
		return m.state.Live(), nil
	})
	return err
}

// arrival finds where an item that moved went: the entry with its key in the
// segments that the same tx made.
func (s *snapshot) arrival(key gs1.Key, h *hop) (hop, error) {
	m := h.changes[len(h.changes)-1].to
	for i := range uint32(m.segments) {
		n := m.first + i
		g, err := s.segment(m.to, n)
		if err != nil {
			return hop{}, err
		}
		e, position, ok, err := s.findIn(g.Root, key)
		if err != nil {
			return hop{}, err
		}
		if ok {
			return hop{at: app.Position{Holding: m.to, Segment: n, Position: position}, entry: e, came: h.left}, nil
		}
	}
	return hop{}, fmt.Errorf("%w: %s left holding %s and arrived nowhere", errRecordMissing, key, h.at.Holding)
}

// chain leads from a holding to the outermost.
func (s *snapshot) chain(id app.HoldingID) ([]app.HoldingID, error) {
	out := []app.HoldingID{id}
	for range app.MaxDepth {
		h, err := s.holding(id)
		if err != nil {
			return nil, err
		}
		if h == nil {
			return nil, fmt.Errorf("%w: holding %s", errRecordMissing, id)
		}
		if h.Parent.IsZero() {
			break
		}
		id = h.Parent
		out = append(out, id)
	}
	return out, nil
}

// uses are the holdings of a container's key, first use first.
func (s *snapshot) uses(key gs1.Key) (out []app.HoldingID, err error) {
	// Most keys asked about are items': one read tells, a scan would be three.
	if used, err := s.view(append(containerPrefix(key), u32(0)...), func([]byte) error { return nil }); !used {
		return nil, err
	}
	err = s.scan(containerPrefix(key), nil, func(_, v []byte) (bool, error) {
		if len(v) != len(app.HoldingID{}) {
			return false, errShort
		}
		out = append(out, app.HoldingID(v))
		return true, nil
	})
	return out, err
}

func (s *snapshot) placeOfContainer(key gs1.Key, id app.HoldingID) (*app.Place, error) {
	p := &app.Place{Key: key, Entry: app.Entry{Key: key}, Holding: id, Height: s.head.height}
	var err error
	if p.Chain, err = s.chain(id); err != nil || len(p.Chain) == 1 {
		return p, err
	}
	v, err := s.get(standsKey(id))
	if err != nil {
		return nil, err
	}
	if p.At, err = decodePosition(v); err != nil {
		return nil, err
	}
	p.Entry, p.State, err = s.entryAt(p.At)
	return p, err
}

// entryAt reads the entry and the state of one position.
func (s *snapshot) entryAt(at app.Position) (app.Entry, app.State, error) {
	g, err := s.segment(at.Holding, at.Segment)
	if err != nil {
		return app.Entry{}, 0, err
	}
	entries, err := s.contents(g.Root)
	if err != nil {
		return app.Entry{}, 0, err
	}
	if int(at.Position) >= len(entries) || at.Position >= g.Count {
		return app.Entry{}, 0, fmt.Errorf("%w: position %d", errPacked, at.Position)
	}
	return entries[at.Position], g.State(at.Position), nil
}
