package app

// loadShipments reads the shipments, numbered 1, 2, 3 ... without a gap.
func (c *checker) loadShipments() {
	walk(c, RecordShipment, maxShipmentBytes, DecodeShipment, func(key []byte, s *Shipment) {
		c.shipped = append(c.shipped, &checkedShipment{rec: s})
		if want := ShipmentKey(uint64(len(c.shipped))); string(want) != string(key) {
			c.report(12, key, "shipment number %d is missing", len(c.shipped))
		}
		c.needPartner(key, s.From)
		c.needPartner(key, s.To)
		c.checkParties(key, s)
	})
	count := uint64(0)
	if raw, ok := c.v.Get(ShipmentCountKey()); ok {
		n, err := DecodeCount(raw)
		if err != nil {
			c.report(0, ShipmentCountKey(), "cannot be read: %v", err)
		}
		count = n
	}
	c.expect(12, ShipmentCountKey(), "shipments", count, uint64(len(c.shipped)))
}

// checkParties looks at the partners that a shipment may have besides its two
// sides. A drop shipment is two affirmed sales with a seller between them
// (rules 5 and 10).
func (c *checker) checkParties(key []byte, s *Shipment) {
	if !s.Agent.IsZero() {
		c.needPartner(key, s.Agent)
		switch s.Agent {
		case s.From:
			c.report(4, key, "partner %s ships on behalf of itself", s.Agent)
		case s.To, s.Seller:
			c.report(4, key, "partner %s signed for both sides", s.Agent)
		}
	}
	if s.Seller.IsZero() {
		return
	}
	c.needPartner(key, s.Seller)
	if s.Seller == s.From || s.Seller == s.To {
		c.report(5, key, "the seller %s is the shipper or the consignee", s.Seller)
	}
	if !s.Statement || s.Exemption != ExemptNone {
		c.report(10, key, "a drop shipment without a statement, or with exemption %d", s.Exemption)
	}
}

// checkReturns: a return reverses an earlier sale to the partner that returns,
// and never more than was received by it (rule 5).
func (c *checker) checkReturns() {
	returned := make([]uint64, len(c.shipped))
	for i, s := range c.shipped {
		key, n := ShipmentKey(uint64(i)+1), s.rec.Reverses
		if n == 0 {
			continue
		}
		if n > uint64(i) {
			c.report(5, key, "reverses shipment %d, which is not earlier", n)
			continue
		}
		sale := c.shipped[n-1].rec
		if sale.Purpose != PurposeSale || sale.To != s.rec.From {
			c.report(5, key, "reverses shipment %d: a %s to %s, returned by %s", n, sale.Purpose, sale.To, s.rec.From)
		}
		if returned[n-1] += s.rec.Received + s.rec.Open + s.rec.Short; returned[n-1] > sale.Received {
			c.report(5, key, "%d items were returned of shipment %d, by which %d were received", returned[n-1], n, sale.Received)
		}
	}
}

// checkShipments compares every shipment's counts with its holdings (rule
// 12).
func (c *checker) checkShipments() {
	c.checkReturns()
	for i, s := range c.shipped {
		key, r := ShipmentKey(uint64(i)+1), s.rec
		c.expect(12, key, "shipped = received + refused + short + voided + open",
			r.Shipped, r.Received+r.Refused+r.Short+r.Voided+r.Open)
		c.expect(12, key, "open items", r.Open, s.open)
		c.expect(12, key, "short items", r.Short, s.short)
		c.expect(12, key, "open holdings", uint64(r.OpenHoldings), uint64(s.openHoldings))
		c.expect(12, key, "short holdings", uint64(r.ShortHoldings), uint64(s.shortHoldings))
	}
}
