package app

import "github.com/pedigree-ledger/pedigree/app/merkle"

// Result is the verdict on one tx and what it changed. Code and Data are
// covered by the block's results hash; everything else is derived from the
// same inputs but may be described better by a later release.
type Result struct {
	Code Code
	// Detail says what was expected and what was found; for people.
	Detail string
	// Data is the op's answer, for example the number of the shipment that
	// a Ship began (eight bytes, big-endian). Empty for most ops.
	Data []byte
	// Events are announced to subscribers.
	Events []Event
	// Changes are the records written, in the order written. The index is
	// built from them.
	Changes []Change
	// Contents are the entries of every segment that came into being.
	Contents []Contents
	// Moves say what became of the positions this tx opened.
	Moves []Move
	// Shipped is what a Ship put on its shipment, by lot, ascending.
	Shipped []LotItems
	// LotsRead is how many accounts of lots in mixed holdings were read,
	// also by an op that was refused: the Meter charges it.
	LotsRead int
}

// LotItems is how many items of a lot.
type LotItems struct {
	Lot   LotID
	Items uint64
}

// Change is one record written or, when Value is nil, deleted.
type Change struct {
	Key   []byte
	Value []byte
}

// Contents is one new segment with the entries behind its root, ascending by
// key. The tree keeps the root only; the index and archives keep the entries.
type Contents struct {
	Holding HoldingID
	Segment uint32
	Root    merkle.Hash
	Entries []Entry
}

// Move says that positions of one segment took State. To is the holding the
// entries went to; it is zero when they ended or changed state in place, the
// child itself when a container left its parent, and the first of the new runs
// when items were repackaged: where their contents live on.
type Move struct {
	From      HoldingID
	Segment   uint32
	Positions []uint16
	State     State
	To        HoldingID
}
