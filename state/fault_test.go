package state_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pedigree-ledger/pedigree/state"
	"github.com/pedigree-ledger/pedigree/state/statetest"
)

var errInjected = errors.New("injected fault")

// fault breaks part number part of the groups written while it is armed.
type fault struct {
	armed   bool
	part    int
	happens bool
	parts   int // parts seen while armed
}

func (f *fault) fail(part int) (bool, error) {
	if !f.armed {
		return true, nil
	}
	f.parts = max(f.parts, part+1)
	if part == f.part {
		return f.happens, errInjected
	}
	return true, nil
}

// crashImage copies the directory of a running state, as a crash would leave
// it: Badger's logs are memory maps, so their files show every write made. It
// copies again if files came or went meanwhile.
func crashImage(t testing.TB, dir string) string {
	t.Helper()
	for {
		image := filepath.Join(t.TempDir(), "image")
		before := listing(t, dir)
		err := os.CopyFS(image, os.DirFS(dir))
		if after := listing(t, dir); before == after {
			if err != nil {
				t.Fatal(err)
			}
			return image
		}
	}
}

// listing names the files of dir, and tells how long the manifest is.
func listing(t testing.TB, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, e := range entries {
		fmt.Fprintln(&b, e.Name())
	}
	manifest, err := os.Stat(filepath.Join(dir, "MANIFEST"))
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(&b, manifest.Size())
	return b.String()
}

// TestEveryFaultTwice breaks each part of the commit of one block in both
// ways, failed and failed but happened, in blocks of one part and of many.
// What the next Open finds is the version before, or after the very last part
// happened the version itself, and going on gives the twin's roots.
func TestEveryFaultTwice(t *testing.T) {
	history := blocks(5, 9)
	for _, partWrites := range []int{0, 9} {
		for _, at := range []uint64{3, 6} {
			twin := statetest.NewModel()
			parts := countParts(t, twin, partWrites, at, history)
			if partWrites > 0 && parts < 4 {
				t.Fatalf("version %d has %d parts, want at least 4", at, parts)
			}
			for part := range parts {
				for _, happens := range []bool{false, true} {
					t.Run(fmt.Sprintf("parts of %d/version %d/part %d/happens %v", partWrites, at, part, happens), func(t *testing.T) {
						want := at - 1
						if happens && part == parts-1 {
							want = at
						}
						f := &fault{part: part, happens: happens}
						faultyCommit(t, twin, f, partWrites, at, want, history)
					})
				}
			}
		}
	}
}

// blocks returns the same random blocks for the same seed.
func blocks(seed uint64, n int) [][]statetest.Change {
	rng := statetest.Rand(seed)
	m := statetest.NewModel()
	var out [][]statetest.Change
	for v := range n {
		changes := statetest.Block(rng, m.Records, 25)
		m.Apply(uint64(v+1), changes)
		out = append(out, changes)
	}
	return out
}

// faultyCommit breaks the commit of version at; what it leaves behind must be
// the version want.
func faultyCommit(t *testing.T, twin *statetest.Model, f *fault, partWrites int, at, want uint64, history [][]statetest.Change) {
	t.Helper()
	dir := t.TempDir()
	s := open(t, state.WithFaults(small(dir), partWrites, f.fail))
	m := statetest.NewModel()
	m.Roots = twin.Roots
	for v := uint64(1); v < at; v++ {
		m.Commit(t, s, v, history[v-1])
	}
	f.armed = true
	o := s.Begin()
	statetest.Write(o, history[at-1])
	if _, err := s.Stage(o, at); err != nil {
		t.Fatalf("Stage: %v", err)
	}
	if err := s.Commit(); !errors.Is(err, errInjected) {
		t.Fatalf("Commit: got %v, want %v", err, errInjected)
	}
	if _, err := s.Stage(s.Begin(), at); !errors.Is(err, state.ErrStopped) {
		t.Fatalf("Stage after a failed Commit: got %v, want %v", err, state.ErrStopped)
	}
	m.CheckLatest(t, s, statetest.Rand(1)) // readers still see the version before
	image := crashImage(t, dir)
	closeState(t, s)
	for _, dir := range []string{dir, image} {
		goOn(t, state.WithFaults(small(dir), partWrites, nil), twin, want, history)
	}
}

// countParts runs the history undisturbed and returns the number of parts of
// version at.
func countParts(t *testing.T, m *statetest.Model, partWrites int, at uint64, history [][]statetest.Change) int {
	t.Helper()
	f := &fault{part: -1}
	s := open(t, state.WithFaults(state.Config{InMemory: true, MemTableBytes: 1 << 20}, partWrites, f.fail))
	for i, changes := range history {
		f.armed = uint64(i+1) == at
		m.Commit(t, s, uint64(i+1), changes)
	}
	return f.parts
}

// goOn opens what a crash left, expects exactly the version want, and commits
// the rest of the history with the twin's roots.
func goOn(t *testing.T, cfg state.Config, twin *statetest.Model, want uint64, history [][]statetest.Change) {
	t.Helper()
	s := open(t, cfg)
	if s.Version() != want {
		t.Fatalf("version after the crash: got %d, want %d", s.Version(), want)
	}
	m := statetest.NewModel()
	m.Roots = twin.Roots
	for i, changes := range history {
		v := uint64(i + 1)
		if v <= want {
			m.Apply(v, changes)
			continue
		}
		m.Commit(t, s, v, changes)
	}
	rng := statetest.Rand(1)
	m.CheckLatest(t, s, rng)
	m.CheckKept(t, s, rng)
	closeState(t, s)
}

// TestFaultyPrune breaks each part of a prune: after reopening every version
// is kept, or, when the last part happened, all to be pruned are gone.
func TestFaultyPrune(t *testing.T) {
	history := blocks(8, 14)
	dir := t.TempDir()
	s := open(t, small(dir))
	m := statetest.NewModel()
	for i, changes := range history {
		m.Commit(t, s, uint64(i+1), changes)
	}
	closeState(t, s)
	count := &fault{part: -1}
	faultyPrune(t, dir, m, count, 11)
	if count.parts < 5 {
		t.Fatalf("the prune has %d parts, want at least 5", count.parts)
	}
	for part := range count.parts {
		for _, happens := range []bool{false, true} {
			want := uint64(1)
			if happens && part == count.parts-1 {
				want = 11
			}
			faultyPrune(t, dir, m, &fault{part: part, happens: happens}, want)
		}
	}
}

// faultyPrune breaks a prune of the versions 1 to 10 of the 14 in dir; the
// oldest version afterwards must be want.
func faultyPrune(t *testing.T, dir string, m *statetest.Model, f *fault, want uint64) {
	t.Helper()
	cfg := state.WithFaults(small(crashImage(t, dir)), 40, f.fail)
	cfg.KeepVersions = 4
	s := open(t, cfg)
	f.armed, f.parts = true, 0
	if err := s.Prune(t.Context()); (f.part >= 0) != errors.Is(err, errInjected) {
		t.Fatalf("Prune with a fault in part %d: got %v", f.part, err)
	}
	image := crashImage(t, cfg.Dir)
	closeState(t, s)
	f.armed = false
	cfg.Dir = image
	s = open(t, cfg)
	if oldest := s.Oldest(); oldest != want {
		t.Fatalf("part %d, happens %v: oldest version: got %d, want %d", f.part, f.happens, oldest, want)
	}
	rng := statetest.Rand(2)
	m.CheckLatest(t, s, rng)
	m.CheckKept(t, s, rng)
	if err := s.Prune(t.Context()); err != nil {
		t.Fatalf("Prune again: %v", err)
	}
	m.CheckLatest(t, s, rng)
	m.CheckKept(t, s, rng)
	closeState(t, s)
}

// TestFaultyUndo breaks the repair itself at each part: it is repeated at the
// next Open.
func TestFaultyUndo(t *testing.T) {
	history := blocks(5, 9)
	m := statetest.NewModel()
	countParts(t, m, 9, 6, history)
	f := &fault{part: 3, happens: true}
	dir := t.TempDir()
	s := open(t, state.WithFaults(small(dir), 9, f.fail))
	m2 := statetest.NewModel()
	for v := uint64(1); v < 6; v++ {
		m2.Commit(t, s, v, history[v-1])
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
	for part := range 3 {
		for _, happens := range []bool{false, true} {
			f.part, f.happens = part, happens
			if s, err := state.Open(state.WithFaults(small(dir), 9, f.fail)); !errors.Is(err, errInjected) {
				if err == nil {
					closeState(t, s)
				}
				t.Fatalf("Open with a fault in part %d of the repair: got %v, want %v", part, err, errInjected)
			}
		}
	}
	goOn(t, small(dir), m, 5, history)
}
