package repository

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"

	"github.com/pedigree-ledger/pedigree/internal/badgerdb"
)

// valueLogBytes is the size from which a value goes to Badger's value log:
// documents and the largest events do. They are never deleted, so the log
// needs no garbage collection; everything that changes is smaller.
const valueLogBytes = 1 << 20

// badgerOptions sets by hand every option whose default is unsafe or greedy.
// What a partner captured is nowhere else: each write is synced.
func badgerOptions(cfg Config) badger.Options {
	return badger.DefaultOptions(cfg.Dir).
		WithSyncWrites(true).
		WithDetectConflicts(false).
		WithMetricsEnabled(false).
		WithNumVersionsToKeep(1).
		WithCompression(options.Snappy).
		WithChecksumVerificationMode(options.OnBlockRead).
		WithVerifyValueChecksum(true).
		WithValueThreshold(valueLogBytes).
		WithValueLogFileSize(max(256<<20, 2*cfg.MaxDocumentBytes)).
		WithMemTableSize(cfg.MemTableBytes).
		WithNumMemtables(3).
		WithNumCompactors(2).
		WithBlockCacheSize(cfg.BlockCacheBytes).
		WithLogger(badgerdb.Logger(cfg.Logger))
}

func openBadger(cfg Config) (*badger.DB, error) {
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("repository: %w", err)
	}
	db, err := badger.Open(badgerOptions(cfg))
	if badgerdb.Unborn(err) {
		// Badger had the directory's lock, so no other process is at work.
		if err := badgerdb.RemoveUnborn(cfg.Dir); err != nil {
			return nil, fmt.Errorf("repository: %w", err)
		}
		db, err = badger.Open(badgerOptions(cfg))
	}
	switch {
	case err == nil:
		return db, nil
	case strings.Contains(err.Error(), "directory lock"):
		return nil, ErrLocked
	default:
		return nil, &DamagedError{Dir: cfg.Dir, Err: err}
	}
}

// commit writes a Badger transaction to disk, and waits no longer than the
// configured time: Badger blocks while it cannot write its tables.
func (r *Repository) commit(txn *badger.Txn) error {
	write := func() error {
		done := make(chan error, 1)
		txn.CommitWith(func(err error) { done <- err })
		limit := time.NewTimer(r.cfg.WriteTimeout)
		defer limit.Stop()
		select {
		case err := <-done:
			return err
		case <-limit.C:
			return errStalled
		}
	}
	if r.cfg.fault != nil {
		return r.cfg.fault(write)
	}
	return write()
}

// update makes one atomic write of whatever fn puts into the transaction.
func (r *Repository) update(fn func(txn *badger.Txn) error) error {
	txn := r.db.NewTransaction(true)
	defer txn.Discard()
	if err := fn(txn); err != nil {
		return err
	}
	if err := r.commit(txn); err != nil {
		return fmt.Errorf("repository: write: %w", err)
	}
	return nil
}

func (r *Repository) put(key, value []byte) error {
	return r.update(func(txn *badger.Txn) error { return txn.Set(key, value) })
}

// get returns a copy of a value, nil when there is none and never nil when
// there is one.
func (r *Repository) get(key []byte) ([]byte, error) {
	txn := r.db.NewTransaction(false)
	defer txn.Discard()
	return read(txn, key)
}

func read(txn *badger.Txn, key []byte) ([]byte, error) {
	item, err := txn.Get(key)
	if errors.Is(err, badger.ErrKeyNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	value, err := item.ValueCopy(nil)
	if value == nil {
		value = []byte{}
	}
	return value, err
}

// holds reports whether there is a value, without reading it.
func holds(txn *badger.Txn, key []byte) (bool, error) {
	_, err := txn.Get(key)
	if errors.Is(err, badger.ErrKeyNotFound) {
		return false, nil
	}
	return err == nil, err
}

// scan calls fn for each key that begins with prefix and comes after the
// suffix after (empty for all), in ascending or descending order, until fn
// returns false. fn gets what follows the prefix, and must not keep it.
func scan(txn *badger.Txn, prefix, after []byte, reverse bool, fn func(suffix []byte, item *badger.Item) (bool, error)) error {
	it := txn.NewIterator(badger.IteratorOptions{Prefix: prefix, Reverse: reverse})
	defer it.Close()
	from := append(append([]byte{}, prefix...), after...)
	if reverse && len(after) == 0 {
		from = append(from, bytes.Repeat([]byte{0xff}, 64)...)
	}
	for it.Seek(from); it.Valid(); it.Next() {
		suffix := it.Item().Key()[len(prefix):]
		if len(after) > 0 && bytes.Equal(suffix, after) {
			continue
		}
		if more, err := fn(suffix, it.Item()); err != nil || !more {
			return err
		}
	}
	return nil
}
