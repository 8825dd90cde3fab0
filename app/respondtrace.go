package app

import (
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// RespondTrace puts on record that a trace request was answered, once. The
// partner that was asked signs, whatever its standing: a suspension ends no
// duty. Where a product's labeler says that an identifier is not one that it
// affixed, its blocking mark suspect is set on the key (FD&C Act
// 582(b)(4)(C)).
//
// Codes: request-unknown, not-authorized, already-answered, out-of-range,
// too-many-marks.
type RespondTrace struct {
	// Request is the number of the trace request.
	Request uint64       `json:"request"`
	Outcome TraceOutcome `json:"outcome"`
	// Message is the hash of the message exchanged, or none.
	Message Digest `json:"message,omitzero"`
	// Text is for people, at most 200 bytes.
	Text string `json:"text,omitempty"`
}

// Kind is KindRespondTrace.
func (*RespondTrace) Kind() Kind { return KindRespondTrace }

func (o *RespondTrace) encode(e *wire.Encoder) {
	e.Uint64(o.Request)
	e.Uint8(uint8(o.Outcome))
	writeDigest(e, o.Message)
	e.String8(o.Text)
}

func (o *RespondTrace) decode(d *wire.Decoder) {
	o.Request, o.Outcome, o.Message, o.Text = d.Uint64(), readTraceOutcome(d), readDigest(d), readText(d, maxTextBytes)
}

func (o *RespondTrace) validate(d *draft) error {
	r := d.requests.get(o.Request)
	switch {
	case r == nil:
		return reject(CodeRequestUnknown, "trace request %d", o.Request)
	case !d.actsFor(r.To):
		return reject(CodeNotAuthorized, "trace request %d is to %s, signer %s", o.Request, r.To, d.by)
	case r.Answer != nil:
		return reject(CodeAlreadyAnswered, "trace request %d, at height %d", o.Request, r.Answer.Height)
	case !o.Outcome.answers(r.Ask):
		return reject(CodeOutOfRange, "%s does not answer %s", o.Outcome, r.Ask)
	}
	if o.Outcome == TraceNoMatch {
		if err := d.markNoMatch(r); err != nil {
			return err
		}
	}
	r = d.requests.edit(o.Request)
	r.Answer = &TraceAnswer{Outcome: o.Outcome, Message: o.Message, Text: o.Text, Height: d.block.Height, Time: d.block.Time}
	d.emit(EventTraceAnswered, "number", num(o.Request), "outcome", o.Outcome.String(), "late", boolText(r.Late()))
	return nil
}

// markNoMatch blocks an identifier that its labeler did not affix. A mark of
// the labeler's that stands is made to block.
func (d *draft) markNoMatch(r *TraceRequest) error {
	sg, ok := r.Key.SGTIN()
	if p := d.products.get(sg.GTIN); !ok || p == nil || !d.actsFor(p.Labeler) {
		return nil
	}
	m := d.marks.get(r.Key)
	if m == nil || m.find(MarkSuspect, d.by) < 0 {
		if err := d.addMark(r.Key, MarkSuspect, true, nil); err != nil {
			return err
		}
	} else if !d.hardenMark(r.Key, m.find(MarkSuspect, d.by)) {
		return nil
	}
	d.emit(EventMarked, "key", string(r.Key), "mark", MarkSuspect.String(), "blocking", boolText(true))
	return nil
}

// hardenMark makes an alerting mark block, and reports whether it did not.
func (d *draft) hardenMark(key gs1.Key, i int) bool {
	m := d.marks.edit(key)
	if m.Marks[i].Blocking {
		return false
	}
	before := !m.Located.IsZero() && m.Blocking()
	m.Marks[i].Blocking = true
	d.recountMark(m, before)
	return true
}
