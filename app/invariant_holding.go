package app

import "github.com/pedigree-ledger/pedigree/app/merkle"

// loadHoldings reads all holdings and adds each to what is known of its
// parent and its shipment.
func (c *checker) loadHoldings() {
	walk(c, RecordHolding, maxHoldingBytes, DecodeHolding, func(key []byte, h *Holding) {
		if len(key) != 1+len(HoldingID{}) {
			c.report(0, key, "the key has %d bytes", len(key))
			return
		}
		id := HoldingID(key[1:])
		c.at[id] = len(c.holdings)
		c.holdings = append(c.holdings, &checkedHolding{id: id, rec: h})
	})
	for _, h := range c.holdings {
		if h.rec.Parent.IsZero() {
			c.countAboard(h)
			continue
		}
		p := c.holding(h.rec.Parent)
		if p == nil {
			c.report(2, HoldingKey(h.id), "parent %s does not exist", h.rec.Parent)
			continue
		}
		p.children++
		p.below += h.rec.Live
		p.partials += uint64(h.rec.Partials)
	}
}

// countAboard adds an outermost holding to its shipment.
func (c *checker) countAboard(h *checkedHolding) {
	if h.rec.Shipment == 0 {
		if h.rec.Short {
			c.report(4, HoldingKey(h.id), "short, but on no shipment")
		}
		return
	}
	s := c.shipment(h.rec.Shipment)
	switch {
	case s == nil:
		c.report(4, HoldingKey(h.id), "shipment %d does not exist", h.rec.Shipment)
		return
	case s.rec.From != h.rec.Owner:
		c.report(4, HoldingKey(h.id), "shipment %d is from %s, the owner is %s", h.rec.Shipment, s.rec.From, h.rec.Owner)
	}
	if h.rec.Short {
		s.short += h.rec.Live
		s.shortHoldings++
	} else {
		s.open += h.rec.Live
		s.openHoldings++
	}
}

// checkHoldings looks at every holding once everything inside it is known.
func (c *checker) checkHoldings() {
	for _, h := range c.holdings {
		c.checkIdentity(h)
		c.checkCustody(h)
		c.checkDepth(h)
		c.checkCounts(h)
		c.checkLotsOf(h)
	}
}

// checkIdentity recomputes the id where the tree tells what it is made of.
func (c *checker) checkIdentity(h *checkedHolding) {
	key := HoldingKey(h.id)
	if h.rec.Events == 0 || h.rec.Head == ([32]byte{}) {
		c.report(0, key, "a holding has at least the event that made it")
	}
	switch h.rec.Kind {
	case KindContainer:
		c.checkUse(h)
	case KindLoose:
		if !c.isLoose(h.id, h.roots) {
			c.report(0, key, "the id is not that of a loose holding with these %d segments", len(h.roots))
		}
	case KindRun:
		if h.segments != 1 {
			c.report(0, key, "a run has one segment, found %d", h.segments)
			return
		}
		if lot, ok := h.lotOfRun(); ok && RunID(lot.GTIN, lot.Lot, h.roots[0]) != h.id {
			c.report(0, key, "the id is not that of a run of %s with this segment", lot)
		}
	}
}

// lotOfRun is the lot of a run, if the record or the contents tell it.
func (h *checkedHolding) lotOfRun() (LotID, bool) {
	if h.rec.LotMode == LotOne {
		return h.rec.Lot, true
	}
	return h.runLot, h.runLot.Lot != ""
}

// checkUse checks a container's id and the chain of its key's uses.
func (c *checker) checkUse(h *checkedHolding) {
	key := HoldingKey(h.id)
	if ContainerID(h.rec.Key, h.rec.N) != h.id {
		c.report(0, key, "the id is not that of use %d of container %s", h.rec.N, h.rec.Key)
	}
	if h.rec.N == 0 {
		return
	}
	before := c.holding(ContainerID(h.rec.Key, h.rec.N-1))
	switch {
	case before == nil:
		c.report(0, key, "use %d of container %s exists, use %d does not", h.rec.N, h.rec.Key, h.rec.N-1)
	case before.rec.Live > 0 || before.rec.Children > 0 || !before.rec.Parent.IsZero() || before.rec.Shipment != 0:
		c.report(0, HoldingKey(before.id), "container %s was used again, but this use is not over", h.rec.Key)
	}
}

// isLoose reports whether id is one of the numbered holdings of these roots.
func (c *checker) isLoose(id HoldingID, roots []merkle.Hash) bool {
	for n := uint32(0); ; n++ {
		candidate := LooseID(roots, n)
		if candidate == id {
			return true
		}
		if c.holding(candidate) == nil {
			return false
		}
	}
}

// checkCustody looks at owner, possessor and parent (rule 2).
func (c *checker) checkCustody(h *checkedHolding) {
	key := HoldingKey(h.id)
	if h.rec.Parent.IsZero() {
		c.needPartner(key, h.rec.Owner)
		c.needPartner(key, h.rec.Possessor)
		c.checkAcquired(key, h.rec.Acquired)
		return
	}
	if h.rec.Kind != KindContainer {
		c.report(2, key, "a %s stands in %s; only containers have a parent", h.rec.Kind, h.rec.Parent)
	}
	if p := c.holding(h.rec.Parent); p != nil && p.rec.Kind != KindContainer {
		c.report(2, key, "it stands in a %s", p.rec.Kind)
	}
	c.checkAcquired(key, h.rec.Acquired)
	c.checkAcquired(key, h.rec.Joined)
}

func (c *checker) checkAcquired(key []byte, shipment uint64) {
	if shipment != 0 && c.shipment(shipment) == nil {
		c.report(0, key, "acquired by shipment %d, which does not exist", shipment)
	}
}

// checkDepth checks heights as upper bounds, and depth plus height (rule 2).
func (c *checker) checkDepth(h *checkedHolding) {
	key := HoldingKey(h.id)
	if h.rec.Children == 0 && h.rec.Height != 0 {
		c.report(2, key, "height %d without children", h.rec.Height)
	}
	line := c.lineOf(h)
	if levels := len(line) + int(h.rec.Height); levels > MaxDepth {
		c.report(2, key, "%d levels of containers, at most %d", levels, MaxDepth)
	}
	if len(line) > 1 && line[1].rec.Height <= h.rec.Height {
		c.report(2, key, "height %d in a parent of height %d", h.rec.Height, line[1].rec.Height)
	}
}

// checkCounts checks segments, children, live and marked counts.
func (c *checker) checkCounts(h *checkedHolding) {
	key := HoldingKey(h.id)
	c.expect(12, key, "segments", uint64(h.rec.Segments), uint64(h.segments))
	c.expect(2, key, "children", uint64(h.rec.Children), uint64(h.children))
	c.expect(8, key, "live items and children", h.rec.Live+uint64(h.rec.Children), h.live+h.below)
	c.expect(8, key, "items dispensed in part", uint64(h.rec.Partials), h.partials)
	if c.contents != nil {
		c.expect(2, key, "entries of children", uint64(h.rec.Children), uint64(h.entries))
	}
	if h.rec.Holds&^holdsKnown != 0 {
		c.report(0, key, "unknown holds %#x", uint8(h.rec.Holds))
	}
	c.expect(7, key, "marked", uint64(h.rec.Marked), h.marked)
}
