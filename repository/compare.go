package repository

import (
	"strconv"
	"strings"
	"time"
)

// comparison is how a parameter compares.
type comparison uint8

const (
	equal comparison = iota
	greater
	atLeast
	less
	atMost
)

// cutComparison takes the comparison off a parameter's name.
func cutComparison(name string) (c comparison, rest string, ok bool) {
	op, rest, ok := strings.Cut(name, "_")
	if !ok {
		return 0, "", false
	}
	switch op {
	case "EQ":
		return equal, rest, true
	case "GT":
		return greater, rest, true
	case "GE":
		return atLeast, rest, true
	case "LT":
		return less, rest, true
	case "LE":
		return atMost, rest, true
	}
	return 0, "", false
}

// holds tells whether a value that compares to the wanted one as sign says
// meets the comparison.
func (c comparison) holds(sign int) bool {
	switch c {
	case greater:
		return sign > 0
	case atLeast:
		return sign >= 0
	case less:
		return sign < 0
	case atMost:
		return sign <= 0
	default:
		return sign == 0
	}
}

// parseNumber reads a decimal number, nothing that is infinite or no number.
func parseNumber(text string) (float64, bool) {
	text = strings.TrimSpace(text)
	if text == "" || len(text) > 64 || strings.Trim(text, "+-.0123456789eE") != "" {
		return 0, false
	}
	f, err := strconv.ParseFloat(text, 64)
	return f, err == nil
}

// parseInstant reads a date and time with its zone. A URL turns a "+" that was
// not escaped into a space; that is read as it was meant.
func parseInstant(text string) (time.Time, bool) {
	text = strings.TrimSpace(text)
	if n := len(text); n > 20 && text[n-6] == ' ' {
		text = text[:n-6] + "+" + text[n-5:]
	}
	for _, form := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04Z07:00"} {
		if t, err := time.Parse(form, text); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// want is a value that fields are compared with, read in each way that it
// can be read.
type want struct {
	text     string
	number   float64
	isNumber bool
	at       time.Time
	isTime   bool
}

func newWant(text string) want {
	w := want{text: text}
	w.number, w.isNumber = parseNumber(text)
	w.at, w.isTime = parseInstant(text)
	return w
}

// meets compares a field's text as a number if both are, as a time if both
// are, and for equality as text.
func (w want) meets(c comparison, text string) bool {
	if c == equal && text == w.text {
		return true
	}
	if w.isNumber {
		n, ok := parseNumber(text)
		return ok && c.holds(compareFloat(n, w.number))
	}
	if w.isTime {
		t, ok := parseInstant(text)
		return ok && c.holds(t.Compare(w.at))
	}
	return false
}

// isLoose tells whether other texts than the value's own may equal it.
func (w want) isLoose() bool { return w.isNumber || w.isTime }

func compareFloat(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	default:
		return 0
	}
}
