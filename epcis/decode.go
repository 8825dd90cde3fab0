package epcis

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// Options bounds what Decode accepts. A zero field means its default.
type Options struct {
	MaxBytes    int64 // size of the document; default 64 MiB
	MaxDepth    int   // nesting of elements or values; default 64
	MaxEvents   int   // default 1,000,000
	MaxElements int   // elements and attributes, or JSON values; default 500,000
}

func (o Options) withDefaults() Options {
	if o.MaxBytes == 0 {
		o.MaxBytes = 64 << 20
	}
	if o.MaxDepth == 0 {
		o.MaxDepth = 64
	}
	if o.MaxEvents == 0 {
		o.MaxEvents = 1_000_000
	}
	if o.MaxElements == 0 {
		o.MaxElements = 500_000
	}
	return o
}

// Decode reads one EPCIS document from r and returns it, or an *Error saying
// what is refused and where; an error of r itself is returned as it is. Nothing
// is returned of a document that is refused anywhere.
//
// It accepts an EPCISDocument, an EPCISQueryDocument with its results, an
// EPCISMasterDataDocument, one event or a bare list of events or master data in
// XML 1.x and 2.0; an EPCISDocument, an EPCISQueryDocument, one event or an array
// of events in JSON-LD. Text must be UTF-8. A DOCTYPE that declares anything is
// refused, so that no entity is ever expanded; nothing is ever looked up at an
// address.
func Decode(r io.Reader, opt Options) (*Document, error) {
	opt = opt.withDefaults()
	data, err := io.ReadAll(io.LimitReader(r, opt.MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("reading EPCIS document: %w", err)
	}
	return DecodeBytes(data, opt)
}

// DecodeBytes is Decode for a document already in memory. It keeps no part of
// data.
func DecodeBytes(data []byte, opt Options) (*Document, error) {
	opt = opt.withDefaults()
	if int64(len(data)) > opt.MaxBytes {
		return nil, &Error{Reason: fmt.Sprintf("is larger than %d bytes", opt.MaxBytes)}
	}
	data, err := checkText(data)
	if err != nil {
		return nil, err
	}
	trimmed := bytes.TrimLeft(data, " \t\r\n")
	if len(trimmed) == 0 {
		return nil, &Error{Reason: "is empty"}
	}
	switch trimmed[0] {
	case '<':
		return decodeXML(data, opt)
	case '{', '[':
		return decodeJSON(data, opt)
	}
	return nil, &Error{Line: 1, Reason: "is neither XML nor JSON: it must begin with <, { or ["}
}

// checkText refuses anything but UTF-8 and drops a byte order mark.
func checkText(data []byte) ([]byte, error) {
	for _, start := range []string{"\xFE\xFF", "\xFF\xFE", "<\x00", "\x00<", "{\x00", "\x00{"} {
		if bytes.HasPrefix(data, []byte(start)) {
			return nil, &Error{Line: 1, Reason: "is UTF-16; write it in UTF-8"}
		}
	}
	data = bytes.TrimPrefix(data, []byte{0xEF, 0xBB, 0xBF})
	if utf8.Valid(data) {
		return data, nil
	}
	at := 0
	for at < len(data) {
		r, n := utf8.DecodeRune(data[at:])
		if r == utf8.RuneError && n == 1 {
			break
		}
		at += n
	}
	line := 1 + bytes.Count(data[:at], []byte{'\n'})
	return nil, &Error{Line: line, Reason: fmt.Sprintf("byte 0x%02x is not UTF-8; write the document in UTF-8", data[at])}
}

// asError gives err the type *Error if it has not got it yet.
func asError(err error, line int) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Line: line, Reason: err.Error()}
}
