package proof

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/cometbft/cometbft/types"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/app/merkle"
)

// judge checks what the file shows against its own headers.
func (f *EvidenceFile) judge() (*Evidence, error) {
	m, err := openWitness(f.witness)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(m.Root(), f.state.AppHash) {
		return nil, fmt.Errorf("%w: its records are of the state %X, the header signs %X", ErrInvalid, m.Root(), f.state.AppHash)
	}
	r := reportJudge{records: m, key: f.key, report: f.report, state: f.state}
	out, err := r.judge(f.tx, f.path)
	if err != nil {
		if !errors.Is(err, ErrInvalid) && !errors.Is(err, ErrForm) {
			err = fmt.Errorf("%w: %w", ErrInvalid, err)
		}
		return nil, err
	}
	if m.Unread() {
		return nil, fmt.Errorf("%w: it shows records that the evidence does not rest on", ErrForm)
	}
	return out, nil
}

// reportJudge reads what a report rests on. Like judge, it is the one function
// behind making a file and verifying it.
type reportJudge struct {
	records
	key           gs1.Key
	report, state *types.LightBlock
	out           *Evidence
}

func (j *reportJudge) judge(raw []byte, path txPath) (*Evidence, error) {
	tx, err := app.Decode(raw)
	if err != nil {
		return nil, fmt.Errorf("%w: transaction: %v", ErrForm, err)
	}
	j.out = &Evidence{
		Key: j.key, ChainID: j.state.ChainID, Op: tx.Op.Kind().String(), Tx: tx.ID(), EventTime: tx.EventTime,
		Reported: uint64(j.report.Height), ReportedAt: j.report.Time, Height: uint64(j.state.Height) - 1, Time: j.state.Time,
	}
	if err := j.inBlock(tx, path); err != nil {
		return nil, err
	}
	if err := j.mark(); err != nil {
		return nil, err
	}
	if err := j.signer(tx); err != nil {
		return nil, err
	}
	switch op := tx.Op.(type) {
	case *app.ReportDuplicate:
		err = j.duplicate(op)
	case *app.ReportConflict:
		err = j.conflict(op)
	default:
		err = fmt.Errorf("%w: transaction %s is a %s, not a report", ErrInvalid, tx.ID(), tx.Op.Kind())
	}
	return j.out, err
}

// inBlock checks that the tx stands in the block of the report, which lies
// before the header of the state.
func (j *reportJudge) inBlock(tx *app.Tx, path txPath) error {
	switch root := path.root(tx.ID()); {
	case tx.ChainID != j.report.ChainID || j.report.ChainID != j.state.ChainID:
		return fmt.Errorf("%w: transaction of chain %q, headers of %q and %q", ErrInvalid, tx.ChainID, j.report.ChainID, j.state.ChainID)
	case !bytes.Equal(root[:], j.report.DataHash):
		return fmt.Errorf("%w: transaction %s is not in block %d: its path leads to %s, the header says %s", ErrInvalid, tx.ID(), j.report.Height, root, j.report.DataHash)
	case j.state.Height <= j.report.Height:
		return fmt.Errorf("%w: the state of height %d is before the report in block %d", ErrInvalid, j.state.Height-1, j.report.Height)
	}
	return nil
}

// mark finds the mark that the tx left on the key: that it stands says that the
// report was accepted.
func (j *reportJudge) mark() error {
	marks, err := need(j, app.MarksKey(j.key), app.DecodeMarks)
	if err != nil {
		return err
	}
	for _, m := range marks.Marks {
		if m.Tx != j.out.Tx {
			continue
		}
		if m.Kind != app.MarkDuplicate || m.Height != j.out.Reported {
			return fmt.Errorf("%w: transaction %s left a mark %s in block %d", ErrInvalid, m.Tx, m.Kind, m.Height)
		}
		j.out.Mark = m
		return nil
	}
	return fmt.Errorf("%w: no mark on %s is of transaction %s", ErrInvalid, j.key.Bracketed(), j.out.Tx)
}

// signer checks the signature against the key's record, and names the partner.
func (j *reportJudge) signer(tx *app.Tx) error {
	key, err := need(j, app.KeyKey(tx.KeyID), app.DecodeKey)
	if err != nil {
		return err
	}
	switch {
	case !tx.VerifySignature(key.Public):
		return fmt.Errorf("%w: transaction %s is not signed by its key", ErrInvalid, tx.ID())
	case key.Partner != j.out.Mark.By:
		return fmt.Errorf("%w: the key is of %s, the mark of %s", ErrInvalid, key.Partner, j.out.Mark.By)
	}
	p, err := need(j, app.PartnerKey(key.Partner), app.DecodePartner)
	if err == nil {
		j.out.By = &Party{key.Partner, *p}
	}
	return err
}

// duplicate checks that the key stands in two Commissions.
func (j *reportJudge) duplicate(op *app.ReportDuplicate) error {
	if op.Key != j.key || !j.out.Mark.Blocking {
		return fmt.Errorf("%w: the report is about %s, blocking %v", ErrInvalid, op.Key, j.out.Mark.Blocking)
	}
	for _, c := range [...]*app.CommissionedIn{&op.First, &op.Second} {
		shown, err := j.commission(c)
		if err != nil {
			return err
		}
		j.out.Commissions = append(j.out.Commissions, *shown)
	}
	return nil
}

func (j *reportJudge) commission(c *app.CommissionedIn) (*CommissionShown, error) {
	sg, ok := j.key.SGTIN()
	if !ok {
		return nil, fmt.Errorf("%w: %s is an SSCC, not an item", ErrInvalid, j.key)
	}
	lot := app.LotID{GTIN: sg.GTIN, Lot: c.Lot}
	rec, err := need(j, app.CommissionKey(lot, c.Sequence), app.DecodeCommissionRecord)
	if err != nil {
		return nil, err
	}
	entry := app.Entry{Key: j.key, Lot: c.Lot}
	if err := merkle.Verify(rec.Root, int(rec.Count), []uint16{c.Position}, []merkle.Hash{entry.Leaf()}, c.Siblings); err != nil {
		return nil, fmt.Errorf("%w: commission %d of %s: %v", ErrInvalid, c.Sequence, lot, err)
	}
	return &CommissionShown{lot, c.Sequence, c.Position, rec.Root, rec.Height}, nil
}

// conflict checks that the item stands, or stood, where the report opens it,
// and reads in whose custody that place is.
func (j *reportJudge) conflict(op *app.ReportConflict) error {
	o := &op.Opening
	if len(o.Entries) != 1 || o.Entries[0].Key != j.key {
		return fmt.Errorf("%w: the report does not open %s", ErrInvalid, j.key.Bracketed())
	}
	seg, err := need(j, app.SegmentKey(o.Holding, o.Segment), app.DecodeSegment)
	if err != nil {
		return err
	}
	if err := o.Verify(seg); err != nil {
		return fmt.Errorf("%w: holding %s segment %d: %v", ErrInvalid, o.Holding, o.Segment, err)
	}
	at := app.Position{Holding: o.Holding, Segment: o.Segment, Position: o.Positions[0]}
	shown := &ConflictShown{Location: op.Location, At: at, Entry: o.Entries[0], State: seg.State(at.Position)}
	j.out.Conflict = shown
	for id, depth := o.Holding, 0; !id.IsZero(); depth++ {
		if depth > app.MaxDepth {
			return fmt.Errorf("%w: holding %s stands deeper than %d levels", ErrInvalid, o.Holding, app.MaxDepth)
		}
		h, err := need(j, app.HoldingKey(id), app.DecodeHolding)
		if err != nil {
			return err
		}
		shown.Holding = Holding{ID: id, Holding: *h}
		id = h.Parent
	}
	return nil
}
