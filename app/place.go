package app

import (
	"slices"
	"strings"

	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/app/merkle"
)

// piece is one segment about to be written. entries are asked for when the
// op has been accepted, and not at all where nobody keeps them.
type piece struct {
	root    merkle.Hash
	count   int
	entries func() []Entry
}

// cut sorts new entries by key, refuses equal keys, and cuts them every 1,024,
// so that all segments are full but the last (design 01, section 4).
func cut(entries []Entry) ([]piece, error) {
	slices.SortFunc(entries, func(a, b Entry) int { return strings.Compare(string(a.Key), string(b.Key)) })
	for i := 1; i < len(entries); i++ {
		if entries[i-1].Key == entries[i].Key {
			return nil, reject(CodeDuplicateKey, "%s", entries[i].Key)
		}
	}
	var out []piece
	for chunk := range slices.Chunk(entries, merkle.SegmentSize) {
		out = append(out, piece{EntriesRoot(chunk), len(chunk), func() []Entry { return chunk }})
	}
	return out, nil
}

// entriesOf makes the new entries of items that move: same key, same lot, and
// the effective acquired.
func entriesOf(items []taken) []Entry {
	out := make([]Entry, len(items))
	for i := range items {
		e := items[i].entry
		out[i] = Entry{Key: e.Key, Lot: e.Lot, Child: e.Child, Acquired: items[i].acquired}
	}
	return out
}

// addSegments appends pieces to a holding.
func (d *draft) addSegments(l lineage, pieces []piece) {
	base := d.effective(l)
	h := d.holdings.edit(l[0])
	for _, p := range pieces {
		ref := segmentRef{l[0], h.Segments}
		d.segments.put(ref, NewSegment(p.root, p.count, base))
		d.noteContents(l[0], h.Segments, p)
		h.Segments++
	}
}

// arrive counts items and locates their marks where they now are.
func (d *draft) arrive(l lineage, items []taken) {
	for i := range items {
		t := &items[i]
		if t.entry.IsContainer() {
			continue
		}
		d.countLive(l, t.entry.LotID(), 1)
		d.countPartial(l, partials(t.state))
		if t.marks == nil || !t.marks.Located.IsZero() {
			continue
		}
		d.marks.edit(t.entry.Key).Located = l[0]
		if t.marks.Blocking() {
			d.countMarked(l, 1)
		}
	}
}

// sources lists the holdings that items come from, each once, in order.
func sources(items []taken) []HoldingID {
	var out []HoldingID
	for i := range items {
		id := items[i].segment.holding
		if len(out) == 0 || out[len(out)-1] != id && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// leaveTime is the latest custody time of what items leave.
func (d *draft) leaveTime(items []taken) uint64 {
	var t uint64
	for i := range items {
		if i == 0 || items[i].segment.holding != items[i-1].segment.holding {
			t = max(t, d.custodyTime(items[i].from))
		}
	}
	return t
}

// newLoose moves items into the n-th loose holding of their roots, under the
// custody c, and returns its id.
func (d *draft) newLoose(items []taken, n uint32, c custody) (HoldingID, error) {
	pieces, err := cut(entriesOf(items))
	if err != nil {
		return HoldingID{}, err
	}
	id, err := d.freeLoose(pieces, n)
	if err != nil {
		return HoldingID{}, err
	}
	left := d.leaveTime(items)
	d.release(items, Moved, id)
	h := &Holding{Kind: KindLoose, Owner: c.owner, Possessor: c.possessor, Location: c.location, Holds: c.holds}
	if c.holds != 0 {
		h.Marked = 1
	}
	d.holdings.put(id, h)
	for _, from := range sources(items) {
		d.absorb(id, from)
	}
	d.addSegments(lineage{id}, pieces)
	d.keepPartial(id, pieces, items)
	d.arrive(lineage{id}, items)
	d.touch(id)
	d.raise(id, left)
	return id, nil
}

// keepPartial lets items that were dispensed in part be so in the new holding
// of these pieces too: a sub-state travels with its item (rule 3).
func (d *draft) keepPartial(id HoldingID, pieces []piece, items []taken) {
	partly := make(map[gs1.Key]bool)
	for i := range items {
		if items[i].state == Partial {
			partly[items[i].entry.Key] = true
		}
	}
	if len(partly) == 0 {
		return
	}
	for n, p := range pieces {
		for i, e := range p.entries() {
			if partly[e.Key] {
				d.segments.edit(segmentRef{id, uint32(n)}).setState(uint16(i), Partial)
			}
		}
	}
}

// freeLoose finds the id of a new loose holding: n-1 must exist and n be
// absent.
func (d *draft) freeLoose(pieces []piece, n uint32) (HoldingID, error) {
	roots := make([]merkle.Hash, len(pieces))
	for i := range pieces {
		roots[i] = pieces[i].root
	}
	id := LooseID(roots, n)
	if d.holdings.get(id) != nil || (n > 0 && d.holdings.get(LooseID(roots, n-1)) == nil) {
		return id, reject(CodeHoldingExists, "loose holding %s, number %d of these contents", id, n)
	}
	return id, nil
}

// newContainer creates the n-th use of a container's key, empty, under the
// custody c. The caller has checked that the signer may use the key.
func (d *draft) newContainer(key gs1.Key, n uint32, declared string, c custody) error {
	id := ContainerID(key, n)
	if d.holdings.get(id) != nil {
		return reject(CodeHoldingExists, "container %s, use %d", key, n)
	}
	if n > 0 {
		if err := d.reusable(key, n-1); err != nil {
			return err
		}
	}
	d.holdings.put(id, &Holding{
		Kind: KindContainer, Key: key, N: n, Declared: declared,
		Owner: c.owner, Possessor: c.possessor, Location: c.location, Holds: c.holds,
	})
	if c.holds != 0 {
		d.holdings.edit(id).Marked = 1
	}
	d.locateContainer(key, id)
	d.touch(id)
	d.raise(id, 0)
	return nil
}

// reusable judges whether the use before the next one is over: empty, in no
// parent, and the retention time has passed (GS1: a year).
func (d *draft) reusable(key gs1.Key, n uint32) error {
	h := d.holdings.get(ContainerID(key, n))
	switch {
	case h == nil:
		return reject(CodeHoldingExists, "container %s was never used a %d. time", key, n+1)
	case h.Live > 0 || h.Children > 0 || !h.Parent.IsZero() || h.Shipment != 0:
		return reject(CodeContainerInUse, "container %s, use %d", key, n)
	case d.block.Time < h.CustodyTime+d.params.RetentionDays*secondsPerDay:
		return reject(CodeRetention, "container %s was last used at %d; %d days must pass", key, h.CustodyTime, d.params.RetentionDays)
	}
	return nil
}

// locateContainer moves the marks of a container's key to its present use.
func (d *draft) locateContainer(key gs1.Key, id HoldingID) {
	m := d.marks.get(key)
	if m == nil {
		return
	}
	if m.Blocking() {
		if !m.Located.IsZero() {
			d.countMarked(d.line(m.Located), -1)
		}
		d.countMarked(lineage{id}, 1)
	}
	d.marks.edit(key).Located = id
}

// attach puts an outermost container into a parent (origin (c)). The caller
// has checked custody; the parent's entry is written with its segment.
func (d *draft) attach(id HoldingID, parent lineage) (Entry, error) {
	h := d.holdings.get(id)
	switch {
	case h.Kind != KindContainer:
		return Entry{}, reject(CodeNotAContainer, "holding %s", id)
	case slices.Contains(parent, id):
		return Entry{}, reject(CodeCycle, "container %s", h.Key)
	case len(parent)+1+int(h.Height) > MaxDepth:
		return Entry{}, reject(CodeTooDeep, "container %s would be at level %d with %d levels inside; at most %d levels", h.Key, len(parent)+1, h.Height, MaxDepth)
	}
	if err := d.inUse(h); err != nil {
		return Entry{}, err // the parent is the next use of this very container
	}
	if m := d.marks.get(h.Key); m != nil && m.Located.IsZero() {
		d.marks.edit(h.Key).Located = id
		d.recountMark(m, false)
	}
	entry := Entry{Key: h.Key, Child: id, Acquired: h.Acquired}
	for _, lc := range d.lotsOf(id) {
		d.countLive(parent, lc.lot, int64(lc.n))
	}
	d.countMarked(parent, int64(h.Marked))
	d.countPartial(parent, int64(h.Partials))
	for i, up := range parent {
		p := d.holdings.edit(up)
		p.Height = max(p.Height, h.Height+uint8(i)+1)
	}
	d.holdings.edit(parent[0]).Children++
	h = d.holdings.edit(id)
	h.Parent, h.Joined = parent[0], d.effective(parent)
	h.Owner, h.Possessor, h.Location = gs1.GLN{}, gs1.GLN{}, gs1.GLN{}
	d.absorb(id, parent[0])
	d.touch(id)
	d.raise(id, 0)
	return entry, nil
}

// detach takes a container out of its parent: it becomes outermost, with the
// custody and the holds of what it was inside (rule 3).
func (d *draft) detach(t *taken) {
	id := t.entry.Child
	l := append(lineage{id}, t.from...)
	parent, left := t.from, d.custodyTime(l)
	acquired := d.effective(l)
	for _, lc := range d.lotsOf(id) {
		d.countLive(parent, lc.lot, -int64(lc.n))
	}
	h := d.holdings.edit(id)
	d.countMarked(parent, -int64(h.Marked))
	d.countPartial(parent, -int64(h.Partials))
	if h.Holds == 0 && t.custody.holds != 0 {
		h.Marked++
	}
	h.Parent, h.Joined, h.Acquired = HoldingID{}, 0, acquired
	h.Holds |= t.custody.holds
	h.Owner, h.Possessor, h.Location = t.custody.owner, t.custody.possessor, t.custody.location
	p := d.holdings.edit(parent[0])
	p.Children--
	if p.Children == 0 {
		p.Height = 0
	}
	d.absorb(id, parent[0])
	d.touch(id)
	d.raise(id, left)
}
