package state

import (
	"bytes"
	"fmt"
	"runtime"
	"sync"

	"github.com/cosmos/iavl"
)

// View is one committed version, read-only. It satisfies app.View. It is a
// snapshot: commits and pruning that happen while it is open do not change
// what it answers. Several goroutines may use it at once.
type View struct {
	s       *State
	version uint64
	snap    *snapshot

	mu   sync.Mutex // the tree's reads, and err
	tree *iavl.ImmutableTree
	db   *treeDB // the tree's disk; nil for a flat view
	err  error
}

// snapshot keeps what stands at a timestamp from being compacted away.
type snapshot struct {
	ts      uint64
	release func()
}

// pin opens a snapshot of the latest version; the caller releases it.
func (s *State) pin() (head, *snapshot) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.head
	s.pins[h.ts]++
	return h, &snapshot{ts: h.ts, release: sync.OnceFunc(func() { s.unpin(h.ts) })}
}

func (s *State) unpin(ts uint64) {
	s.mu.Lock()
	if s.pins[ts]--; s.pins[ts] == 0 {
		delete(s.pins, ts)
	}
	floor := s.floor()
	s.mu.Unlock()
	s.disk.discardBelow(floor)
}

// Latest returns a view of the last durable version, read from the flat copy.
// Close it when done.
func (s *State) Latest() *View {
	h, snap := s.pin()
	return s.newView(h.version, snap)
}

func (s *State) newView(version uint64, snap *snapshot) *View {
	v := &View{s: s, version: version, snap: snap}
	runtime.AddCleanup(v, func(release func()) { release() }, snap.release)
	return v
}

// At returns a view of a kept version: the latest from the flat copy, an older
// one through a tree object of its own. The error is ErrPruned or ErrNoVersion
// when the version is not kept. Close it when done.
func (s *State) At(version uint64) (v *View, err error) {
	h, snap := s.pin()
	if err := kept(h, version); err != nil {
		snap.release()
		return nil, err
	}
	v = s.newView(version, snap)
	if version == h.version {
		return v, nil
	}
	r := newTreeReader(s.disk, viewCacheNodes)
	if v.tree, err = r.at(snap.ts, version); err != nil {
		snap.release()
		return nil, err
	}
	v.db = r.db
	return v, nil
}

// kept tells why a version cannot be read, if it cannot.
func kept(h head, version uint64) error {
	if version == 0 || version > h.version {
		return fmt.Errorf("%w: %d, the latest is %d", ErrNoVersion, version, h.version)
	}
	if version < h.oldest {
		return &PrunedError{Version: version, Oldest: h.oldest}
	}
	return nil
}

// Version returns the version that the view shows.
func (v *View) Version() uint64 { return v.version }

// Get returns the value of key; false when it is absent or a read has failed.
func (v *View) Get(key []byte) ([]byte, bool) {
	if v.Err() != nil || len(key) == 0 {
		return nil, false
	}
	var value []byte
	var err error
	if v.db == nil {
		value, err = v.s.disk.get(v.snap.ts, flatKey(key))
	} else {
		value, err = v.treeGet(key)
	}
	if err != nil {
		v.fail(err)
		return nil, false
	}
	return value, value != nil
}

func (v *View) treeGet(key []byte) ([]byte, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.tree.Get(key)
}

// Scan calls fn for every record whose key begins with prefix, ascending,
// until fn returns false.
func (v *View) Scan(prefix []byte, fn func(key, value []byte) bool) {
	if v.Err() != nil {
		return
	}
	if v.db == nil {
		v.fail(v.scanFlat(prefix, fn))
		return
	}
	v.fail(v.scanTree(prefix, fn))
}

func (v *View) scanFlat(prefix []byte, fn func(key, value []byte) bool) error {
	lo := flatKey(prefix)
	it, err := v.s.disk.iterator(v.snap.ts, lo, prefixEnd(lo), false)
	if err != nil {
		return err
	}
	defer it.Close()
	for ; it.Valid(); it.Next() {
		if !fn(it.Key(), it.Value()) {
			return nil
		}
	}
	return it.Error()
}

// scanTree walks the tree in small steps, so that fn may read the view.
func (v *View) scanTree(prefix []byte, fn func(key, value []byte) bool) error {
	start, end := prefix, prefixEnd(prefix)
	for {
		page, err := v.page(start, end)
		if err != nil {
			return err
		}
		for _, w := range page {
			if !fn(w.key, w.value) {
				return nil
			}
		}
		if len(page) < pageRecords {
			return nil
		}
		start = append(bytes.Clone(page[len(page)-1].key), 0)
	}
}

const pageRecords = 128

// page reads the next records of a tree scan.
func (v *View) page(start, end []byte) ([]write, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	var page []write
	v.tree.IterateRange(start, end, true, func(key, value []byte) bool {
		page = append(page, write{key, value})
		return len(page) == pageRecords
	})
	return page, v.db.failure() // the tree's own iterator ends silently
}

// prefixEnd returns the first key after all keys that begin with prefix, nil
// when there is none.
func prefixEnd(prefix []byte) []byte {
	end := bytes.Clone(prefix)
	for i := len(end) - 1; i >= 0; i-- {
		if end[i]++; end[i] != 0 {
			return end[:i+1]
		}
	}
	return nil
}

// Err returns the first failed read. It is this node's trouble, never a
// verdict on a transaction.
func (v *View) Err() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.err
}

func (v *View) fail(err error) {
	if err == nil {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.err == nil {
		v.err = err
		v.s.metrics.readFailures.Inc()
	}
}

// Close releases the snapshot; again is a no-op. Reads afterwards fail with
// ErrClosed. The error is always nil.
func (v *View) Close() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.err == nil {
		v.err = ErrClosed
	}
	v.snap.release()
	return nil
}
