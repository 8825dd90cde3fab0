package epcis

import (
	"errors"
	"time"
)

// Time is an exact instant and the text it was read from.
type Time struct {
	At   time.Time
	Text string
}

// NewTime returns the instant t, written in UTC and rounded to the millisecond.
func NewTime(t time.Time) Time {
	return Time{At: t, Text: canonicalTime(t)}
}

// IsZero tells whether there is no time at all.
func (t Time) IsZero() bool { return t.Text == "" && t.At.IsZero() }

// String returns the text as read, or the instant in UTC.
func (t Time) String() string {
	if t.Text == "" && !t.At.IsZero() {
		return NewTime(t.At).Text
	}
	return t.Text
}

// written is the text as it may stand in a document: as read, unless it was read
// leniently.
func (t Time) written() string {
	if _, err := time.Parse(time.RFC3339Nano, t.Text); err != nil && !t.At.IsZero() {
		return NewTime(t.At).Text
	}
	return t.Text
}

var (
	errTimeForm = errors.New("not a date and time like 2026-11-20T22:10:00.000-05:00")
	errTimeZone = errors.New("has no time zone: end it with Z or an offset like -05:00")
)

// parseTime reads an xsd:dateTimeStamp. Fractions of any length are accepted and
// cut at the nanosecond. "24:00:00" is the end of the day, as XML Schema has it.
func parseTime(text string) (Time, error) {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err == nil {
		return Time{At: t, Text: text}, nil
	}
	if t, ok := parseLooseTime(text); ok {
		return Time{At: t, Text: text}, nil
	}
	if _, err := time.Parse("2006-01-02T15:04:05.999999999", text); err == nil {
		return Time{}, errTimeZone
	}
	return Time{}, errTimeForm
}

// parseLooseTime reads what senders write beside RFC 3339: an offset without a
// colon, no seconds, and midnight as hour 24.
func parseLooseTime(text string) (time.Time, bool) {
	if t, err := time.Parse("2006-01-02T15:04:05.999999999Z0700", text); err == nil {
		return t, true
	}
	if t, err := time.Parse("2006-01-02T15:04Z07:00", text); err == nil {
		return t, true
	}
	const dayEnd = "T24:00:00"
	if len(text) > 10+len(dayEnd) && text[10:10+len(dayEnd)] == dayEnd {
		t, err := time.Parse(time.RFC3339Nano, text[:10]+"T00:00:00"+text[10+len(dayEnd):])
		if err == nil {
			return t.AddDate(0, 0, 1), true
		}
	}
	return time.Time{}, false
}

// isOffset tells whether s is a time zone offset of EPCIS: sign, two digits of
// hours up to 14, colon, two of minutes.
func isOffset(s string) bool {
	if len(s) != 6 || s[0] != '+' && s[0] != '-' || s[3] != ':' {
		return false
	}
	for _, i := range []int{1, 2, 4, 5} {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	hours := int(s[1]-'0')*10 + int(s[2]-'0')
	return hours <= 14 && s[4] <= '5'
}

// isDate tells whether s is a calendar day as YYYY-MM-DD.
func isDate(s string) bool {
	_, err := time.Parse("2006-01-02", s)
	return err == nil
}
