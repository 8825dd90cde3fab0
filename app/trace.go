package app

import (
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// TraceAsk is what a trace request asks for: the response types of the PDG's
// request for transaction information, and the verification of a product
// identifier.
type TraceAsk uint8

// What may be asked for.
const (
	// AskTransactionInformation: the TI and TS of the transactions named.
	AskTransactionInformation TraceAsk = 1
	// AskAllKnownOwners: every owner the partner knows of.
	AskAllKnownOwners TraceAsk = 2
	// AskLastKnownOwners: the last ones.
	AskLastKnownOwners TraceAsk = 3
	// AskVerification: does the product identifier correspond to the one
	// affixed (FD&C Act 582(b)(4)(C))?
	AskVerification TraceAsk = 4

	traceAsks = 5
)

// String is the word of the PDG's message.
func (a TraceAsk) String() string {
	names := [traceAsks]string{"", "transaction-information", "all-known-owners", "last-known-owners", "verification"}
	if a == 0 || a >= traceAsks {
		return "unknown"
	}
	return names[a]
}

// MarshalText writes the word.
func (a TraceAsk) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads the word.
func (a *TraceAsk) UnmarshalText(p []byte) error {
	return readWord(a, p, AskTransactionInformation, traceAsks, "thing to ask for")
}

// TraceReason is why a trace request is made: the attestations of the PDG's
// message, and the one of wholesalers that verify what came back.
type TraceReason uint8

// The reasons.
const (
	ReasonSuspect      TraceReason = 1
	ReasonIllegitimate TraceReason = 2
	ReasonRecalled     TraceReason = 3
	ReasonAudit        TraceReason = 4
	ReasonInspection   TraceReason = 5
	// ReasonSaleableReturn: verification before goods that came back are
	// sold again, FD&C Act 582(c)(4)(D).
	ReasonSaleableReturn TraceReason = 6

	traceReasons = 7
)

// String is the reason's name.
func (r TraceReason) String() string {
	names := [traceReasons]string{"", "suspect", "illegitimate", "recalled", "compliance-audit", "health-authority-inspection", "saleable-return"}
	if r == 0 || r >= traceReasons {
		return "unknown"
	}
	return names[r]
}

// MarshalText writes the reason's name.
func (r TraceReason) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads the reason's name.
func (r *TraceReason) UnmarshalText(p []byte) error {
	return readWord(r, p, ReasonSuspect, traceReasons, "reason of a trace request")
}

// TraceOutcome is how a trace request was answered.
type TraceOutcome uint8

// The outcomes.
const (
	TraceAnswered TraceOutcome = 1
	TraceRefused  TraceOutcome = 2
	// TraceMatch and TraceNoMatch answer verifications only: the identifier
	// corresponds to the one affixed, or does not.
	TraceMatch   TraceOutcome = 3
	TraceNoMatch TraceOutcome = 4

	traceOutcomes = 5
)

// String is the outcome's name.
func (o TraceOutcome) String() string {
	names := [traceOutcomes]string{"", "answered", "refused", "match", "no-match"}
	if o == 0 || o >= traceOutcomes {
		return "unknown"
	}
	return names[o]
}

// MarshalText writes the outcome's name.
func (o TraceOutcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText reads the outcome's name.
func (o *TraceOutcome) UnmarshalText(p []byte) error {
	return readWord(o, p, TraceAnswered, traceOutcomes, "outcome of a trace request")
}

// TraceTerms are what whoever asks says about a trace request.
type TraceTerms struct {
	// To is the partner that has to answer.
	To gs1.GLN `json:"to"`
	// Ask is what is asked for, Reason why.
	Ask    TraceAsk    `json:"ask"`
	Reason TraceReason `json:"reason"`
	// Key or Lot is what it is about: exactly one of them, and for a
	// verification the key of an item.
	Key gs1.Key `json:"key,omitempty"`
	Lot *LotID  `json:"lot,omitempty"`
	// Investigation is the investigation that it belongs to, or 0.
	Investigation uint64 `json:"investigation,omitempty"`
	// Message is the hash of the message exchanged, or none.
	Message Digest `json:"message,omitzero"`
	// Text is for people, at most 200 bytes.
	Text string `json:"text,omitempty"`
	// Drill: an exercise. Its clock runs like any other's.
	Drill bool `json:"drill,omitempty"`
}

// TraceRequest is the record of a trace request ('q') with its clock. Due is
// stored when it is made; a breach is derived when it is read, never swept
// (design 01, rule 11). At most 650 bytes.
type TraceRequest struct {
	// By is the partner that asks.
	By gs1.GLN `json:"by"`
	TraceTerms
	// Height is that of the block with the request.
	Height uint64 `json:"height"`
	// Time and Due are block times, in seconds UTC.
	Time uint64 `json:"time"`
	Due  uint64 `json:"due"`
	// Answer is absent before there is one.
	Answer *TraceAnswer `json:"answer,omitempty"`
}

// TraceAnswer is how and when a trace request was answered.
type TraceAnswer struct {
	// Outcome is what the answer comes to.
	Outcome TraceOutcome `json:"outcome"`
	// Message is the hash of the message exchanged, or none.
	Message Digest `json:"message,omitzero"`
	// Text is for people, at most 200 bytes.
	Text string `json:"text,omitempty"`
	// Height is that of the block with the answer.
	Height uint64 `json:"height"`
	// Time is the block's time, in seconds UTC.
	Time uint64 `json:"time"`
}

// Overdue reports whether no answer has come and the due time has passed.
func (r *TraceRequest) Overdue(asOf uint64) bool { return r.Answer == nil && asOf > r.Due }

// Late reports whether the answer came after the due time.
func (r *TraceRequest) Late() bool { return r.Answer != nil && r.Answer.Time > r.Due }

func (t *TraceTerms) encode(e *wire.Encoder) {
	e.Raw(t.To[:])
	e.Uint8(uint8(t.Ask))
	e.Uint8(uint8(t.Reason))
	e.Bool(t.Lot != nil)
	if t.Lot != nil {
		t.Lot.encode(e)
	} else {
		e.String8(string(t.Key))
	}
	e.Uint64(t.Investigation)
	writeDigest(e, t.Message)
	e.String8(t.Text)
	e.Bool(t.Drill)
}

func readTraceTerms(d *wire.Decoder) (t TraceTerms) {
	t.To, t.Ask, t.Reason = readGLN(d), TraceAsk(d.Uint8()), TraceReason(d.Uint8())
	if t.Ask == 0 || t.Ask >= traceAsks || t.Reason == 0 || t.Reason >= traceReasons {
		d.Fail("nothing is asked for by %d, for reason %d", t.Ask, t.Reason)
	}
	if d.Bool() {
		lot := readLotID(d)
		t.Lot = &lot
	} else {
		t.Key = readKey(d)
	}
	t.Investigation, t.Message, t.Text, t.Drill = d.Uint64(), readDigest(d), readText(d, maxTextBytes), d.Bool()
	if t.Ask == AskVerification && t.Key.IsLogistic() || t.Ask == AskVerification && t.Lot != nil {
		d.Fail("a verification is of an item's key")
	}
	if t.Reason == ReasonSaleableReturn && t.Ask != AskVerification {
		d.Fail("only a verification is for a saleable return")
	}
	return t
}

func (r *TraceRequest) encode() []byte {
	e := wire.NewEncoder(256)
	e.Uint8(1)
	e.Raw(r.By[:])
	r.TraceTerms.encode(e)
	e.Uint64(r.Height)
	e.Uint64(r.Time)
	e.Uint64(r.Due)
	e.Bool(r.Answer != nil)
	if a := r.Answer; a != nil {
		e.Uint8(uint8(a.Outcome))
		writeDigest(e, a.Message)
		e.String8(a.Text)
		e.Uint64(a.Height)
		e.Uint64(a.Time)
	}
	return e.Bytes()
}

// DecodeTraceRequest reads the value of a trace request's record.
func DecodeTraceRequest(v []byte) (*TraceRequest, error) {
	d := wire.NewDecoder(v)
	d.Version(1)
	r := &TraceRequest{By: readGLN(d), TraceTerms: readTraceTerms(d), Height: d.Uint64(), Time: d.Uint64(), Due: d.Uint64()}
	if d.Bool() {
		r.Answer = &TraceAnswer{readTraceOutcome(d), readDigest(d), readText(d, maxTextBytes), d.Uint64(), d.Uint64()}
		if !r.Answer.Outcome.answers(r.Ask) {
			d.Fail("%s does not answer %s", r.Answer.Outcome, r.Ask)
		}
	}
	return r, d.Finish()
}

func readTraceOutcome(d *wire.Decoder) TraceOutcome {
	o := TraceOutcome(d.Uint8())
	if o == 0 || o >= traceOutcomes {
		d.Fail("unknown outcome %d", o)
	}
	return o
}

// answers reports whether an outcome fits what was asked: a verification is
// answered by match or no match, anything else by an answer, and any request
// may be refused.
func (o TraceOutcome) answers(ask TraceAsk) bool {
	verified := o == TraceMatch || o == TraceNoMatch
	return o == TraceRefused || verified == (ask == AskVerification)
}

// writeDigest writes a digest that may be none, behind a presence byte.
func writeDigest(e *wire.Encoder, h Digest) {
	e.Bool(h != Digest{})
	if (h != Digest{}) {
		e.Raw(h[:])
	}
}

func readDigest(d *wire.Decoder) (h Digest) {
	if !d.Bool() {
		return h
	}
	if d.Raw(h[:]); (h == Digest{}) {
		d.Fail("a digest that is present is not zero")
	}
	return h
}
