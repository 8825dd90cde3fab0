package index

import (
	"errors"
	"fmt"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/app/merkle"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// maxRuns is how many segments a Commission makes at most.
const maxRuns = app.MaxCommission / merkle.SegmentSize

// commission is one Commission as the index keeps it: in effect a piece of
// level 0, since its runs are ascending and a serial can only be in one.
type commission struct {
	at   ref
	lot  string
	seq  uint32
	runs []run
}

// run is one segment of a commission.
type run struct {
	holding app.HoldingID
	root    merkle.Hash
	count   uint16
	first   string // serial
}

const maxText = 255

func (c *commission) encode() []byte {
	e := wire.NewEncoder(64 + 90*len(c.runs))
	e.Uint8(1)
	e.Raw(c.at.appendTo(nil))
	e.String8(c.lot)
	e.Uint32(c.seq)
	e.Count(len(c.runs))
	for i := range c.runs {
		r := &c.runs[i]
		e.Raw(r.holding[:])
		e.Raw(r.root[:])
		e.Uint16(r.count)
		e.String8(r.first)
	}
	return e.Bytes()
}

func decodeCommission(p []byte) (*commission, error) {
	d := wire.NewDecoder(p)
	d.Version(1)
	c := &commission{at: readRef(d), lot: d.String8(maxText), seq: d.Uint32()}
	n := d.Count(maxRuns, 32+32+2+1)
	for range n {
		var r run
		d.Raw(r.holding[:])
		d.Raw(r.root[:])
		r.count, r.first = d.Uint16(), d.String8(maxText)
		c.runs = append(c.runs, r)
	}
	return c, d.Finish()
}

func readRef(d *wire.Decoder) ref {
	var p [refLen]byte
	d.Raw(p[:])
	return parseRef(p[:])
}

// move is one app.Move with where its entries went: segments first to
// first+segments-1 of to, all of which the same tx made.
type move struct {
	at        ref
	state     app.State
	to        app.HoldingID
	first     uint32
	segments  uint16
	positions []uint16
}

// bitmapBytes is the size from which positions are kept as a bitmap.
const bitmapBytes = merkle.SegmentSize / 8

func (m *move) encode() []byte {
	e := wire.NewEncoder(64 + bitmapBytes)
	e.Uint8(1)
	e.Uint8(uint8(m.state))
	e.Raw(m.to[:])
	e.Uint32(m.first)
	e.Uint16(m.segments)
	bitmap := 2*len(m.positions) > bitmapBytes
	e.Bool(bitmap)
	if !bitmap {
		for _, p := range m.positions {
			e.Uint16(p)
		}
		return e.Bytes()
	}
	var bits [bitmapBytes]byte
	for _, p := range m.positions {
		bits[p/8] |= 1 << (p % 8)
	}
	e.Raw(bits[:])
	return e.Bytes()
}

// decodeMove reads a move, and reports whether it names the position.
func decodeMove(p []byte, position uint16) (m move, has bool, err error) {
	d := wire.NewDecoder(p)
	d.Version(1)
	m.state = app.State(d.Uint8())
	d.Raw(m.to[:])
	m.first, m.segments = d.Uint32(), d.Uint16()
	if d.Bool() {
		bits := d.View(bitmapBytes)
		has = len(bits) == bitmapBytes && bits[position/8]&(1<<(position%8)) != 0
		return m, has, d.Finish()
	}
	for d.Err() == nil && d.Remaining() > 0 {
		if d.Uint16() == position {
			has = true
		}
	}
	return m, has, d.Finish()
}

// encodePosition is the value of a 'q' key.
func encodePosition(p app.Position) []byte {
	e := wire.NewEncoder(38)
	e.Raw(p.Holding[:])
	e.Uint32(p.Segment)
	e.Uint16(p.Position)
	return e.Bytes()
}

func decodePosition(v []byte) (p app.Position, err error) {
	d := wire.NewDecoder(v)
	d.Raw(p.Holding[:])
	p.Segment, p.Position = d.Uint32(), d.Uint16()
	return p, d.Finish()
}

// holding reads a holding's record; nil when there is none.
func (s *snapshot) holding(id app.HoldingID) (h *app.Holding, err error) {
	_, err = s.view(holdingKey(id), func(v []byte) error {
		h, err = app.DecodeHolding(v)
		return err
	})
	return h, err
}

var errRecordMissing = errors.New("a record is missing")

// segment reads the record of a segment that must be there.
func (s *snapshot) segment(id app.HoldingID, n uint32) (g *app.Segment, err error) {
	found, err := s.view(segmentKey(id, n), func(v []byte) error {
		g, err = app.DecodeSegment(v)
		return err
	})
	if err == nil && !found {
		err = fmt.Errorf("%w: segment %d of holding %s", errRecordMissing, n, id)
	}
	return g, err
}

// commission reads the record of a commission that must be there.
func (s *snapshot) commission(g gs1.GTIN, ordinal uint32) (c *commission, err error) {
	found, err := s.view(commissionKey(g, ordinal), func(v []byte) error {
		c, err = decodeCommission(v)
		return err
	})
	if err == nil && !found {
		err = fmt.Errorf("%w: commission %d of GTIN %s", errRecordMissing, ordinal, g)
	}
	return c, err
}
