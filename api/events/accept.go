package events

import (
	"net/http"

	"github.com/pedigree-ledger/pedigree/api/edge"
)

// form is the form of an answer.
type form uint8

const (
	inJSON form = iota
	inXML
)

// accepts chooses the form of the answer by the Accept header (RFC 9110,
// section 12.5.1): JSON, unless XML is preferred.
func (r *Request) accepts() (form, *edge.Problem) {
	header := r.ctx.Header("Accept")
	if header == "" {
		return inJSON, nil
	}
	best, ok := edge.Preferred(header, formOfMedia)
	if !ok {
		return best, exception(http.StatusNotAcceptable, "NotAcceptableException", "Accept is %q: application/json, application/ld+json or application/xml can be had", clip(header))
	}
	return best, nil
}

func formOfMedia(media string) (form, bool) {
	switch media {
	case "*/*", "application/*", "application/json", "application/ld+json":
		return inJSON, true
	case "application/xml", "text/xml":
		return inXML, true
	}
	return inJSON, false
}
