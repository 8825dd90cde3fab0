package proof

import (
	"bytes"
	"fmt"
	"slices"
	"sync"

	ics23 "github.com/cosmos/ics23/go"
)

// Known is the part of one version of the state that its holder has checked so
// far. It grows with every ICS-23 proof that is added, keeps each node of the
// tree once, and answers from what it has: who asks about a thousand records
// of one version checks the upper half of the tree once. A Reading cuts out of
// it what one statement rests on, as a Multi shows it.
//
// A Known may be used by many goroutines.
type Known struct {
	root [RootBytes]byte

	mu     sync.RWMutex // guards the rest, and the links between twigs
	top    *twig        // nil while nothing is known
	leaves []*twig      // ascending by key
	size   int64
}

// twig is a node that is known: a leaf, or an inner node with the hashes of
// both children, each of which may be known as well.
type twig struct {
	up            *twig
	kids          [2]*twig // left and right; nil where hidden
	hashes        [2][RootBytes]byte
	height        uint8
	size, version uint64
	leaf          *leaf // nil in an inner node
}

// leaf is a record with its key. Next is the leaf behind it in the tree, once
// it is known to be that.
type leaf struct {
	key, value  []byte
	valueHash   [RootBytes]byte
	next        *twig
	first, last bool // known to have none before, or behind
}

// What a twig takes in memory, about.
const (
	twigBytes = 160
	leafBytes = 120
)

// NewKnown is a Known of which nothing is known but the root, in which the
// caller trusts.
func NewKnown(root []byte) (*Known, error) {
	if len(root) != RootBytes {
		return nil, fmt.Errorf("%w: root has %d bytes, want %d", ErrForm, len(root), RootBytes)
	}
	return &Known{root: [RootBytes]byte(root)}, nil
}

// Root is the root hash of the version.
func (k *Known) Root() []byte { return bytes.Clone(k.root[:]) }

// Bytes is about what k takes in memory.
func (k *Known) Bytes() int64 {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.size
}

// Add checks an ICS-23 proof that key has exactly value or, when value is nil,
// that there is no such record, and takes what it shows into k. It judges as
// DecodeMulti does, by the hashes of the tree alone: the proof is not kept, so
// that its form need not be the canonical one. The error is ErrForm or
// ErrInvalid, and k is then as it was.
func (k *Known) Add(key, value, proof []byte) error {
	if len(key) == 0 || len(key) > 0xff || len(proof) == 0 || len(proof) > MaxBytes {
		return fmt.Errorf("%w: a key of %d bytes and a proof of %d", ErrForm, len(key), len(proof))
	}
	p := new(ics23.CommitmentProof)
	if err := p.Unmarshal(proof); err != nil {
		return fmt.Errorf("%w: %v", ErrForm, err)
	}
	if value == nil {
		return k.addAbsent(key, p.GetNonexist())
	}
	exist := p.GetExist()
	if exist == nil || !bytes.Equal(exist.Key, key) || !bytes.Equal(exist.Value, value) {
		return fmt.Errorf("%w: it is not about key %x with that value", ErrInvalid, key)
	}
	path, err := k.climb(exist)
	if err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	_, err = k.graft(path)
	return err
}

// addAbsent takes in the neighbors of an absent key.
func (k *Known) addAbsent(key []byte, p *ics23.NonExistenceProof) error {
	if p == nil || (p.Left == nil && p.Right == nil) {
		return fmt.Errorf("%w: want a proof of absence, got another kind", ErrForm)
	}
	if p.Left != nil && bytes.Compare(p.Left.Key, key) >= 0 || p.Right != nil && bytes.Compare(p.Right.Key, key) <= 0 {
		return fmt.Errorf("%w: key %x does not lie between its neighbors", ErrInvalid, key)
	}
	var paths [2][]*twig
	for i, side := range [...]*ics23.ExistenceProof{p.Left, p.Right} {
		if side == nil {
			continue
		}
		var err error
		if paths[i], err = k.climb(side); err != nil {
			return err
		}
	}
	if !beside(paths[0], paths[1]) {
		return fmt.Errorf("%w: the neighbors of key %x are none", ErrInvalid, key)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.join(paths[0], paths[1])
}

// join takes in two paths whose leaves stand side by side, or one whose leaf
// is the first or the last.
func (k *Known) join(left, right []*twig) error {
	l, err := k.graft(left)
	if err != nil {
		return err
	}
	r, err := k.graft(right)
	switch {
	case err != nil:
		return err
	case l == nil:
		r.leaf.first = true
	case r == nil:
		l.leaf.last = true
	default:
		l.leaf.next = r
	}
	return nil
}

// graft lays a path, root first, over what is known and returns its leaf; nil
// for no path. Equal hashes make both equal wherever both show something.
func (k *Known) graft(path []*twig) (*twig, error) {
	if len(path) == 0 {
		return nil, nil
	}
	if k.top == nil {
		k.top = path[0]
		return k.insert(path), nil
	}
	at := k.top
	for i, n := range path[:len(path)-1] {
		side := n.side(path[i+1])
		if at.leaf != nil {
			return nil, fmt.Errorf("%w: a leaf stands above another", ErrInvalid)
		}
		if at.kids[side] == nil {
			at.kids[side], path[i+1].up = path[i+1], at
			return k.insert(path[i+1:]), nil
		}
		at = at.kids[side]
	}
	return at, nil
}

// insert lists the leaf of a path of new twigs.
func (k *Known) insert(path []*twig) *twig {
	t := path[len(path)-1]
	at, _ := k.search(t.leaf.key)
	k.leaves = slices.Insert(k.leaves, at, t)
	k.size += int64(len(path)*twigBytes + leafBytes + len(t.leaf.key) + len(t.leaf.value))
	return t
}

func (k *Known) search(key []byte) (int, bool) {
	return slices.BinarySearchFunc(k.leaves, key, func(t *twig, key []byte) int { return bytes.Compare(t.leaf.key, key) })
}

// side tells which child of t a twig is: 0 left, 1 right.
func (t *twig) side(kid *twig) int {
	if t.kids[1] == kid {
		return 1
	}
	return 0
}
