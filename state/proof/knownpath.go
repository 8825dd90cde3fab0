package proof

import (
	"crypto/sha256"
	"fmt"
	"slices"

	ics23 "github.com/cosmos/ics23/go"
)

// way leads from the root to a leaf: its nodes, the leaf last, and on which
// side each goes on.
type way struct {
	twigs []*twig
	sides []int
}

// climb computes the nodes from a leaf up to the root. The error is ErrInvalid
// when the root is another.
func (k *Known) climb(p *ics23.ExistenceProof) (*way, error) {
	if len(p.Key) == 0 || len(p.Key) > 0xff || len(p.Value) == 0 || len(p.Value) > maxValueBytes {
		return nil, fmt.Errorf("%w: a key of %d bytes and a value of %d", ErrForm, len(p.Key), len(p.Value))
	}
	if p.Leaf == nil || len(p.Path) > maxHeight {
		return nil, fmt.Errorf("%w: no leaf, or %d steps", ErrForm, len(p.Path))
	}
	version, err := leafVersion(p.Leaf.Prefix)
	if err != nil {
		return nil, err
	}
	t := &twig{size: 1, version: version, leaf: &leaf{key: p.Key, value: p.Value, valueHash: sha256.Sum256(p.Value)}}
	hash := leafHash(version, p.Key, &t.leaf.valueHash)
	w := &way{twigs: append(make([]*twig, 0, len(p.Path)+1), t), sides: make([]int, 0, len(p.Path))}
	for _, op := range p.Path {
		s, err := readStep(op)
		if err != nil {
			return nil, err
		}
		up := &twig{height: s.height, size: s.size, version: s.version}
		up.hashes[s.side], up.hashes[1-s.side] = hash, s.sibling
		hash = innerHash(s.height, s.size, s.version, &up.hashes[0], &up.hashes[1])
		w.twigs, w.sides = append(w.twigs, up), append(w.sides, s.side)
	}
	if hash != k.root {
		return nil, fmt.Errorf("%w: a proof under root %x, want %x", ErrInvalid, hash, k.root)
	}
	slices.Reverse(w.twigs)
	slices.Reverse(w.sides)
	return w, nil
}

// beside reports whether the leaves of two ways under one root stand side by
// side; with one way, whether its leaf is the first, or the last.
func beside(left, right *way) bool {
	switch {
	case left == nil:
		return along(right.sides, 0)
	case right == nil:
		return along(left.sides, 1)
	}
	for i := range min(len(left.sides), len(right.sides)) {
		if l, r := left.sides[i], right.sides[i]; l != r {
			return l == 0 && along(left.sides[i+1:], 1) && along(right.sides[i+1:], 0)
		}
	}
	return false
}

// along reports whether a way always goes to one side.
func along(sides []int, side int) bool {
	return !slices.Contains(sides, 1-side)
}
