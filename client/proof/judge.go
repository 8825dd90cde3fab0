package proof

import (
	"fmt"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/app/merkle"
)

// records is the state at one height, or the part of it that a file shows.
// What is not shown is an error, never an absence.
type records interface {
	Get(key []byte) (value []byte, present bool, err error)
	Scan(prefix []byte, fn func(key, value []byte) error) error
}

// judge reads what a statement rests on and fills in the Pedigree. It reads
// exactly the same records for the same statement and state.
type judge struct {
	records
	st  *statement
	out *Pedigree
}

// judgeStatement is the one function behind Build and Verify.
func judgeStatement(r records, st *statement) (*Pedigree, error) {
	j := judge{r, st, &Pedigree{Statement: st.Kind, Key: st.Key}}
	switch st.Kind {
	case StatementItem:
		return j.out, j.item()
	case StatementUnknown:
		return j.out, j.unknown()
	case StatementContainer:
		return j.out, j.container()
	default:
		return nil, fmt.Errorf("%w: there is no kind of statement %d", ErrInvalid, st.Kind)
	}
}

// read reads one record; nil when it is absent.
func read[R any](r records, key []byte, decode func([]byte) (*R, error)) (*R, error) {
	value, present, err := r.Get(key)
	if err != nil || !present {
		return nil, err
	}
	rec, err := decode(value)
	if err != nil {
		return nil, fmt.Errorf("%w: record %x: %v", ErrInvalid, key, err)
	}
	return rec, nil
}

// need reads one record that must be there.
func need[R any](r records, key []byte, decode func([]byte) (*R, error)) (*R, error) {
	rec, err := read(r, key, decode)
	if err == nil && rec == nil {
		err = fmt.Errorf("%w: there is no record %q %x", ErrInvalid, key[:1], key[1:])
	}
	return rec, err
}

// product reads the product of the key's GTIN.
func (j *judge) product() (*app.Product, gs1.SGTIN, error) {
	sg, ok := j.st.Key.SGTIN()
	if !ok {
		return nil, sg, fmt.Errorf("%w: %s is an SSCC, not an item", ErrInvalid, j.st.Key)
	}
	p, err := read(j, app.ProductKey(sg.GTIN), app.DecodeProduct)
	j.out.Product = p
	return p, sg, err
}

// item judges an item that was commissioned.
func (j *judge) item() error {
	p, sg, err := j.product()
	switch {
	case err != nil:
		return err
	case p == nil || p.Level != app.LevelUnit:
		return fmt.Errorf("%w: GTIN %s is not a product of level unit", ErrInvalid, sg.GTIN)
	}
	id := app.LotID{GTIN: sg.GTIN, Lot: j.st.Lot}
	lot, err := need(j, app.LotKey(id), app.DecodeLot)
	if err != nil {
		return err
	}
	j.out.Lots = []Lot{{id, *lot, 1}}
	if err := j.commissioned(id); err != nil {
		return err
	}
	j.out.Identity = Answer{Yes: true, Reason: fmt.Sprintf("commissioned by %s in lot %s", lot.Labeler, id.Lot)}
	if lot.Exempt != app.LotNotExempt {
		j.out.Identity.Reason = fmt.Sprintf("its number stands for a package of lot %s of %s, which bears no identifiers: %s", id.Lot, lot.Labeler, lot.Exempt)
	}
	if err := j.entry(); err != nil {
		return err
	}
	return j.marks()
}

// commissioned checks that the item's entry stands in a Commission of its lot.
func (j *judge) commissioned(id app.LotID) error {
	c, err := need(j, app.CommissionKey(id, j.st.Sequence), app.DecodeCommissionRecord)
	if err != nil {
		return err
	}
	entry := app.Entry{Key: j.st.Key, Lot: id.Lot}
	if err := j.st.Commissioned.verify(c.Root, int(c.Count), entry); err != nil {
		return fmt.Errorf("%w: commission %d of %s: %v", ErrInvalid, j.st.Sequence, id, err)
	}
	j.out.Commissioned = &Commissioned{j.st.Sequence, uint32(j.st.Commissioned.Position), c.Height}
	return nil
}

func (p *path) verify(root merkle.Hash, count int, e app.Entry) error {
	return merkle.Verify(root, count, []uint16{p.Position}, []merkle.Hash{e.Leaf()}, p.Siblings)
}

// entry checks where the item is, or ended: that its entry stands at a
// position of a segment, that it did not leave, and what it is inside.
func (j *judge) entry() error {
	st := j.st
	if err := j.chain(st.Holding); err != nil {
		return err
	}
	seg, err := need(j, app.SegmentKey(st.Holding, st.Segment), app.DecodeSegment)
	if err != nil {
		return err
	}
	entry := app.Entry{Key: st.Key, Lot: st.Lot, Acquired: st.Acquired}
	if err := st.Entry.verify(seg.Root, int(seg.Count), entry); err != nil {
		return fmt.Errorf("%w: holding %s segment %d: %v", ErrInvalid, st.Holding, st.Segment, err)
	}
	j.out.State = seg.State(st.Entry.Position)
	if j.out.State == app.Moved {
		return fmt.Errorf("%w: the item left holding %s", ErrInvalid, st.Holding)
	}
	if effective := j.effective(); effective != seg.Base {
		j.out.Acquired = effective
	} else {
		j.out.Acquired = entry.Acquired
	}
	return nil
}

// marks reads the marks on the key itself.
func (j *judge) marks() (err error) {
	j.out.Marks, err = read(j, app.MarksKey(j.st.Key), app.DecodeMarks)
	return err
}

// unknown judges an item that was never commissioned.
func (j *judge) unknown() error {
	p, sg, err := j.product()
	if err != nil {
		return err
	}
	if p == nil {
		if j.st.Lot != "" || len(j.st.Missing) > 0 {
			return fmt.Errorf("%w: no lot of an unknown product is of interest", ErrInvalid)
		}
		j.never("GTIN %s is not registered", sg.GTIN)
		return nil
	}
	if p.Level != app.LevelUnit {
		return fmt.Errorf("%w: GTIN %s is at level %s, its serials are containers", ErrInvalid, sg.GTIN, p.Level)
	}
	if j.st.Lot == "" {
		return fmt.Errorf("%w: the lot is needed to show that a serial was never commissioned", ErrInvalid)
	}
	id := app.LotID{GTIN: sg.GTIN, Lot: j.st.Lot}
	j.out.AskedLot = id.Lot
	lot, err := read(j, app.LotKey(id), app.DecodeLot)
	if err != nil {
		return err
	}
	if lot == nil {
		if len(j.st.Missing) > 0 {
			return fmt.Errorf("%w: no Commission of an unknown lot is of interest", ErrInvalid)
		}
		j.never("nothing of %s was commissioned", id)
		return nil
	}
	return j.missing(id, lot)
}

// missing checks that the key is in no Commission of its lot.
func (j *judge) missing(id app.LotID, lot *app.Lot) error {
	left := j.st.Missing
	for seq := range lot.Commissions {
		c, err := need(j, app.CommissionKey(id, seq), app.DecodeCommissionRecord)
		if err != nil {
			return err
		}
		if j.st.Key < c.First || j.st.Key > c.Last {
			continue
		}
		if len(left) == 0 {
			return fmt.Errorf("%w: commission %d of %s spans the serial and is not opened", ErrInvalid, seq, id)
		}
		if err := left[0].verify(c, j.st.Key, id.Lot); err != nil {
			return fmt.Errorf("%w: commission %d of %s: %v", ErrInvalid, seq, id, err)
		}
		left = left[1:]
	}
	if len(left) > 0 {
		return fmt.Errorf("%w: more Commissions opened than span the serial", ErrInvalid)
	}
	j.out.Lots = []Lot{{id, *lot, 0}}
	j.never("the serial is not among the %d commissioned in %s", lot.Commissioned, id)
	return nil
}

func (a *absence) verify(c *app.CommissionRecord, key gs1.Key, lot string) error {
	leaf := func(n *neighbor) *merkle.Leaf {
		if n == nil {
			return nil
		}
		e := app.Entry{Key: n.Key, Lot: lot}
		return &merkle.Leaf{Key: []byte(n.Key), ValueHash: merkle.ValueHash(e.Value()), Position: n.Position}
	}
	return merkle.VerifyAbsence(c.Root, int(c.Count), []byte(key), leaf(a.Left), leaf(a.Right), a.Siblings)
}

// never is the verdict on what the ledger has never seen.
func (j *judge) never(format string, args ...any) {
	reason := fmt.Sprintf(format, args...)
	j.out.Identity = Answer{Reason: reason, VRS: "No_match_GTIN_Serial", CBV: "no_pedigree_match"}
}
