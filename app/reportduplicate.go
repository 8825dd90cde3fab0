package app

import (
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/app/merkle"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// ReportDuplicate proves that one key was commissioned twice, and marks it:
// blocking, since the proof speaks for itself (rule 1). Anyone may sign. Every
// op that opens either item reads the mark; to reach one that is sealed in a
// container, LocateMark shows where it is. A mark has one location, so of two
// sealed items only the first one located stops what it is in.
//
// Codes: suspended, lot-unknown, opening-invalid, mark-exists, too-many-marks.
type ReportDuplicate struct {
	// Key is an item's.
	Key gs1.Key `json:"key"`
	// First and Second are two commissions of it, ascending by lot, then by
	// sequence.
	First  CommissionedIn `json:"first"`
	Second CommissionedIn `json:"second"`
}

// CommissionedIn shows that an item is in one commission: its entry, made of
// the key and the lot, leads to the root of the 'c' record.
type CommissionedIn struct {
	Lot string `json:"lot"`
	// Sequence is the number of the commission within the lot, from 0.
	Sequence uint32 `json:"sequence"`
	// Position is that of the entry among all of the commission, from 0.
	Position uint16 `json:"position"`
	// Siblings are its audit path, bottom up, at most 14 hashes.
	Siblings []merkle.Hash `json:"siblings,omitempty"`
}

// maxCommissionPath is the longest audit path in a commission: 2^14 entries.
const maxCommissionPath = 14

// Kind is KindReportDuplicate.
func (*ReportDuplicate) Kind() Kind { return KindReportDuplicate }

func (o *ReportDuplicate) opened() int { return 2 }

func (o *ReportDuplicate) encode(e *wire.Encoder) {
	e.String8(string(o.Key))
	o.First.encode(e)
	o.Second.encode(e)
}

func (o *ReportDuplicate) decode(d *wire.Decoder) {
	o.Key, o.First, o.Second = readKey(d), readCommissionedIn(d), readCommissionedIn(d)
	if o.Key.IsLogistic() {
		d.Fail("an item's key is expected, found %s", o.Key)
	}
	if a, b := &o.First, &o.Second; a.Lot > b.Lot || a.Lot == b.Lot && a.Sequence >= b.Sequence {
		d.Fail("two commissions are expected, ascending by lot and sequence")
	}
}

func (c *CommissionedIn) encode(e *wire.Encoder) {
	e.String8(c.Lot)
	e.Uint32(c.Sequence)
	e.Uint16(c.Position)
	e.Count(len(c.Siblings))
	for i := range c.Siblings {
		e.Raw(c.Siblings[i][:])
	}
}

func readCommissionedIn(d *wire.Decoder) CommissionedIn {
	c := CommissionedIn{Lot: readLot(d), Sequence: d.Uint32(), Position: d.Uint16()}
	n := d.Count(maxCommissionPath, 32)
	for range n {
		c.Siblings = append(c.Siblings, readHash(d))
	}
	return c
}

func (o *ReportDuplicate) validate(d *draft) error {
	if err := standing(d.by, d.signer); err != nil {
		return err
	}
	for _, c := range [...]*CommissionedIn{&o.First, &o.Second} {
		if err := c.check(d, o.Key); err != nil {
			return err
		}
	}
	if err := d.blockDuplicate(o.Key); err != nil {
		return err
	}
	d.emit(EventDuplicate, "key", string(o.Key), "first", o.First.Lot, "second", o.Second.Lot)
	return nil
}

// check verifies that a key was commissioned in one commission.
func (c *CommissionedIn) check(d *draft, key gs1.Key) error {
	sg, _ := key.SGTIN()
	lot := LotID{sg.GTIN, c.Lot}
	rec := d.commissions.get(commissionRef{lot, c.Sequence})
	if rec == nil {
		return reject(CodeLotUnknown, "%s has no commission %d", lot, c.Sequence)
	}
	entry := Entry{Key: key, Lot: c.Lot}
	if err := merkle.Verify(rec.Root, int(rec.Count), []uint16{c.Position}, []merkle.Hash{entry.Leaf()}, c.Siblings); err != nil {
		return reject(CodeOpeningInvalid, "%s in commission %d of %s: %v", key, c.Sequence, lot, err)
	}
	return nil
}

// blockDuplicate marks a key; an alerting mark duplicate that the signer has
// set before, of a package in hand, becomes a blocking one.
func (d *draft) blockDuplicate(key gs1.Key) error {
	m := d.marks.get(key)
	i := -1
	if m != nil {
		i = m.find(MarkDuplicate, d.by)
	}
	if i < 0 || m.Marks[i].Blocking {
		return d.addMark(key, MarkDuplicate, true, nil)
	}
	before := !m.Located.IsZero() && m.Blocking()
	m = d.marks.edit(key)
	m.Marks[i] = Mark{Kind: MarkDuplicate, By: d.by, Blocking: true, Height: d.block.Height, Time: d.block.Time, Tx: d.tx.ID()}
	d.recountMark(m, before)
	return nil
}
