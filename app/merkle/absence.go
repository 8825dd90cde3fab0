package merkle

import (
	"bytes"
	"fmt"
	"slices"
)

// Leaf is one entry as a proof shows it: its key, the ValueHash of its value,
// and where it stands. Positions count from 0.
type Leaf struct {
	Key       []byte
	ValueHash Hash
	Position  uint16
}

// Hash is the leaf's LeafHash.
func (l *Leaf) Hash() Hash { return LeafHashPre(l.Key, l.ValueHash) }

// ProveAbsence returns what VerifyAbsence needs to see that key is not among
// entries, which are all entries of the tree, strictly ascending by key: the
// entry before it (nil if it would be the first), the entry after it (nil if
// it would be the last), and the siblings of those one or two. ErrNeighbors
// means that the key is present, ErrCount that entries are none or too many.
// Positions in entries are not read; those in the result are set.
func ProveAbsence(entries []Leaf, key []byte) (left, right *Leaf, siblings []Hash, err error) {
	if len(entries) < 1 || len(entries) > MaxLeaves {
		return nil, nil, nil, fmt.Errorf("%w: 1 to %d expected, found %d", ErrCount, MaxLeaves, len(entries))
	}
	at, found := slices.BinarySearchFunc(entries, key, func(l Leaf, key []byte) int {
		return bytes.Compare(l.Key, key)
	})
	if found {
		return nil, nil, nil, fmt.Errorf("%w: key %q is present at position %d", ErrNeighbors, key, at)
	}
	left, right = neighbor(entries, at-1), neighbor(entries, at)
	positions, _ := neighborLeaves(left, right)
	leaves := make([]Hash, len(entries))
	for i := range entries {
		leaves[i] = entries[i].Hash()
	}
	return left, right, Prove(leaves, positions), nil
}

// neighbor is a copy of the entry at a position that may lie just outside.
func neighbor(entries []Leaf, at int) *Leaf {
	if at < 0 || at >= len(entries) {
		return nil
	}
	return &Leaf{Key: entries[at].Key, ValueHash: entries[at].ValueHash, Position: uint16(at)}
}

// VerifyAbsence checks that key is not in the tree with that root and count:
// left and right stand side by side in it and enclose the key; or left is nil
// and right is the first entry, above the key; or right is nil and left is the
// last entry, below the key (design 01, section 7). It rests on the tree's
// entries being strictly ascending, which the state machine guarantees for
// every root it stores; root and count come from a record that the caller
// trusts. It gives ErrNeighbors, or what Verify gives.
func VerifyAbsence(root Hash, count int, key []byte, left, right *Leaf, siblings []Hash) error {
	if err := checkOrder(key, left, right); err != nil {
		return err
	}
	if err := checkAdjacent(count, left, right); err != nil {
		return err
	}
	positions, leaves := neighborLeaves(left, right)
	return Verify(root, count, positions, leaves, siblings)
}

func checkOrder(key []byte, left, right *Leaf) error {
	switch {
	case left != nil && bytes.Compare(left.Key, key) >= 0:
		return fmt.Errorf("%w: left neighbor below %q expected, found %q", ErrNeighbors, key, left.Key)
	case right != nil && bytes.Compare(right.Key, key) <= 0:
		return fmt.Errorf("%w: right neighbor above %q expected, found %q", ErrNeighbors, key, right.Key)
	}
	return nil
}

func checkAdjacent(count int, left, right *Leaf) error {
	switch {
	case left == nil && right == nil:
		return fmt.Errorf("%w: none given, at least one expected", ErrNeighbors)
	case left == nil && right.Position != 0:
		return fmt.Errorf("%w: without a left one, right stands at 0, found %d", ErrNeighbors, right.Position)
	case right == nil && int(left.Position) != count-1:
		return fmt.Errorf("%w: without a right one, left stands last of %d, found at %d",
			ErrNeighbors, count, left.Position)
	case left != nil && right != nil && int(right.Position) != int(left.Position)+1:
		return fmt.Errorf("%w: side by side expected, found positions %d and %d",
			ErrNeighbors, left.Position, right.Position)
	}
	return nil
}

// neighborLeaves lists the one or two neighbors as Verify wants them.
func neighborLeaves(left, right *Leaf) (positions []uint16, leaves []Hash) {
	for _, l := range []*Leaf{left, right} {
		if l != nil {
			positions, leaves = append(positions, l.Position), append(leaves, l.Hash())
		}
	}
	return positions, leaves
}
