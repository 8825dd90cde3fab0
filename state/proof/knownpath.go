package proof

import (
	"crypto/sha256"
	"fmt"
	"slices"

	ics23 "github.com/cosmos/ics23/go"
)

// climb computes the nodes from a leaf up to the root and returns them root
// first. The error is ErrInvalid when the root is another.
func (k *Known) climb(p *ics23.ExistenceProof) ([]*twig, error) {
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
	path := append(make([]*twig, 0, len(p.Path)+1), t)
	for _, op := range p.Path {
		s, err := readStep(op)
		if err != nil {
			return nil, err
		}
		up := &twig{height: s.height, size: s.size, version: s.version}
		up.kids[s.side], up.hashes[s.side], up.hashes[1-s.side] = t, hash, s.sibling
		hash = innerHash(s.height, s.size, s.version, &up.hashes[0], &up.hashes[1])
		t.up, t = up, up
		path = append(path, t)
	}
	if hash != k.root {
		return nil, fmt.Errorf("%w: a proof under root %x, want %x", ErrInvalid, hash, k.root)
	}
	slices.Reverse(path)
	return path, nil
}

// beside reports whether the leaves of two paths under one root stand side by
// side; with one path, whether its leaf is the first, or the last.
func beside(left, right []*twig) bool {
	switch {
	case left == nil:
		return along(right, 0)
	case right == nil:
		return along(left, 1)
	}
	for i := range min(len(left), len(right)) - 1 {
		l, r := left[i].side(left[i+1]), right[i].side(right[i+1])
		if l != r {
			return l == 0 && along(left[i+1:], 1) && along(right[i+1:], 0)
		}
	}
	return false
}

// along reports whether a path always goes to one side.
func along(path []*twig, side int) bool {
	for i := range len(path) - 1 {
		if path[i].side(path[i+1]) != side {
			return false
		}
	}
	return true
}
