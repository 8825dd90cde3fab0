package app

import (
	"slices"

	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// checkMarks reads the marks, checks that each is located where its key is,
// and sums up what every holding's marked count has to be (rule 7).
func (c *checker) checkMarks() {
	walk(c, RecordMarks, maxMarksBytes, DecodeMarks, func(key []byte, m *Marks) {
		k, err := gs1.ParseKey(string(key[1:]))
		if err != nil {
			c.report(7, key, "the key cannot be read: %v", err)
			return
		}
		for i := range m.Marks {
			c.needPartner(key, m.Marks[i].By)
			if m.find(m.Marks[i].Kind, m.Marks[i].By) != i {
				c.report(7, key, "%s is marked %s by %s twice", k, m.Marks[i].Kind, m.Marks[i].By)
			}
		}
		if !m.Located.IsZero() {
			c.checkLocated(key, k, m)
		}
	})
	for _, h := range c.holdings {
		if h.rec.Holds != 0 {
			h.marked++
		}
		if p := c.holding(h.rec.Parent); p != nil {
			p.marked += uint64(h.rec.Marked)
		}
	}
}

// checkLocated: a container's key is located in its own holding, an item's in
// the innermost holding it is in.
func (c *checker) checkLocated(key []byte, k gs1.Key, m *Marks) {
	h := c.holding(m.Located)
	if h == nil {
		c.report(7, key, "located in holding %s, which does not exist", m.Located)
		return
	}
	if m.Blocking() {
		h.marked++
	}
	switch {
	case h.rec.Kind == KindContainer && h.rec.Key == k:
		if c.holding(ContainerID(k, h.rec.N+1)) != nil {
			c.report(7, key, "located in use %d of container %s, which is over", h.rec.N, k)
		}
	case c.contents != nil && !c.isIn(h, k):
		c.report(7, key, "located in holding %s, where %s is not", m.Located, k)
	}
}

// isIn reports whether an item is live in a holding, by its contents.
func (c *checker) isIn(h *checkedHolding, k gs1.Key) bool {
	for n := range h.segments {
		entries, ok := c.contents(h.id, n)
		if !ok {
			continue
		}
		i, found := slices.BinarySearchFunc(entries, k, func(e Entry, k gs1.Key) int { return compareKeys(e.Key, k) })
		if !found || entries[i].IsContainer() {
			continue
		}
		raw, _ := c.v.Get(SegmentKey(h.id, n))
		if s, err := DecodeSegment(raw); err == nil && i < int(s.Count) && s.State(uint16(i)).Live() {
			return true
		}
	}
	return false
}
