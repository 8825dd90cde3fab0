package proof

import (
	"fmt"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/app/merkle"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// StatementKind says what a file is about.
type StatementKind uint8

// The kinds of statement.
const (
	// StatementItem: an item that was commissioned, and where it is.
	StatementItem StatementKind = 1
	// StatementUnknown: an item that was never commissioned: its product or
	// its lot is not known, or its serial is not among the lot's.
	StatementUnknown StatementKind = 2
	// StatementContainer: a container's latest use, or that its key was
	// never used.
	StatementContainer StatementKind = 3
)

// String is the kind's name.
func (k StatementKind) String() string {
	switch k {
	case StatementItem:
		return "item"
	case StatementUnknown:
		return "never-commissioned"
	case StatementContainer:
		return "container"
	default:
		return "unknown"
	}
}

// MarshalText writes the kind's name.
func (k StatementKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads a kind's name.
func (k *StatementKind) UnmarshalText(text []byte) error {
	for known := StatementItem; known <= StatementContainer; known++ {
		if known.String() == string(text) {
			*k = known
			return nil
		}
	}
	return fmt.Errorf("there is no kind of statement %q", text)
}

// statement is the claim of a file with the hints that lead to its evidence.
// Roots, counts and states are never hints: they come from the tree.
type statement struct {
	Kind StatementKind `json:"kind"`
	Key  gs1.Key       `json:"key"`

	// Lot is the item's; in StatementUnknown the one asked about, empty when
	// the product is unknown.
	Lot string `json:"lot,omitempty"`
	// Sequence and Commissioned lead to the item's place in its Commission.
	Sequence     uint32 `json:"sequence"`
	Commissioned path   `json:"commissioned"`
	// Holding, Segment, Acquired and Entry lead to where the item is now.
	Holding  app.HoldingID `json:"holding"`
	Segment  uint32        `json:"segment"`
	Acquired uint64        `json:"acquired"`
	Entry    path          `json:"entry"`

	// Missing are the neighbors that enclose the key in each Commission of
	// the lot whose first and last key span it, in their order.
	Missing []absence `json:"missing,omitempty"`

	// N is the use of the container's key, counted from 0.
	N uint32 `json:"n"`
}

// path is the audit path of one entry, siblings as package merkle orders them.
type path struct {
	Position uint16        `json:"position"`
	Siblings []merkle.Hash `json:"siblings,omitempty"`
}

// absence shows that a key is not in one Commission.
type absence struct {
	Left     *neighbor     `json:"left,omitempty"`
	Right    *neighbor     `json:"right,omitempty"`
	Siblings []merkle.Hash `json:"siblings,omitempty"`
}

// neighbor is an entry of a Commission: its value follows from the lot.
type neighbor struct {
	Key      gs1.Key `json:"key"`
	Position uint16  `json:"position"`
}

// maxSiblings is the most siblings of two entries in one Commission.
const maxSiblings = 28

// maxMissing bounds the Commissions of one lot that may span a key.
const maxMissing = 4096

func (s *statement) encode(e *wire.Encoder) {
	e.Uint8(uint8(s.Kind))
	e.String8(string(s.Key))
	switch s.Kind {
	case StatementItem:
		e.String8(s.Lot)
		e.Uint32(s.Sequence)
		s.Commissioned.encode(e)
		e.Raw(s.Holding[:])
		e.Uint32(s.Segment)
		e.Uint64(s.Acquired)
		s.Entry.encode(e)
	case StatementUnknown:
		e.String8(s.Lot)
		e.Count(len(s.Missing))
		for i := range s.Missing {
			s.Missing[i].encode(e)
		}
	case StatementContainer:
		e.Uint32(s.N)
	}
}

func readStatement(d *wire.Decoder) (s statement) {
	s.Kind = StatementKind(d.Uint8())
	s.Key = readKey(d)
	switch s.Kind {
	case StatementItem:
		s.Lot = readLot(d, false)
		s.Sequence, s.Commissioned = d.Uint32(), readPath(d)
		d.Raw(s.Holding[:])
		s.Segment, s.Acquired, s.Entry = d.Uint32(), d.Uint64(), readPath(d)
	case StatementUnknown:
		s.Lot = readLot(d, true)
		for range d.Count(maxMissing, 4) {
			s.Missing = append(s.Missing, readAbsence(d))
		}
	case StatementContainer:
		s.N = d.Uint32()
	default:
		d.Fail("unknown kind of statement %d", s.Kind)
	}
	return s
}

func readKey(d *wire.Decoder) gs1.Key {
	text := d.String8(gs1.MaxKeyLen)
	if d.Err() != nil {
		return ""
	}
	key, err := gs1.ParseKey(text)
	if err != nil {
		d.Fail("%v", err)
	}
	return key
}

func readLot(d *wire.Decoder, optional bool) string {
	lot := d.String8(20)
	if d.Err() != nil || lot == "" && optional {
		return ""
	}
	if err := gs1.ValidLot(lot); err != nil {
		d.Fail("%v", err)
	}
	return lot
}

func (p *path) encode(e *wire.Encoder) {
	e.Uint16(p.Position)
	writeHashes(e, p.Siblings)
}

func readPath(d *wire.Decoder) path { return path{d.Uint16(), readHashes(d)} }

func (a *absence) encode(e *wire.Encoder) {
	for _, n := range [...]*neighbor{a.Left, a.Right} {
		e.Bool(n != nil)
		if n != nil {
			e.String8(string(n.Key))
			e.Uint16(n.Position)
		}
	}
	writeHashes(e, a.Siblings)
}

func readAbsence(d *wire.Decoder) (a absence) {
	for _, n := range [...]**neighbor{&a.Left, &a.Right} {
		if d.Bool() {
			*n = &neighbor{readKey(d), d.Uint16()}
		}
	}
	a.Siblings = readHashes(d)
	return a
}

func writeHashes(e *wire.Encoder, hashes []merkle.Hash) {
	e.Uint8(uint8(len(hashes)))
	for i := range hashes {
		e.Raw(hashes[i][:])
	}
}

func readHashes(d *wire.Decoder) []merkle.Hash {
	n := int(d.Uint8())
	if n > maxSiblings || n*len(merkle.Hash{}) > d.Remaining() {
		d.Fail("at most %d siblings, found %d", maxSiblings, n)
		return nil
	}
	var out []merkle.Hash
	for range n {
		var h merkle.Hash
		d.Raw(h[:])
		out = append(out, h)
	}
	return out
}
