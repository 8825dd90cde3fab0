package app

import (
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// MarkKind is what a mark says about a key.
type MarkKind uint8

// The kinds of mark.
const (
	MarkSuspect      MarkKind = 1
	MarkQuarantined  MarkKind = 2
	MarkStolen       MarkKind = 3
	MarkIllegitimate MarkKind = 4
	MarkRecalled     MarkKind = 5
	MarkDuplicate    MarkKind = 6

	markKinds = 7
)

// String is the mark's name.
func (k MarkKind) String() string {
	names := [markKinds]string{"", "suspect", "quarantined", "stolen", "illegitimate", "recalled", "duplicate"}
	if k == 0 || k >= markKinds {
		return "unknown"
	}
	return names[k]
}

// MarshalText writes the mark's name.
func (k MarkKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads a mark's name.
func (k *MarkKind) UnmarshalText(p []byte) error {
	for i := MarkKind(1); i < markKinds; i++ {
		if i.String() == string(p) {
			*k = i
			return nil
		}
	}
	return reject(CodeMalformed, "%q is no kind of mark", p)
}

// Mark is one statement about one key that limits what may be done with it.
type Mark struct {
	// Kind is what it says about the key.
	Kind MarkKind `json:"kind"`
	// By is the partner that set it.
	By gs1.GLN `json:"by"`
	// Blocking: the key is neither sold nor dispensed while the mark stands.
	Blocking bool `json:"blocking"`
	// Height and Time are the block's; Time in seconds UTC.
	Height uint64 `json:"height"`
	Time   uint64 `json:"time"`
	// Tx is the tx that set it: the evidence.
	Tx TxID `json:"tx"`
	// Investigation is the one that the mark belongs to, or 0. Nothing but
	// CloseInvestigation takes such a mark away.
	Investigation uint64 `json:"investigation,omitempty"`
}

// maxMarks bounds the marks on one key, so that the record stays small. Anyone
// may set an alerting one, so these are bounded apart: they leave room for
// those who may block, whatever others have said before.
const (
	maxMarks    = 18
	maxAlerting = 8
)

// Marks is the record of the marks on one key ('f'), in the order in which
// they were set. Located is the innermost holding that the key's entry is in,
// or the container's own holding; zero when the ledger has not been shown
// where it is. At most 1,320 bytes.
type Marks struct {
	// Located is the innermost holding with the key, or zero.
	Located HoldingID `json:"located"`
	// Marks are in the order in which they were set.
	Marks []Mark `json:"marks"`
}

// Blocking reports whether at least one mark blocks; false for nil.
func (m *Marks) Blocking() bool {
	if m == nil {
		return false
	}
	for i := range m.Marks {
		if m.Marks[i].Blocking {
			return true
		}
	}
	return false
}

// recalled is the index of the first mark that a recall set, or -1; -1 for
// nil.
func (m *Marks) recalled() int {
	if m == nil {
		return -1
	}
	for i := range m.Marks {
		if m.Marks[i].Kind == MarkRecalled {
			return i
		}
	}
	return -1
}

// blockedBy says what blocks, in words.
func (m *Marks) blockedBy() string {
	for i := range m.Marks {
		if k := &m.Marks[i]; k.Blocking && k.Investigation != 0 {
			return "a blocking mark of investigation " + num(k.Investigation)
		}
	}
	return "a blocking mark"
}

// alerting counts the marks that do not block.
func (m *Marks) alerting() (n int) {
	for i := range m.Marks {
		if !m.Marks[i].Blocking {
			n++
		}
	}
	return n
}

// find returns the index of a partner's mark of a kind, or -1.
func (m *Marks) find(kind MarkKind, by gs1.GLN) int {
	for i := range m.Marks {
		if m.Marks[i].Kind == kind && m.Marks[i].By == by {
			return i
		}
	}
	return -1
}

func (m *Marks) encode() []byte {
	e := wire.NewEncoder(40 + 71*len(m.Marks))
	e.Uint8(1)
	e.Bool(!m.Located.IsZero())
	if !m.Located.IsZero() {
		e.Raw(m.Located[:])
	}
	e.Count(len(m.Marks))
	for i := range m.Marks {
		k := &m.Marks[i]
		e.Uint8(uint8(k.Kind))
		e.Raw(k.By[:])
		e.Bool(k.Blocking)
		e.Uint64(k.Height)
		e.Uint64(k.Time)
		e.Raw(k.Tx[:])
		e.Uint64(k.Investigation)
	}
	return e.Bytes()
}

// DecodeMarks reads the value of a marks record.
func DecodeMarks(p []byte) (*Marks, error) {
	d := wire.NewDecoder(p)
	d.Version(1)
	m := &Marks{}
	if d.Bool() {
		m.Located = readHoldingID(d)
		if m.Located.IsZero() {
			d.Fail("located is zero")
		}
	}
	n := d.Count(maxMarks, 71)
	if n == 0 {
		d.Fail("a marks record has at least one mark")
	}
	for range n {
		k := Mark{Kind: readMarkKind(d), By: readGLN(d), Blocking: d.Bool(), Height: d.Uint64(), Time: d.Uint64()}
		d.Raw(k.Tx[:])
		k.Investigation = d.Uint64()
		m.Marks = append(m.Marks, k)
	}
	return m, d.Finish()
}

// readPartnerMark reads a kind of mark that a partner sets and clears by
// itself: every kind but recalled.
func readPartnerMark(d *wire.Decoder) MarkKind {
	k := readMarkKind(d)
	if k == MarkRecalled {
		d.Fail("the mark recalled is set by Recall and cleared by CloseRecall")
	}
	return k
}

func readMarkKind(d *wire.Decoder) MarkKind {
	k := MarkKind(d.Uint8())
	if k == 0 || k >= markKinds {
		d.Fail("unknown kind of mark %d", k)
	}
	return k
}
