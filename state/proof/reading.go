package proof

import (
	"bytes"
	"fmt"

	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// Reading reads records out of a Known and remembers which, so that exactly
// they can be shown. It belongs to one goroutine.
type Reading struct {
	known *Known
	read  map[*twig]use // leaves
}

// use says what a leaf was needed for.
type use uint8

const (
	useBeside use = 1 // as the neighbor of an absent key
	useValue  use = 2 // its value was read
)

// Read begins to read.
func (k *Known) Read() *Reading { return &Reading{known: k, read: make(map[*twig]use)} }

// Get returns the value of key, or false when key is known to be absent. The
// error is ErrNotShown when neither is known. The value must not be changed.
func (r *Reading) Get(key []byte) (value []byte, present bool, err error) {
	r.known.mu.RLock()
	defer r.known.mu.RUnlock()
	left, at, right := r.known.around(key)
	switch {
	case at != nil:
		r.read[at] |= useValue
		return at.leaf.value, true, nil
	case !adjacent(left, right):
		return nil, false, fmt.Errorf("%w: key %x", ErrNotShown, key)
	}
	for _, t := range [...]*twig{left, right} {
		if t != nil {
			r.read[t] |= useBeside
		}
	}
	return nil, false, nil
}

// around is the leaf of a key, and the known leaves before and behind it.
func (k *Known) around(key []byte) (left, at, right *twig) {
	i, found := k.search(key)
	if found {
		return nil, k.leaves[i], nil
	}
	if i > 0 {
		left = k.leaves[i-1]
	}
	if i < len(k.leaves) {
		right = k.leaves[i]
	}
	return left, nil, right
}

// adjacent reports whether two leaves are known to stand side by side.
func adjacent(left, right *twig) bool {
	switch {
	case left == nil && right == nil:
		return false
	case left == nil:
		return right.leaf.first
	case right == nil:
		return left.leaf.last
	}
	return left.leaf.next == right
}

// After returns the key of the first known leaf at or above key, nil when there
// is none.
func (r *Reading) After(key []byte) []byte {
	r.known.mu.RLock()
	defer r.known.mu.RUnlock()
	i, _ := r.known.search(key)
	if i == len(r.known.leaves) {
		return nil
	}
	return bytes.Clone(r.known.leaves[i].leaf.key)
}

// Encode writes a Multi that shows what was read and nothing else: the bytes
// that Multi.Encode writes. Something must have been read.
func (r *Reading) Encode(e *wire.Encoder) {
	r.known.mu.RLock()
	defer r.known.mu.RUnlock()
	shown := make(map[*twig]struct{}, 16*len(r.read))
	for t := range r.read {
		for ; t != nil; t = t.up {
			if _, known := shown[t]; known {
				break
			}
			shown[t] = struct{}{}
		}
	}
	r.encode(e, r.known.top, shown)
}

func (r *Reading) encode(e *wire.Encoder, t *twig, shown map[*twig]struct{}) {
	if t.leaf != nil {
		l := t.leaf
		if r.read[t]&useValue != 0 {
			writeRecord(e, t.version, l.key, l.value)
		} else {
			writeNeighbor(e, t.version, l.key, &l.valueHash)
		}
		return
	}
	writeInner(e, t.height, t.size, t.version)
	for i, kid := range t.kids {
		if _, on := shown[kid]; on && kid != nil {
			r.encode(e, kid, shown)
		} else {
			writeHidden(e, &t.hashes[i])
		}
	}
}
