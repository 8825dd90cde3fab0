package state

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/cosmos/iavl"
)

// Import reads a snapshot into an empty state and makes its version durable
// as one atomic group: after a failure, or a crash, the state is still empty.
// The snapshot may come from anyone: the tree is rebuilt from its leaves, and
// its root and number of leaves must be those announced. Whether that root is
// the consortium's is for the caller to check, before or after, by Root.
func (s *State) Import(r io.Reader) error {
	s.writer.Lock()
	defer s.writer.Unlock()
	if err := s.mayWrite(); err != nil {
		return err
	}
	before := s.currentHead()
	if before.version != 0 {
		return fmt.Errorf("%w: import needs an empty state, this one is at version %d", ErrVersion, before.version)
	}
	if err := s.disk.checkRoom(); err != nil {
		return err
	}
	s.staged = nil
	h, err := s.importGroup(r, before.ts+1)
	if err != nil {
		return s.dropImport(before, err)
	}
	s.setHead(h)
	if err := s.loadTree(); err != nil {
		s.failed = err
		return err
	}
	return nil
}

// dropImport takes back what a failed import wrote, and returns its error.
func (s *State) dropImport(before head, err error) error {
	h, undoErr := s.disk.undo(before, s.log)
	if undoErr != nil {
		s.failed = undoErr
		return errors.Join(err, undoErr)
	}
	s.setHead(h)
	if undoErr = s.loadTree(); undoErr != nil {
		s.failed = undoErr
	}
	return err
}

// importGroup writes everything at timestamp ts, the marker last.
func (s *State) importGroup(r io.Reader, ts uint64) (head, error) {
	in, err := newSnapshotReader(r)
	if err != nil {
		return head{}, err
	}
	g := s.disk.group(ts)
	if err := s.importNodes(in, g); err != nil {
		return head{}, err
	}
	h := head{version: in.version, leaves: in.leaves, oldest: in.version, ts: ts}
	copy(h.root[:], in.root)
	if err := s.importFlat(h, g); err != nil {
		return head{}, err
	}
	return h, g.commit(h)
}

// importNodes rebuilds the tree's nodes, part by part.
func (s *State) importNodes(in *snapshotReader, g *group) error {
	db := newTreeDB(s.disk, pinned(g.ts))
	var mu sync.Mutex // IAVL writes its batches from goroutines, one at a time
	db.sink = func(nodes []write) error {
		mu.Lock()
		defer mu.Unlock()
		for _, w := range nodes {
			if err := g.put(w); err != nil {
				return err
			}
		}
		return g.flush()
	}
	tree := newTree(db, importCacheNodes)
	to, err := tree.Import(int64(in.version))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrSnapshot, err)
	}
	defer to.Close()
	for {
		n, err := in.next()
		if err != nil {
			return err
		}
		if n == nil {
			break
		}
		if err := to.Add(n); err != nil {
			return fmt.Errorf("%w: %w", ErrSnapshot, err)
		}
	}
	if err := to.Commit(); err != nil {
		return fmt.Errorf("%w: %w", ErrSnapshot, err)
	}
	return db.failure()
}

// importFlat reads the new tree back, checks it against the header, and
// writes the flat copy of its leaves.
func (s *State) importFlat(h head, g *group) error {
	r := newTreeReader(s.disk, importCacheNodes)
	tree, err := r.at(h.ts, h.version)
	if err != nil {
		return err
	}
	if !bytes.Equal(tree.Hash(), h.root[:]) {
		return fmt.Errorf("%w: root is %x, %x announced", ErrSnapshot, tree.Hash(), h.root)
	}
	count, err := eachLeaf(tree, r.db, func(key, value []byte) error {
		return g.put(write{flatKey(key), value})
	})
	if err != nil {
		return err
	}
	if count != h.leaves || uint64(tree.Size()) != h.leaves {
		return fmt.Errorf("%w: read back %d leaves of %d, %d announced", ErrSnapshot, count, tree.Size(), h.leaves)
	}
	return nil
}

// eachLeaf calls fn for every leaf, ascending, and returns their number.
func eachLeaf(tree *iavl.ImmutableTree, db *treeDB, fn func(key, value []byte) error) (count uint64, err error) {
	tree.IterateRange(nil, nil, true, func(key, value []byte) bool {
		count++
		err = fn(key, value)
		return err != nil
	})
	if err == nil {
		err = db.failure() // the tree's own iterator ends silently
	}
	return count, err
}
