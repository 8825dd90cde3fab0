package merkle

import (
	"fmt"
	"math/bits"
	"slices"
)

// Prove returns the siblings that open positions of the tree over leaves, in
// the order in which Verify reads them. It hashes every leaf not opened; to
// prove often from one tree, make a Tree. It panics where SiblingCount would
// give an error: a prover has its own leaves and chooses its positions.
func Prove(leaves []Hash, positions []uint16) []Hash {
	n, err := SiblingCount(len(leaves), positions)
	if err != nil {
		panic(err)
	}
	p := prover{leaves: leaves, siblings: make([]Hash, 0, n)}
	p.walk(span{0, len(leaves)}, positions)
	return p.siblings
}

// Verify checks that the leaves at positions of the tree with that root and
// count are the ones given, in the same order. Root and count come from a
// record that the caller trusts; the rest may come from anyone. One value, one
// encoding: it refuses positions that are none, not strictly ascending or not
// below count (ErrPositions), a leaf too few or too many (ErrLeaves), siblings
// missing or left over (ErrSiblings), a count of 0 or above MaxLeaves
// (ErrCount), and another root (ErrRoot). It does not allocate, and takes at
// most 14 hashes for each position.
func Verify(root Hash, count int, positions []uint16, leaves, siblings []Hash) error {
	want, err := SiblingCount(count, positions)
	switch {
	case err != nil:
		return err
	case len(leaves) != len(positions):
		return fmt.Errorf("%w: %d positions, %d leaves", ErrLeaves, len(positions), len(leaves))
	case len(siblings) != want:
		return fmt.Errorf("%w: %d positions of %d need %d siblings, found %d",
			ErrSiblings, len(positions), count, want, len(siblings))
	}
	v := verifier{leaves: leaves, siblings: siblings}
	if got := v.walk(span{0, count}, positions); got != root {
		return fmt.Errorf("%w: expected %s, the proof leads to %s", ErrRoot, root, got)
	}
	return nil
}

// SiblingCount is the number of siblings in a proof of positions in a tree of
// count leaves. A decoder needs no length for them, and can refuse a proof
// before it reads one. It gives ErrCount and ErrPositions as Verify does.
func SiblingCount(count int, positions []uint16) (int, error) {
	if err := checkPositions(count, positions); err != nil {
		return 0, err
	}
	return countSiblings(span{0, count}, positions), nil
}

func checkPositions(count int, positions []uint16) error {
	if count < 1 || count > MaxLeaves {
		return fmt.Errorf("%w: 1 to %d expected, found %d", ErrCount, MaxLeaves, count)
	}
	if len(positions) == 0 {
		return fmt.Errorf("%w: none given, at least one expected", ErrPositions)
	}
	for i := 1; i < len(positions); i++ {
		if positions[i] <= positions[i-1] {
			return fmt.Errorf("%w: strictly ascending expected, found %d after %d",
				ErrPositions, positions[i], positions[i-1])
		}
	}
	if last := positions[len(positions)-1]; int(last) >= count {
		return fmt.Errorf("%w: below %d expected, found %d", ErrPositions, count, last)
	}
	return nil
}

// span is the subtree over the leaves from lo up to, not including, hi.
type span struct{ lo, hi int }

func (s span) size() int { return s.hi - s.lo }

// halves splits a span of at least two leaves as RFC 6962, section 2.1, does:
// the left half is the largest power of two below its size. The positions in
// it are divided likewise.
func (s span) halves(positions []uint16) (left, right span, inLeft, inRight []uint16) {
	mid := s.lo + 1<<(bits.Len(uint(s.size()-1))-1)
	i, _ := slices.BinarySearch(positions, uint16(mid))
	return span{s.lo, mid}, span{mid, s.hi}, positions[:i], positions[i:]
}

// The three walks below are the same walk: a subtree without an opened
// position is a sibling, a single leaf is opened, anything else is descended
// into, left half first. They go at most 14 deep (MaxLeaves is 2^14).

func countSiblings(s span, positions []uint16) int {
	switch {
	case len(positions) == 0:
		return 1
	case len(positions) == s.size():
		return 0 // all of it opened: nothing below is missing
	}
	left, right, inLeft, inRight := s.halves(positions)
	return countSiblings(left, inLeft) + countSiblings(right, inRight)
}

type prover struct{ leaves, siblings []Hash }

func (p *prover) walk(s span, positions []uint16) {
	switch {
	case len(positions) == 0:
		p.siblings = append(p.siblings, Root(p.leaves[s.lo:s.hi]))
	case len(positions) < s.size():
		left, right, inLeft, inRight := s.halves(positions)
		p.walk(left, inLeft)
		p.walk(right, inRight)
	}
}

// verifier reads its leaves and siblings from the front, one by one. Verify
// has counted both, so neither runs out or is left over.
type verifier struct{ leaves, siblings []Hash }

func (v *verifier) walk(s span, positions []uint16) (node Hash) {
	switch {
	case len(positions) == 0:
		node, v.siblings = v.siblings[0], v.siblings[1:]
		return node
	case len(positions) == s.size():
		node, v.leaves = Root(v.leaves[:s.size()]), v.leaves[s.size():]
		return node
	}
	left, right, inLeft, inRight := s.halves(positions)
	node = v.walk(left, inLeft)
	return InnerHash(node, v.walk(right, inRight))
}
