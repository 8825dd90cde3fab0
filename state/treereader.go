package state

import (
	"sync/atomic"

	"github.com/cosmos/iavl"
)

// treeReader reads kept versions through a tree object of its own: IAVL's
// trees that share a cache race with the writer and with each other. One
// goroutine at a time may use it. Its cache stays good from version to
// version, since a tree node never changes.
type treeReader struct {
	tree *iavl.MutableTree
	db   *treeDB
	ts   atomic.Uint64
}

func newTreeReader(d *disk, cacheNodes int) *treeReader {
	r := new(treeReader)
	r.db = newTreeDB(d, r.ts.Load)
	r.tree = newTree(r.db, cacheNodes)
	return r
}

// at returns a version that is kept at the snapshot of ts. What at returned
// before must not be used any more.
func (r *treeReader) at(ts, version uint64) (*iavl.ImmutableTree, error) {
	r.ts.Store(ts)
	tree, err := r.tree.GetImmutable(int64(version))
	if failed := r.db.failure(); failed != nil {
		return nil, failed
	}
	if err != nil {
		return nil, damaged(r.db.disk.name, err)
	}
	return tree, nil
}

// borrow returns an idle reader for a proof, or a new one; giveBack keeps it
// for the next unless it has failed or enough are idle.
func (s *State) borrow() *treeReader {
	select {
	case r := <-s.readers:
		return r
	default:
		return newTreeReader(s.disk, proverCacheNodes)
	}
}

func (s *State) giveBack(r *treeReader) {
	if r.db.failure() != nil {
		return
	}
	select {
	case s.readers <- r:
	default:
	}
}
