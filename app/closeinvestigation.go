package app

import (
	"slices"

	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// CloseInvestigation says what an investigation found (FD&C Act 582(b)(4)(A),
// (B) and parallels). The partner that opened it signs, or a regulator.
//
// Cleared takes its mark off the key, or its block off the lot. Illegitimate
// makes the mark suspect a mark illegitimate, as strong as before; a block of
// the lot stays; and it sets the time by which FDA and the trading partners are
// to be notified: block time and the parameter noticeHours. What was found
// illegitimate can be cleared afterwards, when none of its notices stands: by
// its opener once they were terminated, by a regulator also without. Nothing
// else takes such a mark or block away; what was cleared stays cleared. A
// suspended partner ends what it began.
//
// Codes: investigation-unknown, not-authorized, wrong-stage.
type CloseInvestigation struct {
	Investigation uint64 `json:"investigation"`
	// Outcome is cleared or illegitimate.
	Outcome InvestigationStatus `json:"outcome"`
	// Evidence is the hash of the report, or zero.
	Evidence Digest `json:"evidence"`
	// Finding is for people, at most 200 bytes.
	Finding string `json:"finding,omitempty"`
}

// Kind is KindCloseInvestigation.
func (*CloseInvestigation) Kind() Kind { return KindCloseInvestigation }

func (o *CloseInvestigation) encode(e *wire.Encoder) {
	e.Uint64(o.Investigation)
	e.Uint8(uint8(o.Outcome))
	writeDigest(e, o.Evidence)
	e.String8(o.Finding)
}

func (o *CloseInvestigation) decode(d *wire.Decoder) {
	o.Investigation, o.Outcome = d.Uint64(), InvestigationStatus(d.Uint8())
	o.Evidence, o.Finding = readDigest(d), readText(d, maxTextBytes)
	if o.Outcome != InvestigationCleared && o.Outcome != InvestigationIllegitimate {
		d.Fail("an investigation ends cleared or illegitimate, found %d", o.Outcome)
	}
}

func (o *CloseInvestigation) validate(d *draft) error {
	i, err := d.investigation(o.Investigation)
	if err != nil {
		return err
	}
	if err := o.mayClose(d, i); err != nil {
		return err
	}
	i.Status, i.Closed = o.Outcome, Moment{d.block.Height, d.block.Time}
	i.Evidence, i.Finding = o.Evidence, o.Finding
	if o.Outcome == InvestigationIllegitimate {
		o.illegitimate(d, i)
	} else {
		o.cleared(d, i)
	}
	d.announce(o.Investigation, i)
	return nil
}

// mayClose judges the stage that the investigation is at.
func (o *CloseInvestigation) mayClose(d *draft, i *Investigation) error {
	switch {
	case i.Status == InvestigationCleared || i.Status == o.Outcome:
		return reject(CodeWrongStage, "investigation %d is closed: %s at height %d", o.Investigation, i.Status, i.Closed.Height)
	case o.Outcome == InvestigationCleared && i.Notices > 0:
		return reject(CodeWrongStage, "%d notices of investigation %d stand: terminate them first", i.Notices, o.Investigation)
	case i.Status == InvestigationIllegitimate && i.Terminated == 0 && !d.signer.Roles.Has(RoleRegulator):
		return reject(CodeNotAuthorized, "found illegitimate, and no notice was terminated: only a regulator clears it")
	}
	return nil
}

// illegitimate starts the clock of the notices, and changes the mark.
func (o *CloseInvestigation) illegitimate(d *draft, i *Investigation) {
	i.NoticeDue = d.block.Time + d.params.NoticeHours*secondsPerHour
	if i.Terminated != 0 { // notices of a high risk came and went before
		i.FirstNotice, i.Terminated = 0, 0
	}
	if key, ok := i.Subject.Key(); ok {
		i.Blocking = d.markIllegitimate(key, i.By, o.Investigation)
	}
}

func (o *CloseInvestigation) cleared(d *draft, i *Investigation) {
	if key, ok := i.Subject.Key(); ok {
		d.unmark(key, i.By, o.Investigation)
		return
	}
	if lot, ok := i.Subject.Lot(); ok && i.Blocking {
		d.lots.edit(lot).unblock(o.Investigation)
	}
}

// ofInvestigation is where a partner's mark of an investigation stands in the
// record, which has it: nothing but the investigation takes it away.
func (m *Marks) ofInvestigation(by gs1.GLN, number uint64) int {
	return slices.IndexFunc(m.Marks, func(x Mark) bool { return x.By == by && x.Investigation == number })
}

// markIllegitimate makes a mark suspect of an investigation one of illegitimate
// product, and reports whether that blocks. A mark illegitimate that the same
// partner had set becomes it.
func (d *draft) markIllegitimate(key gs1.Key, by gs1.GLN, number uint64) bool {
	m := d.marks.edit(key)
	i := m.ofInvestigation(by, number)
	if i < 0 {
		d.fail(&CorruptError{Key: MarksKey(key), Err: errMissing})
		return false
	}
	mark := m.Marks[i]
	mark.Kind, mark.Height, mark.Time, mark.Tx = MarkIllegitimate, d.block.Height, d.block.Time, d.tx.ID()
	if j := m.find(MarkIllegitimate, by); j >= 0 {
		mark.Blocking = mark.Blocking || m.Marks[j].Blocking
		m.Marks[i] = mark
		m.Marks = slices.Delete(m.Marks, j, j+1)
		return mark.Blocking
	}
	m.Marks[i] = mark
	return mark.Blocking
}

// unmark takes the mark of an investigation off a key.
func (d *draft) unmark(key gs1.Key, by gs1.GLN, number uint64) {
	i := d.marks.edit(key).ofInvestigation(by, number)
	if i < 0 {
		d.fail(&CorruptError{Key: MarksKey(key), Err: errMissing})
		return
	}
	d.dropMark(key, i)
}
