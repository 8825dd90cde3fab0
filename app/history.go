package app

// touch records that the tx concerned a holding: head' = H(head ‖ event), so
// that a claimed history can be checked for completeness (design 01, section
// 4). A holding is touched at most once by a tx.
func (d *draft) touch(id HoldingID) {
	if d.touched[id] {
		return
	}
	d.touched[id] = true
	h := d.holdings.edit(id)
	h.Head = NextHead(h.Head, d.tx.ID())
	h.Events++
}

// NextHead is the head of a holding's history after one more event.
func NextHead(head [32]byte, event TxID) [32]byte {
	return hashOf(domainHistory, head[:], event[:])
}

// AbsorbHead is the head of a holding that takes another's history in: a
// child that is packed or unpacked absorbs its parent's, a new holding those
// of its sources.
func AbsorbHead(head [32]byte, other HoldingID, otherHead [32]byte) [32]byte {
	return hashOf(domainAbsorb, head[:], other[:], otherHead[:])
}

// absorb lets a holding take in another's history.
func (d *draft) absorb(into, from HoldingID) {
	h := d.holdings.edit(into)
	h.Head = AbsorbHead(h.Head, from, d.holdings.get(from).Head)
}

// raise moves a holding's custody time up to the op's event time (rule 11).
func (d *draft) raise(id HoldingID, at uint64) {
	h := d.holdings.edit(id)
	h.CustodyTime = max(h.CustodyTime, at, d.tx.EventTime)
}
