package app

import (
	"errors"

	"github.com/pedigree-ledger/pedigree/app/merkle"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// maxOpened bounds the entries that one op may open, over all its openings.
const maxOpened = 16_384

// maxOpenings bounds the segments that one op may open.
const maxOpenings = 1024

// Opening shows entries of one segment with their audit paths: that they stand
// at those positions of a root in the tree. Roots never change, so an opening
// never goes stale.
type Opening struct {
	Holding HoldingID `json:"holding"`
	Segment uint32    `json:"segment"`
	// Positions are strictly ascending; Entries belong to them one by one.
	Positions []uint16 `json:"positions"`
	Entries   []Entry  `json:"entries"`
	// Siblings are the hashes of the multiproof in the order of package
	// merkle. All entries of a segment need none.
	Siblings []merkle.Hash `json:"siblings,omitempty"`
}

// positionRef names a position, for "opened twice".
type positionRef struct {
	segment  segmentRef
	position uint16
}

func (o *Opening) encode(e *wire.Encoder) {
	e.Raw(o.Holding[:])
	e.Uint32(o.Segment)
	e.Count(len(o.Positions))
	for i, p := range o.Positions {
		e.Uint16(p)
		o.Entries[i].encode(e)
	}
	e.Count(len(o.Siblings))
	for i := range o.Siblings {
		e.Raw(o.Siblings[i][:])
	}
}

func readOpening(d *wire.Decoder) (o Opening) {
	o.Holding, o.Segment = readHoldingID(d), d.Uint32()
	n := d.Count(merkle.SegmentSize, 2+minEntryBytes)
	if n == 0 {
		d.Fail("an opening opens at least one position")
	}
	for i := range n {
		o.Positions = append(o.Positions, d.Uint16())
		o.Entries = append(o.Entries, readEntry(d))
		if i > 0 && o.Positions[i-1] >= o.Positions[i] {
			d.Fail("positions are not ascending")
			return o
		}
	}
	m := d.Count(merkle.SegmentSize, 32)
	for range m {
		o.Siblings = append(o.Siblings, readHash(d))
	}
	return o
}

func writeOpenings(e *wire.Encoder, openings []Opening) {
	e.Count(len(openings))
	for i := range openings {
		openings[i].encode(e)
	}
}

// readOpenings reads the openings of an op: ascending by holding and segment,
// so that no segment stands in two of them.
func readOpenings(d *wire.Decoder) []Opening {
	n := d.Count(maxOpenings, 32+4+2+2+minEntryBytes+2)
	if n == 0 {
		return nil
	}
	out := make([]Opening, 0, n)
	total := 0
	for i := range n {
		o := readOpening(d)
		if total += len(o.Positions); total > maxOpened {
			d.Fail("at most %d entries may be opened", maxOpened)
			return nil
		}
		if i > 0 && !out[i-1].before(&o) {
			d.Fail("openings are not ascending by holding and segment")
			return nil
		}
		out = append(out, o)
	}
	return out
}

// before orders openings by holding, then segment.
func (o *Opening) before(p *Opening) bool {
	if o.Holding != p.Holding {
		return string(o.Holding[:]) < string(p.Holding[:])
	}
	return o.Segment < p.Segment
}

// countOpened is the number of entries that openings open.
func countOpened(openings []Opening) int {
	n := 0
	for i := range openings {
		n += len(openings[i].Positions)
	}
	return n
}

// taken is one entry that an op opened: shown to be at its position, in a
// state the op allows, with the custody it is under.
type taken struct {
	entry    Entry
	from     lineage
	segment  segmentRef
	position uint16
	state    State
	// acquired is the entry's effective acquired.
	acquired uint64
	custody  custody
	// shipment is set when opening it received it by inference out of a
	// loose holding in transit.
	shipment uint64
	marks    *Marks
}

// Verify checks the opening against the segment it claims to open: pure
// mathematics, no state of positions. The error is one of package merkle.
func (o *Opening) Verify(s *Segment) error {
	return merkle.Verify(s.Root, int(s.Count), o.Positions, entryLeaves(o.Entries), o.Siblings)
}

// want says what an op does with what it opens.
type want struct {
	// partial: positions in state partial are allowed.
	partial bool
	// containers: entries that are child containers are allowed.
	containers bool
	// ended: positions at which the item's life ended are allowed.
	ended bool
	// asOwner: the signer must be the owner; otherwise the possessor will do.
	asOwner bool
}

// open shows and checks openings (design 01, section 4, origin (b)). It
// changes nothing but an inferred Receive.
func (d *draft) open(openings []Opening, w want) ([]taken, error) {
	out := make([]taken, 0, countOpened(openings))
	for i := range openings {
		o := &openings[i]
		l, err := d.need(o.Holding)
		if err != nil {
			return nil, err
		}
		c, received, err := d.claim(l, w.asOwner)
		if err != nil {
			return nil, d.endedOr(err, o, l, w)
		}
		items, err := d.show(o, l, w)
		if err != nil {
			return nil, err
		}
		shipment := uint64(0)
		if received {
			shipment = d.holdings.get(l.outermost()).Shipment
			d.emitReceived(shipment, true)
		}
		c.holds |= d.markedAround(l, c)
		out = append(out, d.under(items, c, shipment)...)
	}
	return out, nil
}

// endedOr tells whoever may not handle an item that its life has ended, if so:
// that, and not whose it was, is what the partner with a package in hand needs
// to know (rule 6).
func (d *draft) endedOr(err error, o *Opening, l lineage, w want) error {
	if _, shown := d.show(o, l, w); errors.Is(shown, CodeEnded) {
		return shown
	}
	return err
}

// under notes the custody that opened entries are under and, unless 0, the
// shipment that opening them received them from.
func (d *draft) under(items []taken, c custody, shipment uint64) []taken {
	changed := shipment != 0 && d.shipments.get(shipment).Purpose.ChangesOwner()
	for i := range items {
		items[i].custody, items[i].shipment = c, shipment
		if changed {
			items[i].acquired = shipment
		}
	}
	return items
}

// show checks one opening against the tree and the states of its positions.
func (d *draft) show(o *Opening, l lineage, w want) ([]taken, error) {
	ref := segmentRef{o.Holding, o.Segment}
	seg := d.segments.get(ref)
	if seg == nil {
		return nil, reject(CodeSegmentUnknown, "holding %s has no segment %d", o.Holding, o.Segment)
	}
	if err := o.Verify(seg); err != nil {
		return nil, reject(CodeOpeningInvalid, "holding %s segment %d: %v", o.Holding, o.Segment, err)
	}
	effective := d.effective(l)
	out := make([]taken, 0, len(o.Positions))
	for i, p := range o.Positions {
		t := taken{entry: o.Entries[i], from: l, segment: ref, position: p, state: seg.State(p)}
		if err := d.movable(&t, w); err != nil {
			return nil, err
		}
		t.acquired = effective
		if effective == seg.Base {
			t.acquired = t.entry.Acquired
		}
		t.marks = d.marks.get(t.entry.Key)
		out = append(out, t)
	}
	return out, nil
}

// movable judges the state of one position for an op.
func (d *draft) movable(t *taken, w want) error {
	ref := positionRef{t.segment, t.position}
	if d.opened[ref] {
		return reject(CodeOpenedTwice, "%s", t.entry.Key)
	}
	d.opened[ref] = true
	switch {
	case t.entry.IsContainer() && !w.containers:
		return reject(CodeWrongLevel, "%s is a container, not an item", t.entry.Key)
	case t.state == Here, t.state == Partial && w.partial, t.state.Ended() && w.ended:
		return nil
	case t.state == Partial:
		return reject(CodePartial, "%s", t.entry.Key)
	case t.state == Moved:
		return reject(CodeMoved, "%s left holding %s", t.entry.Key, t.segment.holding)
	default:
		return reject(CodeEnded, "%s was %s", t.entry.Key, t.state)
	}
}

// release sets what became of opened positions and takes them out of the
// counts of where they were. to is where they go, or zero when they end.
func (d *draft) release(items []taken, state State, to HoldingID) {
	for i := range items {
		t := &items[i]
		d.segments.edit(t.segment).setState(t.position, state)
		d.noteMove(t, state, to)
		d.touch(t.segment.holding)
		if t.entry.IsContainer() {
			continue
		}
		d.countPartial(t.from, partials(state)-partials(t.state))
		if state.Live() {
			continue
		}
		d.countLive(t.from, t.entry.LotID(), -1)
		if t.shipment != 0 {
			d.receiveItems(t.shipment, d.holdings.get(t.from.outermost()).Short, 1)
		}
		if state.Ended() {
			d.lots.edit(t.entry.LotID()).Ended++
		}
		d.unlocate(t)
	}
}

// partials is what a position in a state adds to the partials of its holding.
func partials(s State) int64 {
	if s == Partial {
		return 1
	}
	return 0
}

// unlocate takes the marks of an item that leaves a holding out of it.
func (d *draft) unlocate(t *taken) {
	if t.marks == nil || t.marks.Located != t.segment.holding {
		return // not located, or where another item of the same key is
	}
	if t.marks.Blocking() {
		d.countMarked(t.from, -1)
	}
	d.marks.edit(t.entry.Key).Located = HoldingID{}
}

// noteMove adds a position to the result's moves, one Move per segment, state
// and destination in a row.
func (d *draft) noteMove(t *taken, state State, to HoldingID) {
	if n := len(d.moves); n > 0 {
		m := &d.moves[n-1]
		if m.From == t.segment.holding && m.Segment == t.segment.number && m.State == state && m.To == to {
			m.Positions = append(m.Positions, t.position)
			return
		}
	}
	d.moves = append(d.moves, Move{t.segment.holding, t.segment.number, []uint16{t.position}, state, to})
}
