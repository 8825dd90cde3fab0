package state

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"
)

// pruneStep is how many versions one atomic prune takes at most: few, so that
// a commit never waits long for the writer's lock.
const pruneStep = 16

// pruner is the goroutine that forgets old versions behind the writer.
type pruner struct {
	kick chan struct{}
	stop context.CancelFunc
	done chan struct{}
	once sync.Mutex // one prune at a time
}

// wake asks for a look at what can be pruned; it never blocks.
func (p *pruner) wake() {
	if p.kick == nil {
		return
	}
	select {
	case p.kick <- struct{}{}:
	default:
	}
}

func (s *State) startPruner() {
	if s.cfg.ReadOnly {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.pruner.kick = make(chan struct{}, 1)
	s.pruner.stop = cancel
	s.pruner.done = make(chan struct{})
	go func() {
		defer close(s.pruner.done)
		for {
			select {
			case <-ctx.Done():
				return
			case <-s.pruner.kick:
				s.pruneBehind(ctx)
			}
		}
	}()
	s.pruner.wake()
}

// pruneBehind prunes once a whole step is due, so that the cost of reading two
// versions' paths is shared by several.
func (s *State) pruneBehind(ctx context.Context) {
	h := s.currentHead()
	if h.version < h.oldest || h.version-h.oldest < s.cfg.KeepVersions+pruneStep-1 {
		return
	}
	if err := s.Prune(ctx); err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, ErrClosed) {
		s.log.ErrorContext(ctx, "pruning failed", slog.String("err", firstLine(err)))
	}
}

func (s *State) stopPruner() {
	if s.pruner.stop != nil {
		s.pruner.stop()
		<-s.pruner.done
	}
}

// Protect keeps a version, and all after it, from being pruned until release
// is called; again is a no-op. It holds for this State only, not across a
// restart. The error is ErrPruned or ErrNoVersion when the version is not
// kept.
func (s *State) Protect(version uint64) (release func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.head
	h.oldest = max(h.oldest, s.doomed)
	if err := kept(h, version); err != nil {
		return nil, err
	}
	s.protected[version]++
	return sync.OnceFunc(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.protected[version]--; s.protected[version] == 0 {
			delete(s.protected, version)
		}
	}), nil
}

// Prune forgets every version beyond KeepVersions that is not protected, a
// few at a time, until none is left or ctx is done. It runs in the background
// after commits; calling it is for tests and for operators who changed
// KeepVersions.
func (s *State) Prune(ctx context.Context) error {
	if s.cfg.ReadOnly {
		return ErrReadOnly
	}
	s.pruner.once.Lock()
	defer s.pruner.once.Unlock()
	for ctx.Err() == nil {
		from, to := s.prunable()
		if to < from {
			return nil
		}
		if err := s.pruneTo(from, to); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// prunable returns the first and the last version of the next step; last
// before first when there is none. From here on they cannot be protected.
func (s *State) prunable() (from, to uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	from = s.head.oldest
	if s.head.version < s.cfg.KeepVersions {
		return from, 0
	}
	to = s.head.version - s.cfg.KeepVersions
	for v := range s.protected {
		to = min(to, v-1)
	}
	to = min(to, from+pruneStep-1)
	if to >= from {
		s.doomed = to + 1
	}
	return from, to
}

// pruneTo forgets the versions from..to as one atomic group. What to delete is
// found by a tree object of its own, beside commits: nodes that only those
// versions use are used by no version to come. Only the write waits for the
// writer's lock.
func (s *State) pruneTo(from, to uint64) error {
	start := time.Now()
	_, snap := s.pin()
	defer snap.release()
	db := newTreeDB(s.disk, pinned(snap.ts))
	var writes []write
	db.sink = func(w []write) error {
		writes = append(writes, w...)
		return nil
	}
	err := newTree(db, s.cfg.CacheNodes).DeleteVersionsTo(int64(to))
	if db.failure() != nil {
		return db.failure() // on a failed read IAVL would delete nodes in use
	}
	if err != nil {
		return damaged(s.cfg.Dir, err)
	}
	if err := s.writePrune(writes, to); err != nil {
		return err
	}
	s.metrics.observePrune(to-from+1, time.Since(start))
	s.log.Debug("pruned", slog.Uint64("height", to), slog.Int("nodes", len(writes)))
	return nil
}

func (s *State) writePrune(writes []write, to uint64) error {
	s.writer.Lock()
	defer s.writer.Unlock()
	if err := s.mayWrite(); err != nil {
		return err
	}
	h := s.currentHead()
	h.ts++
	h.oldest = to + 1
	if err := s.disk.checkRoom(); err != nil {
		return err // nothing was written: not a reason to stop
	}
	if err := s.putAll(h, writes); err != nil {
		s.failed = err
		return err
	}
	s.setHead(h)
	return nil
}

// putAll writes one group with its marker.
func (s *State) putAll(h head, writes []write) error {
	g := s.disk.group(h.ts)
	for _, w := range writes {
		if err := g.put(w); err != nil {
			return err
		}
	}
	return g.commit(h)
}
