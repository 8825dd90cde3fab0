package state_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/pedigree-ledger/pedigree/state"
	"github.com/pedigree-ledger/pedigree/state/proof"
	"github.com/pedigree-ledger/pedigree/state/statetest"
)

// TestReadersBesideCommits reads, scans and proves at the latest and at older
// versions while blocks are committed and pruned. Every view is one version,
// whole: each block writes its height under every key.
func TestReadersBesideCommits(t *testing.T) {
	const keys, height = 40, 40
	cfg := small(t.TempDir())
	cfg.KeepVersions = 3
	s := open(t, cfg)
	key := func(i int) []byte { return []byte{'h', byte(i)} }
	commit := func(v uint64) {
		o := s.Begin()
		for i := range keys {
			o.Set(key(i), []byte{1, byte(v)})
		}
		if _, err := s.Stage(o, v); err != nil {
			t.Error(err)
		}
		if err := s.Commit(); err != nil {
			t.Error(err)
		}
	}
	commit(1)
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for id := range 3 {
		wg.Go(func() {
			for n := id; ctx.Err() == nil; n++ {
				if !readOne(t, s, n, keys, key) {
					return
				}
			}
		})
	}
	due := make(chan struct{}, 1)
	wg.Go(func() {
		for range due {
			if err := s.Prune(t.Context()); err != nil {
				t.Error(err)
			}
		}
	})
	for v := uint64(2); v <= height; v++ {
		commit(v)
		if v%3 == 0 && len(due) == 0 {
			due <- struct{}{}
		}
	}
	close(due)
	stop()
	wg.Wait()
	if n := s.Pins(); n != 0 {
		t.Errorf("open snapshots: got %d, want 0", n)
	}
}

// readOne opens a view and checks that it shows one version only.
func readOne(t *testing.T, s *state.State, n, keys int, key func(int) []byte) bool {
	v := s.Latest()
	if n%2 == 0 {
		older, err := s.At(max(v.Version()-1, 1))
		if errors.Is(err, state.ErrPruned) {
			return v.Close() == nil
		}
		if err != nil {
			t.Errorf("At: %v", err)
			return false
		}
		v.Close()
		v = older
	}
	defer v.Close()
	seen := 0
	v.Scan([]byte("h"), func(k, value []byte) bool {
		seen++
		if value[1] != byte(v.Version()) {
			t.Errorf("view of version %d: key %x has the value of version %d", v.Version(), k, value[1])
		}
		got, ok := v.Get(k)
		return ok && string(got) == string(value)
	})
	if seen != keys || v.Err() != nil {
		t.Errorf("view of version %d: saw %d keys, want %d; err %v", v.Version(), seen, keys, v.Err())
		return false
	}
	value, p, err := s.Prove(v.Version(), key(n%keys))
	if errors.Is(err, state.ErrPruned) {
		return true
	}
	if err != nil || value[1] != byte(v.Version()) || len(p) == 0 {
		t.Errorf("Prove at version %d: got %x, %v", v.Version(), value, err)
		return false
	}
	return true
}

// TestSnapshotIsolation keeps a view open across commits, pruning and
// compaction: it goes on answering as before.
func TestSnapshotIsolation(t *testing.T) {
	rng := statetest.Rand(statetest.Seed(t, *seedFlag))
	cfg := small(t.TempDir())
	cfg.KeepVersions = 1
	s := open(t, cfg)
	m := statetest.NewModel()
	for v := uint64(1); v <= 5; v++ {
		m.Commit(t, s, v, statetest.Block(rng, m.Records, 60))
	}
	latest := s.Latest()
	old, err := s.At(max(4, s.Oldest()))
	if err != nil {
		t.Fatal(err)
	}
	for v := uint64(6); v <= 30; v++ {
		changes := statetest.Block(rng, m.Records, 60)
		for i := range 300 { // enough bytes to rotate memtables
			changes = append(changes, statetest.Change{Key: []byte{'z', byte(i), byte(i >> 8)}, Value: statetest.RandomValue(rng)})
		}
		m.Commit(t, s, v, changes)
	}
	if err := s.Prune(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.At(old.Version()); !errors.Is(err, state.ErrPruned) {
		t.Fatalf("At(%d) after pruning: got %v, want %v", old.Version(), err, state.ErrPruned)
	}
	statetest.CheckReader(t, latest, m.Versions[5], rng)
	statetest.CheckReader(t, old, m.Versions[old.Version()], rng)
	latest.Close()
	old.Close()
	if _, ok := latest.Get([]byte("h")); ok || !errors.Is(latest.Err(), state.ErrClosed) {
		t.Errorf("closed view: got %v, %v, want %v", ok, latest.Err(), state.ErrClosed)
	}
}

func TestPrune(t *testing.T) {
	rng := statetest.Rand(statetest.Seed(t, *seedFlag))
	cfg := small(t.TempDir())
	s := open(t, cfg)
	m := statetest.NewModel()
	for v := uint64(10); v <= 80; v++ {
		m.Commit(t, s, v, statetest.Block(rng, m.Records, 10))
	}
	closeState(t, s)
	cfg.KeepVersions = 10
	cfg.Dir = crashImage(t, cfg.Dir)
	s = open(t, cfg)
	prune := func(want uint64) {
		t.Helper()
		if err := s.Prune(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := s.Oldest(); got != want {
			t.Fatalf("oldest version: got %d, want %d", got, want)
		}
		m.CheckKept(t, s, rng)
	}
	release, err := s.Protect(s.Version() - 15)
	if err != nil {
		t.Fatal(err)
	}
	prune(65)
	release()
	release()
	prune(71)
	var pruned *state.PrunedError
	if _, err := s.At(70); !errors.As(err, &pruned) || pruned.Oldest != 71 || pruned.Version != 70 {
		t.Errorf("At(70): got %v, want it pruned, the oldest kept being 71", err)
	}
	if _, _, err := s.Prove(12, []byte("h")); !errors.Is(err, state.ErrPruned) {
		t.Errorf("Prove(12): got %v, want %v", err, state.ErrPruned)
	}
	if _, err := s.Protect(70); !errors.Is(err, state.ErrPruned) {
		t.Errorf("Protect(70): got %v, want %v", err, state.ErrPruned)
	}
	for _, v := range []uint64{0, 81} {
		if _, err := s.At(v); !errors.Is(err, state.ErrNoVersion) {
			t.Errorf("At(%d): got %v, want %v", v, err, state.ErrNoVersion)
		}
	}
	for v := uint64(81); v <= 90; v++ {
		m.Commit(t, s, v, statetest.Block(rng, m.Records, 10))
	}
	m.CheckKept(t, s, rng)
}

// TestProofRefusals takes good proofs and bends what they are checked with.
func TestProofRefusals(t *testing.T) {
	s := open(t, state.Config{InMemory: true})
	if _, _, err := s.Prove(1, []byte("h")); !errors.Is(err, state.ErrNoVersion) {
		t.Errorf("Prove on an empty state: got %v, want %v", err, state.ErrNoVersion)
	}
	m := statetest.NewModel()
	m.Commit(t, s, 1, nil)
	if _, _, err := s.Prove(1, []byte("h")); !errors.Is(err, state.ErrEmpty) {
		t.Errorf("Prove on an empty tree: got %v, want %v", err, state.ErrEmpty)
	}
	if _, _, err := s.Prove(1, nil); !errors.Is(err, state.ErrRecord) {
		t.Errorf("Prove of an empty key: got %v, want %v", err, state.ErrRecord)
	}
	m.Commit(t, s, 2, []statetest.Change{{Key: []byte("ha"), Value: []byte{1}}, {Key: []byte("hc"), Value: []byte{2}}, {Key: []byte("he"), Value: []byte{3}}})
	for _, key := range []string{"a", "ha", "hb", "hc", "hd", "he", "hf"} {
		m.CheckProof(t, s, 2, []byte(key))
	}
	_, absent, err := s.Prove(2, []byte("hb"))
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"ha", "hc", "hd", "a", "z"} {
		if err := proof.VerifyAbsence(s.Root(), []byte(key), absent); err == nil {
			t.Errorf("VerifyAbsence(%q) holds with the proof for %q", key, "hb")
		}
	}
}
