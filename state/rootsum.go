package state

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
)

// rootSum computes an IAVL root from nodes in post-order, on its own: what
// IAVL reads back it does not hash again. All integers are signed varints,
// byte strings are behind an unsigned varint of their length:
//
//	leaf   SHA-256(height 0 ‖ size 1 ‖ version ‖ key ‖ SHA-256(value))
//	inner  SHA-256(height ‖ size ‖ version ‖ left hash ‖ right hash)
type rootSum struct{ stack []hashed }

type hashed struct {
	hash   [32]byte
	height int64
	size   int64
}

func (r *rootSum) leaf(version int64, key, value []byte) {
	b := binary.AppendVarint([]byte{0, 2}, version)
	b = append(binary.AppendUvarint(b, uint64(len(key))), key...)
	sum := sha256.Sum256(value)
	b = append(append(b, 32), sum[:]...)
	r.stack = append(r.stack, hashed{hash: sha256.Sum256(b), size: 1})
}

func (r *rootSum) inner(version int64) error {
	n := len(r.stack)
	if n < 2 {
		return errors.New("inner node without two subtrees")
	}
	left, right := r.stack[n-2], r.stack[n-1]
	out := hashed{height: max(left.height, right.height) + 1, size: left.size + right.size}
	b := binary.AppendVarint(nil, out.height)
	b = binary.AppendVarint(b, out.size)
	b = binary.AppendVarint(b, version)
	b = append(append(b, 32), left.hash[:]...)
	b = append(append(b, 32), right.hash[:]...)
	out.hash = sha256.Sum256(b)
	r.stack = append(r.stack[:n-2], out)
	return nil
}

// root returns the root and the number of leaves; the root of no leaves is
// the hash of nothing.
func (r *rootSum) root() ([32]byte, uint64) {
	switch len(r.stack) {
	case 0:
		return sha256.Sum256(nil), 0
	case 1:
		return r.stack[0].hash, uint64(r.stack[0].size)
	}
	return [32]byte{}, 0
}
