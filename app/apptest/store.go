package apptest

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pedigree-ledger/pedigree/app"
)

// Store is a ledger in a map: an app.Store for tests. The zero value is not
// usable; NewStore makes one. It is not safe for concurrent use.
type Store struct {
	records map[string][]byte
	keys    []string // ascending
	err     error

	// Reads counts calls of Get, and records seen by Scan; Writes counts
	// calls of Set and Delete.
	Reads, Writes int
	// FailAt makes the Store fail, as a disk would, when Reads reaches it;
	// 0 is never.
	FailAt int
}

var _ app.Store = (*Store)(nil)

// NewStore is an empty Store.
func NewStore() *Store { return &Store{records: make(map[string][]byte)} }

// Get returns the value under key, and whether there is one.
func (s *Store) Get(key []byte) ([]byte, bool) {
	if !s.read() {
		return nil, false
	}
	v, ok := s.records[string(key)]
	return v, ok
}

// Scan calls fn for every record under a prefix, ascending, until it returns
// false. Records that fn itself writes may be missed.
func (s *Store) Scan(prefix []byte, fn func(key, value []byte) bool) {
	from, _ := slices.BinarySearch(s.keys, string(prefix))
	keys := s.keys
	for _, k := range keys[from:] {
		if !strings.HasPrefix(k, string(prefix)) || !s.read() || !fn([]byte(k), s.records[k]) {
			return
		}
	}
}

// Err is the failure that FailAt asked for, once it has happened.
func (s *Store) Err() error { return s.err }

func (s *Store) read() bool {
	s.Reads++
	if s.FailAt > 0 && s.Reads >= s.FailAt && s.err == nil {
		s.err = fmt.Errorf("the disk failed at read %d, as the test asked", s.FailAt)
	}
	return s.err == nil
}

// Set stores value under key.
func (s *Store) Set(key, value []byte) {
	s.Writes++
	k := string(key)
	if _, ok := s.records[k]; !ok {
		at, _ := slices.BinarySearch(s.keys, k)
		s.keys = slices.Insert(s.keys, at, k)
	}
	s.records[k] = value
}

// Delete removes the record under key, if there is one.
func (s *Store) Delete(key []byte) {
	s.Writes++
	k := string(key)
	if at, ok := slices.BinarySearch(s.keys, k); ok {
		s.keys = slices.Delete(s.keys, at, at+1)
		delete(s.records, k)
	}
}

// Len is the number of records.
func (s *Store) Len() int { return len(s.keys) }

// Clone is an independent copy, with no failure and no counts. Values are
// shared: nobody changes them.
func (s *Store) Clone() *Store {
	return &Store{records: maps.Clone(s.records), keys: slices.Clone(s.keys)}
}

// Root is a SHA-256 over every record, ascending by key: equal for equal
// ledgers only.
func (s *Store) Root() [32]byte {
	h := sha256.New()
	var size [8]byte
	for _, k := range s.keys {
		v := s.records[k]
		binary.BigEndian.PutUint32(size[:4], uint32(len(k)))
		binary.BigEndian.PutUint32(size[4:], uint32(len(v)))
		h.Write(size[:])
		h.Write([]byte(k))
		h.Write(v)
	}
	return [32]byte(h.Sum(nil))
}

// Diff lists the keys whose records differ between s and t, ascending, in
// hex after their kind; empty when the two are equal.
func (s *Store) Diff(t *Store) []string {
	var out []string
	for _, k := range s.keys {
		if v, ok := t.records[k]; !ok || !bytes.Equal(v, s.records[k]) {
			out = append(out, describe(k))
		}
	}
	for _, k := range t.keys {
		if _, ok := s.records[k]; !ok {
			out = append(out, describe(k))
		}
	}
	slices.Sort(out)
	return out
}

func describe(key string) string { return fmt.Sprintf("%c %x", key[0], key[1:]) }
