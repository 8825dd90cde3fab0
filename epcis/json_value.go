package epcis

import "strings"

// jsonValue is one JSON value with its members in order and its line.
type jsonValue struct {
	text    string // strings unquoted; numbers and literals as written
	members []jsonMember
	items   []jsonValue
	line    int
	kind    jsonKind
}

type jsonMember struct {
	key   string
	value jsonValue
}

type jsonKind uint8

const (
	jsonNull jsonKind = iota
	jsonBool
	jsonNumber
	jsonString
	jsonObject
	jsonArray
)

func (k jsonKind) String() string {
	return [...]string{"null", "a boolean", "a number", "a string", "an object", "an array"}[k]
}

// member returns the value of key, or nil.
func (v *jsonValue) member(key string) *jsonValue {
	for i := range v.members {
		if v.members[i].key == key {
			return &v.members[i].value
		}
	}
	return nil
}

func (v *jsonValue) memberText(key string) string {
	if m := v.member(key); m != nil {
		return strings.TrimSpace(m.text)
	}
	return ""
}

// pointerEscape writes one step of a JSON pointer (RFC 6901, section 3).
func pointerEscape(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "~", "~0"), "/", "~1")
}
