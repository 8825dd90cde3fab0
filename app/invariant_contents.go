package app

import (
	"slices"

	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// checkSegments reads every segment, counts its states, and where contents are
// at hand compares the entries.
func (c *checker) checkSegments() {
	walk(c, RecordSegment, maxSegmentBytes, DecodeSegment, func(key []byte, s *Segment) {
		if len(key) != 1+len(HoldingID{})+4 {
			c.report(0, key, "the key has %d bytes", len(key))
			return
		}
		h := c.holding(HoldingID(key[1 : 1+len(HoldingID{})]))
		if h == nil {
			c.report(0, key, "the holding does not exist")
			return
		}
		if want := SegmentKey(h.id, h.segments); string(want) != string(key) {
			c.report(12, key, "segment %d is missing", h.segments)
		}
		c.checkAcquired(key, s.Base)
		if h.rec.Kind != KindContainer {
			h.roots = append(h.roots, s.Root)
		}
		for p := range s.Count {
			c.countPosition(h, s.State(p))
		}
		if c.contents != nil {
			c.checkEntries(key, h, s)
		}
		h.segments++
	})
}

func (c *checker) countPosition(h *checkedHolding, s State) {
	if s.Live() {
		h.live++
	}
	h.partials += uint64(partials(s))
	if s.Ended() {
		c.ended++
	}
	if s == Repackaged {
		c.repackaged++
	}
}

// checkEntries compares the entries behind a root with the root and looks at
// each of them.
func (c *checker) checkEntries(key []byte, h *checkedHolding, s *Segment) {
	entries, ok := c.contents(h.id, h.segments)
	switch {
	case !ok:
		c.report(0, key, "the contents are missing")
		return
	case len(entries) != int(s.Count):
		c.report(0, key, "%d entries, found %d", s.Count, len(entries))
		return
	case EntriesRoot(entries) != s.Root:
		c.report(0, key, "the contents do not lead to the root")
		return
	}
	if h.rec.Kind == KindRun {
		h.first, h.last, h.count = entries[0].Key, entries[len(entries)-1].Key, len(entries)
		h.runLot = entries[0].LotID()
		if l := c.lot(h.runLot); l != nil {
			l.runs = append(l.runs, h)
		}
	}
	line := c.lineOf(h)
	effective := effectiveIn(line)
	for i := range entries {
		if i > 0 && entries[i-1].Key >= entries[i].Key {
			c.report(0, key, "position %d is not ascending", i)
		}
		e, state := &entries[i], s.State(uint16(i))
		if e.IsContainer() {
			c.checkChild(key, h, e, state)
			continue
		}
		c.checkItem(key, line, e, state)
		if state.Live() {
			acquired := effective
			if effective == s.Base {
				acquired = e.Acquired
			}
			c.checkOwner(key, line[len(line)-1].rec, e, acquired)
		}
	}
}

// effectiveIn is the effective acquired of what stands in a line of holdings.
func effectiveIn(line []*checkedHolding) uint64 {
	acquired := line[len(line)-1].rec.Acquired
	for i := len(line) - 2; i >= 0; i-- {
		if acquired == line[i].rec.Joined {
			acquired = line[i].rec.Acquired
		}
	}
	return acquired
}

// checkChild: a child container's entry is here as long as the child names
// this holding as its parent (origin (c)).
func (c *checker) checkChild(key []byte, h *checkedHolding, e *Entry, state State) {
	child := c.holding(e.Child)
	if child == nil || child.rec.Key != e.Key {
		c.report(0, key, "container %s: holding %s does not exist or is another's", e.Key, e.Child)
		return
	}
	switch {
	case state == Here && child.rec.Parent != h.id:
		c.report(2, key, "container %s is here, its parent is %s", e.Key, child.rec.Parent)
	case state == Here:
		h.entries++
	case state != Moved:
		c.report(1, key, "container %s is %s", e.Key, state)
	}
}

// checkItem counts an item's position.
func (c *checker) checkItem(key []byte, line []*checkedHolding, e *Entry, state State) {
	if line[0].rec.Kind == KindRun {
		c.born = append(c.born, e.Key)
		if e.Acquired != 0 || e.LotID() != line[0].runLot {
			c.report(0, key, "%s in a run of %s, acquired %d", e.Key, line[0].runLot, e.Acquired)
		}
	}
	if state != Moved {
		c.alive = append(c.alive, e.Key)
	}
	lot := c.lot(e.LotID())
	if lot == nil {
		c.report(0, key, "%s: %s does not exist", e.Key, e.LotID())
		return
	}
	if state.Ended() {
		lot.ended++
	}
	if state.Live() {
		for _, h := range line {
			h.lots.add(e.LotID(), 1)
		}
	}
}

// checkOwner: an item's owner is its labeler, or the partner to which the
// shipment went by which it was acquired.
func (c *checker) checkOwner(key []byte, out *Holding, e *Entry, acquired uint64) {
	if acquired == 0 {
		if l := c.lot(e.LotID()); l != nil && firstOwner(l.rec, e) != out.Owner {
			c.report(2, key, "%s was never sold; labeler %s, owner %s", e.Key, l.rec.Labeler, out.Owner)
		}
		return
	}
	if s := c.shipment(acquired); s == nil || s.rec.To != out.Owner {
		c.report(2, key, "%s was acquired by shipment %d, not to its owner %s", e.Key, acquired, out.Owner)
	}
}

// firstOwner is who commissioned an item: its lot's labeler, or the partner
// whose number stands in its surrogate serial.
func firstOwner(lot *Lot, e *Entry) gs1.GLN {
	if sg, ok := e.Key.SGTIN(); ok {
		if by, surrogate := IsSurrogate(sg.Serial); surrogate {
			return by
		}
	}
	return lot.Labeler
}

// checkSerial: surrogate serials stand in exempt lots, and nowhere else (rule
// 9); beside others in a lot that its labeler reclaimed.
func (c *checker) checkSerial(key []byte, lot *Lot, k gs1.Key) {
	sg, _ := k.SGTIN()
	if _, surrogate := IsSurrogate(sg.Serial); lot.Exempt != LotReclaimed && surrogate == (lot.Exempt == LotNotExempt) {
		c.report(9, key, "%s in a lot with exemption %s", k, lot.Exempt)
	}
}

// checkOrigins: every commissioned position is in exactly one place (rule 1),
// and every commission's root is that of its runs.
func (c *checker) checkOrigins() {
	if c.contents == nil {
		return
	}
	slices.Sort(c.born)
	slices.Sort(c.alive)
	if i := firstDifference(c.born, c.alive); i >= 0 {
		c.report(1, nil, "%d positions were commissioned, %d are in a place or ended; the first difference is at %v and %v",
			len(c.born), len(c.alive), keyAt(c.born, i), keyAt(c.alive, i))
	}
	for _, l := range c.lots {
		slices.SortFunc(l.runs, func(a, b *checkedHolding) int { return compareKeys(a.first, b.first) })
		for seq := range l.rec.Commissions {
			r := c.commission(l.id, seq)
			if r != nil && !madeOfRuns(r, l.runs) {
				c.report(0, CommissionKey(l.id, seq), "no runs of the lot lead to the root")
			}
		}
	}
}

func firstDifference(a, b []gs1.Key) int {
	for i := range max(len(a), len(b)) {
		if keyAt(a, i) != keyAt(b, i) {
			return i
		}
	}
	return -1
}

func keyAt(keys []gs1.Key, i int) gs1.Key {
	if i < len(keys) {
		return keys[i]
	}
	return ""
}
