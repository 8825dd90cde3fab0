package app

import (
	"fmt"

	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/app/merkle"
)

// Violation is one broken rule that CheckInvariants found.
type Violation struct {
	// Rule is the number of the rule in design 01, section 6; 0 for the
	// form of records and the origin of entries (section 4).
	Rule int
	// Key is the state key of the record that shows it.
	Key []byte
	// Detail says what was expected and what was found.
	Detail string
}

// String is one line for people.
func (v Violation) String() string {
	kind := byte('?')
	if len(v.Key) > 0 {
		kind = v.Key[0]
	}
	return fmt.Sprintf("rule %d: record %c %x: %s", v.Rule, kind, v.Key[min(1, len(v.Key)):], v.Detail)
}

// ContentsFunc returns the entries behind the root of a segment, and whether
// they are at hand.
type ContentsFunc func(holding HoldingID, segment uint32) ([]Entry, bool)

// CheckInvariants walks a whole state and reports every broken rule of design
// 01, section 6, that a state can show: where each position is (1), custody
// and depth (2), marked counts (7), lots at any depth (8), counts of segments,
// lots and shipments (12), and that every record is well formed and implies
// only records that exist. contents may be nil: then only what the tree shows
// alone is checked; with it, the entries behind every root are as well.
//
// It reads the whole state into memory: some hundred bytes per holding. The
// caller asks v.Err afterwards; a View that failed shows nothing.
func CheckInvariants(v View, contents ContentsFunc) []Violation {
	c := &checker{
		v: v, contents: contents,
		at: make(map[HoldingID]int), lotAt: make(map[LotID]int),
	}
	c.checkParams()
	c.checkRegistry()
	c.checkDelegations()
	c.loadShipments()
	c.loadLots()
	c.loadHoldings()
	c.checkSegments()
	c.checkContentCounts()
	c.checkMarks()
	c.checkHoldings()
	c.checkShipments()
	c.checkLots()
	c.checkOrigins()
	c.checkRecalls()
	c.checkClocks()
	c.checkInvestigations()
	return c.out
}

// checker is one walk. Maps are for looking up only; order comes from slices.
type checker struct {
	v        View
	contents ContentsFunc
	params   Params
	out      []Violation

	holdings []*checkedHolding // ascending by id
	at       map[HoldingID]int
	lots     []*checkedLot // ascending by key
	lotAt    map[LotID]int
	shipped  []*checkedShipment // number 1 first

	ended      uint64 // ended positions of all segments
	repackaged uint64 // those of them that live on under new identifiers
	inputs     uint64 // what commissions say that was repackaged into them

	born  []gs1.Key // keys in runs: one for each commissioned position
	alive []gs1.Key // keys of item positions that are not moved
}

// checkedHolding is a holding and what the walk found out about it.
type checkedHolding struct {
	id  HoldingID
	rec *Holding

	segments  uint32
	live      uint64 // live positions in its own segments, child containers included
	partials  uint64 // partial positions, and those of children
	entries   uint32 // live positions that are child containers; contents only
	children  uint32 // holdings that name it as parent
	below     uint64 // live items of those
	marked    uint64 // located blocking marks, holds, and those of children
	roots     []merkle.Hash
	first     gs1.Key // of a run; contents only
	last      gs1.Key
	count     int
	runLot    LotID
	lots      lotCounts // by contents, at any depth
	childLots lotCounts // by the records of its children
	mixed     lotCounts // its 't' records
}

type checkedLot struct {
	id    LotID
	rec   *Lot
	live  uint64
	ended uint64 // contents only
	runs  []*checkedHolding
}

type checkedShipment struct {
	rec                         *Shipment
	open, short                 uint64
	openHoldings, shortHoldings uint32
}

// report notes a violation.
func (c *checker) report(rule int, key []byte, format string, args ...any) {
	c.out = append(c.out, Violation{Rule: rule, Key: key, Detail: fmt.Sprintf(format, args...)})
}

// expect reports when two counts differ.
func (c *checker) expect(rule int, key []byte, what string, got, want uint64) {
	if got != want {
		c.report(rule, key, "%s: the record says %d, found %d", what, got, want)
	}
}

// walk decodes every record of a kind and refuses those that cannot be read
// or are larger than documented.
func walk[R any](c *checker, kind RecordKind, limit int, decode func([]byte) (*R, error), fn func(key []byte, rec *R)) {
	c.v.Scan([]byte{byte(kind)}, func(key, value []byte) bool {
		if len(value) > limit {
			c.report(0, key, "%d bytes, at most %d are documented", len(value), limit)
		}
		rec, err := decode(value)
		if err != nil {
			c.report(0, key, "cannot be read: %v", err)
			return true
		}
		fn(key, rec)
		return true
	})
}

func (c *checker) holding(id HoldingID) *checkedHolding {
	if i, ok := c.at[id]; ok {
		return c.holdings[i]
	}
	return nil
}

func (c *checker) lot(id LotID) *checkedLot {
	if i, ok := c.lotAt[id]; ok {
		return c.lots[i]
	}
	return nil
}

// shipment returns nil for a number that was not given out.
func (c *checker) shipment(n uint64) *checkedShipment {
	if n == 0 || n > uint64(len(c.shipped)) {
		return nil
	}
	return c.shipped[n-1]
}

// lineOf leads from a holding to the outermost one. It ends early where a
// parent is missing, and after more levels than there may be.
func (c *checker) lineOf(h *checkedHolding) []*checkedHolding {
	line := []*checkedHolding{h}
	for len(line) <= MaxDepth+1 && !h.rec.Parent.IsZero() {
		if h = c.holding(h.rec.Parent); h == nil {
			break
		}
		line = append(line, h)
	}
	return line
}
