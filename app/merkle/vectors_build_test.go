package merkle_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"slices"
	"testing"

	"github.com/pedigree-ledger/pedigree/app/merkle"
)

func buildVectors(t *testing.T) vectors {
	v := vectors{About: aboutVectors}
	for _, kv := range [][2]string{
		{itemKey(0), "LOT-A"},
		{"00003000000000000017", "a container's value"},
		{"k", "v"},
		{string(bytes.Repeat([]byte{0xff}, 127)), "one byte of length"},
		{string(bytes.Repeat([]byte{0x00}, 128)), "two bytes of length"},
	} {
		key, value := []byte(kv[0]), []byte(kv[1])
		v.Leaves = append(v.Leaves, leafVector{
			hex.EncodeToString(key), hex.EncodeToString(value), merkle.ValueHash(value), merkle.LeafHash(key, value),
		})
	}
	two := itemLeaves(2)
	v.Inner = []innerVector{
		{two[0], two[1], merkle.InnerHash(two[0], two[1])},
		{two[1], two[0], merkle.InnerHash(two[1], two[0])},
	}
	for _, n := range []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 1023, 1024, 1025, 2048, 16383, 16384} {
		v.Roots = append(v.Roots, rootVector{n, merkle.Root(itemLeaves(n))})
	}
	v.Proofs = append(goodProofs(), badProofs()...)
	v.Absences = absenceVectors(t)
	return v
}

func goodProofs() []proofVector {
	var out []proofVector
	for _, s := range []struct {
		count     int
		positions []uint16
	}{
		{1, []uint16{0}},
		{2, []uint16{1}},
		{3, []uint16{2}},
		{6, []uint16{1, 4}},
		{7, []uint16{6}},
		{7, []uint16{0, 3, 5}},
		{8, []uint16{0, 1, 2, 3, 4, 5, 6, 7}},
		{11, []uint16{2, 6, 9}},
		{1000, []uint16{999}},
		{1024, []uint16{0, 511, 512, 1023}},
		{16384, []uint16{16383}},
	} {
		c := honest(itemLeaves(s.count), s.positions...)
		out = append(out, c.vector(fmt.Sprintf("%v of %d", s.positions, s.count), ""))
	}
	return out
}

func (c claim) vector(name, refusal string) proofVector {
	return proofVector{name, c.root, c.count, c.positions, c.leaves, slices.Concat([]merkle.Hash{}, c.siblings), refusal}
}

func badProofs() []proofVector {
	var out []proofVector
	add := func(name, refusal string, bend func(c *claim)) {
		c := honest(itemLeaves(6), 1, 4).clone()
		bend(&c)
		out = append(out, c.vector(name, refusal))
	}
	add("count 0", "count", func(c *claim) { c.count = 0 })
	add("count above 16384", "count", func(c *claim) { c.count = 16385 })
	add("no positions", "positions", func(c *claim) {
		c.positions, c.leaves, c.siblings = []uint16{}, []merkle.Hash{}, []merkle.Hash{c.root}
	})
	add("descending positions", "positions", func(c *claim) { slices.Reverse(c.positions) })
	add("a position twice", "positions", func(c *claim) { c.positions[1] = 1 })
	add("a position at count", "positions", func(c *claim) { c.positions[1] = 6 })
	add("a leaf missing", "leaves", func(c *claim) { c.leaves = c.leaves[:1] })
	add("a leaf left over", "leaves", func(c *claim) { c.leaves = append(c.leaves, c.leaves[0]) })
	add("a sibling missing", "siblings", func(c *claim) { c.siblings = c.siblings[:2] })
	add("a sibling left over", "siblings", func(c *claim) { c.siblings = append(c.siblings, c.root) })
	add("siblings from right to left", "root", func(c *claim) { slices.Reverse(c.siblings) })
	add("leaves swapped", "root", func(c *claim) { slices.Reverse(c.leaves) })
	add("another position", "root", func(c *claim) { c.positions[0] = 0 })
	add("another count", "siblings", func(c *claim) { c.count = 5 })
	add("a bit of a leaf", "root", func(c *claim) { c.leaves[0][31] ^= 1 })
	add("a bit of a sibling", "root", func(c *claim) { c.siblings[1][0] ^= 0x80 })
	return out
}

func absenceVectors(t *testing.T) []absenceVector {
	entries := evenEntries(6)
	root := merkle.Root(hashes(entries))
	var out []absenceVector
	add := func(name, key, from, refusal string, bend func(a *absenceVector)) {
		left, right, siblings, err := merkle.ProveAbsence(entries, []byte(from))
		if err != nil {
			t.Fatal(err)
		}
		a := absenceVector{
			name, root, len(entries), key, toVector(left), toVector(right),
			slices.Concat([]merkle.Hash{}, siblings), refusal,
		}
		bend(&a)
		out = append(out, a)
	}
	keep := func(*absenceVector) {}
	add("before the first", "00", "00", "", keep)
	add("between 2 and 3", itemKey(5), itemKey(5), "", keep)
	add("after the last", itemKey(11), itemKey(11), "", keep)
	add("a present key", itemKey(4), itemKey(5), "neighbors", keep)
	add("a key elsewhere", itemKey(7), itemKey(5), "neighbors", keep)
	add("no neighbor", itemKey(5), itemKey(5), "neighbors", func(a *absenceVector) { a.Left, a.Right = nil, nil })
	add("left hidden", itemKey(5), itemKey(5), "neighbors", func(a *absenceVector) { a.Left = nil })
	add("right hidden", itemKey(5), itemKey(5), "neighbors", func(a *absenceVector) { a.Right = nil })
	add("a gap", itemKey(5), itemKey(5), "neighbors", func(a *absenceVector) { a.Right.Position = 4 })
	add("both moved", itemKey(5), itemKey(5), "siblings", func(a *absenceVector) { a.Left.Position, a.Right.Position = 3, 4 })
	add("left made up", itemKey(5), itemKey(5), "root", func(a *absenceVector) { a.Left.Key = itemKey(3) })
	return out
}
