package merkle_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/pedigree-ledger/pedigree/app/merkle"
)

// claim is everything that Verify is told.
type claim struct {
	root             merkle.Hash
	count            int
	positions        []uint16
	leaves, siblings []merkle.Hash
}

func (c claim) verify() error {
	return merkle.Verify(c.root, c.count, c.positions, c.leaves, c.siblings)
}

func (c claim) clone() claim {
	c.positions, c.leaves, c.siblings = slices.Clone(c.positions), slices.Clone(c.leaves), slices.Clone(c.siblings)
	return c
}

// honest is the true claim that opens positions of leaves.
func honest(leaves []merkle.Hash, positions ...uint16) claim {
	c := claim{root: merkle.Root(leaves), count: len(leaves), positions: positions}
	for _, p := range positions {
		c.leaves = append(c.leaves, leaves[p])
	}
	c.siblings = merkle.Prove(leaves, positions)
	return c
}

func TestVerifyRefuses(t *testing.T) {
	leaves := itemLeaves(11)
	for _, tc := range []struct {
		name string
		want error
		bend func(c *claim)
	}{
		{"count 0", merkle.ErrCount, func(c *claim) { c.count = 0 }},
		{"count below 0", merkle.ErrCount, func(c *claim) { c.count = -1 }},
		{"count above MaxLeaves", merkle.ErrCount, func(c *claim) { c.count = merkle.MaxLeaves + 1 }},
		{"no positions", merkle.ErrPositions, func(c *claim) { c.positions, c.leaves = nil, nil }},
		{"nothing opened, root as sibling", merkle.ErrPositions, func(c *claim) {
			c.positions, c.leaves, c.siblings = nil, nil, []merkle.Hash{c.root}
		}},
		{"position at count", merkle.ErrPositions, func(c *claim) { c.positions[2] = 11 }},
		{"position 65535", merkle.ErrPositions, func(c *claim) { c.positions[2] = 65535 }},
		{"descending", merkle.ErrPositions, func(c *claim) { c.positions[0], c.positions[1] = 6, 2 }},
		{"twice", merkle.ErrPositions, func(c *claim) { c.positions[1] = 2 }},
		{"leaf missing", merkle.ErrLeaves, func(c *claim) { c.leaves = c.leaves[:2] }},
		{"leaf left over", merkle.ErrLeaves, func(c *claim) { c.leaves = append(c.leaves, leaves[10]) }},
		{"sibling missing", merkle.ErrSiblings, func(c *claim) { c.siblings = c.siblings[1:] }},
		{"sibling left over", merkle.ErrSiblings, func(c *claim) { c.siblings = append(c.siblings, c.root) }},
		{"siblings swapped", merkle.ErrRoot, func(c *claim) { slices.Reverse(c.siblings) }},
		{"leaves swapped", merkle.ErrRoot, func(c *claim) { slices.Reverse(c.leaves) }},
		{"neighbor's position", merkle.ErrRoot, func(c *claim) { c.positions[0] = 3 }},
		{"other root", merkle.ErrRoot, func(c *claim) { c.root = merkle.Root(leaves[:10]) }},
		{"zero root", merkle.ErrRoot, func(c *claim) { c.root = merkle.Hash{} }},
	} {
		c := honest(leaves, 2, 6, 9).clone()
		if err := c.verify(); err != nil {
			t.Fatalf("unbent: %v", err)
		}
		tc.bend(&c)
		if err := c.verify(); !errors.Is(err, tc.want) {
			t.Errorf("%s: got %v, want %v", tc.name, err, tc.want)
		}
	}
}

// TestVerifyRefusesEveryBit flips each bit of the first and last byte of each
// hash in the proofs of trees up to 20 leaves.
func TestVerifyRefusesEveryBit(t *testing.T) {
	leaves := itemLeaves(20)
	for n := 1; n <= len(leaves); n++ {
		for p := range n {
			c := honest(leaves[:n], uint16(p)).clone()
			hashes := []*merkle.Hash{&c.root, &c.leaves[0]}
			for i := range c.siblings {
				hashes = append(hashes, &c.siblings[i])
			}
			for i, h := range hashes {
				for bit := range 8 {
					h[31*(bit%2)] ^= 1 << bit
					if err := c.verify(); !errors.Is(err, merkle.ErrRoot) {
						t.Fatalf("position %d of %d, hash %d, bit %d: got %v, want ErrRoot", p, n, i, bit, err)
					}
					h[31*(bit%2)] ^= 1 << bit
				}
			}
		}
	}
}

// TestCountIsTrusted shows why root and count must come from one record: the
// path to position 0 has the same shape in trees of 3 and of 4 leaves, so a
// count taken from a proof could lie.
func TestCountIsTrusted(t *testing.T) {
	c := honest(itemLeaves(4), 0)
	c.count = 3
	if err := c.verify(); err != nil {
		t.Errorf("got %v; the root alone is expected not to fix the count", err)
	}
	// Where the paths differ in shape, a false count is refused.
	last := honest(itemLeaves(4), 3)
	last.count, last.positions = 3, []uint16{2}
	if err := last.verify(); err == nil {
		t.Error("entry 3 of 4 was accepted as entry 2 of 3")
	}
}

// TestInnerIsNoLeaf shows that an inner node cannot stand in for a leaf where
// root and count are the record's.
func TestInnerIsNoLeaf(t *testing.T) {
	leaves := itemLeaves(4)
	c := claim{
		root: merkle.Root(leaves), count: 4, positions: []uint16{0},
		leaves:   []merkle.Hash{merkle.InnerHash(leaves[0], leaves[1])},
		siblings: []merkle.Hash{merkle.InnerHash(leaves[2], leaves[3])},
	}
	if err := c.verify(); !errors.Is(err, merkle.ErrSiblings) {
		t.Errorf("got %v, want ErrSiblings", err)
	}
}

func TestProveRefuses(t *testing.T) {
	leaves := itemLeaves(3)
	if _, err := merkle.NewTree(leaves).Prove([]uint16{3}); !errors.Is(err, merkle.ErrPositions) {
		t.Errorf("tree: got %v, want ErrPositions", err)
	}
	for name, do := range map[string]func(){
		"Prove outside": func() { merkle.Prove(leaves, []uint16{3}) },
		"Prove nothing": func() { merkle.Prove(leaves, nil) },
		"no tree":       func() { merkle.NewTree(nil) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: a panic expected", name)
				}
			}()
			do()
		}()
	}
}
