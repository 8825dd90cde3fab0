package app

// loadLots reads the lots and their commissions.
func (c *checker) loadLots() {
	walk(c, RecordLot, maxLotRecordBytes, DecodeLot, func(key []byte, l *Lot) {
		id, err := decodeLotSuffix(key[1:])
		if err != nil {
			c.report(0, key, "the key cannot be read: %v", err)
			return
		}
		c.lotAt[id] = len(c.lots)
		c.lots = append(c.lots, &checkedLot{id: id, rec: l})
		c.checkProduct(key, id, l)
		c.checkCommissions(key, id, l)
	})
}

// checkProduct: only a product's labeler commissions it, at unit level (rule
// 9). It may have sold the product since.
func (c *checker) checkProduct(key []byte, id LotID, l *Lot) {
	raw, ok := c.v.Get(ProductKey(id.GTIN))
	if !ok {
		c.report(9, key, "product %s is not registered", id.GTIN)
		return
	}
	p, err := DecodeProduct(raw)
	if err != nil {
		return // reported with the product
	}
	if p.Level != LevelUnit || p.Labeler != l.Labeler && !c.makes(l.Labeler) {
		c.report(9, key, "the product is at level %s, of %s; the lot of %s", p.Level, p.Labeler, l.Labeler)
	}
}

// checkCommissions counts the commissions of a lot and their items.
func (c *checker) checkCommissions(key []byte, id LotID, l *Lot) {
	var items uint64
	for seq := range l.Commissions {
		r := c.commission(id, seq)
		if r == nil {
			c.report(12, key, "commission %d of %d is missing", seq, l.Commissions)
			continue
		}
		items += uint64(r.Count)
		c.inputs += uint64(r.InputCount)
		c.checkSerial(CommissionKey(id, seq), l, r.First)
		c.checkSerial(CommissionKey(id, seq), l, r.Last)
	}
	if c.commission(id, l.Commissions) != nil {
		c.report(12, key, "there are more than %d commissions", l.Commissions)
	}
	c.expect(12, key, "commissioned", l.Commissioned, items)
}

func (c *checker) commission(id LotID, seq uint32) *CommissionRecord {
	key := CommissionKey(id, seq)
	raw, ok := c.v.Get(key)
	if !ok {
		return nil
	}
	r, err := DecodeCommissionRecord(raw)
	if err != nil || len(raw) > maxCommissionBytes || r.Count == 0 || r.First > r.Last {
		c.report(0, key, "cannot be read: %v", err)
		return nil
	}
	return r
}

// checkContentCounts reads the 't' records.
func (c *checker) checkContentCounts() {
	walk(c, RecordContent, maxCountBytes, decodeCounter, func(key []byte, n *uint64) {
		const prefix = 1 + len(HoldingID{})
		if len(key) < prefix {
			c.report(8, key, "%v", errShortKey)
			return
		}
		lot, err := decodeLotSuffix(key[prefix:])
		if err != nil {
			c.report(8, key, "the key cannot be read: %v", err)
			return
		}
		h := c.holding(HoldingID(key[1:prefix]))
		switch {
		case h == nil || h.rec.LotMode != LotMixed:
			c.report(8, key, "the holding does not exist or is not mixed")
		case *n == 0:
			c.report(8, key, "a count of zero is deleted")
		default:
			h.mixed.add(lot, int64(*n))
		}
	})
	for _, h := range c.holdings {
		p, by := c.holding(h.rec.Parent), h.lotsByRecord()
		for i := range by.lots {
			if p != nil {
				p.childLots.add(by.lots[i], by.n[i])
			}
		}
	}
}

// lotsByRecord are the live items of a holding per lot as its records say.
func (h *checkedHolding) lotsByRecord() lotCounts {
	switch h.rec.LotMode {
	case LotOne:
		return lotCounts{lots: []LotID{h.rec.Lot}, n: []int64{int64(h.rec.Live)}}
	case LotMixed:
		return h.mixed
	default:
		return lotCounts{}
	}
}

func (l *lotCounts) of(lot LotID) int64 {
	if i := l.find(lot); i >= 0 {
		return l.n[i]
	}
	return 0
}

func (l *lotCounts) sum() (n int64) {
	for i := range l.n {
		n += l.n[i]
	}
	return n
}

// checkLotsOf: lots are exact in every holding at any depth (rule 8).
func (c *checker) checkLotsOf(h *checkedHolding) {
	key, by := HoldingKey(h.id), h.lotsByRecord()
	if (h.rec.LotMode == LotNone) != (h.rec.Live == 0) {
		c.report(8, key, "lot mode %d with %d live items", h.rec.LotMode, h.rec.Live)
	}
	c.expect(8, key, "live items by lot", h.rec.Live, uint64(by.sum()))
	if uint64(len(by.lots)) > c.params.MaxLots {
		c.report(8, key, "%d lots, at most %d", len(by.lots), c.params.MaxLots)
	}
	for i, lot := range by.lots {
		c.checkLotOf(key, h, lot, by.n[i])
	}
	for i, lot := range h.childLots.lots {
		if n := h.childLots.n[i]; n > by.of(lot) {
			c.report(8, key, "%s: %d items, its children have %d", lot, by.of(lot), n)
		}
	}
	for i, lot := range h.lots.lots {
		if n := h.lots.n[i]; n != by.of(lot) {
			c.report(8, key, "%s: the records say %d items, the contents %d", lot, by.of(lot), n)
		}
	}
}

// checkLotOf looks at one lot in one holding and adds it to the totals.
func (c *checker) checkLotOf(key []byte, h *checkedHolding, lot LotID, n int64) {
	l := c.lot(lot)
	if l == nil {
		c.report(8, key, "%s does not exist", lot)
		return
	}
	if h.rec.Declared != "" && lot.Lot != h.rec.Declared {
		c.report(8, key, "the case declares lot %s and contains %s", h.rec.Declared, lot.Lot)
	}
	if c.contents != nil && h.lots.of(lot) == 0 {
		c.report(8, key, "%s: the records say %d items, the contents none", lot, n)
	}
	if h.rec.Parent.IsZero() {
		l.live += uint64(n)
	}
}

// checkLots: commissioned = live in outermost holdings + ended (rule 12).
func (c *checker) checkLots() {
	var ended uint64
	for _, l := range c.lots {
		c.expect(12, LotKey(l.id), "commissioned = live + ended", l.rec.Commissioned, l.live+l.rec.Ended)
		ended += l.rec.Ended
		if c.contents != nil {
			c.expect(12, LotKey(l.id), "ended", l.rec.Ended, l.ended)
		}
	}
	c.expect(12, []byte{prefixLot}, "ended, of all lots", ended, c.ended)
	c.expect(12, []byte{prefixCommission}, "inputs of what was repackaged", c.inputs, c.repackaged)
}
