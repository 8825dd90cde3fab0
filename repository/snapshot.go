package repository

import (
	"encoding/binary"

	"github.com/dgraph-io/badger/v4"
)

// snapshot reads the repository as of one number. One goroutine uses it.
type snapshot struct {
	txn  *badger.Txn
	head head
}

// snapshot begins a read; close ends it. The caller has entered.
func (r *Repository) snapshot() *snapshot {
	r.mu.Lock()
	defer r.mu.Unlock()
	return &snapshot{txn: r.db.NewTransaction(false), head: r.head}
}

func (s *snapshot) close() { s.txn.Discard() }

// event returns an event that readers see, or nil, and the size of its record.
func (s *snapshot) event(seq uint64) (*Stored, int, error) {
	if seq == 0 || seq > s.head.seq {
		return nil, 0, nil
	}
	hidden, err := s.hidden(seq)
	if err != nil || hidden {
		return nil, 0, err
	}
	item, err := s.txn.Get(numbered(prefixEvent, seq))
	if err != nil {
		return nil, 0, err
	}
	var out *Stored
	size := 0
	err = item.Value(func(v []byte) (err error) {
		size = len(v)
		out, err = decodeRecord(v)
		return err
	})
	return out, size, err
}

// hidden tells whether another event, which readers see, took the place of
// this one.
func (s *snapshot) hidden(seq uint64) (bool, error) {
	by, err := read(s.txn, numbered(prefixReplaced, seq))
	if err != nil || by == nil {
		return false, err
	}
	return len(by) == 8 && binary.BigEndian.Uint64(by) <= s.head.seq, nil
}

// all returns the events that have a term, the oldest first. It is for terms
// that few events have.
func (s *snapshot) all(t term) ([]*Stored, error) {
	var seqs []uint64
	err := scan(s.txn, t.prefix(), nil, false, func(suffix []byte, _ *badger.Item) (bool, error) {
		seqs = append(seqs, binary.BigEndian.Uint64(suffix))
		return true, nil
	})
	if err != nil {
		return nil, err
	}
	var out []*Stored
	for _, seq := range seqs {
		e, _, err := s.event(seq)
		if err != nil {
			return nil, err
		}
		if e != nil {
			out = append(out, e)
		}
	}
	return out, nil
}
