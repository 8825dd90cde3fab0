package app

import (
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// HoldingKind says what keeps the items of a holding together.
type HoldingKind uint8

// The kinds of holding.
const (
	// KindRun holds items as they were commissioned: one segment.
	KindRun HoldingKind = 1
	// KindContainer is a logistic unit or a case with a key of its own.
	KindContainer HoldingKind = 2
	// KindLoose holds items together at a site or in a consignment, with no
	// container around them.
	KindLoose HoldingKind = 3
)

// String is the kind's name.
func (k HoldingKind) String() string {
	switch k {
	case KindRun:
		return "run"
	case KindContainer:
		return "container"
	case KindLoose:
		return "loose"
	default:
		return "unknown"
	}
}

// MarshalText writes the kind's name.
func (k HoldingKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// LotMode says how a holding accounts for the lots it contains.
type LotMode uint8

// The modes. Lots are exact in every holding (rule 8).
const (
	// LotNone: nothing in it is live.
	LotNone LotMode = 0
	// LotOne: every live item is of Holding.Lot.
	LotOne LotMode = 1
	// LotMixed: a 't' record per lot; stays until nothing is live.
	LotMixed LotMode = 2
)

// Holds are the holds on a whole holding, as bits.
type Holds uint8

// The holds (docs/decisions/0010).
const (
	// HoldQuarantine is set and lifted by the owner or the possessor.
	HoldQuarantine Holds = 1 << 0
	// HoldOrder is set and lifted by a regulator.
	HoldOrder Holds = 1 << 1

	holdsKnown = HoldQuarantine | HoldOrder
)

// Has reports whether all of some holds stand.
func (h Holds) Has(some Holds) bool { return h&some == some }

// String names the holds that stand.
func (h Holds) String() string {
	names := [holdsKnown + 1]string{"none", "quarantine", "order", "quarantine+order"}
	if h > holdsKnown {
		return "unknown"
	}
	return names[h]
}

// Holding is the record of a place ('h'): what is in one place, in one
// custody, with one history. Only an outermost holding (Parent zero) stores
// custody; a holding inside another has its outermost one's (rule 2). Its
// encoding is at most 300 bytes.
type Holding struct {
	// Kind says what keeps the items together.
	Kind HoldingKind `json:"kind"`
	// Key and N are set for containers only: the N-th use of Key.
	Key gs1.Key `json:"key,omitempty"`
	N   uint32  `json:"n"`
	// Parent is the holding it stands in, or zero.
	Parent HoldingID `json:"parent"`

	// Owner is who owns the goods, Possessor who has them in hand, and Location
	// the site where they are. They are zero when Parent is set.
	Owner     gs1.GLN `json:"owner"`
	Possessor gs1.GLN `json:"possessor"`
	Location  gs1.GLN `json:"location"`
	// Shipment is the shipment it is under way in, or 0: then it is frozen.
	Shipment uint64 `json:"shipment,omitempty"`
	// Short: the consignee reported it missing from the shipment.
	Short bool `json:"short,omitempty"`

	// Height is an upper bound of the container levels inside; 0 when there
	// are no children.
	Height uint8 `json:"height"`
	// Live counts items in state here or partial, at any depth.
	Live uint64 `json:"live"`
	// Children counts the containers standing directly in it.
	Children uint32 `json:"children"`
	// Marked counts located keys with a blocking mark, and holdings with a
	// hold, in this holding (itself included) and below.
	Marked uint32 `json:"marked"`
	// Holds are the holds on the whole of it, added up: 1 quarantine, 2 an
	// order of a regulator.
	Holds Holds `json:"holds"`
	// Partials counts items in state partial, at any depth: as long as it is
	// not zero the holding is not sold, packed or handed to another partner.
	Partials uint32 `json:"partials,omitempty"`

	// LotMode says of how many lots its live items are: 0 none is live, 1 of
	// one, which Lot names, 2 of several.
	LotMode LotMode `json:"lotMode"`
	// Lot is that of every live item; empty when LotMode is not 1.
	Lot LotID `json:"lot"`
	// Declared is the lot that a case was commissioned for: it takes no
	// other. Empty when it takes any.
	Declared string `json:"declared,omitempty"`

	// Acquired is the shipment by which the contents last changed owner; 0
	// from the labeler. Joined is the parent's effective Acquired when this
	// container was packed.
	Acquired uint64 `json:"acquired"`
	Joined   uint64 `json:"joined,omitempty"`

	// Segments is the number of segment records: numbers 0 to Segments-1.
	Segments uint32 `json:"segments"`
	// CustodyTime is the event time, in seconds UTC, before which nothing
	// new may have happened to it (rule 11).
	CustodyTime uint64 `json:"custodyTime"`
	// Head is the hash chain over its events.
	Head [32]byte `json:"-"`
	// Events counts its events.
	Events uint32 `json:"events"`
}

func (h *Holding) encode() []byte {
	e := wire.NewEncoder(300)
	e.Uint8(1)
	e.Uint8(uint8(h.Kind))
	if h.Kind == KindContainer {
		e.String8(string(h.Key))
		e.Uint32(h.N)
		e.String8(h.Declared)
	}
	e.Bool(!h.Parent.IsZero())
	if h.Parent.IsZero() {
		e.Raw(h.Owner[:])
		e.Raw(h.Possessor[:])
		e.Raw(h.Location[:])
		e.Uint64(h.Shipment)
		e.Bool(h.Short)
	} else {
		e.Raw(h.Parent[:])
		e.Uint64(h.Joined)
	}
	e.Uint8(h.Height)
	e.Uint64(h.Live)
	e.Uint32(h.Children)
	e.Uint32(h.Marked)
	e.Uint8(uint8(h.Holds))
	e.Uint32(h.Partials)
	e.Uint8(uint8(h.LotMode))
	if h.LotMode == LotOne {
		h.Lot.encode(e)
	}
	e.Uint64(h.Acquired)
	e.Uint32(h.Segments)
	e.Uint64(h.CustodyTime)
	e.Raw(h.Head[:])
	e.Uint32(h.Events)
	return e.Bytes()
}

// DecodeHolding reads the value of a holding record.
func DecodeHolding(p []byte) (*Holding, error) {
	d := wire.NewDecoder(p)
	d.Version(1)
	h := &Holding{Kind: HoldingKind(d.Uint8())}
	if h.Kind < KindRun || h.Kind > KindLoose {
		d.Fail("unknown kind of holding %d", h.Kind)
	}
	if h.Kind == KindContainer {
		h.Key, h.N, h.Declared = readKey(d), d.Uint32(), readOptionalLot(d)
	}
	if d.Bool() {
		h.Parent, h.Joined = readHoldingID(d), d.Uint64()
		if h.Parent.IsZero() {
			d.Fail("parent is zero")
		}
	} else {
		h.Owner, h.Possessor, h.Location = readGLN(d), readGLN(d), readGLN(d)
		h.Shipment, h.Short = d.Uint64(), d.Bool()
	}
	h.Height, h.Live, h.Children, h.Marked = d.Uint8(), d.Uint64(), d.Uint32(), d.Uint32()
	h.Holds, h.Partials, h.LotMode = Holds(d.Uint8()), d.Uint32(), LotMode(d.Uint8())
	if h.LotMode > LotMixed {
		d.Fail("unknown lot mode %d", h.LotMode)
	}
	if h.LotMode == LotOne {
		h.Lot = readLotID(d)
	}
	h.Acquired, h.Segments, h.CustodyTime = d.Uint64(), d.Uint32(), d.Uint64()
	d.Raw(h.Head[:])
	h.Events = d.Uint32()
	return h, d.Finish()
}

// encodeCount is the value of a 't' record and of a counter: version, number.
func encodeCount(n uint64) []byte {
	return append([]byte{1}, u64(n)...)
}

// DecodeCount reads the value of a 't' record or a counter.
func DecodeCount(p []byte) (uint64, error) {
	d := wire.NewDecoder(p)
	d.Version(1)
	n := d.Uint64()
	return n, d.Finish()
}
