package state

import (
	"bytes"
	"context"
	"fmt"

	"github.com/cosmos/iavl"
)

// Check reads the whole latest version and compares what must agree: the
// checksums of all tables, every tree node's hash up to the root, the number
// of leaves, and the flat copy with the leaves. It runs beside commits, on a
// snapshot; the error is ErrDamaged, or that of ctx.
func (s *State) Check(ctx context.Context) error {
	h, snap := s.pin()
	defer snap.release()
	if err := s.disk.verify(); err != nil {
		return err
	}
	if h.version == 0 {
		return nil
	}
	r := newTreeReader(s.disk, viewCacheNodes)
	tree, err := r.at(snap.ts, h.version)
	if err != nil {
		return err
	}
	flat, err := s.disk.iterator(snap.ts, flatKey(nil), prefixEnd(flatKey(nil)), false)
	if err != nil {
		return err
	}
	defer flat.Close()
	err = checkTree(ctx, tree, r.db, h, func(key, value []byte) error {
		if !flat.Valid() || !bytes.Equal(flat.Key(), key) || !bytes.Equal(flat.Value(), value) {
			return fmt.Errorf("record %x differs between tree and flat copy", key)
		}
		flat.Next()
		return nil
	})
	if err == nil && flat.Valid() {
		err = fmt.Errorf("record %x stands in the flat copy only", flat.Key())
	}
	if err != nil && ctx.Err() == nil {
		return damaged(s.cfg.Dir, err)
	}
	return err
}

// checkTree rebuilds the root from the leaves and compares it with h.
func checkTree(ctx context.Context, tree *iavl.ImmutableTree, db *treeDB, h head, fn func(key, value []byte) error) error {
	nodes, err := tree.Export()
	if err != nil {
		return err
	}
	defer nodes.Close()
	var sum rootSum
	for n, err := nodes.Next(); err == nil; n, err = nodes.Next() {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if n.Height > 0 {
			if err := sum.inner(n.Version); err != nil {
				return err
			}
			continue
		}
		sum.leaf(n.Version, n.Key, n.Value)
		if err := fn(n.Key, n.Value); err != nil {
			return err
		}
	}
	if err := db.failure(); err != nil {
		return err
	}
	if root, leaves := sum.root(); root != h.root || leaves != h.leaves {
		return fmt.Errorf("version %d hashes to %x over %d leaves, its marker says %x over %d",
			h.version, root, leaves, h.root, h.leaves)
	}
	return nil
}
