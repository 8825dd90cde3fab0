package state_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/pedigree-ledger/pedigree/state"
	"github.com/pedigree-ledger/pedigree/state/statetest"
)

// TestDamagedTables flips a byte here and there in the table files. Whatever
// is read is right or an error; nothing is silently missing.
func TestDamagedTables(t *testing.T) {
	rng := statetest.Rand(statetest.Seed(t, *seedFlag))
	dir := t.TempDir()
	s := open(t, small(dir))
	m := statetest.NewModel()
	var changes []statetest.Change
	for i := range 3000 {
		changes = append(changes, statetest.Change{Key: []byte{'h', byte(i >> 8), byte(i)}, Value: statetest.RandomValue(rng)})
	}
	m.Commit(t, s, 1, changes)
	m.Commit(t, s, 2, changes[:1])
	closeState(t, s)
	found := 0
	for range 60 {
		image := crashImage(t, dir)
		tables, err := filepath.Glob(filepath.Join(image, "*.sst"))
		if err != nil || len(tables) == 0 {
			t.Fatalf("no tables: %v", err)
		}
		name := tables[rng.IntN(len(tables))]
		p, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		p[rng.IntN(len(p))] ^= byte(1 + rng.IntN(255))
		writeFile(t, name, p)
		if readDamaged(t, image, m) {
			found++
		}
	}
	t.Logf("%d of 60 damages noticed", found)
	if found == 0 {
		t.Error("no damage was ever noticed")
	}
}

// readDamaged reads everything and tells whether the damage was reported.
func readDamaged(t *testing.T, dir string, m *statetest.Model) bool {
	t.Helper()
	s, err := state.Open(small(dir))
	if err != nil {
		if !errors.Is(err, state.ErrDamaged) {
			t.Fatalf("Open: got %v, want %v", err, state.ErrDamaged)
		}
		return true
	}
	defer s.Close()
	noticed := false
	for v := uint64(1); v <= 2; v++ {
		view, err := s.At(v)
		if err != nil {
			noticed = true
			continue
		}
		seen := 0
		view.Scan(nil, func(key, value []byte) bool {
			seen++
			if want := m.Versions[v][string(key)]; !bytes.Equal(value, want) {
				t.Errorf("version %d, key %x: got %x, want %x", v, key, value, want)
			}
			return true
		})
		if view.Err() != nil {
			noticed = true
		} else if seen != len(m.Versions[v]) {
			t.Errorf("version %d: saw %d of %d records and no error", v, seen, len(m.Versions[v]))
		}
		view.Close()
	}
	return noticed
}

// TestReadOnlyAfterCrash reads a crash image, an unfinished group included,
// without repairing it.
func TestReadOnlyAfterCrash(t *testing.T) {
	f := &fault{part: 2, happens: true}
	dir := t.TempDir()
	s := open(t, state.WithFaults(small(dir), 9, f.fail))
	m := statetest.NewModel()
	history := blocks(5, 6)
	for v := uint64(1); v < 6; v++ {
		m.Commit(t, s, v, history[v-1])
	}
	f.armed = true
	o := s.Begin()
	statetest.Write(o, history[5])
	if _, err := s.Stage(o, 6); err != nil {
		t.Fatal(err)
	}
	if err := s.Commit(); !errors.Is(err, errInjected) {
		t.Fatalf("Commit: got %v, want %v", err, errInjected)
	}
	closeState(t, s)
	cfg := small(dir)
	cfg.ReadOnly = true
	for range 2 {
		r := open(t, cfg)
		if r.Version() != 5 {
			t.Fatalf("version: got %d, want 5", r.Version())
		}
		m.CheckLatest(t, r, statetest.Rand(1))
		m.CheckKept(t, r, statetest.Rand(1))
		closeState(t, r)
	}
}

// TestDamagedLogs flips a byte here and there in the memtable logs that a
// crash leaves. Open finds a whole version, if an earlier one, or says that
// the database is damaged.
func TestDamagedLogs(t *testing.T) {
	rng := statetest.Rand(statetest.Seed(t, *seedFlag))
	dir := t.TempDir()
	s := open(t, state.WithFaults(small(dir), 400, nil))
	m := statetest.NewModel()
	for v := uint64(1); v <= 12; v++ {
		changes := statetest.Block(rng, m.Records, 30)
		for i := range 600 {
			changes = append(changes, statetest.Change{Key: []byte{'z', byte(i >> 8), byte(i)}, Value: statetest.RandomValue(rng)})
		}
		m.Commit(t, s, v, changes)
	}
	crash := crashImage(t, dir)
	closeState(t, s)
	whole, damaged := 0, 0
	for range 25 {
		image := crashImage(t, crash)
		logs, err := filepath.Glob(filepath.Join(image, "*.mem"))
		if err != nil || len(logs) == 0 {
			t.Fatalf("no logs: %v", err)
		}
		name := logs[rng.IntN(len(logs))]
		p, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		p[20+rng.IntN(len(p)/2)] ^= byte(1 + rng.IntN(255)) // the second half is empty
		writeFile(t, name, p)
		s, err := state.Open(small(image))
		if err != nil {
			if !errors.Is(err, state.ErrDamaged) {
				t.Fatalf("Open: got %v, want %v", err, state.ErrDamaged)
			}
			damaged++
			continue
		}
		m.CheckLatest(t, s, rng)
		whole++
		closeState(t, s)
	}
	t.Logf("25 damaged logs: %d whole versions, %d refused", whole, damaged)
}
