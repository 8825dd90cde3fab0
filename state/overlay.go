package state

import (
	"bytes"
	"fmt"
	"sort"
)

// Bounds of a record. The tree's hash cannot prove an empty key or value, and
// the largest value stays far below what Badger keeps inline.
const (
	MaxKeyBytes   = 1 << 10  // longest key of a record
	MaxValueBytes = 64 << 10 // longest value of a record
)

// Reader is what an overlay stands on: a View, or another Overlay. Get and
// the slices given to Scan's fn are read-only for the caller. A failed read
// is kept by the reader, which answers "absent" from then on and reports it in
// Err; callers check Err before they act on what they read.
type Reader interface {
	Get(key []byte) ([]byte, bool)
	Scan(prefix []byte, fn func(key, value []byte) bool)
	Err() error
}

// Overlay is a block in progress: writes kept in memory over a Reader. It
// satisfies app.Store. One goroutine at a time may use it.
//
// Overlays stack: Fork gives a scratch overlay whose writes the one below
// never sees, for proposals and checks; what lies below must not be written
// while a fork of it is in use.
type Overlay struct {
	base   Reader
	writes map[string][]byte // nil value: deleted
	keys   sortedKeys
	err    error
}

// NewOverlay returns an empty overlay over base, such as a View of a kept
// version for re-executing a block.
func NewOverlay(base Reader) *Overlay {
	return &Overlay{base: base, writes: make(map[string][]byte)}
}

// Fork returns an empty overlay over this one.
func (o *Overlay) Fork() *Overlay { return NewOverlay(o) }

// Get returns the value of key, the overlay's own write before what lies
// below. After a failed read it returns false for every key; see Err.
func (o *Overlay) Get(key []byte) ([]byte, bool) {
	if o.Err() != nil {
		return nil, false
	}
	if value, ok := o.writes[string(key)]; ok {
		return value, value != nil
	}
	return o.base.Get(key)
}

// Set writes a record; key and value are copied. An empty or oversized key or
// value is a programming error and is remembered by Err.
func (o *Overlay) Set(key, value []byte) {
	if len(value) == 0 || len(value) > MaxValueBytes {
		o.fail(fmt.Errorf("%w: value of %x has %d bytes, want 1 to %d", ErrRecord, key, len(value), MaxValueBytes))
		return
	}
	o.write(key, bytes.Clone(value))
}

// Delete removes a record; removing an absent one does nothing.
func (o *Overlay) Delete(key []byte) { o.write(key, nil) }

func (o *Overlay) write(key, value []byte) {
	if len(key) == 0 || len(key) > MaxKeyBytes {
		o.fail(fmt.Errorf("%w: key has %d bytes, want 1 to %d", ErrRecord, len(key), MaxKeyBytes))
		return
	}
	k := string(key)
	if _, ok := o.writes[k]; !ok {
		o.keys.add(k)
	}
	o.writes[k] = value
}

func (o *Overlay) fail(err error) {
	if o.err == nil {
		o.err = err
	}
}

// Err returns the first failure of this overlay or of what it stands on.
func (o *Overlay) Err() error {
	if o.err != nil {
		return o.err
	}
	return o.base.Err()
}

// Scan calls fn for every record whose key begins with prefix, in ascending
// order of keys, until fn returns false. It sees the overlay's own writes as
// they were when the scan began, so fn may write.
func (o *Overlay) Scan(prefix []byte, fn func(key, value []byte) bool) {
	if o.Err() != nil {
		return
	}
	own := o.own(prefix)
	more := true
	o.base.Scan(prefix, func(key, value []byte) bool {
		for more && len(own) > 0 && own[0].less(key) {
			more = own[0].give(fn)
			own = own[1:]
		}
		if !more {
			return false
		}
		if len(own) > 0 && bytes.Equal(own[0].key, key) {
			more = own[0].give(fn)
			own = own[1:]
			return more
		}
		more = fn(key, value)
		return more
	})
	for more && len(own) > 0 && o.Err() == nil {
		more = own[0].give(fn)
		own = own[1:]
	}
}

// own returns the overlay's own writes under prefix, ascending.
func (o *Overlay) own(prefix []byte) []write {
	var own []write
	o.keys.from(string(prefix), func(key string) bool {
		if len(key) < len(prefix) || key[:len(prefix)] != string(prefix) {
			return false
		}
		own = append(own, write{[]byte(key), o.writes[key]})
		return true
	})
	return own
}

func (w write) less(key []byte) bool { return bytes.Compare(w.key, key) < 0 }

// give passes a write on to a scan, unless it is a deletion.
func (w write) give(fn func(key, value []byte) bool) bool {
	return w.value == nil || fn(w.key, w.value)
}

// flatten returns the writes of a whole stack of overlays in ascending order
// of keys, upper ones before lower ones, and the view the stack stands on.
func (o *Overlay) flatten() ([]write, *View) {
	merged := make(map[string][]byte, len(o.writes))
	var base Reader = o
	for {
		layer, ok := base.(*Overlay)
		if !ok {
			break
		}
		for key, value := range layer.writes {
			if _, ok := merged[key]; !ok {
				merged[key] = value
			}
		}
		base = layer.base
	}
	out := make([]write, 0, len(merged))
	for key, value := range merged {
		out = append(out, write{[]byte(key), value})
	}
	sort.Slice(out, func(i, j int) bool { return bytes.Compare(out[i].key, out[j].key) < 0 })
	view, _ := base.(*View)
	return out, view
}

// Close releases the snapshot that the overlay stands on, if any; again is a
// no-op. Commit does so for the overlay that was staged. An overlay that is
// dropped unclosed is released when it is garbage collected.
func (o *Overlay) Close() {
	switch base := o.base.(type) {
	case *Overlay:
		base.Close()
	case *View:
		_ = base.Close() // never fails; io.Closer's form
	}
}
