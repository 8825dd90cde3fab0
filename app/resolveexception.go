package app

import (
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// ResolveException closes an exception, at any time (the PDG's case_resolved).
// The partner that opened it signs, whatever its standing.
//
// Codes: exception-unknown, not-authorized, exception-resolved.
type ResolveException struct {
	// Exception is the number of the exception.
	Exception uint64 `json:"exception"`
	// Text is for people, at most 200 bytes.
	Text string `json:"text,omitempty"`
}

// Kind is KindResolveException.
func (*ResolveException) Kind() Kind { return KindResolveException }

func (o *ResolveException) encode(e *wire.Encoder) {
	e.Uint64(o.Exception)
	e.String8(o.Text)
}

func (o *ResolveException) decode(d *wire.Decoder) {
	o.Exception, o.Text = d.Uint64(), readText(d, maxTextBytes)
}

func (o *ResolveException) validate(d *draft) error {
	x := d.exceptions.get(o.Exception)
	switch {
	case x == nil:
		return reject(CodeExceptionUnknown, "exception %d", o.Exception)
	case !d.actsFor(x.By):
		return reject(CodeNotAuthorized, "exception %d was opened by %s, signer %s", o.Exception, x.By, d.by)
	case x.Resolved != nil:
		return reject(CodeExceptionResolved, "exception %d, at height %d", o.Exception, x.Resolved.Height)
	}
	x = d.exceptions.edit(o.Exception)
	x.Resolved = &ExceptionEnd{Text: o.Text, Height: d.block.Height, Time: d.block.Time}
	d.emit(EventExceptionResolved, "number", num(o.Exception), "by", d.by.String())
	return nil
}
