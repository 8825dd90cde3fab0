package proof

import (
	"bytes"
	"fmt"
	"sync"

	ics23 "github.com/cosmos/ics23/go"
)

// Known is the part of one version of the state that its holder has checked so
// far. It grows with every ICS-23 proof that is added, keeps each node of the
// tree once, and answers from what it has: who asks about a thousand records
// of one version checks the upper half of the tree once. What did not change
// is known of the next version as well. A Reading cuts out of it what one
// statement rests on, as a Multi shows it.
//
// A Known may be used by many goroutines.
type Known struct {
	root, oldRoot [RootBytes]byte

	mu   *sync.RWMutex // one for all versions, which share twigs
	top  *twig         // nil while nothing is known
	old  *twig         // the top of the version before, nil without
	size int64
}

// twig is a node that is known: a leaf, or an inner node with the hashes of
// both children, at least one of which is known as well. Its hash was checked,
// so that it says the same in whatever version it stands.
type twig struct {
	kids          [2]*twig // left and right; nil where hidden
	hashes        [2][RootBytes]byte
	height        uint8
	size, version uint64
	leaf          *leaf // nil in an inner node

	// lo and hi are the lowest and the highest key known below, as far as
	// this twig has heard: another version may know more. They lead the way
	// and prove nothing.
	lo, hi []byte
}

// leaf is a record with its key.
type leaf struct {
	key, value []byte
	valueHash  [RootBytes]byte
}

// What a twig takes in memory, about.
const (
	twigBytes = 200
	leafBytes = 100
)

// NewKnown is a Known of which nothing is known but the root, in which the
// caller trusts.
func NewKnown(root []byte) (*Known, error) {
	if len(root) != RootBytes {
		return nil, fmt.Errorf("%w: root has %d bytes, want %d", ErrForm, len(root), RootBytes)
	}
	return &Known{root: [RootBytes]byte(root), mu: new(sync.RWMutex)}, nil
}

// Next is a Known of another version of the same state, in whose root the
// caller trusts. Where its tree has the same hashes as k's in the same places,
// all that k knows is known of it, once a proof has led there.
func (k *Known) Next(root []byte) (*Known, error) {
	n, err := NewKnown(root)
	if err != nil {
		return nil, err
	}
	k.mu.RLock()
	defer k.mu.RUnlock()
	n.mu, n.old, n.oldRoot, n.size = k.mu, k.top, k.root, k.size
	return n, nil
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
	w, err := k.climb(exist)
	if err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.graft(w)
}

// addAbsent takes in the neighbors of an absent key.
func (k *Known) addAbsent(key []byte, p *ics23.NonExistenceProof) error {
	if p == nil || (p.Left == nil && p.Right == nil) {
		return fmt.Errorf("%w: want a proof of absence, got another kind", ErrForm)
	}
	if p.Left != nil && bytes.Compare(p.Left.Key, key) >= 0 || p.Right != nil && bytes.Compare(p.Right.Key, key) <= 0 {
		return fmt.Errorf("%w: key %x does not lie between its neighbors", ErrInvalid, key)
	}
	var ways [2]*way
	for i, side := range [...]*ics23.ExistenceProof{p.Left, p.Right} {
		if side == nil {
			continue
		}
		var err error
		if ways[i], err = k.climb(side); err != nil {
			return err
		}
	}
	if !beside(ways[0], ways[1]) {
		return fmt.Errorf("%w: the neighbors of key %x are none", ErrInvalid, key)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, w := range ways {
		if w == nil {
			continue
		}
		if err := k.graft(w); err != nil {
			return err
		}
	}
	return nil
}

// graft lays a way over what is known. Equal hashes make both equal wherever
// both show something; beside the way, and below it, what the version before
// has under the same hash is taken over.
func (k *Known) graft(w *way) error {
	at, hash := &k.top, &k.root
	old, oldHash := k.old, &k.oldRoot
	met := make([]*twig, 0, len(w.twigs))
	for i, fresh := range w.twigs {
		switch {
		case *at != nil:
		case old != nil && *oldHash == *hash:
			*at = old
		default:
			*at = fresh
			k.size += fresh.bytes()
		}
		t := *at
		met = append(met, t)
		if i == len(w.sides) {
			break
		}
		if t.leaf != nil {
			return fmt.Errorf("%w: a leaf stands above another", ErrInvalid)
		}
		side := w.sides[i]
		t.take(1-side, old, oldHash)
		at, hash = &t.kids[side], &t.hashes[side]
		if old != nil && *oldHash != *hash {
			old, oldHash = old.kids[side], &old.hashes[side]
		}
	}
	for i := len(met) - 1; i >= 0; i-- {
		met[i].hear()
	}
	return nil
}

// take takes a hidden child over from what stands in the same place of another
// version: from its child there or, where a leaf came in above it, itself.
func (t *twig) take(side int, old *twig, oldHash *[RootBytes]byte) {
	switch {
	case old == nil || t.kids[side] != nil:
	case old.kids[side] != nil && old.hashes[side] == t.hashes[side]:
		t.kids[side] = old.kids[side]
	case *oldHash == t.hashes[side]:
		t.kids[side] = old
	}
}

// hear learns from the children which keys are known below.
func (t *twig) hear() {
	if t.leaf != nil {
		t.lo, t.hi = t.leaf.key, t.leaf.key
		return
	}
	l, r := t.kids[0], t.kids[1]
	if l == nil {
		l = r
	}
	if r == nil {
		r = l
	}
	t.lo, t.hi = l.lo, r.hi
}

func (t *twig) bytes() int64 {
	if t.leaf == nil {
		return twigBytes
	}
	return int64(twigBytes + leafBytes + len(t.leaf.key) + len(t.leaf.value))
}
