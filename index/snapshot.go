package index

import (
	"errors"

	"github.com/dgraph-io/badger/v4"
)

// snapshot reads the index as of one complete group.
type snapshot struct {
	d    *disk
	txn  *badger.Txn
	head head
}

// snapshot begins a read; close ends it.
func (d *disk) snapshot() (*snapshot, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return nil, ErrClosed
	}
	d.active[d.head.ts]++
	return &snapshot{d: d, txn: d.db.NewTransactionAt(d.head.ts, false), head: d.head}, nil
}

func (s *snapshot) close() {
	s.txn.Discard()
	d := s.d
	d.mu.Lock()
	defer d.mu.Unlock()
	d.active[s.head.ts]--
	if d.active[s.head.ts] > 0 {
		return
	}
	delete(d.active, s.head.ts)
	d.discard()
	if len(d.active) == 0 {
		d.idle.Broadcast()
	}
}

// get returns a copy of a value, nil when there is none and never nil when
// there is one.
func (s *snapshot) get(key []byte) (value []byte, err error) {
	_, err = s.view(key, func(v []byte) error {
		value = append([]byte{}, v...)
		return nil
	})
	return value, err
}

// view gives fn the value of a key, without a copy, and reports whether there
// is one. fn must not keep it.
func (s *snapshot) view(key []byte, fn func(v []byte) error) (bool, error) {
	item, err := s.txn.Get(key)
	if errors.Is(err, badger.ErrKeyNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, item.Value(fn)
}

// scan calls fn for each key that begins with prefix and comes after the
// suffix after (which is empty for all), ascending, until fn returns false. fn
// gets what follows the prefix, and must not keep it.
func (s *snapshot) scan(prefix, after []byte, fn func(suffix, value []byte) (bool, error)) error {
	it := s.txn.NewIterator(badger.IteratorOptions{Prefix: prefix, PrefetchValues: false})
	defer it.Close()
	from := append(append([]byte{}, prefix...), after...)
	for it.Seek(from); it.Valid(); it.Next() {
		item := it.Item()
		suffix := item.Key()[len(prefix):]
		if len(after) > 0 && string(suffix) == string(after) {
			continue
		}
		more := false
		err := item.Value(func(v []byte) (err error) {
			more, err = fn(suffix, v)
			return err
		})
		if err != nil || !more {
			return err
		}
	}
	return nil
}
