// Package merkle is the mathematics of segments: the hash of an entry, the root
// over a segment, openings of some of its entries, and the proof that a key is
// not among them (design 01, section 4 "Bytes of a segment", and section 7;
// docs/spec/segment.md has the byte tables).
//
// A tree is the one of RFC 6962: n leaves split at the largest power of two
// below n. With the leaf below it is also what ics23.TendermintSpec verifies,
// so a stranger can check our openings with somebody else's code.
//
//	leaf  = SHA-256(0x00 ‖ uvarint len(key) ‖ key ‖ 0x20 ‖ SHA-256(value))
//	inner = SHA-256(0x01 ‖ left ‖ right)
//
// Several entries are opened by one multiproof:
//
//	                root
//	         ┌───────┴───────┐          opened: 1 and 4 of 6
//	      (0..3)           (4..5)
//	    ┌───┴───┐        ┌───┴───┐      siblings, in the order in which a walk
//	  (0..1)  [2..3]     4*     [5]     from left to right meets them:
//	 ┌──┴──┐                              [0], [2..3], [5]
//	[0]    1*
//
// A root fixes the leaves only together with their number: the verifier MUST
// take root and count from the same trusted record, never from the proof.
//
// Keys and values are opaque bytes here. Everything is a pure function; nothing
// keeps or changes its arguments.
package merkle

import (
	"encoding/hex"
	"errors"
	"fmt"
)

// SegmentSize is the number of entries in a full segment, the most that one
// segment holds (design 01, section 3). Being a power of two, it makes a root
// over whole segments the root over all their entries: see RootOfSegments.
const SegmentSize = 1024

// MaxLeaves is the largest number of leaves in one tree: the entries of one
// Commission (design 01, section 4, record c).
const MaxLeaves = 16384

// What a proof can be refused for. Every error returned by this package wraps
// exactly one of them and says what was expected and what was found.
var (
	// ErrCount is wrapped when a tree of that many leaves cannot exist.
	ErrCount = errors.New("merkle: bad leaf count")
	// ErrPositions is wrapped when the opened positions are none, not strictly
	// ascending, or not below the count.
	ErrPositions = errors.New("merkle: bad positions")
	// ErrLeaves is wrapped when there is not one leaf for each position.
	ErrLeaves = errors.New("merkle: leaves do not match positions")
	// ErrSiblings is wrapped when siblings are missing or left over.
	ErrSiblings = errors.New("merkle: bad siblings")
	// ErrRoot is wrapped when the proof leads to another root.
	ErrRoot = errors.New("merkle: wrong root")
	// ErrNeighbors is wrapped when the entries shown do not enclose the absent
	// key, or when the key is present.
	ErrNeighbors = errors.New("merkle: bad neighbors")
	// ErrText is wrapped when a text is not a hash in hexadecimal.
	ErrText = errors.New("merkle: bad hash text")
)

// Hash is a SHA-256 digest: of a value, a leaf, an inner node or a root.
type Hash [32]byte

// String is the hash in 64 lower-case hexadecimal digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// MarshalText is String as bytes, so that JSON shows hexadecimal; it never fails.
func (h Hash) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText reads what MarshalText writes: exactly 64 lower-case
// hexadecimal digits. Other text gives ErrText and leaves h as it was.
func (h *Hash) UnmarshalText(text []byte) error {
	var read Hash
	if len(text) != 2*len(read) {
		return fmt.Errorf("%w: 64 hexadecimal digits expected, found %d characters", ErrText, len(text))
	}
	if _, err := hex.Decode(read[:], text); err != nil || read.String() != string(text) {
		return fmt.Errorf("%w: lower-case hexadecimal expected, found %q", ErrText, text)
	}
	*h = read
	return nil
}
