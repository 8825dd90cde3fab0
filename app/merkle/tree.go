package merkle

import "math/bits"

// Tree keeps every node over one set of leaves, for provers that open entries
// of the same segment again and again: it costs one Root to make and about
// 64 bytes for each leaf to keep, and then a proof costs no hashing.
type Tree struct {
	// levels[k][i] is the root over the leaves i*2^k up to (i+1)*2^k, or as
	// many of them as there are.
	levels [][]Hash
}

// NewTree returns the tree over leaves. It panics when there are none, as Root
// does.
func NewTree(leaves []Hash) *Tree {
	if len(leaves) == 0 {
		panic("merkle: tree of no leaves")
	}
	level := append([]Hash(nil), leaves...)
	levels := [][]Hash{level}
	for len(level) > 1 {
		above := make([]Hash, 0, (len(level)+1)/2)
		for i := 0; i+1 < len(level); i += 2 {
			above = append(above, InnerHash(level[i], level[i+1]))
		}
		if len(level)%2 == 1 { // no partner at this level: stands one higher
			above = append(above, level[len(level)-1])
		}
		levels = append(levels, above)
		level = above
	}
	return &Tree{levels: levels}
}

// Count is the number of leaves.
func (t *Tree) Count() int { return len(t.levels[0]) }

// Root is Root of the leaves.
func (t *Tree) Root() Hash { return t.levels[len(t.levels)-1][0] }

// Prove returns what Prove of the leaves returns, or the error of SiblingCount.
func (t *Tree) Prove(positions []uint16) ([]Hash, error) {
	n, err := SiblingCount(t.Count(), positions)
	if err != nil {
		return nil, err
	}
	return t.walk(make([]Hash, 0, n), span{0, t.Count()}, positions), nil
}

func (t *Tree) walk(siblings []Hash, s span, positions []uint16) []Hash {
	switch {
	case len(positions) == 0:
		// A span that the walk meets begins at a multiple of the power of two
		// that covers it, so it is one node of that level.
		level := bits.Len(uint(s.size() - 1))
		return append(siblings, t.levels[level][s.lo>>level])
	case len(positions) == s.size():
		return siblings
	}
	left, right, inLeft, inRight := s.halves(positions)
	return t.walk(t.walk(siblings, left, inLeft), right, inRight)
}
