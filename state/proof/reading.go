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
	shown map[*twig]use
}

// use says what a twig was needed for.
type use uint8

const (
	useWay    use = 1 // the way to a leaf leads over it
	useBeside use = 2 // as the neighbor of an absent key
	useValue  use = 4 // its value was read
)

// readingTwigs is how many twigs a reading of a dozen records shows, about.
const readingTwigs = 100

// Read begins to read.
func (k *Known) Read() *Reading { return &Reading{known: k, shown: make(map[*twig]use, readingTwigs)} }

// Get returns the value of key, or false when key is known to be absent. The
// error is ErrNotShown when neither is known. The value must not be changed.
func (r *Reading) Get(key []byte) (value []byte, present bool, err error) {
	r.known.mu.RLock()
	defer r.known.mu.RUnlock()
	p, known := r.known.find(key)
	if !known {
		return nil, false, fmt.Errorf("%w: key %x", ErrNotShown, key)
	}
	for _, t := range p.ways {
		r.shown[t] |= useWay
	}
	if p.at != nil {
		r.shown[p.at] |= useValue
		return p.at.leaf.value, true, nil
	}
	for _, t := range [...]*twig{p.left, p.right} {
		if t != nil {
			r.shown[t] |= useBeside
		}
	}
	return nil, false, nil
}

// After returns the key of the leaf behind a key that is known to be absent,
// nil when there is none.
func (r *Reading) After(key []byte) []byte {
	r.known.mu.RLock()
	defer r.known.mu.RUnlock()
	if p, known := r.known.find(key); known && p.right != nil {
		return bytes.Clone(p.right.leaf.key)
	}
	return nil
}

// Encode writes a Multi that shows what was read and nothing else: the bytes
// that Multi.Encode writes. Something must have been read.
func (r *Reading) Encode(e *wire.Encoder) {
	r.known.mu.RLock()
	defer r.known.mu.RUnlock()
	r.encode(e, r.known.top)
}

func (r *Reading) encode(e *wire.Encoder, t *twig) {
	if t.leaf != nil {
		l := t.leaf
		if r.shown[t]&useValue != 0 {
			writeRecord(e, t.version, l.key, l.value)
		} else {
			writeNeighbor(e, t.version, l.key, &l.valueHash)
		}
		return
	}
	writeInner(e, t.height, t.size, t.version)
	for i, kid := range t.kids {
		if r.shown[kid] != 0 {
			r.encode(e, kid)
		} else {
			writeHidden(e, &t.hashes[i])
		}
	}
}
