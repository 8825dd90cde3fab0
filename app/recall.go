package app

import (
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// maxRecallKeys bounds the keys that one op names to be recalled, or cleared.
const maxRecallKeys = 1024

// RecallLot recalls a lot, or some items of it (the op Recall; 21 CFR 7.40 to
// 7.59). The lot's labeler signs, the product's present one, or a regulator; a
// suspended one too: its suspension may be why.
//
// Without Keys the whole lot is recalled: from the next block on no ship or
// dispense of it is accepted anywhere, at any depth (rule 8). With Keys each
// gets a blocking mark `recalled`, which only CloseRecall takes off. A key is
// an item of the GTIN, or a case or inner pack of the same labeler. The tree
// cannot tell whether an item belongs to the lot, nor whether it was ever
// commissioned: the recaller answers for that, and a key without a package
// stops nothing. A mark reaches sealed goods once it is located (rule 7); a
// case is located at once while it is in its first use. What was taken out of
// a case before has to be named by itself.
//
// A second Recall of the lot must add something: keys, the whole lot, a greater
// depth or another class. It never takes anything away: a recall of the whole
// lot is not narrowed to keys, and the depth stays the greatest that was asked
// for. It is the recall of the first signer, or of the first regulator to
// sign; nobody but these and regulators changes its class. A recall that was
// completed is opened again as it stood; one that was withdrawn begins anew.
//
// Codes: lot-unknown, not-labeler, already-recalled, not-authorized,
// product-unknown, lot-mismatch, mark-exists, too-many-marks.
type RecallLot struct {
	LotID
	Class RecallClass `json:"class"`
	Depth RecallDepth `json:"depth"`
	// Reason is for people, at most 80 bytes.
	Reason string `json:"reason"`
	// Keys are items and cases, strictly ascending, at most 1,024; none for
	// the whole lot.
	Keys []gs1.Key `json:"keys,omitempty"`
}

// Kind is KindRecall.
func (*RecallLot) Kind() Kind { return KindRecall }

func (o *RecallLot) encode(e *wire.Encoder) {
	o.LotID.encode(e)
	e.Uint8(uint8(o.Class))
	e.Uint8(uint8(o.Depth))
	e.String8(o.Reason)
	writeRecallKeys(e, o.Keys)
}

func (o *RecallLot) decode(d *wire.Decoder) {
	o.LotID = readLotID(d)
	o.Class, o.Depth, o.Reason = RecallClass(d.Uint8()), RecallDepth(d.Uint8()), readText(d, maxReasonBytes)
	if o.Class < 1 || o.Class > 3 || o.Depth < DepthWholesale || o.Depth > DepthConsumer {
		d.Fail("class is 1 to 3, depth 1 to 3; found %d and %d", o.Class, o.Depth)
	}
	o.Keys = readRecallKeys(d)
}

func writeRecallKeys(e *wire.Encoder, keys []gs1.Key) {
	e.Count(len(keys))
	for _, k := range keys {
		e.String8(string(k))
	}
}

// readRecallKeys reads keys of items and cases, strictly ascending.
func readRecallKeys(d *wire.Decoder) (keys []gs1.Key) {
	n := d.Count(maxRecallKeys, 1+minKeyBytes)
	for i := range n {
		keys = append(keys, readKey(d))
		if keys[i].IsLogistic() {
			d.Fail("an item or a case is recalled by its key, found %s", keys[i])
		}
		if i > 0 && keys[i-1] >= keys[i] {
			d.Fail("keys are not ascending")
		}
	}
	return keys
}

func (o *RecallLot) validate(d *draft) error {
	if err := o.mayRecall(d); err != nil {
		return err
	}
	r, reopened := o.base(d, d.lots.get(o.LotID).Recall)
	if r.Class != o.Class && r.By != d.by && !d.signer.Roles.Has(RoleRegulator) {
		return reject(CodeNotAuthorized, "%s made it class %d", r.By, r.Class)
	}
	added, err := o.extend(d, r)
	if err != nil {
		return err
	}
	if !added && !reopened && r.Class == o.Class && r.Depth >= o.Depth {
		return reject(CodeAlreadyRecalled, "by %s at height %d; this adds nothing", r.By, r.Height)
	}
	r.Class, r.Depth, r.Reason, r.Changed = o.Class, max(r.Depth, o.Depth), o.Reason, d.block.Height
	if first := d.partners.get(r.By); d.signer.Roles.Has(RoleRegulator) && first != nil && !first.Roles.Has(RoleRegulator) {
		r.By = d.by
	}
	d.lots.edit(o.LotID).Recall = r
	d.emit(EventRecalled, "gtin", o.GTIN.String(), "lot", o.Lot, "class", num(uint64(o.Class)), "items", r.scope())
	return nil
}

// mayRecall judges the signer.
func (o *RecallLot) mayRecall(d *draft) error {
	lot := d.lots.get(o.LotID)
	if lot == nil {
		return reject(CodeLotUnknown, "%s", o.LotID)
	}
	if !d.labels(o.LotID) && !d.signer.Roles.Has(RoleRegulator) {
		return reject(CodeNotLabeler, "labeler %s, signer %s", lot.Labeler, d.by)
	}
	return nil
}

// base is what the op builds on: the recall as it stands, the completed one
// opened again, or a new one. reopened says that to open it is in itself
// something new.
func (o *RecallLot) base(d *draft, old *Recall) (r *Recall, reopened bool) {
	fresh := Recall{By: d.by, Class: o.Class, Depth: o.Depth, Height: d.block.Height, Time: d.block.Time, Tx: d.tx.ID()}
	switch {
	case old == nil:
		return &fresh, true
	case old.Outcome == RecallWithdrawn:
		fresh.Acks = old.Acks
		return &fresh, true
	default:
		again := *old
		again.Outcome, again.Closed = RecallOpen, Closing{}
		return &again, old.Outcome != RecallOpen
	}
}

// extend adds the keys or the whole lot, and reports whether that was new.
func (o *RecallLot) extend(d *draft, r *Recall) (bool, error) {
	if len(o.Keys) == 0 {
		added := !r.Whole
		r.Whole = true
		return added, nil
	}
	if r.Whole {
		return false, reject(CodeAlreadyRecalled, "the whole lot, by %s at height %d", r.By, r.Height)
	}
	before := r.Items
	for _, k := range o.Keys {
		if err := o.markRecalled(d, r, k); err != nil {
			return false, err
		}
	}
	return r.Items > before, nil
}

// markRecalled marks one key, unless this recall has done so.
func (o *RecallLot) markRecalled(d *draft, r *Recall, key gs1.Key) error {
	if m := d.marks.get(key); m != nil && m.recalledBy(r) >= 0 {
		return nil
	}
	l, err := o.placeOf(d, key)
	if err != nil {
		return err
	}
	r.Items++
	return d.putMark(key, Mark{
		Kind: MarkRecalled, By: d.by, Blocking: true, Height: d.block.Height, Time: d.block.Time, Tx: r.Tx,
	}, l)
}

// placeOf checks that a key can be of the lot, and says where a case is that
// is in its first use: nil for anything else.
func (o *RecallLot) placeOf(d *draft, key gs1.Key) (lineage, error) {
	sg, _ := key.SGTIN()
	if sg.GTIN == o.GTIN {
		return nil, nil
	}
	p := d.products.get(sg.GTIN)
	switch {
	case p == nil:
		return nil, reject(CodeProductUnknown, "GTIN %s", sg.GTIN)
	case p.Level == LevelUnit || p.Labeler != d.products.get(o.GTIN).Labeler && p.Labeler != d.lots.get(o.LotID).Labeler:
		return nil, reject(CodeLotMismatch, "%s is neither an item of GTIN %s nor a case or inner pack of its labeler", key, o.GTIN)
	}
	id := ContainerID(key, 0)
	h := d.holdings.get(id)
	if h == nil || d.holdings.get(ContainerID(key, 1)) != nil {
		return nil, nil
	}
	if h.Declared != "" && h.Declared != o.Lot {
		return nil, reject(CodeLotMismatch, "case %s declares lot %s", key, h.Declared)
	}
	return d.line(id), nil
}

// recalledBy is the index of the mark that a recall set, or -1. The marks of a
// recall bear the tx that began it, so that they are known from those of
// another.
func (m *Marks) recalledBy(r *Recall) int {
	for i := range m.Marks {
		if m.Marks[i].Kind == MarkRecalled && m.Marks[i].Tx == r.Tx {
			return i
		}
	}
	return -1
}

// labels reports whether the signer answers for a lot as a labeler: the one
// that commissioned it, or the one the product now belongs to.
func (d *draft) labels(id LotID) bool {
	if p := d.products.get(id.GTIN); p != nil && d.actsFor(p.Labeler) {
		return true
	}
	lot := d.lots.get(id)
	return lot != nil && d.actsFor(lot.Labeler)
}
