package index

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"

	"github.com/pedigree-ledger/pedigree/internal/badgerdb"
)

// contentsValueBytes is the size from which a value goes to Badger's value log
// instead of its tree: the contents of a full segment do, so that compaction
// never copies them; pieces, which are deleted when they merge, and records do
// not, so that the log needs no garbage collection.
const contentsValueBytes = 6 << 10

// write is one change of the database; a nil value deletes the key.
type write struct{ key, value []byte }

// disk is the Badger database in managed mode: a group of writes has one
// timestamp, and readers name the last complete one.
type disk struct {
	cfg   Config
	dir   string // of the database, within cfg.Dir
	db    *badger.DB
	ident os.FileInfo // of the directory, to notice that it was removed

	writing sync.Mutex // one group at a time; guards top and broken
	top     uint64     // the last timestamp used
	broken  error      // a group was cut short: nothing may follow it

	mu     sync.Mutex // guards the rest
	idle   *sync.Cond // signaled when the last reader leaves
	head   head
	active map[uint64]int // readers per timestamp
	closed bool
}

// head is the last complete group.
type head struct {
	ts     uint64
	height uint64
}

// badgerOptions sets by hand every option whose default is unsafe or greedy.
// Writes are not synced: everything here is derived.
func badgerOptions(cfg Config, dir string) badger.Options {
	return badger.DefaultOptions(dir).
		WithSyncWrites(false).
		WithDetectConflicts(false).
		WithMetricsEnabled(false).
		WithNumVersionsToKeep(1). // above the discard timestamp all are kept
		WithCompression(options.None).
		WithChecksumVerificationMode(options.OnBlockRead).
		WithVerifyValueChecksum(true).
		WithValueThreshold(min(contentsValueBytes, cfg.MemTableBytes*15/100)).
		WithValueLogFileSize(cfg.ValueLogFileBytes).
		WithMemTableSize(cfg.MemTableBytes).
		WithNumMemtables(3).
		WithNumCompactors(2).
		WithBlockCacheSize(cfg.BlockCacheBytes).
		WithLogger(badgerdb.Logger(cfg.Logger))
}

func openDisk(cfg Config) (*disk, error) {
	dir, err := generation(cfg.Dir)
	if err != nil {
		return nil, err
	}
	ident, err := os.Stat(dir)
	if err != nil {
		return nil, fmt.Errorf("index: %w", err)
	}
	if err := checkFiles(dir); err != nil {
		return nil, err
	}
	db, err := badger.OpenManaged(badgerOptions(cfg, dir))
	if badgerdb.Unborn(err) {
		// Badger had the directory's lock, so no other process is at work.
		if err := badgerdb.RemoveUnborn(dir); err != nil {
			return nil, fmt.Errorf("index: %w", err)
		}
		db, err = badger.OpenManaged(badgerOptions(cfg, dir))
	}
	if err != nil {
		if strings.Contains(err.Error(), "directory lock") {
			return nil, ErrLocked
		}
		return nil, err
	}
	d := &disk{cfg: cfg, dir: dir, db: db, ident: ident, active: make(map[uint64]int)}
	d.idle = sync.NewCond(&d.mu)
	if err := d.recover(); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := markOpen(dir); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return d, nil
}

// recover finds the last complete group and undoes what lies beyond it.
func (d *disk) recover() error {
	d.top = d.db.MaxVersion()
	txn := d.db.NewTransactionAt(d.top, false)
	defer txn.Discard()
	item, err := txn.Get(markerKey())
	if errors.Is(err, badger.ErrKeyNotFound) {
		if d.top == 0 {
			return nil
		}
		return d.undo(head{})
	}
	if err != nil {
		return err
	}
	raw, err := item.ValueCopy(nil)
	if err != nil {
		return err
	}
	height, err := decodeMarker(raw)
	if err != nil {
		return err
	}
	d.head = head{ts: item.Version(), height: height}
	if d.top == d.head.ts {
		return nil
	}
	return d.undo(d.head)
}

// undo writes the values as of h again over a group that was cut short. It may
// itself be interrupted and repeated.
func (d *disk) undo(h head) error {
	txn := d.db.NewTransactionAt(d.top, false)
	defer txn.Discard()
	old := d.db.NewTransactionAt(h.ts, false)
	defer old.Discard()
	it := txn.NewIterator(badger.IteratorOptions{SinceTs: h.ts, AllVersions: true})
	defer it.Close()
	var writes []write
	seen := make(map[string]bool)
	for it.Rewind(); it.Valid(); it.Next() {
		key := it.Item().KeyCopy(nil)
		if seen[string(key)] {
			continue
		}
		seen[string(key)] = true
		value, err := (&snapshot{d: d, txn: old}).get(key)
		if err != nil {
			return err
		}
		writes = append(writes, write{key, value})
	}
	return d.commit(writes, h.height)
}

// height is that of the last complete group.
func (d *disk) height() uint64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.head.height
}

// publish makes a complete group the one that readers see.
func (d *disk) publish(h head) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.head = h
	d.discard()
}

// discard lets compaction drop what no reader can see. Called under mu.
func (d *disk) discard() {
	oldest := d.head.ts
	for ts := range d.active {
		oldest = min(oldest, ts)
	}
	if !d.closed {
		d.db.SetDiscardTs(oldest)
	}
}

// close waits for readers and closes the database; again is a no-op.
func (d *disk) close() error {
	d.writing.Lock()
	defer d.writing.Unlock()
	d.mu.Lock()
	if d.closed {
		d.mu.Unlock()
		return nil
	}
	d.closed = true
	for len(d.active) > 0 {
		d.idle.Wait()
	}
	d.mu.Unlock()
	if err := d.inPlace(); err != nil {
		// Badger would wait for ever to write its tables. It is left alone,
		// and harmless: nothing else will ever have its directory's name.
		return &DamagedError{Dir: d.cfg.Dir, Err: err}
	}
	done := make(chan error, 1)
	go func() { done <- d.db.Close() }()
	if d.broken == nil {
		if err := <-done; err != nil {
			return fmt.Errorf("index: close: %s", firstLine(err))
		}
		return markClosed(d.dir)
	}
	// Badger retries for ever to write what it has in memory.
	select {
	case err := <-done:
		return err
	case <-time.After(d.cfg.WriteTimeout):
		return &DamagedError{Dir: d.cfg.Dir, Err: errStalled}
	}
}

// inPlace reports whether the directory is still the one that was opened:
// Badger would go on writing to files without a name, and then wait for ever.
func (d *disk) inPlace() error {
	now, err := os.Stat(d.dir)
	if err != nil || !os.SameFile(now, d.ident) {
		return errGone
	}
	if _, err := os.Stat(filepath.Join(d.dir, "MANIFEST")); err != nil {
		return errGone
	}
	return nil
}
