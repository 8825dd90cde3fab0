package app

import "github.com/pedigree-ledger/pedigree/internal/wire"

// Release takes whole holdings off hold again. The owner or the possessor
// lifts a quarantine; a regulator lifts whatever stands. What is inside, and
// has a hold of its own, keeps it, and so does what was taken out meanwhile.
// Goods on their way back as nonsaleable are released by whoever has received
// them, not before.
//
// Codes: suspended, holding-unknown, event-too-early, not-authorized,
// not-held.
type Release struct {
	// Reason is for people, at most 80 bytes.
	Reason string `json:"reason,omitempty"`
	// Holdings are strictly ascending, 1 to 1,024.
	Holdings []HoldingID `json:"holdings"`
}

// Kind is KindRelease.
func (*Release) Kind() Kind { return KindRelease }

func (o *Release) encode(e *wire.Encoder) {
	e.String8(o.Reason)
	writeHoldingIDs(e, o.Holdings)
}

func (o *Release) decode(d *wire.Decoder) {
	o.Reason, o.Holdings = readText(d, maxReasonBytes), readHoldingIDs(d)
	if len(o.Holdings) == 0 {
		d.Fail("at least one holding is released")
	}
}

func (o *Release) validate(d *draft) error {
	if err := standing(d.by, d.signer); err != nil {
		return err
	}
	for _, id := range o.Holdings {
		l, err := d.need(id)
		if err != nil {
			return err
		}
		may, err := d.mayHold(l)
		if err != nil {
			return err
		}
		if n := d.holdings.get(l.outermost()).Shipment; n != 0 && d.shipments.get(n).Nonsaleable() {
			may &= HoldOrder // until whoever gets it back has seen it
		}
		h := d.holdings.get(id)
		lifted := h.Holds & may
		switch {
		case h.Holds == 0:
			return reject(CodeNotHeld, "holding %s", id)
		case lifted == 0:
			return reject(CodeNotAuthorized, "holding %s is on hold: %s, of which the signer lifts none now", id, h.Holds)
		}
		d.setHolds(l, h.Holds&^may)
		d.emit(EventReleased, "holding", id.String(), "hold", lifted.String())
	}
	return nil
}
