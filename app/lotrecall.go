package app

import (
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// RecallClass is the FDA's class of a recall: 1 may cause death, 2 may cause
// temporary harm, 3 is not likely to harm (21 CFR 7.3(m)).
type RecallClass uint8

// RecallDepth is the level to which a recall extends (21 CFR 7.42(b)(1)).
type RecallDepth uint8

// The depths of a recall.
const (
	DepthWholesale RecallDepth = 1
	DepthRetail    RecallDepth = 2
	DepthConsumer  RecallDepth = 3
)

// RecallOutcome says how a recall stands.
type RecallOutcome uint8

// The outcomes.
const (
	// RecallOpen: it is under way.
	RecallOpen RecallOutcome = 0
	// RecallCompleted: everything has been done (21 CFR 7.55). The goods
	// stay unsellable.
	RecallCompleted RecallOutcome = 1
	// RecallWithdrawn: it was made in error, and stops nothing any more.
	RecallWithdrawn RecallOutcome = 2

	recallOutcomes = 3
)

// String is the outcome's name.
func (o RecallOutcome) String() string {
	if o >= recallOutcomes {
		return "unknown"
	}
	return [recallOutcomes]string{"open", "completed", "withdrawn"}[o]
}

// MarshalText writes the outcome's name.
func (o RecallOutcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText reads an outcome's name.
func (o *RecallOutcome) UnmarshalText(p []byte) error {
	return readWord(o, p, RecallOpen, recallOutcomes, "outcome of a recall")
}

// Recall stands in a Lot's record from the block that accepted the op on. At
// most 200 bytes.
type Recall struct {
	// By is the recaller: it or a regulator closes the recall.
	By gs1.GLN `json:"by"`
	// Class is the one of 21 CFR 7.3(m): 1 may cause death, 2 temporary harm, 3
	// is not likely to harm.
	Class RecallClass `json:"class"`
	// Depth is the level to which it extends: 1 wholesale, 2 retail, 3
	// consumer.
	Depth RecallDepth `json:"depth"`
	// Whole: the whole lot is recalled. Otherwise the recall is partial: only
	// the keys are that bear its mark.
	Whole bool `json:"whole"`
	// Items counts the keys that bear a mark of this recall, each an item or
	// a case.
	Items uint32 `json:"items"`
	// Acks counts the RecallAck records of the lot.
	Acks uint32 `json:"acks"`
	// Height and Time, in seconds UTC, are of the block in which it began,
	// and Tx is the tx that began it: its marks bear it.
	Height uint64 `json:"height"`
	Time   uint64 `json:"time"`
	Tx     TxID   `json:"tx"`
	// Changed is the height of the last Recall of the lot: whoever
	// acknowledged before it has not acknowledged all of it.
	Changed uint64 `json:"changed"`
	// Reason is at most 80 bytes.
	Reason string `json:"reason"`
	// Outcome says how it stands.
	Outcome RecallOutcome `json:"outcome"`
	// Closed is zero while the recall is open.
	Closed Closing `json:"closed"`
}

// Closing says who closed a recall, and when.
type Closing struct {
	// By is the partner that closed it.
	By gs1.GLN `json:"by"`
	// Height and Time are the block's; Time in seconds UTC.
	Height uint64 `json:"height"`
	Time   uint64 `json:"time"`
}

const maxReasonBytes = 80

// Stops reports whether a recall stops sales of its whole lot; false for nil.
func (r *Recall) Stops() bool { return r != nil && r.Whole && r.Outcome != RecallWithdrawn }

// Open reports whether a recall is under way; false for nil.
func (r *Recall) Open() bool { return r != nil && r.Outcome == RecallOpen }

// scope is how many items are recalled one by one, or "all".
func (r *Recall) scope() string {
	if r.Whole {
		return "all"
	}
	return num(uint64(r.Items))
}

func (r *Recall) encode(e *wire.Encoder) {
	e.Raw(r.By[:])
	e.Uint8(uint8(r.Class))
	e.Uint8(uint8(r.Depth))
	e.Bool(r.Whole)
	e.Uint32(r.Items)
	e.Uint32(r.Acks)
	e.Uint64(r.Height)
	e.Uint64(r.Time)
	e.Raw(r.Tx[:])
	e.Uint64(r.Changed)
	e.String8(r.Reason)
	e.Uint8(uint8(r.Outcome))
	if r.Outcome != RecallOpen {
		e.Raw(r.Closed.By[:])
		e.Uint64(r.Closed.Height)
		e.Uint64(r.Closed.Time)
	}
}

func readRecall(d *wire.Decoder) *Recall {
	r := &Recall{
		By: readGLN(d), Class: RecallClass(d.Uint8()), Depth: RecallDepth(d.Uint8()), Whole: d.Bool(),
		Items: d.Uint32(), Acks: d.Uint32(), Height: d.Uint64(), Time: d.Uint64(),
	}
	d.Raw(r.Tx[:])
	r.Changed, r.Reason, r.Outcome = d.Uint64(), readText(d, maxReasonBytes), RecallOutcome(d.Uint8())
	if r.Outcome >= recallOutcomes {
		d.Fail("unknown outcome of a recall %d", r.Outcome)
	}
	if r.Outcome != RecallOpen {
		r.Closed = Closing{By: readGLN(d), Height: d.Uint64(), Time: d.Uint64()}
	}
	return r
}

// RecallAck is the record of a partner's acknowledgement of a recall ('a').
// 53 bytes.
type RecallAck struct {
	// Found is how many items the partner found and set aside.
	Found uint32 `json:"found"`
	// Height is that of the block with the acknowledgement.
	Height uint64 `json:"height"`
	// Time is that of the block, in seconds UTC.
	Time uint64 `json:"time"`
	// Tx is the transaction that acknowledged.
	Tx TxID `json:"tx"`
}

// Covers reports whether an acknowledgement was given of a recall as it now
// stands; false for nil.
func (a *RecallAck) Covers(r *Recall) bool { return a != nil && r != nil && a.Height >= r.Changed }

func (a *RecallAck) encode() []byte {
	e := wire.NewEncoder(maxRecallAckBytes)
	e.Uint8(1)
	e.Uint32(a.Found)
	e.Uint64(a.Height)
	e.Uint64(a.Time)
	e.Raw(a.Tx[:])
	return e.Bytes()
}

// DecodeRecallAck reads the value of an acknowledgement's record.
func DecodeRecallAck(p []byte) (*RecallAck, error) {
	d := wire.NewDecoder(p)
	d.Version(1)
	a := &RecallAck{Found: d.Uint32(), Height: d.Uint64(), Time: d.Uint64()}
	d.Raw(a.Tx[:])
	return a, d.Finish()
}

// ackRef names an 'a' record.
type ackRef struct {
	lot     LotID
	partner gs1.GLN
}
