package wire

import (
	"bytes"
	"errors"
	"slices"
	"testing"
)

// record exercises every primitive once, in the style in which the ledger's
// types write and read themselves.
type record struct {
	a    uint8
	b    uint16
	c    uint32
	d    uint64
	on   bool
	raw  [4]byte
	s8   string
	s16  string
	b8   []byte
	b16  []byte
	list []uint16
}

func (r *record) encode() []byte {
	e := NewEncoder(64)
	e.Uint8(1)
	e.Uint8(r.a)
	e.Uint16(r.b)
	e.Uint32(r.c)
	e.Uint64(r.d)
	e.Bool(r.on)
	e.Raw(r.raw[:])
	e.String8(r.s8)
	e.String16(r.s16)
	e.Bytes8(r.b8)
	e.Bytes16(r.b16)
	e.Count(len(r.list))
	for _, v := range r.list {
		e.Uint16(v)
	}
	return e.Bytes()
}

func decodeRecord(p []byte) (*record, error) {
	d := NewDecoder(p)
	d.Version(1)
	r := &record{a: d.Uint8(), b: d.Uint16(), c: d.Uint32(), d: d.Uint64(), on: d.Bool()}
	d.Raw(r.raw[:])
	r.s8 = d.String8(20)
	r.s16 = d.String16(300)
	r.b8 = d.Bytes8(20)
	r.b16 = d.Bytes16(300)
	n := d.Count(8, 2)
	for range n {
		r.list = append(r.list, d.Uint16())
	}
	return r, d.Finish()
}

func sample() *record {
	return &record{
		a: 7, b: 300, c: 70000, d: 1 << 40, on: true, raw: [4]byte{1, 2, 3, 4},
		s8: "lot", s16: "name", b8: []byte{9}, b16: []byte{8, 8}, list: []uint16{1, 2, 3},
	}
}

func TestRoundTrip(t *testing.T) {
	want := sample().encode()
	r, err := decodeRecord(want)
	if err != nil {
		t.Fatal(err)
	}
	if got := r.encode(); !bytes.Equal(got, want) {
		t.Errorf("got %x, want %x", got, want)
	}
}

func TestRefusesEveryTruncationAndTail(t *testing.T) {
	full := sample().encode()
	for i := range full {
		if _, err := decodeRecord(full[:i]); !errors.Is(err, ErrMalformed) {
			t.Errorf("cut at %d: got %v, want ErrMalformed", i, err)
		}
	}
	if _, err := decodeRecord(append(full, 0)); !errors.Is(err, ErrMalformed) {
		t.Errorf("one byte too many: got %v, want ErrMalformed", err)
	}
}

func TestRefusesOversizedLengths(t *testing.T) {
	for name, p := range map[string][]byte{
		"string8 over its limit": {21},
		"count over its limit":   {0, 9},
		"count over the input":   {0, 8, 1},
	} {
		d := NewDecoder(p)
		if name == "string8 over its limit" {
			d.String8(20)
		} else {
			d.Count(8, 2)
		}
		if d.Err() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestStringsShareTheirBytes(t *testing.T) {
	e := NewEncoder(16)
	want := []string{"a", "", "bcd"}
	for _, s := range want {
		e.String8(s)
	}
	for limit := range 4 {
		d := NewDecoder(e.Bytes())
		got := d.Strings8(len(want), limit)
		if limit < 3 {
			if d.Err() == nil {
				t.Errorf("limit %d: a string of 3 bytes accepted", limit)
			}
			continue
		}
		if d.Finish() != nil || !slices.Equal(got, want) {
			t.Errorf("got %q (%v), want %q", got, d.Finish(), want)
		}
	}
	d := NewDecoder(e.Bytes())
	if d.Strings8(4, 20); !errors.Is(d.Err(), ErrMalformed) {
		t.Errorf("a fourth string of three: got %v, want ErrMalformed", d.Err())
	}
}

func TestFlagIsZeroOrOne(t *testing.T) {
	d := NewDecoder([]byte{2})
	d.Bool()
	if d.Err() == nil {
		t.Error("flag 2 accepted")
	}
}

func FuzzRecord(f *testing.F) {
	f.Add(sample().encode())
	f.Add((&record{}).encode())
	f.Fuzz(func(t *testing.T, p []byte) {
		r, err := decodeRecord(p)
		if err != nil {
			return
		}
		if got := r.encode(); !bytes.Equal(got, p) {
			t.Errorf("%x decodes, but encodes to %x", p, got)
		}
	})
}
