package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// ErrMalformed is wrapped by every error a Decoder reports: the bytes are not
// the encoding of any value.
var ErrMalformed = errors.New("malformed")

// Decoder reads values from a byte slice. It remembers its first error and
// from then on returns zero values, so that a type's decode function reads
// like its byte table and checks once, in Finish. No length is believed before
// it is compared with the bytes that remain, so hostile input cannot make it
// allocate more than the input's own size.
type Decoder struct {
	b   []byte
	off int
	err error
}

// NewDecoder returns a Decoder over b, which it neither copies nor changes.
func NewDecoder(b []byte) *Decoder { return &Decoder{b: b} }

// Err is the first error met, or nil.
func (d *Decoder) Err() error { return d.err }

// Offset is the number of bytes read.
func (d *Decoder) Offset() int { return d.off }

// Remaining is the number of bytes not yet read, 0 after an error.
func (d *Decoder) Remaining() int {
	if d.err != nil {
		return 0
	}
	return len(d.b) - d.off
}

// Fail records an error found by the caller, for example a number outside its
// enumeration. The first error stays.
func (d *Decoder) Fail(format string, args ...any) {
	if d.err == nil {
		d.err = fmt.Errorf("%w at byte %d: %s", ErrMalformed, d.off, fmt.Sprintf(format, args...))
	}
}

// Finish reports the first error, or that bytes are left over.
func (d *Decoder) Finish() error {
	if n := d.Remaining(); n > 0 {
		d.Fail("%d bytes left over", n)
	}
	return d.err
}

// take returns the next n bytes without copying them, or nil after an error.
func (d *Decoder) take(n int) []byte {
	if d.err != nil {
		return nil
	}
	if len(d.b)-d.off < n {
		d.Fail("needs %d bytes, has %d", n, len(d.b)-d.off)
		return nil
	}
	p := d.b[d.off : d.off+n : d.off+n]
	d.off += n
	return p
}

// Uint8 reads one byte.
func (d *Decoder) Uint8() uint8 {
	if p := d.take(1); p != nil {
		return p[0]
	}
	return 0
}

// Uint16 reads two bytes, big-endian.
func (d *Decoder) Uint16() uint16 {
	if p := d.take(2); p != nil {
		return binary.BigEndian.Uint16(p)
	}
	return 0
}

// Uint32 reads four bytes, big-endian.
func (d *Decoder) Uint32() uint32 {
	if p := d.take(4); p != nil {
		return binary.BigEndian.Uint32(p)
	}
	return 0
}

// Uint64 reads eight bytes, big-endian.
func (d *Decoder) Uint64() uint64 {
	if p := d.take(8); p != nil {
		return binary.BigEndian.Uint64(p)
	}
	return 0
}

// Bool reads a byte that must be 0 or 1.
func (d *Decoder) Bool() bool {
	v := d.Uint8()
	if v > 1 {
		d.Fail("a flag is 0 or 1, found %d", v)
	}
	return v == 1
}

// Version reads the version byte and fails unless it is want.
func (d *Decoder) Version(want uint8) {
	if v := d.Uint8(); d.err == nil && v != want {
		d.Fail("version %d expected, found %d", want, v)
	}
}

// Raw fills dst with the next len(dst) bytes.
func (d *Decoder) Raw(dst []byte) {
	copy(dst, d.take(len(dst)))
}

// View returns the next n bytes without copying; they belong to the input.
func (d *Decoder) View(n int) []byte { return d.take(n) }

// Bytes8 reads a byte string of at most limit bytes behind a one-byte length.
// The result is a copy.
func (d *Decoder) Bytes8(limit int) []byte { return d.bytes(int(d.Uint8()), limit) }

// Bytes16 reads a byte string of at most limit bytes behind a two-byte length.
// The result is a copy.
func (d *Decoder) Bytes16(limit int) []byte { return d.bytes(int(d.Uint16()), limit) }

// String8 reads a string of at most limit bytes behind a one-byte length.
func (d *Decoder) String8(limit int) string { return string(d.sized(int(d.Uint8()), limit)) }

// String16 reads a string of at most limit bytes behind a two-byte length.
func (d *Decoder) String16(limit int) string { return string(d.sized(int(d.Uint16()), limit)) }

// Strings8 reads n strings of at most limit bytes each, behind one-byte lengths.
// They share one copy of the input: for long lists of short strings, where a
// copy each would cost more than the strings.
func (d *Decoder) Strings8(n, limit int) []string {
	start := d.off
	for range n {
		d.sized(int(d.Uint8()), limit)
	}
	if d.err != nil {
		return nil
	}
	all := string(d.b[start:d.off])
	out := make([]string, n)
	for i := range out {
		end := 1 + int(all[0])
		out[i], all = all[1:end], all[end:]
	}
	return out
}

// Count reads the length of a list: at most limit elements of at least
// elementBytes bytes each, so that the list fits into what remains.
func (d *Decoder) Count(limit, elementBytes int) int {
	n := int(d.Uint16())
	if d.err != nil {
		return 0
	}
	if n > limit {
		d.Fail("at most %d elements allowed, found %d", limit, n)
		return 0
	}
	if n*elementBytes > len(d.b)-d.off {
		d.Fail("%d elements do not fit into the %d bytes that remain", n, len(d.b)-d.off)
		return 0
	}
	return n
}

func (d *Decoder) bytes(n, limit int) []byte {
	p := d.sized(n, limit)
	if p == nil {
		return nil
	}
	return append(make([]byte, 0, len(p)), p...)
}

func (d *Decoder) sized(n, limit int) []byte {
	if d.err == nil && n > limit {
		d.Fail("at most %d bytes allowed, found %d", limit, n)
	}
	return d.take(n)
}
