package state_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/pedigree-ledger/pedigree/state"
	"github.com/pedigree-ledger/pedigree/state/statetest"
)

// history commits n random blocks from version 3 on.
func history(t testing.TB, s *state.State, n int) *statetest.Model {
	t.Helper()
	rng := statetest.Rand(21)
	m := statetest.NewModel()
	for v := uint64(3); v < uint64(3+n); v++ {
		m.Commit(t, s, v, statetest.Block(rng, m.Records, 15))
	}
	return m
}

func export(t testing.TB, s *state.State, version uint64) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := s.Export(version, &b, nil); err != nil {
		t.Fatalf("Export(%d): %v", version, err)
	}
	return b.Bytes()
}

// TestSnapshot moves versions, also one of an empty block, to fresh states,
// which go on with the same roots and give the same snapshot again.
func TestSnapshot(t *testing.T) {
	s := open(t, state.Config{InMemory: true})
	m := history(t, s, 20)
	m.Commit(t, s, 23, nil)
	m.Commit(t, s, 24, nil)
	rng := statetest.Rand(22)
	next := statetest.Block(rng, m.Records, 30)
	for _, v := range []uint64{3, 12, 22, 23, 24} {
		snapshot := export(t, s, v)
		cfg := state.WithFaults(small(t.TempDir()), 7, nil)
		to := open(t, cfg)
		if err := to.Import(bytes.NewReader(snapshot)); err != nil {
			t.Fatalf("Import of version %d: %v", v, err)
		}
		if to.Version() != v || to.Oldest() != v {
			t.Fatalf("imported versions: got %d to %d, want %d", to.Oldest(), to.Version(), v)
		}
		if got := export(t, to, v); !bytes.Equal(got, snapshot) {
			t.Fatalf("snapshot of version %d differs after an import", v)
		}
		again := statetest.NewModel()
		again.Roots = m.Roots
		again.Versions[v] = m.Versions[v]
		for key, value := range m.Versions[v] {
			again.Records[key] = value
		}
		again.CheckLatest(t, to, rng)
		again.CheckKept(t, to, rng)
		if v == 24 {
			m.Commit(t, s, 25, next)
			again.Commit(t, to, 25, next)
			closeState(t, to)
			cfg.KeepVersions = 1
			to = open(t, cfg)
			again.CheckKept(t, to, rng)
			if err := to.Prune(t.Context()); err != nil {
				t.Fatal(err)
			}
			again.CheckKept(t, to, rng)
		}
		if err := to.Import(bytes.NewReader(snapshot)); !errors.Is(err, state.ErrVersion) {
			t.Fatalf("second Import: got %v, want %v", err, state.ErrVersion)
		}
	}
}

// TestBadSnapshots cuts a snapshot at every byte and flips every byte: each
// is refused, and the state stays empty and takes the good one.
func TestBadSnapshots(t *testing.T) {
	s := open(t, state.Config{InMemory: true})
	m := history(t, s, 2)
	good := export(t, s, 4)
	to := open(t, state.WithFaults(state.Config{InMemory: true, MemTableBytes: 1 << 20}, 5, nil))
	refused := func(name string, at int, bad []byte) {
		t.Helper()
		if err := to.Import(bytes.NewReader(bad)); !errors.Is(err, state.ErrSnapshot) {
			t.Fatalf("%s at byte %d: got %v, want %v", name, at, err, state.ErrSnapshot)
		}
		if to.Version() != 0 || to.Leaves() != 0 {
			t.Fatalf("%s at byte %d: version %d with %d leaves after a refused import", name, at, to.Version(), to.Leaves())
		}
	}
	for i := range good {
		refused("cut", i, good[:i])
		bad := bytes.Clone(good)
		bad[i] ^= 1
		refused("flip", i, bad)
	}
	view := to.Latest()
	statetest.CheckReader(t, view, nil, statetest.Rand(1))
	view.Close()
	if err := to.Import(bytes.NewReader(good)); err != nil {
		t.Fatalf("Import of the good one: %v", err)
	}
	m.CheckLatest(t, to, statetest.Rand(1))
	if err := s.Export(2, &bytes.Buffer{}, nil); !errors.Is(err, state.ErrPruned) {
		t.Errorf("Export(2): got %v, want %v", err, state.ErrPruned)
	}
}

// TestImportCrash breaks each part of an import in both ways: what is opened
// afterwards is empty, or, when the last part happened, complete.
func TestImportCrash(t *testing.T) {
	s := open(t, state.Config{InMemory: true})
	m := history(t, s, 6)
	snapshot := export(t, s, 8)
	f := &fault{part: -1, armed: true}
	if err := open(t, state.WithFaults(small(t.TempDir()), 20, f.fail)).Import(bytes.NewReader(snapshot)); err != nil {
		t.Fatal(err)
	}
	for part := range f.parts {
		for _, happens := range []bool{false, true} {
			broken := &fault{part: part, happens: happens, armed: true}
			dir := t.TempDir()
			to := open(t, state.WithFaults(small(dir), 20, broken.fail))
			if err := to.Import(bytes.NewReader(snapshot)); !errors.Is(err, errInjected) {
				t.Fatalf("Import with a fault in part %d of %d: got %v, want %v", part, f.parts, err, errInjected)
			}
			closeState(t, to)
			to = open(t, small(dir))
			if to.Version() == 0 {
				if err := to.Import(bytes.NewReader(snapshot)); err != nil {
					t.Fatalf("Import again: %v", err)
				}
			} else if !happens || part != f.parts-1 {
				t.Fatalf("version %d after a fault in part %d of %d", to.Version(), part, f.parts)
			}
			m.CheckLatest(t, to, statetest.Rand(1))
			closeState(t, to)
		}
	}
}

// FuzzImport: no stream makes Import panic, and what it accepts it gives back
// byte for byte.
func FuzzImport(f *testing.F) {
	s := open(f, state.Config{InMemory: true})
	history(f, s, 3)
	for v := uint64(3); v <= 5; v++ {
		f.Add(export(f, s, v))
	}
	f.Fuzz(func(t *testing.T, p []byte) {
		if len(p) > 13 && (p[9]|p[10]|p[11]|p[12]|p[13]) != 0 {
			return // a big version only costs memory
		}
		to := open(t, state.Config{InMemory: true, MemTableBytes: 1 << 20})
		if to.Import(bytes.NewReader(p)) != nil {
			if to.Version() != 0 {
				t.Fatalf("version %d after a refused import", to.Version())
			}
			return
		}
		if got := export(t, to, to.Version()); !bytes.HasPrefix(p, got) {
			t.Fatalf("exported %x, imported %x", got, p)
		}
	})
}
