package epcis

import (
	"fmt"
	"strings"
)

// Error says what in a document is refused, and where. Event counts from 1; 0
// is the document itself (its header, or its form as XML or JSON). Line counts
// from 1; 0 when not known. Pointer is an RFC 6901 JSON pointer, empty for XML.
type Error struct {
	Event   int
	Line    int
	Pointer string
	Field   string
	Reason  string
}

// Error returns one line naming event, line, pointer, field and reason.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Event > 0 {
		fmt.Fprintf(&b, "event %d", e.Event)
	} else {
		b.WriteString("document")
	}
	if e.Line > 0 {
		fmt.Fprintf(&b, ", line %d", e.Line)
	}
	if e.Pointer != "" {
		fmt.Fprintf(&b, ", at %s", e.Pointer)
	}
	if e.Field != "" {
		fmt.Fprintf(&b, ", %s", e.Field)
	}
	b.WriteString(": ")
	b.WriteString(e.Reason)
	return b.String()
}
