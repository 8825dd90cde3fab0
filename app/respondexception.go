package app

import (
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// RespondException responds to an exception, as often as needed until it is
// resolved; the latest response counts, and the first one stops the clock. The
// partner that it is against signs, whatever its standing.
//
// Codes: exception-unknown, not-authorized, exception-resolved.
type RespondException struct {
	// Exception is the number of the exception.
	Exception uint64 `json:"exception"`
	ResponseTerms
}

// Kind is KindRespondException.
func (*RespondException) Kind() Kind { return KindRespondException }

func (o *RespondException) encode(e *wire.Encoder) {
	e.Uint64(o.Exception)
	o.ResponseTerms.encode(e)
}

func (o *RespondException) decode(d *wire.Decoder) {
	o.Exception, o.ResponseTerms = d.Uint64(), readResponseTerms(d)
}

func (o *RespondException) validate(d *draft) error {
	x := d.exceptions.get(o.Exception)
	switch {
	case x == nil:
		return reject(CodeExceptionUnknown, "exception %d", o.Exception)
	case !d.actsFor(x.Against):
		return reject(CodeNotAuthorized, "exception %d is against %s, signer %s", o.Exception, x.Against, d.by)
	case x.Resolved != nil:
		return reject(CodeExceptionResolved, "exception %d, at height %d", o.Exception, x.Resolved.Height)
	}
	x = d.exceptions.edit(o.Exception)
	x.Response = &ExceptionResponse{ResponseTerms: o.ResponseTerms, Height: d.block.Height, Time: d.block.Time}
	if x.Responded == 0 {
		x.Responded = d.block.Time
	}
	d.emit(EventExceptionResponded, "number", num(o.Exception), "status", x.Status().String(), "late", boolText(x.Late()))
	return nil
}
