package repository

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/pedigree-ledger/pedigree/epcis"
)

// Standing says what the ledger has to do with an event.
type Standing uint8

// The standings. They are on disk: numbers are never used again.
const (
	// Recorded means that the partner captured the event here and the ledger
	// recorded it.
	Recorded Standing = iota + 1
	// Attached means that the partner captured it here and it has no meaning
	// for the ledger: it is kept beside it.
	Attached
	// Told means that the ledger told it: somebody else captured it.
	Told
)

// String returns the standing in one word.
func (s Standing) String() string {
	switch s {
	case Recorded:
		return "recorded"
	case Attached:
		return "attached"
	case Told:
		return "told"
	default:
		return "unknown"
	}
}

// NewEvent is an event to be added.
type NewEvent struct {
	Event *epcis.Event
	// CaptureID is the job that captured it, empty for one that was told.
	CaptureID string
	// Document is the document it came in; zero when there is none.
	Document DocumentID
	Standing Standing
	// Txs are the ids of the ledger's transactions that carry it.
	Txs []string
	// Hash is the event hash that the ledger recorded; empty means that it is
	// computed. An event that the ledger tells may say less than the one that
	// was hashed.
	Hash string
}

// Stored is an event in the repository. It is never changed.
type Stored struct {
	// Seq is the event's number, ascending, never used again.
	Seq uint64
	// RecordTime is when it was added, to the millisecond, never earlier than
	// that of an event with a lower number.
	RecordTime time.Time
	// Hash is the event hash (epcis.Event.Digest) as a URI.
	Hash string
	// ID is the eventID, or Hash when it was given none.
	ID        string
	Event     *epcis.Event
	CaptureID string
	Document  DocumentID
	Standing  Standing
	Txs       []string
	// Replaces is the number of the told event whose place this one took, or 0.
	Replaces uint64
}

// recordVersion is the first byte of an event's record. The rest is JSON, so
// that fields which package epcis gains need no new form.
const recordVersion = 1

func encodeRecord(s *Stored) ([]byte, error) { return encodeJSON(s) }

// decodeRecord reads what encodeRecord wrote and nothing else.
func decodeRecord(raw []byte) (*Stored, error) {
	var s Stored
	if err := decodeJSON(raw, &s); err != nil {
		return nil, err
	}
	if s.Event == nil || s.Seq == 0 {
		return nil, fmt.Errorf("repository: record without an event or a number")
	}
	return &s, nil
}

// decodeJSON reads a record of version and JSON, strictly.
func decodeJSON(raw []byte, to any) error {
	if len(raw) == 0 || raw[0] != recordVersion {
		return fmt.Errorf("repository: record of an unknown version")
	}
	dec := json.NewDecoder(bytes.NewReader(raw[1:]))
	dec.DisallowUnknownFields()
	if err := dec.Decode(to); err != nil {
		return fmt.Errorf("repository: record: %w", err)
	}
	if dec.More() {
		return fmt.Errorf("repository: record with something after it")
	}
	return nil
}

func encodeJSON(v any) ([]byte, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("repository: record: %w", err)
	}
	return append([]byte{recordVersion}, raw...), nil
}

// Result is the event as a query's result shows it: with the time it was
// recorded, and with its event hash as its ID if it was given none (EPCIS 2.0,
// section 7.4.1). Both leave its hash as it is.
func (s *Stored) Result() epcis.Event {
	e := *s.Event
	e.RecordTime = epcis.NewTime(s.RecordTime)
	e.ID = s.ID
	return e
}
