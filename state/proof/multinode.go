package proof

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"

	"github.com/pedigree-ledger/pedigree/internal/wire"
)

const (
	// maxHeight bounds the height of a tree; an AVL tree of 2^40 leaves is
	// lower.
	maxHeight = 64
	// maxNodes bounds the nodes of a Multi.
	maxNodes = 1 << 16
)

// seal computes the hash of a leaf or an inner node.
func (n *node) seal() {
	if n.kind == inner {
		n.hash = innerHash(n.height, n.size, n.version, &n.left.hash, &n.right.hash)
	} else {
		n.hash = leafHash(n.version, n.key, &n.valueHash)
	}
}

// innerHash and leafHash hash as IAVL does: version 1 of its node format, which
// ics23.IavlSpec describes. A leaf begins with height 0 and an inner node does
// not, so neither is ever taken for the other.
func innerHash(height uint8, size, version uint64, left, right *[RootBytes]byte) [RootBytes]byte {
	var stack [3*binary.MaxVarintLen64 + 2*(1+RootBytes)]byte
	b := preimage(stack[:0], height, size, version)
	b = append(append(b, RootBytes), left[:]...)
	b = append(append(b, RootBytes), right[:]...)
	return sha256.Sum256(b)
}

func leafHash(version uint64, key []byte, valueHash *[RootBytes]byte) [RootBytes]byte {
	var stack [192]byte
	b := preimage(stack[:0], 0, 1, version)
	b = binary.AppendUvarint(b, uint64(len(key)))
	b = append(b, key...)
	b = append(append(b, sha256.Size), valueHash[:]...)
	return sha256.Sum256(b)
}

func preimage(b []byte, height uint8, size, version uint64) []byte {
	b = binary.AppendVarint(b, int64(height))
	b = binary.AppendVarint(b, int64(size))
	return binary.AppendVarint(b, int64(version))
}

// Encode writes m: its nodes in the order node, left, right. A node is one
// byte, its kind, and then
//
//	hidden     hash (32 bytes)
//	record     version, key (length in 1 byte), value (length in 2 bytes)
//	neighbor   version, key, SHA-256 of the value
//	inner      height (1 byte), size, version; the left node; the right node
//
// where size and version are a length in one byte and that many bytes,
// big-endian, without leading zeros.
func (m *Multi) Encode(e *wire.Encoder) { m.root.encode(e) }

func (n *node) encode(e *wire.Encoder) {
	switch n.kind {
	case hidden:
		writeHidden(e, &n.hash)
	case inner:
		writeInner(e, n.height, n.size, n.version)
		n.left.encode(e)
		n.right.encode(e)
	case record:
		writeRecord(e, n.version, n.key, n.value)
	case neighbor:
		writeNeighbor(e, n.version, n.key, &n.valueHash)
	}
}

func writeHidden(e *wire.Encoder, hash *[RootBytes]byte) {
	e.Uint8(uint8(hidden))
	e.Raw(hash[:])
}

// writeInner writes an inner node but for its children, which follow.
func writeInner(e *wire.Encoder, height uint8, size, version uint64) {
	e.Uint8(uint8(inner))
	e.Uint8(height)
	writeNumber(e, size)
	writeNumber(e, version)
}

func writeRecord(e *wire.Encoder, version uint64, key, value []byte) {
	e.Uint8(uint8(record))
	writeNumber(e, version)
	e.Bytes8(key)
	e.Bytes16(value)
}

func writeNeighbor(e *wire.Encoder, version uint64, key []byte, valueHash *[RootBytes]byte) {
	e.Uint8(uint8(neighbor))
	writeNumber(e, version)
	e.Bytes8(key)
	e.Raw(valueHash[:])
}

func writeNumber(e *wire.Encoder, v uint64) {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], v)
	e.Bytes8(bytes.TrimLeft(b[:], "\x00"))
}

func readNumber(d *wire.Decoder) (v uint64) {
	b := d.Bytes8(8)
	if len(b) > 0 && b[0] == 0 {
		d.Fail("a number has a leading zero")
	}
	for _, c := range b {
		v = v<<8 | uint64(c)
	}
	if v > 1<<62 {
		d.Fail("a number is above 2^62")
	}
	return v
}

// DecodeMulti reads what Encode wrote. The decoder remembers the first error;
// the result is then of no use. An inner node below which nothing is shown, or
// leaves out of order, are refused.
func DecodeMulti(d *wire.Decoder) *Multi {
	r := multiReader{d: d}
	m := &Multi{root: r.node(maxHeight + 1)}
	if d.Err() != nil {
		return &Multi{}
	}
	if m.root.kind == hidden {
		d.Fail("nothing is shown")
		return &Multi{}
	}
	m.list()
	for i := 1; i < len(m.leaves); i++ {
		if bytes.Compare(m.leaves[i-1].key, m.leaves[i].key) >= 0 {
			d.Fail("keys are not ascending")
			return &Multi{}
		}
	}
	return m
}

type multiReader struct {
	d     *wire.Decoder
	nodes int
}

// node reads a node below one of the given height. Its hash is computed from
// what it shows, bottom up.
func (r *multiReader) node(below uint8) *node {
	d := r.d
	n := &node{kind: nodeKind(d.Uint8())}
	if r.nodes++; r.nodes > maxNodes {
		d.Fail("more than %d nodes", maxNodes)
	}
	if d.Err() != nil {
		return n
	}
	switch n.kind {
	case hidden:
		d.Raw(n.hash[:])
		return n
	case inner:
		r.inner(n, below)
	case record, neighbor:
		r.leaf(n)
	default:
		d.Fail("unknown kind of node %d", n.kind)
	}
	n.seal()
	return n
}

func (r *multiReader) inner(n *node, below uint8) {
	d := r.d
	n.height, n.size, n.version = d.Uint8(), readNumber(d), readNumber(d)
	if n.height == 0 || n.height >= below {
		d.Fail("a node of height %d below one of %d", n.height, below)
	}
	// After a failure there is no going on: the children's hashes are needed.
	n.left, n.right = &node{}, &node{}
	if d.Err() != nil {
		return
	}
	n.left = r.node(n.height)
	n.right = r.node(n.height)
	if n.left.kind == hidden && n.right.kind == hidden {
		d.Fail("an inner node shows nothing")
	}
}

func (r *multiReader) leaf(n *node) {
	d := r.d
	n.size, n.version = 1, readNumber(d)
	if n.key = d.Bytes8(0xff); len(n.key) == 0 {
		d.Fail("a key is empty")
	}
	if n.kind == neighbor {
		d.Raw(n.valueHash[:])
		return
	}
	if n.value = d.Bytes16(0xffff); len(n.value) == 0 {
		d.Fail("a value is empty")
	}
	n.valueHash = sha256.Sum256(n.value)
}
