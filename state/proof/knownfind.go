package proof

import "bytes"

// place is where a key stands among what is known, or would stand: its leaf, or
// the leaves before and behind it, of which the first key has none before and
// the last none behind; and every twig on the way to them.
type place struct {
	at, left, right *twig
	ways            []*twig
}

// wayTwigs is how long a way is in a tree of a million records, about.
const wayTwigs = 24

// find finds the place of a key; false when what is known does not tell. Keys
// ascend in the tree, so that what would stand between two leaves side by side
// is absent.
func (k *Known) find(key []byte) (p place, known bool) {
	var before, behind *twig // the last from which the way went to the right, to the left
	p.ways = make([]*twig, 0, wayTwigs)
	t := k.top
	for t != nil && t.leaf == nil {
		p.ways = append(p.ways, t)
		l, r := t.kids[0], t.kids[1]
		switch {
		case l != nil && bytes.Compare(key, l.hi) <= 0:
			behind, t = t, l
		case r != nil && bytes.Compare(key, r.lo) >= 0:
			before, t = t, r
		default: // between the two, or where one is hidden
			p.left, p.right = p.outermost(l, 1), p.outermost(r, 0)
			return p, p.left != nil && p.right != nil && p.encloses(key)
		}
	}
	if t == nil {
		return p, false
	}
	p.ways = append(p.ways, t)
	c := bytes.Compare(key, t.leaf.key)
	switch {
	case c == 0:
		p.at = t
		return p, true
	case c < 0:
		p.right = t
		if before == nil {
			return p, true // t is the first
		}
		p.left = p.outermost(before.kids[0], 1)
		return p, p.left != nil && p.encloses(key)
	}
	p.left = t
	if behind == nil {
		return p, true // t is the last
	}
	p.right = p.outermost(behind.kids[1], 0)
	return p, p.right != nil && p.encloses(key)
}

// outermost is the leaf at one side of a subtree, nil when it is hidden.
func (p *place) outermost(t *twig, side int) *twig {
	for ; t != nil; t = t.kids[side] {
		p.ways = append(p.ways, t)
		if t.leaf != nil {
			return t
		}
	}
	return nil
}

// encloses reports whether a key lies between the two leaves.
func (p *place) encloses(key []byte) bool {
	return bytes.Compare(p.left.leaf.key, key) < 0 && bytes.Compare(p.right.leaf.key, key) > 0
}
