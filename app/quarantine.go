package app

import "github.com/pedigree-ledger/pedigree/internal/wire"

// Quarantine puts whole holdings on hold, at any depth, sealed ones and those
// in transit included (rule 4): nothing in them or taken out of them is sold or
// dispensed until it is released (docs/decisions/0010). The owner or the
// possessor signs, or a regulator: its hold is an order, which stands beside
// theirs and which only a regulator lifts.
//
// Codes: holding-unknown, nothing-named, container-in-use,
// event-too-early, not-authorized, already-held.
type Quarantine struct {
	// Reason is for people, at most 80 bytes.
	Reason string `json:"reason,omitempty"`
	// Holdings are strictly ascending, 1 to 1,024.
	Holdings []HoldingID `json:"holdings"`
}

// Kind is KindQuarantine.
func (*Quarantine) Kind() Kind { return KindQuarantine }

func (o *Quarantine) encode(e *wire.Encoder) {
	e.String8(o.Reason)
	writeHoldingIDs(e, o.Holdings)
}

func (o *Quarantine) decode(d *wire.Decoder) {
	o.Reason, o.Holdings = readText(d, maxReasonBytes), readHoldingIDs(d)
	if len(o.Holdings) == 0 {
		d.Fail("at least one holding is quarantined")
	}
}

func (o *Quarantine) validate(d *draft) error {
	for _, id := range o.Holdings {
		l, err := d.need(id)
		if err != nil {
			return err
		}
		h := d.holdings.get(id)
		if h.Kind != KindContainer && h.Live == 0 {
			return reject(CodeNothingNamed, "nothing is left in %s holding %s", h.Kind, id)
		}
		if err := d.inUse(h); err != nil {
			return err
		}
		may, err := d.mayHold(l)
		if err != nil {
			return err
		}
		hold := HoldQuarantine
		if may.Has(HoldOrder) {
			hold = HoldOrder
		}
		if h.Holds.Has(hold) {
			return reject(CodeAlreadyHeld, "holding %s is on hold: %s", id, h.Holds)
		}
		d.setHolds(l, h.Holds|hold)
		d.emit(EventHeld, "holding", id.String(), "hold", hold.String())
	}
	return nil
}

// mayHold returns the holds over which the signer has a say in a lineage, or
// rejects a signer that has none.
func (d *draft) mayHold(l lineage) (Holds, error) {
	if err := d.inTime(l); err != nil {
		return 0, err
	}
	if d.signer.Roles.Has(RoleRegulator) {
		return HoldQuarantine | HoldOrder, nil
	}
	c := d.custodyOf(l)
	if !d.actsFor(c.owner) && !d.actsFor(c.possessor) {
		return 0, reject(CodeNotAuthorized, "owner %s, possessor %s, signer %s", c.owner, c.possessor, d.by)
	}
	return HoldQuarantine, nil
}

// setHolds changes the holds of the first holding of a lineage. A holding on
// hold counts once in the marked count of itself and of all it stands in,
// whatever the number of its holds (rule 7).
func (d *draft) setHolds(l lineage, to Holds) {
	h := d.holdings.edit(l[0])
	switch {
	case h.Holds == 0 && to != 0:
		d.countMarked(l, 1)
	case h.Holds != 0 && to == 0:
		d.countMarked(l, -1)
	}
	h.Holds = to
	d.touch(l[0])
}
