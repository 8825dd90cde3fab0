package app

import (
	"errors"
	"fmt"
)

// errNoGenesis is this node's trouble: it asked the state machine before it
// loaded the genesis.
var errNoGenesis = errors.New("the state holds no parameters: the genesis was not loaded")

// errMissing says that a record that another one implies is not there.
var errMissing = errors.New("the record is missing")

// errShortKey says that a key is too short for its kind of record.
var errShortKey = errors.New("the key is too short")

// CorruptError says that a record in the tree cannot be read: this node's
// database is damaged, or was written by a later version. It stops the node.
type CorruptError struct {
	Key []byte
	Err error
}

// Error names the record.
func (e *CorruptError) Error() string {
	return fmt.Sprintf("record %q (%x) cannot be read: %v", e.Key[:1], e.Key, e.Err)
}

// Unwrap returns what was wrong with the bytes.
func (e *CorruptError) Unwrap() error { return e.Err }

// table holds a draft's working copies of one kind of record. Copies are
// written in the order in which they were first changed, never by ranging
// over the map.
type table[K comparable, R any] struct {
	d      *draft
	key    func(K) []byte
	decode func([]byte) (*R, error)
	encode func(*R) []byte
	rows   map[K]*row[R] // nil until first used: most ops touch few kinds
	dirty  []K
}

type row[R any] struct {
	rec   *R // nil: absent
	dirty bool
}

// writer is what apply sees of a table.
type writer interface {
	write(s Store, changes []Change) []Change
}

func newTable[K comparable, R any](d *draft, key func(K) []byte, decode func([]byte) (*R, error), encode func(*R) []byte) table[K, R] {
	return table[K, R]{d: d, key: key, decode: decode, encode: encode}
}

// load brings a record into the table, or remembers that there is none.
func (t *table[K, R]) load(k K) *row[R] {
	if r, ok := t.rows[k]; ok {
		return r
	}
	if t.rows == nil {
		t.rows = make(map[K]*row[R])
	}
	r := &row[R]{}
	t.rows[k] = r
	if raw, ok := t.d.view.Get(t.key(k)); ok {
		t.read(k, r, raw)
	}
	return r
}

// learn is load for a record whose value a scan has just read.
func (t *table[K, R]) learn(k K, raw []byte) {
	if _, ok := t.rows[k]; ok {
		return
	}
	if t.rows == nil {
		t.rows = make(map[K]*row[R])
	}
	t.rows[k] = &row[R]{}
	t.read(k, t.rows[k], raw)
}

func (t *table[K, R]) read(k K, r *row[R], raw []byte) {
	rec, err := t.decode(raw)
	if err != nil {
		t.d.fail(&CorruptError{Key: t.key(k), Err: err})
		return
	}
	r.rec = rec
}

// get returns the working copy for reading, or nil when there is no record.
func (t *table[K, R]) get(k K) *R { return t.load(k).rec }

// edit returns the working copy for writing. The record must exist.
func (t *table[K, R]) edit(k K) *R {
	r := t.load(k)
	if r.rec == nil && t.d.failure() == nil {
		panic(fmt.Sprintf("app: edit of an absent record %x", t.key(k)))
	}
	if r.rec == nil {
		r.rec = new(R) // the node is in trouble: the draft will be dropped
	}
	t.touch(k, r)
	return r.rec
}

// put makes rec the record under k.
func (t *table[K, R]) put(k K, rec *R) {
	r := t.load(k)
	r.rec = rec
	t.touch(k, r)
}

// remove deletes the record under k.
func (t *table[K, R]) remove(k K) {
	r := t.load(k)
	r.rec = nil
	t.touch(k, r)
}

func (t *table[K, R]) touch(k K, r *row[R]) {
	if !r.dirty {
		r.dirty = true
		t.dirty = append(t.dirty, k)
	}
}

// write stores every changed record and reports the changes.
func (t *table[K, R]) write(s Store, changes []Change) []Change {
	for _, k := range t.dirty {
		key := t.key(k)
		rec := t.rows[k].rec
		if rec == nil {
			s.Delete(key)
			changes = append(changes, Change{Key: key})
			continue
		}
		value := t.encode(rec)
		s.Set(key, value)
		changes = append(changes, Change{Key: key, Value: value})
	}
	return changes
}
