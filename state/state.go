// Package state keeps the ledger's state on disk: a versioned Merkle tree
// (IAVL) and, beside it, a flat copy of the current records for fast reads,
// both in one Badger database.
//
// A block goes through it in three steps. Begin gives an Overlay, a block in
// progress that the state machine reads and writes. Stage applies the
// overlay's writes to a clean working tree and returns the root that the block
// will have; nothing is durable yet. Commit writes tree, flat copy and version
// marker as one atomic, synced version (design page 01, section 10). What Open
// finds after kill -9 or power loss is exactly the last committed version.
//
// Versions are block heights. Readers never touch the writer's tree: a View is
// a snapshot of Badger's own versions, with a tree object of its own where it
// needs one, so that queries and proofs run beside a commit.
//
// It is a library like any other, and knows nothing of what the records mean:
// an Overlay satisfies app.Store, and whatever else reads and writes records.
// Package state/proof checks its proofs without a database.
//
//	import "github.com/pedigree-ledger/pedigree/state"
//
// How a version becomes atomic however large it is stands in
// docs/decisions/0003-atomic-versions.md.
package state

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"sync"

	"github.com/cosmos/iavl"
)

// State is the versioned tree of one node. Begin, Stage and Commit belong to
// one goroutine, the one that executes blocks; every other method may be
// called from any goroutine at any time.
type State struct {
	cfg     Config
	log     *slog.Logger
	disk    *disk
	metrics *metrics

	// writer serializes everything that writes to disk: Commit, pruning,
	// Import. The fields below it belong to its holder.
	writer sync.Mutex
	tree   *iavl.MutableTree
	nodes  *treeDB
	staged *staged
	failed error // set by a failed write; the node must stop

	// mu guards what readers need of the head.
	mu        sync.Mutex
	head      head
	pins      map[uint64]int // open snapshots by Badger timestamp
	protected map[uint64]int // versions that pruning must leave
	doomed    uint64         // versions below it may be gone any moment

	pruner  pruner
	readers chan *treeReader // idle provers
}

// Open opens the state in cfg.Dir, creating it when there is none, and rolls
// back whatever a crash left unfinished. It checks every table's checksums,
// and after a crash the whole version, as Check does. Errors are one line:
// ErrLocked when another process holds the directory, ErrDiskFull when there
// is no room to work in, ErrDamaged when what stands there cannot be trusted.
func Open(cfg Config) (*State, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	m, err := newMetrics(cfg.Registerer)
	if err != nil {
		return nil, err
	}
	d, err := openDisk(cfg)
	if err != nil {
		return nil, err
	}
	s := &State{
		cfg: cfg, log: cfg.Logger, disk: d, metrics: m,
		pins: make(map[uint64]int), protected: make(map[uint64]int),
		readers: make(chan *treeReader, idleProvers),
	}
	if err := s.load(); err != nil {
		_ = d.close() // the first error is the one to report
		return nil, err
	}
	s.startPruner()
	return s, nil
}

// load finds the last complete version, undoes what came after it, and loads
// the writer's tree at it.
func (s *State) load() error {
	h, err := s.disk.head()
	if err != nil {
		return err
	}
	if !s.cfg.ReadOnly {
		if h, err = s.disk.undo(h, s.log); err != nil {
			return err
		}
	}
	s.setHead(h)
	if err := s.loadTree(); err != nil {
		return err
	}
	if !s.disk.crashed || s.cfg.ReadOnly {
		return nil
	}
	// A damaged memtable log loses its tail silently, and with it part of a
	// version whose marker stands in a later log.
	s.log.Info("checking the state after a crash", slog.Uint64("height", h.version))
	return s.Check(context.Background())
}

// loadTree makes a fresh writer's tree and checks it against the marker.
func (s *State) loadTree() error {
	s.nodes = newTreeDB(s.disk, func() uint64 { return s.currentHead().ts })
	s.tree = newTree(s.nodes, s.cfg.CacheNodes)
	h := s.currentHead()
	got, err := s.tree.Load()
	if err == nil {
		err = s.nodes.failure()
	}
	if err != nil {
		return damaged(s.cfg.Dir, err)
	}
	if uint64(got) != h.version {
		return damaged(s.cfg.Dir, fmt.Errorf("the tree is at version %d, its marker says %d", got, h.version))
	}
	if h.version > 0 && !bytes.Equal(s.tree.Hash(), h.root[:]) {
		return damaged(s.cfg.Dir, fmt.Errorf("root of version %d is %x, its marker says %x", got, s.tree.Hash(), h.root))
	}
	return nil
}

// Close stops pruning, waits for reads under way and closes the database.
// Views and overlays that are still open report ErrClosed afterwards.
func (s *State) Close() error {
	s.stopPruner()
	s.writer.Lock()
	defer s.writer.Unlock()
	s.staged = nil
	if s.failed == nil {
		s.failed = ErrClosed
	}
	return s.disk.close()
}

// Version returns the height of the last durable version, 0 when there is
// none yet.
func (s *State) Version() uint64 { return s.currentHead().version }

// Root returns the 32-byte root hash of the last durable version. An empty
// state has the hash of the empty tree, SHA-256 of nothing.
func (s *State) Root() []byte {
	h := s.currentHead()
	return h.root[:]
}

// Leaves returns the number of records in the last durable version.
func (s *State) Leaves() uint64 { return s.currentHead().leaves }

// Oldest returns the oldest version that is still kept, 0 when there is none.
func (s *State) Oldest() uint64 { return s.currentHead().oldest }

func (s *State) currentHead() head {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.head
}

// setHead publishes a durable version to readers and lets Badger drop what no
// open snapshot can see any more.
func (s *State) setHead(h head) {
	s.mu.Lock()
	s.head = h
	floor := s.floor()
	s.mu.Unlock()
	s.disk.discardBelow(floor)
	s.metrics.observeHead(h)
}

// floor is the oldest timestamp that anyone reads at; the caller holds mu.
func (s *State) floor() uint64 {
	low := s.head.ts
	for ts := range s.pins {
		low = min(low, ts)
	}
	return low
}
