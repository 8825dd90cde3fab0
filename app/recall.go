package app

import "github.com/pedigree-ledger/pedigree/internal/wire"

// RecallLot recalls a whole lot: from the next block on no ship or dispense of
// it is accepted anywhere, at any depth (rule 8). The labeler or a regulator
// signs.
//
// Codes: lot-unknown, not-labeler, suspended, already-recalled.
type RecallLot struct {
	LotID
	Class RecallClass `json:"class"`
	Depth RecallDepth `json:"depth"`
	// Reason is for people, at most 80 bytes.
	Reason string `json:"reason"`
}

// Kind is KindRecall.
func (*RecallLot) Kind() Kind { return KindRecall }

func (o *RecallLot) encode(e *wire.Encoder) {
	e.Raw(o.GTIN[:])
	e.String8(o.Lot)
	e.Uint8(uint8(o.Class))
	e.Uint8(uint8(o.Depth))
	e.String8(o.Reason)
}

func (o *RecallLot) decode(d *wire.Decoder) {
	o.LotID = LotID{readGTIN(d), readLot(d)}
	o.Class, o.Depth, o.Reason = RecallClass(d.Uint8()), RecallDepth(d.Uint8()), readText(d, maxReasonBytes)
	if o.Class < 1 || o.Class > 3 || o.Depth < DepthWholesale || o.Depth > DepthConsumer {
		d.Fail("class is 1 to 3, depth 1 to 3; found %d and %d", o.Class, o.Depth)
	}
}

func (o *RecallLot) validate(d *draft) error {
	if err := standing(d.by, d.signer); err != nil {
		return err
	}
	lot := d.lots.get(o.LotID)
	switch {
	case lot == nil:
		return reject(CodeLotUnknown, "%s", o.LotID)
	case !d.actsFor(lot.Labeler) && !d.signer.Roles.Has(RoleRegulator):
		return reject(CodeNotLabeler, "labeler %s, signer %s", lot.Labeler, d.by)
	case lot.Recall != nil:
		return reject(CodeAlreadyRecalled, "by %s at height %d", lot.Recall.By, lot.Recall.Height)
	}
	d.lots.edit(o.LotID).Recall = &Recall{
		By: d.by, Class: o.Class, Depth: o.Depth, Height: d.block.Height, Time: d.block.Time, Reason: o.Reason,
	}
	d.emit(EventRecalled, "gtin", o.GTIN.String(), "lot", o.Lot, "class", num(uint64(o.Class)))
	return nil
}
