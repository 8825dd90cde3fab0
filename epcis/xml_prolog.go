package epcis

import (
	"bytes"
	"encoding/xml"
	"errors"
	"strings"
	"unicode/utf8"
)

// directive passes over a DOCTYPE that only names the root element or an
// address, which is not looked up: editors leave one. A DOCTYPE that declares
// anything, an entity say, is refused.
func (s *xmlScanner) directive(t xml.Directive) error {
	switch {
	case !bytes.HasPrefix(t, []byte("DOCTYPE ")) || s.rooted:
		return s.fail("is not well-formed XML: a <! directive that is no DOCTYPE before the first element")
	case bytes.ContainsAny(t, "[<"):
		return s.fail("has a DOCTYPE with declarations of its own; they are refused unread")
	}
	return nil
}

// readsAsUTF8 tells whether data, which are UTF-8, mean the same in the encoding
// they claim to have. Programs write utf-16 above text that they then send as
// UTF-8; the encodings of one byte a character agree with it on ASCII.
func readsAsUTF8(charset string, data []byte) bool {
	charset = strings.ToLower(charset)
	if charset == "utf-16" {
		return true
	}
	for _, prefix := range []string{"iso-8859-", "windows-125", "us-ascii", "ascii"} {
		if strings.HasPrefix(charset, prefix) {
			return !bytes.ContainsFunc(data, func(r rune) bool { return r >= utf8.RuneSelf })
		}
	}
	return false
}

func (s *xmlScanner) syntax(err error) error {
	var se *xml.SyntaxError
	if errors.As(err, &se) && strings.HasSuffix(se.Msg, "unexpected EOF") {
		return &Error{Line: se.Line, Reason: "is not well-formed XML: it ends in the middle; the file seems cut off"}
	}
	if errors.As(err, &se) {
		return &Error{Line: se.Line, Reason: "is not well-formed XML: " + se.Msg}
	}
	return asError(err, s.line())
}

func (s *xmlScanner) atEnd() error {
	if len(s.open) > 0 {
		return s.fail("is not well-formed XML: it ends inside <%s>; the file seems cut off", rawName(s.open[len(s.open)-1]))
	}
	if !s.rooted {
		return s.fail("is not well-formed XML: it has no element")
	}
	return nil
}
