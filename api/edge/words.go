package edge

import (
	"encoding"
	"reflect"
	"regexp"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// restrict says in a member's schema which words it takes, where its type is a
// number with names. Their one list is in the type's own methods.
func restrict(s *huma.Schema, t reflect.Type) {
	t = pointedTo(t)
	if t.Kind() == reflect.Slice && s.Items != nil {
		s, t = s.Items, t.Elem()
	}
	words := wordsOf(t)
	if len(words) == 0 || s.Type != huma.TypeString || len(s.Enum) > 0 {
		return
	}
	if isSet(t, words) {
		one := "(" + strings.Join(words, "|") + ")"
		s.Pattern = "^" + one + `(\+` + one + ")*$"
		s.PatternDescription = "one or more of " + strings.Join(words, ", ") + ", joined by +"
	} else {
		for _, w := range words {
			s.Enum = append(s.Enum, w)
		}
	}
	s.PrecomputeMessages()
}

// wordsOf lists the names of the values of a small number type: what a value
// writes and reads back as itself. In a set of bits they are those of the bits.
// No number above 255 has a name.
func wordsOf(t reflect.Type) []string {
	if t.Kind() != reflect.Uint8 && t.Kind() != reflect.Uint16 {
		return nil
	}
	var out []string
	word := regexp.MustCompile(`^[\w-]+$`)
	v, back := reflect.New(t), reflect.New(t)
	writer, writes := v.Interface().(encoding.TextMarshaler)
	reader, reads := back.Interface().(encoding.TextUnmarshaler)
	for n := uint64(0); n < 256 && writes && reads; n++ {
		v.Elem().SetUint(n)
		text, err := writer.MarshalText()
		named := err == nil && reader.UnmarshalText(text) == nil && back.Elem().Uint() == n
		if named && word.Match(text) {
			out = append(out, string(text))
		}
	}
	return out
}

// isSet reports whether a value may be several of the words, joined by "+".
func isSet(t reflect.Type, words []string) bool {
	reader, ok := reflect.New(t).Interface().(encoding.TextUnmarshaler)
	return ok && reader.UnmarshalText([]byte(words[0]+"+"+words[len(words)-1])) == nil
}
