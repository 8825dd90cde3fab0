package epcis

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// jsonScanner reads one JSON text into jsonValues, keeping the order of members,
// which encoding/json's maps lose, and refusing a key given twice, which it
// lets pass.
type jsonScanner struct {
	dec      *json.Decoder
	data     []byte
	maxDepth int
	left     int   // how many more values are allowed
	counted  int64 // bytes whose line feeds are in lines
	lines    int
	path     []jsonStep
}

// jsonStep is one step of a JSON pointer: a key, or a place in an array.
type jsonStep struct {
	key   string
	index int // -1 for a key
}

func scanJSON(data []byte, opt Options) (jsonValue, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	s := &jsonScanner{dec: dec, data: data, maxDepth: opt.MaxDepth, left: opt.MaxElements}
	v, err := s.value()
	if err != nil {
		return jsonValue{}, err
	}
	if _, err := s.dec.Token(); !errors.Is(err, io.EOF) {
		return jsonValue{}, s.fail("is not well-formed JSON: something follows its end")
	}
	return v, nil
}

func (s *jsonScanner) line() int {
	at := min(s.dec.InputOffset(), int64(len(s.data)))
	s.lines += bytes.Count(s.data[s.counted:at], []byte{'\n'})
	s.counted = at
	return s.lines + 1
}

func (s *jsonScanner) fail(format string, args ...any) error {
	e := &Error{Line: s.line(), Reason: fmt.Sprintf(format, args...)}
	var pointer strings.Builder
	for _, step := range s.path {
		pointer.WriteByte('/')
		if step.index < 0 {
			pointer.WriteString(pointerEscape(step.key))
		} else {
			pointer.WriteString(strconv.Itoa(step.index))
		}
	}
	e.Pointer = pointer.String()
	return e
}

func (s *jsonScanner) token() (json.Token, error) {
	tok, err := s.dec.Token()
	switch {
	case err == nil:
		return tok, nil
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, s.fail("is not well-formed JSON: it ends too early; the file seems cut off")
	}
	return nil, s.fail("is not well-formed JSON: %v", err)
}

func (s *jsonScanner) value() (jsonValue, error) {
	tok, err := s.token()
	if err != nil {
		return jsonValue{}, err
	}
	line := s.line()
	if s.left--; s.left < 0 {
		return jsonValue{}, s.fail("has too many values; split it into several documents")
	}
	switch t := tok.(type) {
	case json.Delim:
		if len(s.path) >= s.maxDepth {
			return jsonValue{}, s.fail("nests values deeper than %d", s.maxDepth)
		}
		if t == '{' {
			return s.object(line)
		}
		return s.array(line)
	case string:
		if !isXMLText(t) {
			return jsonValue{}, s.fail("holds a control character, which no other form of EPCIS can carry")
		}
		return jsonValue{kind: jsonString, text: t, line: line}, nil
	case json.Number:
		return jsonValue{kind: jsonNumber, text: t.String(), line: line}, nil
	case bool:
		return jsonValue{kind: jsonBool, text: strconv.FormatBool(t), line: line}, nil
	}
	return jsonValue{kind: jsonNull, line: line}, nil
}

func (s *jsonScanner) object(line int) (jsonValue, error) {
	v := jsonValue{kind: jsonObject, line: line}
	var seen keys
	for {
		tok, err := s.token()
		if err != nil {
			return jsonValue{}, err
		}
		key, ok := tok.(string)
		if !ok {
			return v, nil // the closing brace: a key is always a string
		}
		s.path = append(s.path, jsonStep{key, -1})
		if seen.has(key, v.members) {
			return jsonValue{}, s.fail("key %q is given twice", key)
		}
		if !isXMLText(key) {
			return jsonValue{}, s.fail("key %q holds a control character", key)
		}
		m, err := s.value()
		if err != nil {
			return jsonValue{}, err
		}
		s.path = s.path[:len(s.path)-1]
		v.members = append(v.members, jsonMember{key, m})
	}
}

// keys finds a key given twice: by looking at each of few, in a map of many.
type keys map[string]bool

const manyKeys = 16

func (k *keys) has(key string, members []jsonMember) bool {
	if len(members) < manyKeys {
		for i := range members {
			if members[i].key == key {
				return true
			}
		}
		return false
	}
	if *k == nil {
		*k = make(keys)
		for i := range members {
			(*k)[members[i].key] = true
		}
	}
	again := (*k)[key]
	(*k)[key] = true
	return again
}

func (s *jsonScanner) array(line int) (jsonValue, error) {
	v := jsonValue{kind: jsonArray, line: line}
	for s.dec.More() {
		s.path = append(s.path, jsonStep{"", len(v.items)})
		item, err := s.value()
		if err != nil {
			return jsonValue{}, err
		}
		s.path = s.path[:len(s.path)-1]
		v.items = append(v.items, item)
	}
	_, err := s.token()
	return v, err
}
