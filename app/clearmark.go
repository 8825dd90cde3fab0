package app

import (
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// ClearMark takes a mark off a key. The partner that set it signs, or a
// regulator. The mark recalled is cleared by CloseRecall only, a mark that
// belongs to an investigation by CloseInvestigation only.
//
// Codes: mark-unknown, not-authorized, suspended, wrong-stage.
type ClearMark struct {
	Key  gs1.Key  `json:"key"`
	Mark MarkKind `json:"mark"`
	// By is the partner that set it.
	By gs1.GLN `json:"by"`
}

// Kind is KindClearMark.
func (*ClearMark) Kind() Kind { return KindClearMark }

func (o *ClearMark) encode(e *wire.Encoder) {
	e.String8(string(o.Key))
	e.Uint8(uint8(o.Mark))
	e.Raw(o.By[:])
}

func (o *ClearMark) decode(d *wire.Decoder) {
	o.Key, o.Mark, o.By = readKey(d), readPartnerMark(d), readGLN(d)
}

func (o *ClearMark) validate(d *draft) error {
	if err := standing(d.by, d.signer); err != nil {
		return err
	}
	m := d.marks.get(o.Key)
	if m == nil || m.find(o.Mark, o.By) < 0 {
		return reject(CodeMarkUnknown, "%s is not marked %s by %s", o.Key, o.Mark, o.By)
	}
	if !d.actsFor(o.By) && !d.signer.Roles.Has(RoleRegulator) {
		return reject(CodeNotAuthorized, "the mark was set by %s", o.By)
	}
	if of := m.Marks[m.find(o.Mark, o.By)].Investigation; of != 0 {
		return reject(CodeWrongStage, "the mark belongs to investigation %d: clear that", of)
	}
	d.dropMark(o.Key, m.find(o.Mark, o.By))
	d.emit(EventCleared, "key", string(o.Key), "mark", o.Mark.String())
	return nil
}
