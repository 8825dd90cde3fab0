package events

import (
	"bytes"
	"mime"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/pedigree-ledger/pedigree/api/edge"
	"github.com/pedigree-ledger/pedigree/epcis"
)

// bodyTime is how long a document may take to arrive, readingWait how long it
// then waits until others are read.
const (
	bodyTime    = 2 * time.Minute
	readingWait = 5 * time.Second
)

// incoming is a document as it came over HTTP, read and found well-formed.
type incoming struct {
	data        []byte
	contentType string
	doc         *epcis.Document
}

// receive reads a document from a request: its type, its size, its form, and on
// request its schema. The error is a problem. Call done when the document is no
// longer needed.
func (c *Captures) receive(ctx huma.Context) (in *incoming, done func(), err error) {
	form, p := formOf(ctx.Header("Content-Type"))
	if p != nil {
		return nil, nil, p
	}
	data, err := edge.ReadBody(ctx)
	if err != nil {
		return nil, nil, err
	}
	// Room is taken for what is here, not for what was announced: who sends
	// slowly keeps nobody from being read.
	size := int64(len(data))
	if !c.reading.Take(ctx.Context(), size, readingWait) {
		return nil, nil, edge.Busy.Problem("documents of %d bytes are being read, and no more are at once", c.cfg.MaxReading).RetryAfter(queueWait)
	}
	if in, err = c.read(ctx, form, data); err != nil {
		c.reading.Give(size)
		return nil, nil, err
	}
	return in, func() { c.reading.Give(size) }, nil
}

// read reads a document for which there is room.
func (c *Captures) read(ctx huma.Context, form bool, data []byte) (*incoming, error) {
	in := &incoming{contentType: ctx.Header("Content-Type"), data: data}
	if p := looksLike(form, in.data); p != nil {
		return nil, p
	}
	var err error
	if in.doc, err = epcis.DecodeBytes(in.data, epcis.Options{MaxBytes: c.cfg.MaxBytes}); err != nil {
		return nil, asProblem(err)
	}
	switch n := len(in.doc.Events); {
	case n == 0 && len(in.doc.MasterData) == 0:
		return nil, exception(http.StatusBadRequest, "ValidationException", "the document holds no event and no master data")
	case n > c.cfg.MaxEvents:
		return nil, c.tooLarge("the document has %d events, and at most %d are taken at once", n, c.cfg.MaxEvents)
	}
	if strictWanted(ctx.Header("Prefer")) || c.cfg.Strict(in.doc.Header.Sender()) {
		return in, c.validate(in)
	}
	return in, nil
}

// formOf tells XML from JSON by the content type: the standard's types, with or
// without parameters.
func formOf(contentType string) (xml bool, p *edge.Problem) {
	media, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		media = ""
	}
	switch media {
	case "application/xml", "text/xml":
		return true, nil
	case "application/json", "application/ld+json":
		return false, nil
	}
	return false, exception(http.StatusUnsupportedMediaType, "UnsupportedMediaTypeException",
		"Content-Type is %q: application/xml, text/xml, application/json or application/ld+json is expected", clip(contentType))
}

// looksLike refuses a document that is not of the form that its content type
// says.
func looksLike(xml bool, data []byte) *edge.Problem {
	text := bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), " \t\r\n")
	if len(text) == 0 {
		return exception(http.StatusBadRequest, "ValidationException", "the request has no body: an EPCIS document is expected")
	}
	isXML := text[0] == '<'
	isJSON := text[0] == '{' || text[0] == '['
	if xml && isJSON || !xml && isXML {
		return exception(http.StatusUnsupportedMediaType, "UnsupportedMediaTypeException", "the body is not of the form that its Content-Type says")
	}
	return nil
}

// tooLarge names the limits in the headers that the standard has for them.
func (c *Captures) tooLarge(format string, args ...any) *edge.Problem {
	p := exception(http.StatusRequestEntityTooLarge, "CaptureLimitExceededException", format, args...)
	for name, value := range c.limits() {
		_ = p.WithHeader(name, value)
	}
	return p
}

// limits are the headers that name what is taken at once.
func (c *Captures) limits() map[string]string {
	return map[string]string{
		"GS1-EPCIS-Capture-Limit":           strconv.Itoa(c.cfg.MaxEvents),
		"GS1-EPCIS-Capture-File-Size-Limit": strconv.FormatInt(c.cfg.MaxBytes, 10),
	}
}

// limited is an operation that takes a document in.
func (c *Captures) limited(op huma.Operation) huma.Operation {
	op.MaxBodyBytes, op.BodyReadTimeout = c.cfg.MaxBytes, bodyTime
	return edge.With(edge.WithHeaders(op, edge.TooLarge, c.limits()), edge.Idempotent)
}

// validate holds a document to its schema.
func (c *Captures) validate(in *incoming) error {
	if c.cfg.Schemas == nil {
		return exception(http.StatusBadRequest, "ValidationException", "the document is to be held to its schema, and no schemas are installed here: the operator names their folder in the settings")
	}
	found, err := c.cfg.Schemas.Check(in.doc.Format, in.data)
	if err != nil {
		return exception(http.StatusBadRequest, "ValidationException", "%v", err)
	}
	if len(found) == 0 {
		return nil
	}
	p := exception(http.StatusBadRequest, "ValidationException", "the schema finds %d mistakes", len(found))
	for i := range found {
		_ = p.Wrongf(whereOf(&found[i]), "%s", found[i].Reason)
	}
	return p
}

// strictWanted reports whether the caller wants the document held to its schema:
// Prefer: handling=strict (RFC 7240, section 4.4).
func strictWanted(prefer string) bool {
	for _, word := range splitList(prefer) {
		if word == "handling=strict" {
			return true
		}
	}
	return false
}

// clip bounds what a caller sent before it is sent back.
func clip(s string) string {
	if len(s) > 100 {
		return s[:100] + "..."
	}
	return s
}
