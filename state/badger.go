package state

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"sync"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"

	"github.com/pedigree-ledger/pedigree/internal/badgerdb"
)

// inlineValueBytes is the largest value that Badger keeps beside its key. No
// record and no tree node comes near it, so that the value log stays empty and
// needs no garbage collection.
const inlineValueBytes = 128 << 10

// write is one change of the database; a nil value deletes the key.
type write struct{ key, value []byte }

// disk is the Badger database. It runs in managed mode: we give each atomic
// group of writes its timestamp, and readers name the one they read at, so
// that a group still being written is seen by nobody.
type disk struct {
	db      *badger.DB
	dir     *os.File // nil in memory
	name    string
	reserve int64
	faults  faults
	crashed bool // the last process did not close it

	mu     sync.Mutex
	idle   *sync.Cond // signaled when the last read leaves
	reads  int
	closed bool
}

// badgerOptions sets by hand every option whose default is unsafe or greedy.
func badgerOptions(cfg Config) badger.Options {
	return badger.DefaultOptions(cfg.Dir).
		WithSyncWrites(true). // Badger's default is not to
		WithDetectConflicts(false).
		WithMetricsEnabled(false).
		WithNumVersionsToKeep(1). // above the discard timestamp all are kept
		WithCompression(options.None).
		WithChecksumVerificationMode(options.OnBlockRead). // see checkTables
		WithValueThreshold(min(inlineValueBytes, cfg.MemTableBytes/10)).
		WithValueLogFileSize(64 << 20).
		WithMemTableSize(cfg.MemTableBytes).
		WithNumMemtables(3).
		WithNumCompactors(2).
		WithBlockCacheSize(cfg.BlockCacheBytes).
		WithReadOnly(cfg.ReadOnly).
		WithInMemory(cfg.InMemory).
		WithLogger(badgerdb.Logger(cfg.Logger))
}

func openDisk(cfg Config) (*disk, error) {
	d := &disk{name: cfg.Dir, reserve: cfg.ReserveBytes, faults: cfg.faults}
	d.idle = sync.NewCond(&d.mu)
	if !cfg.InMemory {
		if err := d.openDir(cfg.ReadOnly); err != nil {
			return nil, err
		}
	}
	db, err := d.openBadger(cfg)
	if err != nil {
		if d.dir != nil {
			_ = d.dir.Close() // nothing was written through it
		}
		return nil, openError(cfg.Dir, err)
	}
	d.db = db
	if err := d.syncDir(); err != nil {
		return nil, errors.Join(err, d.close())
	}
	return d, nil
}

func (d *disk) openBadger(cfg Config) (*badger.DB, error) {
	opt := badgerOptions(cfg)
	if d.dir != nil {
		err := whileLocked(d.dir, cfg.ReadOnly, func() error {
			// Badger leaves a memtable log only when it was not closed.
			logs, err := filepath.Glob(filepath.Join(d.name, "*.mem"))
			d.crashed = len(logs) > 0
			if err != nil {
				return err
			}
			if !cfg.ReadOnly {
				if err := badgerdb.RemoveUnborn(d.name); err != nil {
					return fmt.Errorf("state: %w", err)
				}
			}
			return checkTables(d.name, opt)
		})
		if err != nil {
			return nil, err
		}
	}
	return badger.OpenManaged(opt)
}

// openDir makes the directory, keeps it open for syncDir and checks that
// there is room to work in.
func (d *disk) openDir(readOnly bool) error {
	if !readOnly {
		if err := os.MkdirAll(d.name, 0o750); err != nil {
			return fmt.Errorf("state: %w", err)
		}
	}
	dir, err := os.Open(d.name)
	if err != nil {
		return fmt.Errorf("state: %w", err)
	}
	d.dir = dir
	if readOnly {
		return nil
	}
	if err := d.checkRoom(); err != nil {
		_ = dir.Close() // nothing was written through it
		return err
	}
	return nil
}

// checkRoom refuses to begin a write that the file system may not have room
// for: in a memory-mapped file that is a SIGBUS, not an error.
func (d *disk) checkRoom() error {
	if d.dir == nil {
		return nil
	}
	free, ok := freeBytes(d.name)
	if ok && free < uint64(d.reserve) {
		return fmt.Errorf("%w: %s has %d MiB free, need %d MiB: make room and start again",
			ErrDiskFull, d.name, free>>20, d.reserve>>20)
	}
	return nil
}

// syncDir makes the names of new files durable. Badger syncs what it writes
// into a new memtable log, but not the directory that names the log.
func (d *disk) syncDir() error {
	if d.dir == nil {
		return nil
	}
	if err := d.dir.Sync(); err != nil {
		return fmt.Errorf("state: sync %s: %w", d.name, err)
	}
	return nil
}

// enter begins a read; leave ends it. Close waits for reads under way, since
// Badger unmaps its files.
func (d *disk) enter() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return ErrClosed
	}
	d.reads++
	return nil
}

func (d *disk) leave() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.reads--
	if d.reads == 0 {
		d.idle.Broadcast()
	}
}

// close waits for reads under way and closes the database; again is a no-op.
func (d *disk) close() error {
	d.mu.Lock()
	if d.closed {
		d.mu.Unlock()
		return nil
	}
	d.closed = true
	for d.reads > 0 {
		d.idle.Wait()
	}
	d.mu.Unlock()
	err := d.db.Close()
	if d.dir != nil {
		err = errors.Join(err, d.dir.Close())
	}
	if err != nil {
		return fmt.Errorf("state: close: %s", firstLine(err))
	}
	return nil
}

// get returns a copy of the value of key as of ts, nil when there is none and
// never nil when there is one: IAVL keeps what it gets and tells absent from
// empty by nil.
func (d *disk) get(ts uint64, key []byte) ([]byte, error) {
	value, _, err := d.getVersion(ts, key)
	return value, err
}

func (d *disk) getVersion(ts uint64, key []byte) ([]byte, uint64, error) {
	if err := d.enter(); err != nil {
		return nil, 0, err
	}
	defer d.leave()
	txn := d.db.NewTransactionAt(ts, false)
	defer txn.Discard()
	item, err := txn.Get(key)
	if errors.Is(err, badger.ErrKeyNotFound) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, damaged(d.name, err)
	}
	value, err := item.ValueCopy(nil)
	if err != nil {
		return nil, 0, damaged(d.name, err)
	}
	if value == nil {
		value = []byte{}
	}
	return value, item.Version(), nil
}

// head reads the version marker: what the last complete group left.
func (d *disk) head() (head, error) {
	value, ts, err := d.getVersion(math.MaxUint64, markerKey())
	if err != nil || value == nil {
		return emptyHead(), err
	}
	h, err := decodeHead(value, ts)
	if err != nil {
		return head{}, damaged(d.name, err)
	}
	return h, nil
}

// verify checks the checksums of all tables.
func (d *disk) verify() error {
	if err := d.enter(); err != nil {
		return err
	}
	defer d.leave()
	if err := d.db.VerifyChecksum(); err != nil {
		return damaged(d.name, err)
	}
	return nil
}

// discardBelow lets compaction drop whatever no read at ts or later can see.
func (d *disk) discardBelow(ts uint64) {
	if d.enter() == nil {
		d.db.SetDiscardTs(ts)
		d.leave()
	}
}

// undo takes back every write after the marker h: parts of a group whose
// marker was never set. It writes the values as of h again, as one group, and
// may itself be interrupted and repeated.
func (d *disk) undo(h head, log *slog.Logger) (head, error) {
	top := d.db.MaxVersion()
	if top <= h.ts {
		return h, nil
	}
	g := d.group(top + 1)
	txn := d.db.NewTransactionAt(top, false)
	defer txn.Discard()
	it := txn.NewIterator(badger.IteratorOptions{AllVersions: true, SinceTs: h.ts})
	defer it.Close()
	undone := 0
	var last []byte
	for it.Rewind(); it.Valid(); it.Next() {
		if bytes.Equal(it.Item().Key(), last) {
			continue
		}
		last = it.Item().KeyCopy(nil)
		old, err := d.get(h.ts, last)
		if err != nil {
			return h, err
		}
		if err := g.put(write{last, old}); err != nil {
			return h, err
		}
		undone++
	}
	h.ts = top + 1
	if err := g.commit(h); err != nil {
		return h, err
	}
	log.Warn("undid an unfinished write", slog.Uint64("height", h.version), slog.Int("keys", undone))
	return h, nil
}
