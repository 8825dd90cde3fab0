package index

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/app/merkle"
)

// Packed entries are how the index keeps the contents of a segment: a version
// byte, the count, and for each entry how many bytes of its key it shares with
// the one before, the rest of the key, and its value unless that is the same
// as the one before. A run of a thousand random serials takes about a quarter
// of app.EncodeEntries' bytes.
const packedVersion = 1

// valueFollows is the bit beside the shared length, which is below 128.
const valueFollows = 0x80

var errPacked = errors.New("contents cannot be read")

func packEntries(entries []app.Entry) []byte {
	out := make([]byte, 0, 64+16*len(entries))
	out = append(out, packedVersion)
	out = binary.BigEndian.AppendUint16(out, uint16(len(entries)))
	var last app.Entry
	for i := range entries {
		e := &entries[i]
		shared := sharedLen(string(last.Key), string(e.Key))
		same := i > 0 && e.Lot == last.Lot && e.Child == last.Child && e.Acquired == last.Acquired
		head := byte(shared)
		if !same {
			head |= valueFollows
		}
		out = append(out, head, byte(len(e.Key)-shared))
		out = append(out, e.Key[shared:]...)
		if !same {
			out = packValue(out, e)
		}
		last = *e
	}
	return out
}

func packValue(out []byte, e *app.Entry) []byte {
	if e.IsContainer() {
		out = append(append(out, 1), e.Child[:]...)
	} else {
		out = append(append(out, 0, byte(len(e.Lot))), e.Lot...)
	}
	return binary.BigEndian.AppendUint64(out, e.Acquired)
}

func sharedLen(a, b string) int {
	n := min(len(a), len(b), valueFollows-1)
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

// unpacker walks packed entries. It allocates nothing per entry: the key and
// the value's bytes are valid until the next step.
type unpacker struct {
	p     []byte
	left  int
	key   [256]byte
	n     int // length of key
	value []byte
	err   error
}

func newUnpacker(p []byte) *unpacker {
	if len(p) < 3 || p[0] != packedVersion {
		return &unpacker{err: errPacked}
	}
	u := &unpacker{p: p[3:], left: int(binary.BigEndian.Uint16(p[1:]))}
	if u.left == 0 || u.left > merkle.SegmentSize {
		u.err = errPacked
	}
	return u
}

// next moves to the next entry, and reports false at the end or on damage.
func (u *unpacker) next() bool {
	if u.err != nil || u.left == 0 {
		return false
	}
	u.left--
	if len(u.p) < 2 {
		return u.damaged()
	}
	shared, rest := int(u.p[0]&^valueFollows), int(u.p[1])
	follows := u.p[0]&valueFollows != 0
	u.p = u.p[2:]
	if shared > u.n || len(u.p) < rest || shared+rest > len(u.key) || (u.value == nil && !follows) {
		return u.damaged()
	}
	copy(u.key[shared:], u.p[:rest])
	u.n, u.p = shared+rest, u.p[rest:]
	if follows {
		return u.readValue()
	}
	return true
}

func (u *unpacker) readValue() bool {
	if len(u.p) < 2 {
		return u.damaged()
	}
	n := 1 + 32 + 8
	if u.p[0] == 0 {
		n = 2 + int(u.p[1]) + 8
	}
	if u.p[0] > 1 || len(u.p) < n {
		return u.damaged()
	}
	u.value, u.p = u.p[:n], u.p[n:]
	return true
}

func (u *unpacker) damaged() bool {
	u.err = errPacked
	return false
}

// keyBytes is the key of the present entry.
func (u *unpacker) keyBytes() []byte { return u.key[:u.n] }

// entry copies the present entry.
func (u *unpacker) entry() app.Entry {
	e := app.Entry{Key: gs1.Key(u.key[:u.n])}
	v := u.value
	e.Acquired = binary.BigEndian.Uint64(v[len(v)-8:])
	if v[0] == 1 {
		copy(e.Child[:], v[1:33])
		return e
	}
	e.Lot = string(v[2 : len(v)-8])
	return e
}

// unpackEntries reads what packEntries wrote.
func unpackEntries(p []byte) ([]app.Entry, error) {
	u := newUnpacker(p)
	out := make([]app.Entry, 0, u.left)
	for u.next() {
		out = append(out, u.entry())
	}
	if u.err == nil && len(u.p) > 0 {
		u.err = errPacked
	}
	return out, u.err
}

// findPacked finds the entry of a key and its position.
func findPacked(p []byte, key gs1.Key) (e app.Entry, position uint16, found bool, err error) {
	u := newUnpacker(p)
	for i := uint16(0); u.next(); i++ {
		switch k := u.keyBytes(); {
		case string(k) == string(key):
			return u.entry(), i, true, nil
		case string(k) > string(key):
			return e, 0, false, nil
		}
	}
	return e, 0, false, u.err
}

// contents reads the entries behind a root.
func (s *snapshot) contents(root merkle.Hash) (entries []app.Entry, err error) {
	found, err := s.view(contentsKey(root), func(v []byte) error {
		entries, err = unpackEntries(v)
		return err
	})
	if err == nil && !found {
		err = fmt.Errorf("%w: those of root %x are missing", errPacked, root)
	}
	return entries, err
}

// findIn finds a key in the entries behind a root.
func (s *snapshot) findIn(root merkle.Hash, key gs1.Key) (e app.Entry, position uint16, found bool, err error) {
	there, err := s.view(contentsKey(root), func(v []byte) error {
		e, position, found, err = findPacked(v, key)
		return err
	})
	if err == nil && !there {
		err = fmt.Errorf("%w: those of root %x are missing", errPacked, root)
	}
	return e, position, found, err
}
