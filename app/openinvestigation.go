package app

import (
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// OpenInvestigation says that product is suspect and that the signer looks into
// it (FD&C Act 581(21), 582(b)(4)(A) and parallels): one item or container, or
// one lot. Any partner but an auditor signs. A key bears the signer's mark
// suspect from then on; one that the signer set before becomes this
// investigation's. The mark is as strong as the signer is entitled to: blocking
// for the owner or the possessor (showing where it is), the labeler or a
// regulator, alerting for anyone else. A lot is blocked whole when its labeler
// or a regulator signs; the investigation of anyone else is on record and
// blocks nothing. The Result's Data is the investigation's number, eight bytes.
//
// Codes: those of acting, lot-unknown, mark-exists, too-many-marks,
// holding-unknown, segment-unknown, opening-invalid, wrong-level, moved,
// ended, container-in-use.
type OpenInvestigation struct {
	Subject Subject             `json:"subject"`
	Reason  InvestigationReason `json:"reason"`
	// Text is for people, at most 200 bytes.
	Text string `json:"text,omitempty"`
	// Spot shows where a key is; a lot has none.
	Spot
}

// Kind is KindOpenInvestigation.
func (*OpenInvestigation) Kind() Kind { return KindOpenInvestigation }

func (o *OpenInvestigation) encode(e *wire.Encoder) {
	e.String8(string(o.Subject))
	e.Uint8(uint8(o.Reason))
	e.String8(o.Text)
	o.Spot.encode(e)
}

func (o *OpenInvestigation) decode(d *wire.Decoder) {
	o.Subject, o.Reason, o.Text, o.Spot = readSubject(d), readInvestigationReason(d), readText(d, maxTextBytes), readSpot(d)
	if _, lot := o.Subject.Lot(); lot && (o.Opening != nil || !o.Container.IsZero()) {
		d.Fail("a lot is not shown to be anywhere")
	}
}

// investigators are the roles that may open an investigation: all but the
// auditor's, which reads.
const investigators = anyTrader | RoleRegulator

func (o *OpenInvestigation) validate(d *draft) error {
	if err := d.active(investigators); err != nil {
		return err
	}
	number := d.nextNumber(nameInvestigations)
	i := &Investigation{
		By: d.by, Subject: o.Subject, Reason: o.Reason, Text: o.Text, Status: InvestigationOpen,
		Opened: Moment{d.block.Height, d.block.Time},
	}
	if err := o.suspect(d, number, i); err != nil {
		return err
	}
	d.investigations.put(number, i)
	d.data = u64(number)
	d.announce(number, i)
	return nil
}

// suspect makes the subject suspect, and blocks it where the signer may.
func (o *OpenInvestigation) suspect(d *draft, number uint64, i *Investigation) error {
	if lot, ok := o.Subject.Lot(); ok {
		return o.suspectLot(d, number, i, lot)
	}
	key, _ := o.Subject.Key()
	l, err := d.spot(key, &o.Spot)
	if err != nil {
		return err
	}
	if err := d.markSuspect(key, number, d.mayBlock(key, l) || o.ofLot(d), l); err != nil {
		return err
	}
	m := d.marks.get(key)
	i.Blocking = m.Marks[m.ofInvestigation(d.by, number)].Blocking
	return nil
}

func (o *OpenInvestigation) suspectLot(d *draft, number uint64, i *Investigation, id LotID) error {
	lot := d.lots.get(id)
	if lot == nil {
		return reject(CodeLotUnknown, "%s", id)
	}
	if i.Blocking = d.labels(id) || d.signer.Roles.Has(RoleRegulator); !i.Blocking {
		return nil
	}
	if len(lot.Investigations) >= maxLotBlocks {
		return reject(CodeTooManyMarks, "%s is blocked by %d investigations", id, len(lot.Investigations))
	}
	d.lots.edit(id).block(number)
	return nil
}

// markSuspect sets the signer's mark suspect on a key for an investigation, or
// makes the one that it set before the investigation's. A partner has one
// investigation of a key at a time: its mark stands for it.
func (d *draft) markSuspect(key gs1.Key, number uint64, blocking bool, l lineage) error {
	m := d.marks.get(key)
	if m == nil {
		m = &Marks{}
	}
	for i := range m.Marks {
		if x := &m.Marks[i]; x.By == d.by && x.Investigation != 0 {
			return reject(CodeMarkExists, "%s is marked %s by %s in investigation %d", key, x.Kind, d.by, x.Investigation)
		}
	}
	i := m.find(MarkSuspect, d.by)
	if i < 0 {
		return d.putMark(key, Mark{
			Kind: MarkSuspect, By: d.by, Blocking: blocking, Height: d.block.Height, Time: d.block.Time, Tx: d.tx.ID(), Investigation: number,
		}, l)
	}
	m = d.marks.edit(key)
	before := !m.Located.IsZero() && m.Blocking()
	m.Marks[i].Investigation = number
	m.Marks[i].Blocking = m.Marks[i].Blocking || blocking
	if l != nil && m.Located.IsZero() {
		m.Located = l[0]
	}
	d.recountMark(m, before)
	return nil
}
