// Package statetest checks a state against the simplest thing that could be
// right: a map per version. Its random blocks are the same for the same seed,
// so that two states, or a state before and after a crash, can be compared
// root by root.
package statetest

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/pedigree-ledger/pedigree/state"
	"github.com/pedigree-ledger/pedigree/state/proof"
)

// Change is one write of a block; a nil Value deletes.
type Change struct{ Key, Value []byte }

// Model is a history of states kept in maps.
type Model struct {
	Records  map[string][]byte            // after the last block
	Versions map[uint64]map[string][]byte // by height
	Roots    map[uint64][]byte            // by height, as the state reported
}

// NewModel returns an empty history.
func NewModel() *Model {
	return &Model{
		Records:  make(map[string][]byte),
		Versions: make(map[uint64]map[string][]byte),
		Roots:    make(map[uint64][]byte),
	}
}

// Rand returns the generator of a seed; tests print the seed.
func Rand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15)) }

// Seed returns the seed of a test run and logs it, so that a failure can be
// repeated: want is used when it is not zero.
func Seed(t testing.TB, want uint64) uint64 {
	t.Helper()
	if want == 0 {
		want = rand.Uint64()
	}
	t.Logf("seed %d", want)
	return want
}

// Block returns n random changes: new keys, overwrites, writes of the same
// value again, deletions of keys that are there and of keys that are not.
func Block(rng *rand.Rand, records map[string][]byte, n int) []Change {
	keys := slices.Sorted(maps.Keys(records))
	changes := make([]Change, 0, n)
	for range n {
		key := RandomKey(rng)
		if len(keys) > 0 && rng.IntN(2) == 0 {
			key = []byte(keys[rng.IntN(len(keys))])
		}
		switch rng.IntN(8) {
		case 0, 1:
			changes = append(changes, Change{Key: key})
		case 2:
			changes = append(changes, Change{key, records[string(key)]})
		default:
			changes = append(changes, Change{key, RandomValue(rng)})
		}
	}
	return changes
}

// RandomKey returns a key of a small space, so that keys meet: one byte of
// prefix, as the ledger's records have, then up to three.
func RandomKey(rng *rand.Rand) []byte {
	key := []byte{"hntlcfpm"[rng.IntN(8)]}
	for range rng.IntN(4) {
		key = append(key, []byte{0, 1, 'a', 0xfe, 0xff}[rng.IntN(5)])
	}
	return key
}

// RandomValue returns a value of 1 to 100 bytes, as small records have.
func RandomValue(rng *rand.Rand) []byte {
	value := make([]byte, 1+rng.IntN(100))
	for i := range value {
		value[i] = byte(rng.Uint32())
	}
	return value
}

// Write gives the changes to an overlay.
func Write(o *state.Overlay, changes []Change) {
	for _, c := range changes {
		if c.Value == nil {
			o.Delete(c.Key)
		} else {
			o.Set(c.Key, c.Value)
		}
	}
}

// Apply makes the changes in the model as the block of a version.
func (m *Model) Apply(version uint64, changes []Change) {
	for _, c := range changes {
		if c.Value == nil {
			delete(m.Records, string(c.Key))
		} else {
			m.Records[string(c.Key)] = c.Value
		}
	}
	m.Versions[version] = maps.Clone(m.Records)
}

// Commit applies a block to the state and the model and compares roots: the
// staged one, the committed one, and that of an earlier run of the same
// version, if there was one.
func (m *Model) Commit(t testing.TB, s *state.State, version uint64, changes []Change) {
	t.Helper()
	o := s.Begin()
	Write(o, changes)
	root, err := s.Stage(o, version)
	if err != nil {
		t.Fatalf("Stage(%d): %v", version, err)
	}
	if err := s.Commit(); err != nil {
		t.Fatalf("Commit of version %d: %v", version, err)
	}
	m.Apply(version, changes)
	if got := s.Root(); !bytes.Equal(got, root) {
		t.Fatalf("root of version %d: got %x, staged %x", version, got, root)
	}
	if want, ok := m.Roots[version]; ok && !bytes.Equal(root, want) {
		t.Fatalf("root of version %d: got %x, the first run had %x", version, root, want)
	}
	m.Roots[version] = root
}

// CheckLatest compares the last durable version with the model's.
func (m *Model) CheckLatest(t testing.TB, s *state.State, rng *rand.Rand) {
	t.Helper()
	v := s.Version()
	want := m.Versions[v]
	if got := s.Leaves(); got != uint64(len(want)) {
		t.Fatalf("leaves of version %d: got %d, want %d", v, got, len(want))
	}
	if root, ok := m.Roots[v]; ok && !bytes.Equal(s.Root(), root) {
		t.Fatalf("root of version %d: got %x, want %x", v, s.Root(), root)
	}
	if err := s.Check(t.Context()); err != nil {
		t.Fatalf("Check at version %d: %v", v, err)
	}
	view := s.Latest()
	defer view.Close()
	CheckReader(t, view, want, rng)
}

// CheckKept compares every kept version, read through the tree, with the
// model's, and proves a few keys of each.
func (m *Model) CheckKept(t testing.TB, s *state.State, rng *rand.Rand) {
	t.Helper()
	if s.Version() == 0 {
		return
	}
	oldest, release := protectOldest(t, s)
	defer release()
	for v := oldest; v <= s.Version(); v++ {
		view, err := s.At(v)
		if err != nil {
			t.Fatalf("At(%d): %v", v, err)
		}
		CheckReader(t, view, m.Versions[v], rng)
		view.Close()
		for range 3 {
			m.CheckProof(t, s, v, RandomKey(rng))
		}
	}
}

// protectOldest protects the oldest version that background pruning has not
// yet set out to forget.
func protectOldest(t testing.TB, s *state.State) (oldest uint64, release func()) {
	t.Helper()
	v := s.Oldest()
	for {
		release, err := s.Protect(v)
		if err == nil {
			return v, release
		}
		if !errors.Is(err, state.ErrPruned) {
			t.Fatalf("Protect(%d): %v", v, err)
		}
		v++
	}
}

// CheckReader compares everything that r answers with records.
func CheckReader(t testing.TB, r state.Reader, records map[string][]byte, rng *rand.Rand) {
	t.Helper()
	for key, want := range records {
		if got, ok := r.Get([]byte(key)); !ok || !bytes.Equal(got, want) {
			t.Fatalf("Get(%x): got %x, %v, want %x", key, got, ok, want)
		}
	}
	for range 5 {
		key := RandomKey(rng)
		if _, want := records[string(key)]; !want {
			if got, ok := r.Get(key); ok {
				t.Fatalf("Get(%x): got %x, want nothing", key, got)
			}
		}
		checkScan(t, r, records, key[:rng.IntN(len(key)+1)], rng.IntN(20))
	}
	checkScan(t, r, records, nil, -1)
	if err := r.Err(); err != nil {
		t.Fatalf("Err: %v", err)
	}
}

// checkScan compares a scan, stopped after limit records unless negative.
func checkScan(t testing.TB, r state.Reader, records map[string][]byte, prefix []byte, limit int) {
	t.Helper()
	var want []string
	for _, key := range slices.Sorted(maps.Keys(records)) {
		if bytes.HasPrefix([]byte(key), prefix) {
			want = append(want, fmt.Sprintf("%x=%x", key, records[key]))
		}
	}
	if limit > 0 && len(want) > limit {
		want = want[:limit]
	}
	var got []string
	r.Scan(prefix, func(key, value []byte) bool {
		got = append(got, fmt.Sprintf("%x=%x", key, value))
		return limit <= 0 || len(got) < limit
	})
	if !slices.Equal(got, want) {
		t.Fatalf("Scan(%x), at most %d:\n got %d %v\nwant %d %v", prefix, limit, len(got), got, len(want), want)
	}
}

// CheckProof proves key at a version and verifies the answer against the
// model: presence with its value, or absence, and nothing else.
func (m *Model) CheckProof(t testing.TB, s *state.State, version uint64, key []byte) {
	t.Helper()
	records := m.Versions[version]
	if len(records) == 0 {
		return
	}
	value, p, err := s.Prove(version, key)
	if err != nil {
		t.Fatalf("Prove(%d, %x): %v", version, key, err)
	}
	root := m.Roots[version]
	want, ok := records[string(key)]
	if !ok {
		if value != nil {
			t.Fatalf("Prove(%d, %x): got %x, want nothing", version, key, value)
		}
		if err := proof.VerifyAbsence(root, key, p); err != nil {
			t.Fatalf("VerifyAbsence(%x) at version %d: %v", key, version, err)
		}
		return
	}
	if !bytes.Equal(value, want) {
		t.Fatalf("Prove(%d, %x): got %x, want %x", version, key, value, want)
	}
	if err := proof.Verify(root, key, value, p); err != nil {
		t.Fatalf("Verify(%x) at version %d: %v", key, version, err)
	}
	if proof.Verify(root, key, append(bytes.Clone(value), 0), p) == nil {
		t.Fatalf("Verify(%x) at version %d holds for another value", key, version)
	}
	if proof.VerifyAbsence(root, key, p) == nil {
		t.Fatalf("VerifyAbsence(%x) at version %d holds for a key that is there", key, version)
	}
}
