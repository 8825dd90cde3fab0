package state

import (
	"bytes"

	"github.com/dgraph-io/badger/v4"
)

// iterator walks Badger's keys in [lo, hi) as of ts. Its keys lack the first
// byte, the space.
func (d *disk) iterator(ts uint64, lo, hi []byte, reverse bool) (*iterator, error) {
	if err := d.enter(); err != nil {
		return nil, err
	}
	txn := d.db.NewTransactionAt(ts, false)
	it := &iterator{d: d, txn: txn, lo: lo, hi: hi, reverse: reverse}
	it.it = txn.NewIterator(badger.IteratorOptions{Reverse: reverse})
	if reverse {
		it.it.Seek(hi)
		if it.it.Valid() && bytes.Equal(it.it.Item().Key(), hi) {
			it.it.Next()
		}
	} else {
		it.it.Seek(lo)
	}
	it.load()
	return it, nil
}

type iterator struct {
	d          *disk
	txn        *badger.Txn
	it         *badger.Iterator
	lo, hi     []byte
	reverse    bool
	key, value []byte
	valid      bool
	closed     bool
	err        error
	remember   func(error) error
}

// load copies the item under the cursor, or ends the walk.
func (i *iterator) load() {
	i.valid = false
	if !i.it.Valid() {
		return
	}
	item := i.it.Item()
	key := item.Key()
	if bytes.Compare(key, i.lo) < 0 || bytes.Compare(key, i.hi) >= 0 {
		return
	}
	value, err := item.ValueCopy(nil)
	if err != nil {
		i.err = damaged(i.d.name, err)
		if i.remember != nil {
			_ = i.remember(i.err) // kept for whoever asks at the end
		}
		return
	}
	if value == nil {
		value = []byte{}
	}
	i.key, i.value, i.valid = bytes.Clone(key[1:]), value, true
}

// Domain returns the bounds, without the space.
func (i *iterator) Domain() ([]byte, []byte) { return i.lo[1:], i.hi[1:] }

// Valid tells whether there is a current item.
func (i *iterator) Valid() bool { return i.valid }

// Next moves on.
func (i *iterator) Next() {
	i.it.Next()
	i.load()
}

// Key returns the current key; the caller may keep it.
func (i *iterator) Key() []byte { return i.key }

// Value returns the current value; the caller may keep it.
func (i *iterator) Value() []byte { return i.value }

// Error returns the first read error.
func (i *iterator) Error() error { return i.err }

// Close releases the snapshot; again is a no-op.
func (i *iterator) Close() error {
	if i.closed {
		return nil
	}
	i.closed, i.valid = true, false
	i.it.Close()
	i.txn.Discard()
	i.d.leave()
	return nil
}
