package app

import (
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

const maxCaseBytes = 36

// ExceptionTerms are what whoever opens an exception says: the fields of the
// PDG's exception message that others may count by.
type ExceptionTerms struct {
	// Against is the partner that has to respond.
	Against gs1.GLN `json:"against"`
	// Shipment is the shipment that it is about, or 0.
	Shipment uint64 `json:"shipment,omitempty"`
	// Case is the PDG's exception_case_uuid, at most 36 bytes.
	Case string `json:"case,omitempty"`
	// Type is what is wrong.
	Type ExceptionType `json:"type"`
	// Wanted is the resolution that is asked for.
	Wanted Resolution `json:"wanted"`
	// Source is how it was seen.
	Source ObservationSource `json:"source"`
	// Quantity is in items.
	Quantity uint32 `json:"quantity"`
	// Message is the hash of the PDG's message, or none.
	Message Digest `json:"message,omitzero"`
	// Text is for people, at most 200 bytes.
	Text string `json:"text,omitempty"`
}

// Exception is the record of an exception ('e'): partners sort out between
// themselves what does not fit. It never blocks goods: an exception is not a
// suspicion. At most 900 bytes.
type Exception struct {
	// By is the partner that opened it.
	By gs1.GLN `json:"by"`
	ExceptionTerms
	// Height is that of the block in which it was opened.
	Height uint64 `json:"height"`
	// Time and Due are block times, in seconds UTC.
	Time uint64 `json:"time"`
	Due  uint64 `json:"due"`
	// Responded is the block time of the first response, 0 before it.
	Responded uint64 `json:"responded,omitempty"`
	// Response is the latest one.
	Response *ExceptionResponse `json:"response,omitempty"`
	// Resolved is how it ended; absent before that.
	Resolved *ExceptionEnd `json:"resolved,omitempty"`
}

// ResponseTerms are what a response to an exception says.
type ResponseTerms struct {
	// Accept: the resolution that is wanted is granted.
	Accept bool `json:"accept"`
	// Alternative is what is offered instead.
	Alternative Resolution `json:"alternative"`
	// FollowUp is how the partners go on talking.
	FollowUp FollowUp `json:"followUp"`
	// Message is the hash of the PDG's message, or none.
	Message Digest `json:"message,omitzero"`
	// Text is for people, at most 200 bytes.
	Text string `json:"text,omitempty"`
}

// ExceptionResponse is a response with its block.
type ExceptionResponse struct {
	ResponseTerms
	// Height and Time are the block's; Time in seconds UTC.
	Height uint64 `json:"height"`
	Time   uint64 `json:"time"`
}

// ExceptionEnd is how an exception was resolved, and in which block.
type ExceptionEnd struct {
	// Text is for people, at most 200 bytes.
	Text string `json:"text,omitempty"`
	// Height and Time are the block's; Time in seconds UTC.
	Height uint64 `json:"height"`
	Time   uint64 `json:"time"`
}

// Status is derived from what was responded and resolved.
func (x *Exception) Status() ExceptionStatus {
	switch {
	case x.Resolved != nil:
		return ExceptionResolved
	case x.Response == nil:
		return ExceptionOpen
	case x.Response.Accept:
		return ExceptionAccepted
	default:
		return ExceptionRejected
	}
}

// Overdue reports whether the exception is open, no response has come, and the
// due time has passed.
func (x *Exception) Overdue(asOf uint64) bool { return x.Status() == ExceptionOpen && asOf > x.Due }

// Late reports whether the first response came after the due time, or none had
// when the exception was resolved after it.
func (x *Exception) Late() bool {
	if x.Responded == 0 {
		return x.Resolved != nil && x.Resolved.Time > x.Due
	}
	return x.Responded > x.Due
}

func (t *ExceptionTerms) encode(e *wire.Encoder) {
	e.Raw(t.Against[:])
	e.Uint64(t.Shipment)
	e.String8(t.Case)
	e.Uint8(uint8(t.Type))
	e.Uint8(uint8(t.Wanted))
	e.Uint8(uint8(t.Source))
	e.Uint32(t.Quantity)
	writeDigest(e, t.Message)
	e.String8(t.Text)
}

func readExceptionTerms(d *wire.Decoder) (t ExceptionTerms) {
	t.Against, t.Shipment, t.Case = readGLN(d), d.Uint64(), readText(d, maxCaseBytes)
	t.Type, t.Wanted, t.Source = ExceptionType(d.Uint8()), Resolution(d.Uint8()), ObservationSource(d.Uint8())
	if t.Type == 0 || t.Type >= exceptionTypes || t.Wanted >= resolutions || t.Source == 0 || t.Source >= observationSources {
		d.Fail("an exception of type %d, wanting %d, seen by %d", t.Type, t.Wanted, t.Source)
	}
	t.Quantity, t.Message, t.Text = d.Uint32(), readDigest(d), readText(d, maxTextBytes)
	return t
}

func (t *ResponseTerms) encode(e *wire.Encoder) {
	e.Bool(t.Accept)
	e.Uint8(uint8(t.Alternative))
	e.Uint8(uint8(t.FollowUp))
	writeDigest(e, t.Message)
	e.String8(t.Text)
}

func readResponseTerms(d *wire.Decoder) (t ResponseTerms) {
	t.Accept, t.Alternative, t.FollowUp = d.Bool(), Resolution(d.Uint8()), FollowUp(d.Uint8())
	if t.Alternative >= resolutions || t.FollowUp >= followUps {
		d.Fail("a response offering %d, followed up by %d", t.Alternative, t.FollowUp)
	}
	if t.Accept && t.Alternative != NoResolution {
		d.Fail("what is accepted needs no alternative")
	}
	t.Message, t.Text = readDigest(d), readText(d, maxTextBytes)
	return t
}

func (x *Exception) encode() []byte {
	e := wire.NewEncoder(256)
	e.Uint8(1)
	e.Raw(x.By[:])
	x.ExceptionTerms.encode(e)
	e.Uint64(x.Height)
	e.Uint64(x.Time)
	e.Uint64(x.Due)
	e.Bool(x.Response != nil)
	if r := x.Response; r != nil {
		r.ResponseTerms.encode(e)
		e.Uint64(r.Height)
		e.Uint64(r.Time)
		e.Uint64(x.Responded)
	}
	e.Bool(x.Resolved != nil)
	if r := x.Resolved; r != nil {
		e.String8(r.Text)
		e.Uint64(r.Height)
		e.Uint64(r.Time)
	}
	return e.Bytes()
}

// DecodeException reads the value of an exception's record.
func DecodeException(v []byte) (*Exception, error) {
	d := wire.NewDecoder(v)
	d.Version(1)
	x := &Exception{By: readGLN(d), ExceptionTerms: readExceptionTerms(d), Height: d.Uint64(), Time: d.Uint64(), Due: d.Uint64()}
	if d.Bool() {
		x.Response = &ExceptionResponse{readResponseTerms(d), d.Uint64(), d.Uint64()}
		if x.Responded = d.Uint64(); x.Responded == 0 || x.Responded > x.Response.Time {
			d.Fail("a response at %d, the first of them at %d", x.Response.Time, x.Responded)
		}
	}
	if d.Bool() {
		x.Resolved = &ExceptionEnd{readText(d, maxTextBytes), d.Uint64(), d.Uint64()}
	}
	return x, d.Finish()
}
