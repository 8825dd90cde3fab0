package index

import (
	"fmt"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// made are the segments that a tx added to one holding: numbers first to
// first+count-1.
type made struct {
	first uint32
	count uint16
}

// concerned is what a tx did to the contents of holdings, known before its
// records are read.
type concerned struct {
	made map[app.HoldingID]made
	// moved are the holdings whose contents came or went.
	moved map[app.HoldingID]bool
}

func concernedBy(r *app.Result) concerned {
	c := concerned{make(map[app.HoldingID]made), make(map[app.HoldingID]bool)}
	for i := range r.Contents {
		in := &r.Contents[i]
		m, ok := c.made[in.Holding]
		if !ok {
			m.first = in.Segment
		}
		m.count++
		c.made[in.Holding] = m
		c.moved[in.Holding] = true
	}
	for i := range r.Moves {
		c.moved[r.Moves[i].From] = true
	}
	return c
}

// tx derives everything from one tx.
func (w *batch) tx(at ref, b *BlockTx) error {
	if err := w.summary(at, b); err != nil {
		return err
	}
	r := &b.Result
	c := concernedBy(r)
	for i := range r.Changes {
		if err := w.change(at, &r.Changes[i], r, c); err != nil {
			return fmt.Errorf("record %x of tx %s: %w", r.Changes[i].Key, b.Tx.ID(), err)
		}
	}
	for i := range r.Contents {
		w.addContents(&r.Contents[i])
	}
	for i := range r.Moves {
		w.addMove(at, i, &r.Moves[i], c)
	}
	if err := w.sales(r); err != nil {
		return err
	}
	return w.repackaged(b)
}

// change takes in one record.
func (w *batch) change(at ref, ch *app.Change, r *app.Result, c concerned) error {
	switch k := ch.Key; app.RecordKind(k[0]) {
	case app.RecordHolding:
		return w.holding(at, app.HoldingID(k[1:]), ch.Value, c)
	case app.RecordSegment:
		w.put(keyOf(spaceSegment, k[1:]), ch.Value)
		return nil
	case app.RecordShipment:
		return w.shipment(k, ch.Value)
	case app.RecordRequest:
		return w.request(k, ch.Value)
	case app.RecordException:
		return w.exception(k, ch.Value)
	case app.RecordCorrection:
		return w.correction(k, ch.Value)
	case app.RecordContent:
		return w.content(k, ch.Value)
	case app.RecordCommission:
		return w.commission(at, k, r)
	case app.RecordLot:
		return w.lot(k, ch.Value)
	case app.RecordRecallAck:
		w.recallAck(k, ch.Value)
		return nil
	case app.RecordInvestigation:
		return w.investigation(k, ch.Value)
	case app.RecordNotice:
		w.notice(k, ch.Value)
		return nil
	case app.RecordPartner:
		return w.partner(k, ch.Value)
	default: // no question is answered from it
		return nil
	}
}

// content keeps the list of the holdings that contain a lot, for mixed ones,
// and how much of it each contains.
func (w *batch) content(k, value []byte) error {
	if len(k) < 1+32+14 {
		return errShort
	}
	lot, err := app.ParseLotID(string(k[33:47]), string(k[47:]))
	if err != nil {
		return err
	}
	key := append(lotPrefix(lot), k[1:33]...)
	key = append(key, lotOfContent)
	if value == nil {
		w.remove(key)
		return nil
	}
	w.put(key, value)
	return nil
}

// addContents keeps the entries of a new segment, and where containers stand.
func (w *batch) addContents(c *app.Contents) {
	w.put(contentsKey(c.Root), packEntries(c.Entries))
	w.contents++
	for i := range c.Entries {
		if e := &c.Entries[i]; e.IsContainer() {
			w.put(standsKey(e.Child), encodePosition(app.Position{Holding: c.Holding, Segment: c.Segment, Position: uint16(i)}))
		}
	}
}

// addMove keeps what became of positions.
func (w *batch) addMove(at ref, n int, m *app.Move, c concerned) {
	to := c.made[m.To]
	v := move{state: m.State, to: m.To, first: to.first, segments: to.count, positions: m.Positions}
	key := at.appendTo(movePrefix(m.From, m.Segment))
	w.put(append(key, u32(uint32(n))...), v.encode())
}

// commission keeps a Commission and its runs.
func (w *batch) commission(at ref, k []byte, r *app.Result) error {
	lot, seq, err := parseCommissionKey(k)
	if err != nil {
		return err
	}
	c := commission{at: at, lot: lot.Lot, seq: seq}
	for i := range r.Contents {
		in := &r.Contents[i]
		c.runs = append(c.runs, run{in.Holding, in.Root, uint16(len(in.Entries)), serialOf(in.Entries[0].Key)})
	}
	if len(c.runs) == 0 || len(c.runs) > maxRuns {
		return fmt.Errorf("a commission makes 1 to %d segments, found %d", maxRuns, len(c.runs))
	}
	n, err := w.count(commissionsKey(lot.GTIN))
	if err != nil {
		return err
	}
	w.put(commissionKey(lot.GTIN, n), c.encode())
	w.put(sequenceKey(lot, seq), u32(n))
	w.put(commissionsKey(lot.GTIN), u32(n+1))
	w.commissioned = append(w.commissioned, lot.GTIN)
	return nil
}

// serialOf is the serial of an item's key.
func serialOf(k gs1.Key) string {
	sg, _ := k.SGTIN()
	return sg.Serial
}

// parseCommissionKey reads a 'c' key: GTIN, length, lot, sequence.
func parseCommissionKey(k []byte) (lot app.LotID, seq uint32, err error) {
	d := wire.NewDecoder(k[1:])
	d.Raw(lot.GTIN[:])
	lot.Lot, seq = d.String8(maxText), d.Uint32()
	return lot, seq, d.Finish()
}

// count reads a counter, 0 when there is none.
func (w *batch) count(key []byte) (uint32, error) {
	v, err := w.get(key)
	if v == nil || err != nil {
		return 0, err
	}
	return parseU32(v)
}

func parseU32(v []byte) (uint32, error) {
	d := wire.NewDecoder(v)
	n := d.Uint32()
	return n, d.Finish()
}
