package app

import (
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/app/merkle"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// State is what became of one position of a segment: four bits.
type State uint8

// The states. Ended states never change (rule 6). The rest of the sixteen
// numbers are reserved.
const (
	// Here: the entry is in this holding.
	Here State = 0
	// Partial: dispensed in part; it stays where it is.
	Partial State = 1
	// Moved: the entry left for another holding.
	Moved State = 2
	// Dispensed: given to a patient.
	Dispensed State = 3
	// Destroyed: CBV destroying.
	Destroyed State = 4
	// Decommissioned: the identity was taken out of use.
	Decommissioned State = 5
	// Exported: left the country.
	Exported State = 6
	// Sampled: used up as a sample.
	Sampled State = 7
	// Repackaged: its contents live on under new identities.
	Repackaged State = 8
	// Missing: written off by its owner.
	Missing State = 9

	stateCount = 10
)

// String is the state's name.
func (s State) String() string {
	names := [stateCount]string{
		"here", "partial", "moved", "dispensed", "destroyed", "decommissioned",
		"exported", "sampled", "repackaged", "missing",
	}
	if s >= stateCount {
		return "reserved"
	}
	return names[s]
}

// MarshalText writes the state's name.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Live reports whether the item is in this holding: here or partial.
func (s State) Live() bool { return s == Here || s == Partial }

// Ended reports whether the item's life ended at this position.
func (s State) Ended() bool { return s >= Dispensed && s < stateCount }

// Segment is the record of one immutable contents root of a holding ('n').
// At most 1,024 positions; at most 560 bytes.
type Segment struct {
	Root  merkle.Hash
	Count uint16
	// Base is the holding's effective acquired when the segment was added.
	Base uint64
	// states holds two positions a byte, the lower position in the high
	// four bits; unused bits are zero.
	states []byte
}

// NewSegment makes a segment whose positions are all Here.
func NewSegment(root merkle.Hash, count int, base uint64) *Segment {
	return &Segment{Root: root, Count: uint16(count), Base: base, states: make([]byte, (count+1)/2)}
}

// State returns the state of a position below Count.
func (s *Segment) State(position uint16) State {
	b := s.states[position/2]
	if position%2 == 0 {
		return State(b >> 4)
	}
	return State(b & 0x0f)
}

// setState records what became of a position below Count.
func (s *Segment) setState(position uint16, to State) {
	b := &s.states[position/2]
	if position%2 == 0 {
		*b = *b&0x0f | byte(to)<<4
		return
	}
	*b = *b&0xf0 | byte(to)
}

func (s *Segment) encode() []byte {
	e := wire.NewEncoder(43 + len(s.states))
	e.Uint8(1)
	e.Raw(s.Root[:])
	e.Uint16(s.Count)
	e.Uint64(s.Base)
	e.Raw(s.states)
	return e.Bytes()
}

// DecodeSegment reads the value of a segment record.
func DecodeSegment(p []byte) (*Segment, error) {
	d := wire.NewDecoder(p)
	d.Version(1)
	s := &Segment{Root: readHash(d), Count: d.Uint16(), Base: d.Uint64()}
	if s.Count == 0 || s.Count > merkle.SegmentSize {
		d.Fail("a segment has 1 to %d positions, found %d", merkle.SegmentSize, s.Count)
		return nil, d.Err()
	}
	s.states = append([]byte(nil), d.View(int(s.Count+1)/2)...)
	if err := d.Finish(); err != nil {
		return nil, err
	}
	for i := range s.Count {
		if s.State(i) >= stateCount {
			d.Fail("position %d has reserved state %d", i, s.State(i))
		}
	}
	if s.Count%2 == 1 && s.states[len(s.states)-1]&0x0f != 0 {
		d.Fail("unused state bits are set")
	}
	return s, d.Err()
}

// Entry is one leaf of a segment: a key, what it is, and by which shipment it
// was acquired. An item has its lot; a container has its holding.
type Entry struct {
	// Key is that of the item or the container: 01 GTIN-14 21 serial, or 00
	// SSCC.
	Key gs1.Key `json:"key"`
	// Lot is the item's AI (10); empty for a container.
	Lot string `json:"lot,omitempty"`
	// Child is the container's holding; zero for an item.
	Child HoldingID `json:"child"`
	// Acquired is the shipment by which it last changed owner, 0 from the
	// labeler, as of when the segment was made.
	Acquired uint64 `json:"acquired"`
}

// IsContainer reports whether the entry is a child container.
func (e *Entry) IsContainer() bool { return !e.Child.IsZero() }

// LotID is the lot of an item's entry. The key must be an item's.
func (e *Entry) LotID() LotID {
	sg, _ := e.Key.SGTIN()
	return LotID{sg.GTIN, e.Lot}
}

// Value is the entry's value in its Merkle leaf: version, kind, lot or child,
// acquired.
func (e *Entry) Value() []byte {
	w := wire.NewEncoder(48)
	e.writeValue(w)
	return w.Bytes()
}

func (e *Entry) writeValue(w *wire.Encoder) {
	w.Uint8(1)
	w.Bool(e.IsContainer())
	if e.IsContainer() {
		w.Raw(e.Child[:])
	} else {
		w.String8(e.Lot)
	}
	w.Uint64(e.Acquired)
}

// Leaf is the entry's leaf hash.
func (e *Entry) Leaf() merkle.Hash {
	return merkle.LeafHash([]byte(e.Key), e.Value())
}

// Encode writes the key and the value: the form in openings and archives.
func (e *Entry) encode(w *wire.Encoder) {
	w.String8(string(e.Key))
	e.writeValue(w)
}

func readEntry(d *wire.Decoder) Entry {
	e := Entry{Key: readKey(d)}
	d.Version(1)
	if d.Bool() {
		e.Child = readHoldingID(d)
		if e.Child.IsZero() {
			d.Fail("a child holding is not zero")
		}
	} else {
		e.Lot = readLot(d)
		if e.Key.IsLogistic() {
			d.Fail("an SSCC is a container, not an item")
		}
	}
	e.Acquired = d.Uint64()
	return e
}

// minEntryBytes is the smallest encoding of an entry, to bound lists.
const minEntryBytes = 1 + minKeyBytes + 1 + 1 + 2 + 8

// EncodeEntries writes the entries of one segment: the contents behind its
// root, as the index, snapshots and archives keep them.
func EncodeEntries(entries []Entry) []byte {
	w := wire.NewEncoder(3 + len(entries)*60)
	w.Uint8(1)
	w.Count(len(entries))
	for i := range entries {
		entries[i].encode(w)
	}
	return w.Bytes()
}

// DecodeEntries reads what EncodeEntries wrote; the entries are strictly
// ascending by key.
func DecodeEntries(p []byte) ([]Entry, error) {
	d := wire.NewDecoder(p)
	d.Version(1)
	out := make([]Entry, d.Count(merkle.SegmentSize, minEntryBytes))
	for i := range out {
		out[i] = readEntry(d)
		if i > 0 && out[i-1].Key >= out[i].Key {
			d.Fail("entries are not ascending")
		}
	}
	return out, d.Finish()
}

// EntriesRoot is the segment root over the entries, which must be ascending by
// key and at most 1,024.
func EntriesRoot(entries []Entry) merkle.Hash {
	return merkle.Root(entryLeaves(entries))
}

// entryLeaves hashes the entries. Neighbours mostly share one value (a run's
// entries all do), so its hash is kept from one to the next.
func entryLeaves(entries []Entry) []merkle.Hash {
	leaves := make([]merkle.Hash, len(entries))
	var last Entry
	var value merkle.Hash
	for i := range entries {
		e := &entries[i]
		if i == 0 || e.Lot != last.Lot || e.Child != last.Child || e.Acquired != last.Acquired {
			value, last = merkle.ValueHash(e.Value()), *e
		}
		leaves[i] = merkle.LeafHashPreString(string(e.Key), value)
	}
	return leaves
}
