package state

import (
	"bytes"
	"fmt"
	"log/slog"
	"math"
	"time"
)

// staged is a block that was applied to the working tree and not committed.
type staged struct {
	head    head    // as it will be, but for oldest and timestamp
	flat    []write // changes of the flat copy
	overlay *Overlay
}

// Begin returns a block in progress over the latest durable version. Stage it
// and Commit, or Close it.
func (s *State) Begin() *Overlay { return NewOverlay(s.Latest()) }

// Stage applies the writes of o, and of the overlays it is stacked on, to a
// clean working tree, in ascending order of keys, and returns the 32-byte root
// that version will have. Nothing becomes durable, and staging again starts
// over. The first version may be any height; afterwards each follows the last.
//
// A write that changes nothing is dropped, so that the root is a function of
// what changed and a block without changes keeps the root.
//
// Genesis has no version of its own: stage its overlay for the app hash that
// InitChain returns, then stage a Fork of it with the first block.
func (s *State) Stage(o *Overlay, version uint64) ([]byte, error) {
	s.writer.Lock()
	defer s.writer.Unlock()
	start := time.Now()
	s.staged = nil
	if err := s.mayWrite(); err != nil {
		return nil, err
	}
	h := s.currentHead()
	if err := follows(h, version); err != nil {
		return nil, err
	}
	writes, view := o.flatten()
	if err := o.Err(); err != nil {
		return nil, err
	}
	if view == nil || view.s != s || view.version != h.version || view.db != nil {
		return nil, fmt.Errorf("%w: %d", ErrStale, h.version)
	}
	flat, err := s.apply(h, writes, version)
	if err != nil {
		return nil, err
	}
	next := head{version: version, leaves: uint64(s.tree.Size())}
	copy(next.root[:], s.tree.WorkingHash())
	s.staged = &staged{head: next, flat: flat, overlay: o}
	s.metrics.stageSeconds.Observe(time.Since(start).Seconds())
	return bytes.Clone(next.root[:]), nil
}

// mayWrite tells why nothing may be written; the caller holds writer.
func (s *State) mayWrite() error {
	if s.cfg.ReadOnly {
		return ErrReadOnly
	}
	if s.failed != nil {
		return fmt.Errorf("%w: %w", ErrStopped, s.failed)
	}
	return nil
}

// follows checks that version is the height after h.
func follows(h head, version uint64) error {
	if version == 0 || version > math.MaxInt64 {
		return fmt.Errorf("%w: %d is not a height", ErrVersion, version)
	}
	if h.version > 0 && version != h.version+1 {
		return fmt.Errorf("%w: the latest is %d, want %d next, got %d", ErrVersion, h.version, h.version+1, version)
	}
	return nil
}

// apply gives the writes that change something to a clean working tree, and
// returns them as changes of the flat copy.
func (s *State) apply(h head, writes []write, version uint64) ([]write, error) {
	s.tree.Rollback()
	if h.version == 0 {
		s.tree.SetInitialVersion(version)
	}
	flat := make([]write, 0, len(writes))
	for _, w := range writes {
		key := flatKey(w.key)
		old, err := s.disk.get(h.ts, key)
		if err != nil {
			return nil, err
		}
		if (old == nil) == (w.value == nil) && bytes.Equal(old, w.value) {
			continue
		}
		had, err := s.applyOne(w)
		if err != nil {
			return nil, damaged(s.cfg.Dir, err)
		}
		if had != (old != nil) {
			return nil, damaged(s.cfg.Dir, fmt.Errorf("record %x stands in only one of tree and flat copy", w.key))
		}
		flat = append(flat, write{key, w.value})
	}
	return flat, s.nodes.failure()
}

// applyOne changes the working tree and tells whether the key was there.
func (s *State) applyOne(w write) (had bool, err error) {
	if w.value == nil {
		_, had, err = s.tree.Remove(w.key)
		return had, err
	}
	return s.tree.Set(w.key, w.value)
}

// Commit makes the staged version durable: its tree nodes, the flat copy and
// the version marker become visible together or not at all, synced to disk.
// After an error only the next Open knows whether the version exists: every
// later write is refused with ErrStopped, and the node must stop.
func (s *State) Commit() error {
	s.writer.Lock()
	defer s.writer.Unlock()
	if err := s.mayWrite(); err != nil {
		return err
	}
	if s.staged == nil {
		return fmt.Errorf("%w: Commit without Stage", ErrVersion)
	}
	start := time.Now()
	st := s.staged
	s.staged = nil
	if err := s.save(st); err != nil {
		s.failed = err
		s.log.Error("commit failed", slog.Uint64("height", st.head.version), slog.String("err", firstLine(err)))
		return err
	}
	s.setHead(st.head)
	st.overlay.Close()
	s.metrics.observeCommit(len(st.flat), time.Since(start))
	s.pruner.wake()
	return nil
}

// save writes a staged version as one group. IAVL believes its batch written
// only when the whole group is.
func (s *State) save(st *staged) error {
	if err := s.disk.checkRoom(); err != nil {
		return err
	}
	h := s.currentHead() // pruning may have moved it since Stage
	st.head.ts, st.head.oldest = h.ts+1, h.oldest
	if h.version == 0 {
		st.head.oldest = st.head.version
	}
	s.nodes.sink = func(nodes []write) error {
		g := s.disk.group(st.head.ts)
		for _, w := range nodes {
			if err := g.put(w); err != nil {
				return err
			}
		}
		for _, w := range st.flat {
			if err := g.put(w); err != nil {
				return err
			}
		}
		s.metrics.bytesWritten.Add(float64(g.bytes))
		return g.commit(st.head)
	}
	defer func() { s.nodes.sink = nil }()
	root, version, err := s.tree.SaveVersion()
	if err != nil {
		return err
	}
	if uint64(version) != st.head.version || !bytes.Equal(root, st.head.root[:]) {
		return fmt.Errorf("state: saved version %d with root %x, staged %d with %x", version, root, st.head.version, st.head.root)
	}
	return nil
}
