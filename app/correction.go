package app

import (
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// ErrorReason is why an event is declared an error: the CBV's error reasons.
type ErrorReason uint8

// The reasons of CBV 2.0.
const (
	// DidNotOccur: nothing of the kind took place.
	DidNotOccur ErrorReason = 1
	// IncorrectData: it took place, but not as recorded.
	IncorrectData ErrorReason = 2

	errorReasons = 3
)

// String is the CBV word.
func (r ErrorReason) String() string {
	switch r {
	case DidNotOccur:
		return "did_not_occur"
	case IncorrectData:
		return "incorrect_data"
	default:
		return "unknown"
	}
}

// MarshalText writes the CBV word.
func (r ErrorReason) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads the CBV word.
func (r *ErrorReason) UnmarshalText(p []byte) error {
	return readWord(r, p, DidNotOccur, errorReasons, "reason of an error declaration")
}

const maxCorrective = 16

// ErrorTerms are what an error declaration says.
type ErrorTerms struct {
	// EventHash is the hash of the erroneous EPCIS event, or none.
	EventHash EventHash `json:"eventHash,omitzero"`
	// Reason is what was wrong with the transaction.
	Reason ErrorReason `json:"reason"`
	// Corrective are the hashes of the EPCIS events that say it right,
	// strictly ascending, at most 16 (EPCIS correctiveEventIDs).
	Corrective []EventHash `json:"corrective,omitempty"`
	// Text is for people, at most 200 bytes.
	Text string `json:"text,omitempty"`
}

// Correction is the record of an error declaration ('r'): one partner's
// statement that a transaction recorded something wrongly. It changes nothing
// else: history is never edited. The state machine cannot see whether the
// transaction exists, because ids of transactions are not in the tree; a
// statement by another partner than the one that signed it is shown as
// foreign. At most 850 bytes.
type Correction struct {
	ErrorTerms
	// Declared is the tx that declared the error.
	Declared TxID `json:"declared"`
	// Height is that of the block with the declaration.
	Height uint64 `json:"height"`
	// Time is the block's time, in seconds UTC.
	Time uint64 `json:"time"`
}

// correctionRef names a correction: what is corrected, and who says so.
type correctionRef struct {
	tx TxID
	by gs1.GLN
}

func (t *ErrorTerms) encode(e *wire.Encoder) {
	writeDigest(e, Digest(t.EventHash))
	e.Uint8(uint8(t.Reason))
	e.Count(len(t.Corrective))
	for i := range t.Corrective {
		e.Raw(t.Corrective[i][:])
	}
	e.String8(t.Text)
}

func readErrorTerms(d *wire.Decoder) (t ErrorTerms) {
	t.EventHash, t.Reason = EventHash(readDigest(d)), ErrorReason(d.Uint8())
	if t.Reason == 0 || t.Reason >= errorReasons {
		d.Fail("unknown reason of an error %d", t.Reason)
	}
	n := d.Count(maxCorrective, 32)
	for i := range n {
		t.Corrective = append(t.Corrective, EventHash(readHash(d)))
		if t.Corrective[i].IsZero() || i > 0 && string(t.Corrective[i-1][:]) >= string(t.Corrective[i][:]) {
			d.Fail("hashes of corrective events are not ascending")
		}
	}
	t.Text = readText(d, maxTextBytes)
	return t
}

func (c *Correction) encode() []byte {
	e := wire.NewEncoder(128 + 32*len(c.Corrective))
	e.Uint8(1)
	c.ErrorTerms.encode(e)
	e.Raw(c.Declared[:])
	e.Uint64(c.Height)
	e.Uint64(c.Time)
	return e.Bytes()
}

// DecodeCorrection reads the value of a correction's record.
func DecodeCorrection(v []byte) (*Correction, error) {
	d := wire.NewDecoder(v)
	d.Version(1)
	c := &Correction{ErrorTerms: readErrorTerms(d)}
	d.Raw(c.Declared[:])
	c.Height, c.Time = d.Uint64(), d.Uint64()
	return c, d.Finish()
}
