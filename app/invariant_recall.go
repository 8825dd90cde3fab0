package app

import "github.com/pedigree-ledger/pedigree/app/gs1"

// checkRecalls counts the marks and the acknowledgements of every recall and
// compares them with the lots' records (rule 8).
func (c *checker) checkRecalls() {
	marks, acks := c.recallMarks(), c.recallAcks()
	for _, l := range c.lots {
		key, r := LotKey(l.id), l.rec.Recall
		if r == nil {
			continue
		}
		c.needPartner(key, r.By)
		c.expect(8, key, "marks of its recall", uint64(r.Items), marks[r.Tx])
		c.expect(8, key, "acknowledgements of its recall", uint64(r.Acks), acks[l.id])
		if r.Outcome == RecallWithdrawn && r.Items > 0 {
			c.report(8, key, "its recall is withdrawn and %d items bear its mark", r.Items)
		}
		if !r.Whole && r.Items == 0 && r.Outcome != RecallWithdrawn {
			c.report(8, key, "its recall is of nothing")
		}
		delete(marks, r.Tx)
		delete(acks, l.id)
	}
	if len(marks)+len(acks) > 0 {
		c.report(8, []byte{prefixLot}, "%d recalls have marks, %d have acknowledgements, and stand in no lot", len(marks), len(acks))
	}
}

// recallMarks counts the marks of each recall by the tx that began it.
func (c *checker) recallMarks() map[TxID]uint64 {
	out := make(map[TxID]uint64)
	c.v.Scan([]byte{prefixMarks}, func(_, value []byte) bool {
		m, err := DecodeMarks(value)
		if err != nil {
			return true // reported by checkMarks
		}
		for i := range m.Marks {
			if m.Marks[i].Kind == MarkRecalled {
				out[m.Marks[i].Tx]++
			}
		}
		return true
	})
	return out
}

// recallAcks counts the acknowledgements of each lot's recall.
func (c *checker) recallAcks() map[LotID]uint64 {
	out := make(map[LotID]uint64)
	walk(c, RecordRecallAck, maxRecallAckBytes, DecodeRecallAck, func(key []byte, _ *RecallAck) {
		lot, gln, err := decodeRecallAckKey(key)
		if err != nil {
			c.report(8, key, "the key cannot be read: %v", err)
			return
		}
		c.needPartner(key, gln)
		out[lot]++
	})
	return out
}

// decodeRecallAckKey reads what RecallAckKey wrote.
func decodeRecallAckKey(key []byte) (lot LotID, gln gs1.GLN, err error) {
	const before = 1 + len(lot.GTIN)
	if len(key) < before+1 || len(key) != before+1+int(key[before])+len(gln) {
		return lot, gln, errShortKey
	}
	end := len(key) - len(gln)
	if lot, err = ParseLotID(string(key[1:before]), string(key[before+1:end])); err != nil {
		return lot, gln, err
	}
	gln, err = gs1.ParseGLN(string(key[end:]))
	return lot, gln, err
}
