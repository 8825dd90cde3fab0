package app

import (
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/app/merkle"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// LotID names a lot: a product and its AI (10).
type LotID struct {
	// GTIN is the product's, 14 digits.
	GTIN gs1.GTIN `json:"gtin"`
	// Lot is the AI (10), at most 20 characters.
	Lot string `json:"lot"`
}

// String is "GTIN lot", for messages.
func (l LotID) String() string { return l.GTIN.String() + " lot " + l.Lot }

func (l *LotID) encode(e *wire.Encoder) {
	e.Raw(l.GTIN[:])
	e.String8(l.Lot)
}

func readLotID(d *wire.Decoder) LotID { return LotID{readGTIN(d), readLot(d)} }

// Lot is the record of a lot ('l'): what every item of it shares, and how many
// there are. Commissioned = live in outermost holdings + Ended (rule 12). At
// most 310 bytes.
type Lot struct {
	// Expiry is the expiry date of its items.
	Expiry gs1.Date `json:"expiry"`
	// Labeler is the product's labeler when the lot was begun.
	Labeler gs1.GLN `json:"labeler"`
	// Exempt says why its packages bear no identifier, so that surrogate
	// serials stand for them.
	Exempt LotExemption `json:"exempt,omitempty"`
	// Commissioned counts the items that were ever commissioned in it, Ended
	// those of them whose life has ended.
	Commissioned uint64 `json:"commissioned"`
	Ended        uint64 `json:"ended"`
	// Commissions is the number of CommissionRecords: their sequence
	// numbers are 0 to Commissions-1.
	Commissions uint32 `json:"commissions"`
	// Recall is the latest recall of the lot, also when it is closed; absent
	// when there was none.
	Recall *Recall `json:"recall,omitempty"`
	// Investigations are those that block sale of the whole lot, ascending,
	// at most 8.
	Investigations []uint64 `json:"investigations,omitempty"`
}

func (l *Lot) encode() []byte {
	e := wire.NewEncoder(310)
	e.Uint8(1)
	e.Uint32(uint32(l.Expiry))
	e.Raw(l.Labeler[:])
	e.Uint8(uint8(l.Exempt))
	e.Uint64(l.Commissioned)
	e.Uint64(l.Ended)
	e.Uint32(l.Commissions)
	e.Bool(l.Recall != nil)
	if l.Recall != nil {
		l.Recall.encode(e)
	}
	e.Count(len(l.Investigations))
	for _, n := range l.Investigations {
		e.Uint64(n)
	}
	return e.Bytes()
}

// DecodeLot reads the value of a lot record.
func DecodeLot(p []byte) (*Lot, error) {
	d := wire.NewDecoder(p)
	d.Version(1)
	l := &Lot{
		Expiry: readDate(d), Labeler: readGLN(d), Exempt: readLotExemption(d), Commissioned: d.Uint64(),
		Ended: d.Uint64(), Commissions: d.Uint32(),
	}
	if d.Bool() {
		l.Recall = readRecall(d)
	}
	for i := range d.Count(maxLotBlocks, 8) {
		l.Investigations = append(l.Investigations, d.Uint64())
		if i > 0 && l.Investigations[i-1] >= l.Investigations[i] {
			d.Fail("investigations are not ascending")
		}
	}
	return l, d.Finish()
}

// CommissionRecord is the record of one Commission ('c'): the base of "was it
// ever commissioned". It never changes. At most 160 bytes.
type CommissionRecord struct {
	// Root is the RFC 6962 root over all entries of the op.
	Root merkle.Hash `json:"root"`
	// Count is how many entries the op commissioned.
	Count uint32 `json:"count"`
	// First and Last are the lowest and the highest key among them.
	First gs1.Key `json:"first"`
	Last  gs1.Key `json:"last"`
	// Height is that of the block with the op.
	Height uint64 `json:"height"`
	// InputCount and Inputs name what was repackaged into it: how many items,
	// and the RFC 6962 root over their entries ascending by key. Zero for what
	// was not repackaged.
	InputCount uint32      `json:"inputCount,omitempty"`
	Inputs     merkle.Hash `json:"inputs,omitzero"`
}

func (c *CommissionRecord) encode() []byte {
	e := wire.NewEncoder(140)
	e.Uint8(1)
	e.Raw(c.Root[:])
	e.Uint32(c.Count)
	e.String8(string(c.First))
	e.String8(string(c.Last))
	e.Uint64(c.Height)
	e.Uint32(c.InputCount)
	if c.InputCount > 0 {
		e.Raw(c.Inputs[:])
	}
	return e.Bytes()
}

// DecodeCommissionRecord reads the value of a commission record.
func DecodeCommissionRecord(p []byte) (*CommissionRecord, error) {
	d := wire.NewDecoder(p)
	d.Version(1)
	c := &CommissionRecord{
		Root: readHash(d), Count: d.Uint32(), First: readKey(d), Last: readKey(d), Height: d.Uint64(),
		InputCount: d.Uint32(),
	}
	if c.InputCount > 0 {
		c.Inputs = readHash(d)
	}
	return c, d.Finish()
}
