// Package index is the query side of a node: it answers where an item is, what
// happened to it, what a container contains and who holds what, and keeps the
// contents behind every segment's root. It is built behind consensus from
// committed blocks and nothing that consensus does reads it (design 01,
// section 2): it can be deleted and rebuilt, and can be wrong without harming
// anyone, because every answer names records that are then proved from the
// tree.
//
// # What it is built from
//
// Apply takes one committed block with its results. Changes are the records
// that were written: holdings give the lists by partner, lot and shipment,
// containers by key, parents over time and the steps of every holding's
// history. Contents are the entries of new segments, kept once per root. Moves
// say which positions of a segment left, and for where.
//
// # How an item is found
//
// There is no entry per serial that a block would have to write. A Commission
// costs one record that names its runs and their first serials; in the
// background every eight Commissions of a GTIN become one sorted piece of
// fingerprints, every eight pieces one of the next level, and so on (piece.go,
// docs/decisions/0007-index-per-segment.md). A lookup is one point read per
// piece, at most seven per level, and the answer is checked against the
// contents. From the place of commissioning it follows Moves hop by hop.
//
// # What a crash leaves
//
// A Badger database of its own in managed mode: every block is one group of
// writes with one timestamp, the marker with the height last; readers read at
// the timestamp of a complete group, and Open undoes what lies beyond it. So a
// killed process leaves exactly the blocks up to some height.
package index

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/pedigree-ledger/pedigree/app"
)

// Config says where the index stands and what it may use. The zero value of
// every field but Dir is a working default.
type Config struct {
	// Dir is the directory of the database; it is made when it is missing.
	// One process at a time may open it.
	Dir string

	// MemTableBytes is the size of one of Badger's memtables; up to four are
	// in memory. 0 means 16 MiB; at least 1 MiB. A block whose writes exceed
	// 15% of it is written in parts.
	MemTableBytes int64

	// BlockCacheBytes bounds Badger's cache of checked table blocks. 0 means
	// 32 MiB.
	BlockCacheBytes int64

	// ValueLogFileBytes is the size at which a new file of contents is
	// begun. 0 means 256 MiB; at least 1 MiB.
	ValueLogFileBytes int64

	// WriteTimeout is how long one write, or the Close of an index that has
	// failed, may take before the index gives up, so that a sick disk never
	// holds up its caller for ever. 0 means 30 seconds.
	WriteTimeout time.Duration

	// Logger receives what an operator should know; nil discards it.
	Logger *slog.Logger

	// Registerer receives the metrics pedigree_index_*; nil registers none.
	Registerer prometheus.Registerer

	// faults is for this package's tests.
	faults faults
}

// faults lets tests break a group of writes: partWrites bounds the writes of
// one part, and fail is asked before each part whether it fails; noMerge keeps
// the merger still.
type faults struct {
	partWrites int
	fail       func(part int) error
	noMerge    bool
}

func (c Config) withDefaults() (Config, error) {
	if c.Dir == "" {
		return c, errors.New("index: config: Dir must be set")
	}
	if c.MemTableBytes == 0 {
		c.MemTableBytes = 16 << 20
	}
	if c.BlockCacheBytes == 0 {
		c.BlockCacheBytes = 32 << 20
	}
	if c.ValueLogFileBytes == 0 {
		c.ValueLogFileBytes = 256 << 20
	}
	if c.WriteTimeout == 0 {
		c.WriteTimeout = 30 * time.Second
	}
	if c.MemTableBytes < 1<<20 || c.ValueLogFileBytes < 1<<20 {
		return c, fmt.Errorf("index: config: MemTableBytes is %d and ValueLogFileBytes is %d, need at least %d", c.MemTableBytes, c.ValueLogFileBytes, 1<<20)
	}
	if c.BlockCacheBytes < 0 || c.WriteTimeout < 0 {
		return c, fmt.Errorf("index: config: BlockCacheBytes and WriteTimeout must not be negative")
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c, nil
}

// Index is an open index: one caller of Apply at a time (more wait for each
// other) beside any number of readers.
type Index struct {
	cfg      Config
	disk     *disk
	metrics  *metrics
	merger   *merger
	salt     []byte
	recent   *recent
	applying sync.Mutex

	mu      sync.Mutex // guards the rest
	state   string
	failure error
}

// Open opens the index in cfg.Dir, or makes a new one. The error is a
// *DamagedError when what stands there cannot be used: Wipe it, open again and
// apply the blocks from the first. It is ErrLocked when another process has
// the index open.
func Open(cfg Config) (*Index, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	m, err := newMetrics(cfg.Registerer)
	if err != nil {
		return nil, err
	}
	x := &Index{cfg: cfg, metrics: m, recent: newRecent(), state: stateReady}
	if err := x.open(); err != nil {
		m.unregister(cfg.Registerer)
		return nil, err
	}
	x.metrics.height.Set(float64(x.Height()))
	return x, nil
}

func (x *Index) open() (err error) {
	defer x.guard(&err)()
	if x.disk, err = openDisk(x.cfg); err != nil {
		return err
	}
	if x.salt, err = x.loadSalt(); err == nil {
		x.merger, err = startMerger(x)
	}
	if err != nil {
		_ = x.disk.close() // the first error tells more
		return asDamaged(x.cfg.Dir, err)
	}
	return nil
}

// Height is the last block in the index, 0 when it is empty.
func (x *Index) Height() uint64 { return x.disk.height() }

// The states of an IndexStatus.
const (
	stateReady  = "ready"
	stateFailed = "failed"
)

// Status says how far the index has come and whether it works. Once it has
// failed it takes no more blocks; Close it, Wipe its directory and rebuild.
func (x *Index) Status() app.IndexStatus {
	x.mu.Lock()
	defer x.mu.Unlock()
	s := app.IndexStatus{Height: x.disk.height(), State: x.state}
	if x.failure != nil {
		s.State, s.Err = stateFailed, x.failure.Error()
	}
	return s
}

// SetState lets the node announce what it is doing with the index: "ready",
// "catching up" or "rebuilding". A failure is stronger.
func (x *Index) SetState(state string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.state = state
}

// fail remembers the first failure.
func (x *Index) fail(err error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.failure != nil {
		return
	}
	x.failure = err
	x.metrics.failed.Set(1)
	x.cfg.Logger.Error("index failed; it can be wiped and rebuilt", slog.String("err", err.Error()))
}

// failed returns the first failure, or nil.
func (x *Index) failed() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.failure
}

// Close waits for reads under way and closes the index. Closing again is a
// no-op. The error says what could not be written; the index is then behind,
// not wrong.
func (x *Index) Close() error {
	x.merger.close()
	x.applying.Lock()
	defer x.applying.Unlock()
	err := x.disk.close()
	x.metrics.unregister(x.cfg.Registerer)
	return err
}

// Wipe deletes the index in dir, which must not be open. It removes only what
// an index is, so that a mistaken directory loses nothing.
func Wipe(dir string) error {
	all, err := generations(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("index: wipe: %w", err)
	}
	for _, name := range all {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			return fmt.Errorf("index: wipe: %w", err)
		}
	}
	return nil
}
