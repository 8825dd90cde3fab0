package app

import (
	"slices"

	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// CloseRecall ends a recall (21 CFR 7.55). The recaller signs, or a regulator.
//
// Completed means that all has been done: the lot, or the items that bear the
// recall's mark, stay unsellable for good, and the record says since when.
//
// Withdrawn means that it was made in error. Then Keys lists items whose mark
// is cleared, at most 1,024 at a time, because a recall may bear more marks
// than one transaction can carry. While some are left the recall stays open,
// only narrower, so single items are let go in the same way; when none is left
// it is withdrawn, and sales of a whole lot go on. Without Keys none may be
// left.
//
// A closed recall is opened again by a new Recall.
//
// Codes: suspended, lot-unknown, not-recalled, not-authorized, mark-unknown,
// not-all.
type CloseRecall struct {
	LotID
	// Outcome is completed or withdrawn.
	Outcome RecallOutcome `json:"outcome"`
	// Text is for people, at most 80 bytes.
	Text string `json:"text,omitempty"`
	// Keys are strictly ascending, at most 1,024; none when completed.
	Keys []gs1.Key `json:"keys,omitempty"`
}

// Kind is KindCloseRecall.
func (*CloseRecall) Kind() Kind { return KindCloseRecall }

func (o *CloseRecall) encode(e *wire.Encoder) {
	o.LotID.encode(e)
	e.Uint8(uint8(o.Outcome))
	e.String8(o.Text)
	writeRecallKeys(e, o.Keys)
}

func (o *CloseRecall) decode(d *wire.Decoder) {
	o.LotID = readLotID(d)
	o.Outcome, o.Text, o.Keys = RecallOutcome(d.Uint8()), readText(d, maxReasonBytes), readRecallKeys(d)
	if o.Outcome != RecallCompleted && o.Outcome != RecallWithdrawn {
		d.Fail("the outcome is completed or withdrawn, found %d", o.Outcome)
	}
	if o.Outcome == RecallCompleted && len(o.Keys) > 0 {
		d.Fail("a completed recall clears no marks")
	}
}

func (o *CloseRecall) validate(d *draft) error {
	if err := standing(d.by, d.signer); err != nil {
		return err
	}
	if err := d.needRecall(o.LotID); err != nil {
		return err
	}
	r := d.lots.edit(o.LotID).Recall
	if !d.actsFor(r.By) && !d.signer.Roles.Has(RoleRegulator) {
		return reject(CodeNotAuthorized, "the recall is of %s", r.By)
	}
	if o.Outcome == RecallWithdrawn {
		if err := o.clear(d, r); err != nil {
			return err
		}
	}
	if o.Outcome == RecallCompleted || r.Items == 0 {
		r.Outcome = o.Outcome
		r.Closed = Closing{By: d.by, Height: d.block.Height, Time: d.block.Time}
	}
	d.emit(EventRecallClosed, "gtin", o.GTIN.String(), "lot", o.Lot, "outcome", r.Outcome.String(), "cleared", num(uint64(len(o.Keys))))
	return nil
}

// clear takes the recall's mark off the keys.
func (o *CloseRecall) clear(d *draft, r *Recall) error {
	if len(o.Keys) == 0 && r.Items > 0 {
		return reject(CodeNotAll, "%d items bear the recall's mark: name them", r.Items)
	}
	for _, k := range o.Keys {
		m := d.marks.get(k)
		if m == nil || m.recalledBy(r) < 0 {
			return reject(CodeMarkUnknown, "%s bears no mark of this recall", k)
		}
		d.dropMark(k, m.recalledBy(r))
		r.Items--
	}
	return nil
}

// dropMark takes the i-th mark off a key.
func (d *draft) dropMark(key gs1.Key, i int) {
	m := d.marks.edit(key)
	before := !m.Located.IsZero() && m.Blocking()
	m.Marks = slices.Delete(m.Marks, i, i+1)
	d.recountMark(m, before)
	if len(m.Marks) == 0 {
		d.marks.remove(key)
	}
}
