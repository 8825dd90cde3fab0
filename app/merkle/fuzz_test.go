package merkle_test

import (
	"slices"
	"testing"

	"github.com/pedigree-ledger/pedigree/app/merkle"
)

// bend changes a claim as script says: each three bytes are what to change,
// where, and how. Root and count, which a verifier takes from its own record,
// stay.
func bend(c *claim, script []byte) {
	for ; len(script) >= 3; script = script[3:] {
		at, with := int(script[1]), script[2]
		switch script[0] % 6 {
		case 0:
			flip(c.leaves, at, with)
		case 1:
			flip(c.siblings, at, with)
		case 2:
			if len(c.positions) > 0 {
				c.positions[at%len(c.positions)] += uint16(int8(with))
			}
		case 3:
			c.siblings = move(c.siblings, at, with, c.root)
		case 4:
			c.leaves = move(c.leaves, at, with, c.root)
			c.positions = move(c.positions, at, with, uint16(with))
		case 5: // swap between the two lists
			if len(c.leaves) > 0 && len(c.siblings) > 0 {
				l, s := &c.leaves[at%len(c.leaves)], &c.siblings[int(with)%len(c.siblings)]
				*l, *s = *s, *l
			}
		}
	}
}

func flip(hashes []merkle.Hash, at int, with byte) {
	if len(hashes) > 0 {
		hashes[at%len(hashes)][int(with>>3)] ^= 1 << (with & 7)
	}
}

// move drops, repeats or inserts an element.
func move[T any](list []T, at int, with byte, extra T) []T {
	switch at %= len(list) + 1; {
	case with%3 == 0 || at == len(list):
		return slices.Insert(list, at, extra)
	case with%3 == 1:
		return slices.Insert(list, at, list[at])
	}
	return slices.Delete(list, at, at+1)
}

// FuzzVerify bends an honest proof. Whatever is accepted must be true: each
// leaf the one at its position, and the siblings the only ones that prove it.
func FuzzVerify(f *testing.F) {
	f.Add(uint8(11), uint64(0b1001000100), []byte{})
	f.Add(uint8(1), uint64(1), []byte{3, 0, 0})
	f.Add(uint8(40), uint64(1<<39|1), []byte{2, 1, 255})
	f.Add(uint8(64), ^uint64(0), []byte{4, 3, 2})
	f.Add(uint8(7), uint64(8), []byte{5, 0, 0, 5, 0, 1})
	all := itemLeaves(64)
	f.Fuzz(func(t *testing.T, count uint8, opened uint64, script []byte) {
		leaves := all[:count%64+1]
		var positions []uint16
		for p := range leaves {
			if opened>>p&1 == 1 {
				positions = append(positions, uint16(p))
			}
		}
		if len(positions) == 0 {
			positions = []uint16{uint16(len(leaves) - 1)}
		}
		c := honest(leaves, positions...).clone()
		if err := c.verify(); err != nil {
			t.Fatalf("honest proof of %v of %d: %v", positions, len(leaves), err)
		}
		bend(&c, script)
		if c.verify() != nil {
			return
		}
		if want := honest(leaves, c.positions...); !slices.Equal(c.leaves, want.leaves) ||
			!slices.Equal(c.siblings, want.siblings) {
			t.Fatalf("accepted for %v of %d: leaves %v and siblings %v, want %v and %v",
				c.positions, len(leaves), c.leaves, c.siblings, want.leaves, want.siblings)
		}
	})
}

// FuzzVerifyAbsence bends the neighbors of a key. An absence may be accepted
// only of a key that is absent.
func FuzzVerifyAbsence(f *testing.F) {
	f.Add(uint8(9), []byte(itemKey(5)), []byte(itemKey(4)), uint8(0), uint8(1))
	f.Add(uint8(1), []byte("00"), []byte("01"), uint8(0), uint8(255))
	f.Add(uint8(30), []byte(itemKey(60)), []byte(itemKey(58)), uint8(255), uint8(0))
	f.Fuzz(func(t *testing.T, count uint8, key, from []byte, moveLeft, moveRight uint8) {
		entries := evenEntries(int(count)%40 + 1)
		root, n := merkle.Root(hashes(entries)), len(entries)
		left, right, siblings, err := merkle.ProveAbsence(entries, from)
		if err != nil {
			return // from is present: nothing to bend
		}
		if left != nil {
			left.Position += uint16(int8(moveLeft))
		}
		if right != nil {
			right.Position += uint16(int8(moveRight))
		}
		if merkle.VerifyAbsence(root, n, key, left, right, siblings) != nil {
			return
		}
		if slices.ContainsFunc(entries, func(l merkle.Leaf) bool { return string(l.Key) == string(key) }) {
			t.Fatalf("absence of %q was accepted, and it is present in %d entries", key, n)
		}
	})
}
