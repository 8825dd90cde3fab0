// Package wire is Pedigree's canonical binary encoding: one value, one byte
// string. Signatures, transaction ids and Merkle leaves are all taken over
// these bytes, so there must never be a second way to write a value.
//
// The form (design page 02, section 6.1): fields in declared order without
// tags; integers big-endian and fixed-width; fixed arrays raw; strings and
// byte strings behind a length of one or two bytes; lists behind a two-byte
// count; an optional value behind one byte that is 0 or 1. There are no maps,
// floats, signed integers or trailing bytes. The first byte of every durable
// value is a version, written by its owner.
package wire

import "encoding/binary"

// Encoder appends values to a byte slice. It cannot fail: callers hold values
// that were checked when they were parsed. A length that does not fit its
// prefix is a programming error and panics rather than truncate.
type Encoder struct {
	b []byte
}

// NewEncoder returns an Encoder with room for n bytes before it must grow.
func NewEncoder(n int) *Encoder {
	return &Encoder{b: make([]byte, 0, n)}
}

// Bytes returns what was written. The Encoder must not be used afterwards.
func (e *Encoder) Bytes() []byte { return e.b }

// Len is the number of bytes written so far.
func (e *Encoder) Len() int { return len(e.b) }

// Uint8 writes one byte.
func (e *Encoder) Uint8(v uint8) { e.b = append(e.b, v) }

// Uint16 writes two bytes, big-endian.
func (e *Encoder) Uint16(v uint16) { e.b = binary.BigEndian.AppendUint16(e.b, v) }

// Uint32 writes four bytes, big-endian.
func (e *Encoder) Uint32(v uint32) { e.b = binary.BigEndian.AppendUint32(e.b, v) }

// Uint64 writes eight bytes, big-endian.
func (e *Encoder) Uint64(v uint64) { e.b = binary.BigEndian.AppendUint64(e.b, v) }

// Bool writes 1 for true and 0 for false; it is also the presence byte of an
// optional value.
func (e *Encoder) Bool(v bool) {
	if v {
		e.b = append(e.b, 1)
		return
	}
	e.b = append(e.b, 0)
}

// Raw writes the bytes of a fixed-size array, without a length.
func (e *Encoder) Raw(p []byte) { e.b = append(e.b, p...) }

// Bytes8 writes at most 255 bytes behind a one-byte length.
func (e *Encoder) Bytes8(p []byte) {
	if len(p) > 0xff {
		panic("wire: Bytes8 of more than 255 bytes")
	}
	e.b = append(append(e.b, byte(len(p))), p...)
}

// Bytes16 writes at most 65,535 bytes behind a two-byte length.
func (e *Encoder) Bytes16(p []byte) {
	if len(p) > 0xffff {
		panic("wire: Bytes16 of more than 65535 bytes")
	}
	e.Uint16(uint16(len(p)))
	e.b = append(e.b, p...)
}

// String8 writes a string of at most 255 bytes behind a one-byte length.
func (e *Encoder) String8(s string) {
	if len(s) > 0xff {
		panic("wire: String8 of more than 255 bytes")
	}
	e.b = append(append(e.b, byte(len(s))), s...)
}

// String16 writes a string of at most 65,535 bytes behind a two-byte length.
func (e *Encoder) String16(s string) {
	if len(s) > 0xffff {
		panic("wire: String16 of more than 65535 bytes")
	}
	e.Uint16(uint16(len(s)))
	e.b = append(e.b, s...)
}

// Count writes the two-byte length of a list.
func (e *Encoder) Count(n int) {
	if n < 0 || n > 0xffff {
		panic("wire: list of more than 65535 elements")
	}
	e.Uint16(uint16(n))
}
