package state

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"sync"

	"github.com/cosmos/iavl"
	idb "github.com/cosmos/iavl/db"
)

// newTree returns an IAVL tree over db. Fast storage is skipped always: it
// gives wrong values after a rollback. The flush threshold is out of reach, so
// that a version reaches treeDB as one batch.
func newTree(db *treeDB, cacheNodes int) *iavl.MutableTree {
	return iavl.NewMutableTree(db, cacheNodes, true, iavl.NewNopLogger(),
		iavl.FlushThresholdOption(math.MaxInt), iavl.SyncOption(true))
}

// treeDB is what a tree object sees of the disk: IAVL's keys below the tree
// prefix, as of a timestamp. It remembers its first read error, because IAVL's
// iterators end silently on one, which pruning would take for "no more nodes
// in use" and a scan for "no more records".
type treeDB struct {
	disk *disk
	ts   func() uint64
	sink func([]write) error // takes what IAVL writes; nil refuses

	mu  sync.Mutex
	err error
}

func newTreeDB(d *disk, ts func() uint64) *treeDB { return &treeDB{disk: d, ts: ts} }

// pinned returns a clock that stands still at ts.
func pinned(ts uint64) func() uint64 { return func() uint64 { return ts } }

// failure returns the first read error.
func (t *treeDB) failure() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.err
}

func (t *treeDB) remember(err error) error {
	if err != nil {
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.err == nil {
			t.err = err
		}
	}
	return err
}

func treeKey(key []byte) []byte {
	return append(append(make([]byte, 0, len(key)+1), spaceTree), key...)
}

// Get returns a copy of a value, nil when there is none.
func (t *treeDB) Get(key []byte) ([]byte, error) {
	value, err := t.disk.get(t.ts(), treeKey(key))
	if err == nil && value == nil && mustExist(key) {
		err = damaged(t.disk.name, fmt.Errorf("tree node %x is missing", key))
	}
	return value, t.remember(err)
}

// mustExist tells whether IAVL asks for key only where it must be found: node
// keys are 's', version, nonce; a miss is in order for nonce 1 alone, a root,
// which is looked for again under nonce 0. Badger answers "not found" also for
// a block whose checksum is wrong, so a missing node is damage.
func mustExist(key []byte) bool {
	return len(key) == 13 && key[0] == 's' && binary.BigEndian.Uint32(key[9:]) != 1
}

// Has tells whether there is a value.
func (t *treeDB) Has(key []byte) (bool, error) {
	value, err := t.Get(key)
	return value != nil, err
}

// Iterator walks [start, end) upwards.
func (t *treeDB) Iterator(start, end []byte) (idb.Iterator, error) {
	return t.iterator(start, end, false)
}

// ReverseIterator walks [start, end) downwards.
func (t *treeDB) ReverseIterator(start, end []byte) (idb.Iterator, error) {
	return t.iterator(start, end, true)
}

func (t *treeDB) iterator(start, end []byte, reverse bool) (idb.Iterator, error) {
	hi := []byte{spaceTree + 1}
	if end != nil {
		hi = treeKey(end)
	}
	it, err := t.disk.iterator(t.ts(), treeKey(start), hi, reverse)
	if err != nil {
		return nil, t.remember(err)
	}
	it.remember = t.remember
	return it, nil
}

// Close does nothing: the disk is closed by its State.
func (t *treeDB) Close() error { return nil }

// NewBatch returns a batch that collects writes for the sink.
func (t *treeDB) NewBatch() idb.Batch { return &treeBatch{t: t, at: make(map[string]int)} }

// NewBatchWithSize is NewBatch: the size IAVL asks for is its flush threshold.
func (t *treeDB) NewBatchWithSize(int) idb.Batch { return t.NewBatch() }

// treeBatch collects one atomic set of IAVL's writes; the last write of a key
// wins.
type treeBatch struct {
	t      *treeDB
	writes []write
	at     map[string]int
	bytes  int
}

// Set adds a write; an empty value is a value.
func (b *treeBatch) Set(key, value []byte) error {
	if value == nil {
		return errors.New("state: IAVL set a nil value")
	}
	return b.add(write{treeKey(key), value})
}

// Delete adds a deletion.
func (b *treeBatch) Delete(key []byte) error { return b.add(write{key: treeKey(key)}) }

func (b *treeBatch) add(w write) error {
	b.bytes += len(w.key) + len(w.value)
	if i, ok := b.at[string(w.key)]; ok {
		b.writes[i] = w
		return nil
	}
	b.at[string(w.key)] = len(b.writes)
	b.writes = append(b.writes, w)
	return nil
}

// Write gives everything to the sink, which decides what is durable when.
func (b *treeBatch) Write() error {
	if b.t.sink == nil {
		return ErrReadOnly
	}
	return b.t.sink(b.writes)
}

// WriteSync is Write.
func (b *treeBatch) WriteSync() error { return b.Write() }

// Close drops what was collected.
func (b *treeBatch) Close() error {
	b.writes, b.at, b.bytes = nil, nil, 0
	return nil
}

// GetByteSize returns the bytes collected so far.
func (b *treeBatch) GetByteSize() (int, error) { return b.bytes, nil }
