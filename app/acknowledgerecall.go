package app

import "github.com/pedigree-ledger/pedigree/internal/wire"

// AcknowledgeRecall says that the signer received a recall, and how many items
// it found and set aside (21 CFR 7.49(d)). Any partner signs, whether it holds
// some of the lot or not, a suspended one too: it is a duty, not a right. Said
// again it replaces what was said before: a later, better count. After the
// recall was extended it is asked for again.
//
// Codes: lot-unknown, not-recalled.
type AcknowledgeRecall struct {
	LotID
	// Found is how many items of the recall the signer has and has set
	// aside. The ledger does not compare it with anything.
	Found uint32 `json:"found"`
	// Text is for people, at most 80 bytes.
	Text string `json:"text,omitempty"`
}

// Kind is KindAcknowledgeRecall.
func (*AcknowledgeRecall) Kind() Kind { return KindAcknowledgeRecall }

func (o *AcknowledgeRecall) encode(e *wire.Encoder) {
	o.LotID.encode(e)
	e.Uint32(o.Found)
	e.String8(o.Text)
}

func (o *AcknowledgeRecall) decode(d *wire.Decoder) {
	o.LotID = readLotID(d)
	o.Found, o.Text = d.Uint32(), readText(d, maxReasonBytes)
}

func (o *AcknowledgeRecall) validate(d *draft) error {
	if err := d.needRecall(o.LotID); err != nil {
		return err
	}
	ref := ackRef{o.LotID, d.by}
	if d.acks.get(ref) == nil {
		d.lots.edit(o.LotID).Recall.Acks++
	}
	d.acks.put(ref, &RecallAck{Found: o.Found, Height: d.block.Height, Time: d.block.Time, Tx: d.tx.ID()})
	d.emit(EventRecallAcknowledged, "gtin", o.GTIN.String(), "lot", o.Lot, "partner", d.by.String(), "found", num(uint64(o.Found)))
	return nil
}

// needRecall refuses a lot of which no recall is open.
func (d *draft) needRecall(id LotID) error {
	lot := d.lots.get(id)
	switch {
	case lot == nil:
		return reject(CodeLotUnknown, "%s", id)
	case lot.Recall == nil:
		return reject(CodeNotRecalled, "%s", id)
	case !lot.Recall.Open():
		return reject(CodeNotRecalled, "the recall of %s was %s at height %d", id, lot.Recall.Outcome, lot.Recall.Closed.Height)
	default:
		return nil
	}
}
