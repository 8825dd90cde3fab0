package merkle

import (
	"crypto/sha256"
	"encoding/binary"
)

// The first byte of what is hashed tells leaf from inner node, so that neither
// can be passed off as the other (RFC 6962, section 2.1).
const (
	leafPrefix  = 0x00
	innerPrefix = 0x01
)

// leafStack is the longest leaf preimage hashed without an allocation. An item
// key has at most 38 bytes, so a leaf preimage is at most 73.
const leafStack = 160

// ValueHash is SHA-256(value), the form in which a value enters its leaf. The
// entries of a run share one value, so their builder computes it once.
func ValueHash(value []byte) Hash { return sha256.Sum256(value) }

// LeafHash is the leaf of one entry:
// SHA-256(0x00 ‖ uvarint len(key) ‖ key ‖ 0x20 ‖ SHA-256(value)).
// It accepts any length; ics23 refuses an empty key or value, so an entry that
// others are to verify has neither.
func LeafHash(key, value []byte) Hash { return leafHash(key, ValueHash(value)) }

// LeafHashPre is LeafHash for a value whose ValueHash is known.
func LeafHashPre(key []byte, valueHash Hash) Hash { return leafHash(key, valueHash) }

// LeafHashPreString is LeafHashPre for a key held as a string, which it does
// not copy to the heap: keys up to about 120 bytes cost no allocation.
func LeafHashPreString(key string, valueHash Hash) Hash { return leafHash(key, valueHash) }

func leafHash[K string | []byte](key K, valueHash Hash) Hash {
	var stack [leafStack]byte
	b := append(stack[:0], leafPrefix)
	b = binary.AppendUvarint(b, uint64(len(key)))
	b = append(b, key...)
	b = append(b, byte(len(valueHash)))
	b = append(b, valueHash[:]...)
	return sha256.Sum256(b)
}

// InnerHash is the node above two subtrees: SHA-256(0x01 ‖ left ‖ right).
func InnerHash(left, right Hash) Hash {
	var b [1 + 2*len(left)]byte
	b[0] = innerPrefix
	copy(b[1:], left[:])
	copy(b[1+len(left):], right[:])
	return sha256.Sum256(b[:])
}
