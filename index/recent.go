package index

import (
	"fmt"
	"hash/maphash"
	"slices"
	"sync"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/app/merkle"
)

// recentBytes bounds what is kept of the commissions that lookups have read.
const recentBytes = 16 << 20

// recent keeps what lookups of items read again and again and what never
// changes: the records of commissions, and a hash of each key in their runs,
// so that a run which does not have a key is not read from disk to find that
// out. There are two generations: what is used moves to the younger one, and
// when that has half of the bytes allowed, it becomes the elder and the elder
// is dropped.
type recent struct {
	seed  maphash.Seed
	limit int

	mu           sync.Mutex
	young, elder map[recentKey]any
	size         int // of the younger, in bytes
}

// recentKey names a commission by its GTIN and ordinal, or a run by its root.
type recentKey struct {
	gtin    gs1.GTIN
	ordinal uint32
	root    merkle.Hash
}

func newRecent() *recent {
	return &recent{seed: maphash.MakeSeed(), limit: recentBytes, young: make(map[recentKey]any)}
}

func (r *recent) get(k recentKey) any {
	r.mu.Lock()
	defer r.mu.Unlock()
	if v := r.young[k]; v != nil {
		return v
	}
	v := r.elder[k]
	if v != nil {
		r.add(k, v)
	}
	return v
}

func (r *recent) put(k recentKey, v any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.young[k] == nil {
		r.add(k, v)
	}
}

func (r *recent) add(k recentKey, v any) {
	size := 128
	switch v := v.(type) {
	case *commission:
		size += 128 * len(v.runs)
	case []uint32:
		size += 4 * len(v)
	}
	if r.size += size; r.size > r.limit/2 {
		r.young, r.elder, r.size = make(map[recentKey]any), r.young, size
	}
	r.young[k] = v
}

// commission is the record of a commission that must be there.
func (r *recent) commission(s *snapshot, g gs1.GTIN, ordinal uint32) (*commission, error) {
	k := recentKey{gtin: g, ordinal: ordinal}
	if c, ok := r.get(k).(*commission); ok {
		return c, nil
	}
	c, err := s.commission(g, ordinal)
	if err == nil {
		r.put(k, c)
	}
	return c, err
}

// find finds a key in the entries of a run, as findIn does.
func (r *recent) find(s *snapshot, root merkle.Hash, key gs1.Key) (e app.Entry, position uint16, found bool, err error) {
	k := recentKey{root: root}
	hashes, ok := r.get(k).([]uint32)
	if !ok {
		if hashes, err = r.hashes(s, root); err != nil {
			return e, 0, false, err
		}
		r.put(k, hashes)
	}
	if !slices.Contains(hashes, r.hash([]byte(key))) {
		return e, 0, false, nil
	}
	return s.findIn(root, key)
}

// hashes reads the keys of a run.
func (r *recent) hashes(s *snapshot, root merkle.Hash) (out []uint32, err error) {
	there, err := s.view(contentsKey(root), func(v []byte) error {
		u := newUnpacker(v)
		out = make([]uint32, 0, u.left)
		for u.next() {
			out = append(out, r.hash(u.keyBytes()))
		}
		return u.err
	})
	if err == nil && !there {
		err = fmt.Errorf("%w: those of root %x are missing", errPacked, root)
	}
	return out, err
}

func (r *recent) hash(key []byte) uint32 { return uint32(maphash.Bytes(r.seed, key)) }
