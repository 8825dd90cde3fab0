package state_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/pedigree-ledger/pedigree/state"
	"github.com/pedigree-ledger/pedigree/state/statetest"
)

var seedFlag = flag.Uint64("seed", 0, "seed of the random tests; 0 draws one")

// small is a configuration with Badger's smallest memtables, so that its real
// bounds are met.
func small(dir string) state.Config {
	return state.Config{Dir: dir, MemTableBytes: 1 << 20, CacheNodes: 500, BlockCacheBytes: 1 << 20}
}

func open(t testing.TB, cfg state.Config) *state.State {
	t.Helper()
	s, err := state.Open(cfg)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func closeState(t testing.TB, s *state.State) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
}

// TestRandomBlocks runs random blocks against the model, with reopening and
// pruning in between.
func TestRandomBlocks(t *testing.T) {
	seed := statetest.Seed(t, *seedFlag)
	rng := statetest.Rand(seed)
	cfg := small(t.TempDir())
	cfg.KeepVersions = 6
	s := open(t, cfg)
	m := statetest.NewModel()
	v := 1 + rng.Uint64N(50)
	for range 100 {
		m.Commit(t, s, v, statetest.Block(rng, m.Records, rng.IntN(40)))
		m.CheckLatest(t, s, rng)
		if rng.IntN(5) == 0 {
			m.CheckKept(t, s, rng)
		}
		switch rng.IntN(20) {
		case 0:
			closeState(t, s)
			s = open(t, cfg)
			m.CheckLatest(t, s, rng)
		case 1:
			if err := s.Prune(t.Context()); err != nil {
				t.Fatalf("Prune: %v", err)
			}
			if want := min(s.Version()-s.Oldest()+1, 6); s.Version()-s.Oldest()+1 != want {
				t.Fatalf("kept %d versions, want %d", s.Version()-s.Oldest()+1, want)
			}
		}
		v++
	}
}

// TestBigBlock commits a block of many parts under Badger's real bounds.
func TestBigBlock(t *testing.T) {
	rng := statetest.Rand(statetest.Seed(t, *seedFlag))
	cfg := small(t.TempDir())
	s := open(t, cfg)
	m := statetest.NewModel()
	var changes []statetest.Change
	for i := range 20_000 {
		changes = append(changes, statetest.Change{Key: []byte{'h', byte(i >> 8), byte(i), byte(i * 7)}, Value: statetest.RandomValue(rng)})
	}
	m.Commit(t, s, 1, changes)
	m.Commit(t, s, 2, changes[:3])
	m.CheckLatest(t, s, rng)
	closeState(t, s)
	s = open(t, cfg)
	m.CheckLatest(t, s, rng)
}

func TestEmptyBlocksKeepTheRoot(t *testing.T) {
	s := open(t, state.Config{InMemory: true})
	m := statetest.NewModel()
	empty := sha256.Sum256(nil)
	if !bytes.Equal(s.Root(), empty[:]) || s.Version() != 0 {
		t.Fatalf("empty state: got version %d, root %x, want 0, %x", s.Version(), s.Root(), empty)
	}
	m.Commit(t, s, 1, nil)
	if !bytes.Equal(s.Root(), empty[:]) {
		t.Fatalf("root after an empty first block: got %x, want %x", s.Root(), empty)
	}
	m.Commit(t, s, 2, []statetest.Change{{Key: []byte("ha"), Value: []byte{1}}, {Key: []byte("hb"), Value: []byte{1}}})
	want := s.Root()
	m.Commit(t, s, 3, nil)
	m.Commit(t, s, 4, []statetest.Change{{Key: []byte("ha"), Value: []byte{1}}, {Key: []byte("hz")}})
	m.Commit(t, s, 5, []statetest.Change{{Key: []byte("hc"), Value: []byte{1}}, {Key: []byte("hc")}})
	if !bytes.Equal(s.Root(), want) {
		t.Fatalf("root after blocks that change nothing: got %x, want %x", s.Root(), want)
	}
	m.CheckKept(t, s, statetest.Rand(1))
}

// TestGenesis stages genesis for its root, then with the first block, at a
// first height that is not 1; a crash in between leaves an empty state.
func TestGenesis(t *testing.T) {
	dir := t.TempDir()
	run := func(s *state.State) (genesis, first []byte) {
		t.Helper()
		g := s.Begin()
		g.Set([]byte("xparam"), []byte{1, 7})
		g.Set([]byte("mgone"), []byte{1})
		genesis, err := s.Stage(g, 100)
		if err != nil {
			t.Fatalf("Stage of genesis: %v", err)
		}
		b := g.Fork()
		if _, ok := b.Get([]byte("xparam")); !ok {
			t.Fatal("the first block does not see genesis")
		}
		b.Delete([]byte("mgone"))
		b.Set([]byte("hfirst"), []byte{1})
		if first, err = s.Stage(b, 100); err != nil {
			t.Fatalf("Stage of the first block: %v", err)
		}
		return genesis, first
	}
	s := open(t, small(dir))
	g1, f1 := run(s)
	closeState(t, s)
	s = open(t, small(dir))
	if s.Version() != 0 {
		t.Fatalf("version after a crash before the first Commit: got %d, want 0", s.Version())
	}
	g2, f2 := run(s)
	if !bytes.Equal(g1, g2) || !bytes.Equal(f1, f2) || bytes.Equal(g1, f1) {
		t.Fatalf("roots: got %x, %x, want %x, %x", g2, f2, g1, f1)
	}
	if err := s.Commit(); err != nil {
		t.Fatal(err)
	}
	m := statetest.NewModel()
	m.Roots[100] = f1
	m.Apply(100, []statetest.Change{{Key: []byte("xparam"), Value: []byte{1, 7}}, {Key: []byte("hfirst"), Value: []byte{1}}})
	m.CheckLatest(t, s, statetest.Rand(1))
	m.CheckKept(t, s, statetest.Rand(1))
	if s.Version() != 100 || s.Oldest() != 100 {
		t.Fatalf("got versions %d to %d, want 100 to 100", s.Oldest(), s.Version())
	}
}

// TestStageRefuses names each way in which a block does not fit the state.
func TestStageRefuses(t *testing.T) {
	s := open(t, state.Config{InMemory: true})
	m := statetest.NewModel()
	stale := s.Begin()
	m.Commit(t, s, 7, []statetest.Change{{Key: []byte("ha"), Value: []byte{1}}})
	if err := s.Commit(); !errors.Is(err, state.ErrVersion) {
		t.Errorf("Commit without Stage: got %v, want %v", err, state.ErrVersion)
	}
	for _, v := range []uint64{0, 6, 7, 9, 1 << 63} {
		if _, err := s.Stage(s.Begin(), v); !errors.Is(err, state.ErrVersion) {
			t.Errorf("Stage(%d) after 7: got %v, want %v", v, err, state.ErrVersion)
		}
	}
	if _, err := s.Stage(stale, 8); !errors.Is(err, state.ErrStale) {
		t.Errorf("Stage of a stale overlay: got %v, want %v", err, state.ErrStale)
	}
	other := open(t, state.Config{InMemory: true})
	if _, err := other.Stage(s.Begin(), 1); !errors.Is(err, state.ErrStale) {
		t.Errorf("Stage of another state's overlay: got %v, want %v", err, state.ErrStale)
	}
	for name, write := range map[string]func(*state.Overlay){
		"empty key":   func(o *state.Overlay) { o.Set(nil, []byte{1}) },
		"long key":    func(o *state.Overlay) { o.Delete(make([]byte, state.MaxKeyBytes+1)) },
		"empty value": func(o *state.Overlay) { o.Set([]byte("h"), nil) },
		"long value":  func(o *state.Overlay) { o.Set([]byte("h"), make([]byte, state.MaxValueBytes+1)) },
	} {
		o := s.Begin()
		write(o)
		if _, err := s.Stage(o, 8); !errors.Is(err, state.ErrRecord) {
			t.Errorf("%s: got %v, want %v", name, err, state.ErrRecord)
		}
	}
	m.Commit(t, s, 8, []statetest.Change{{Key: []byte("hb"), Value: make([]byte, state.MaxValueBytes)}})
}

// TestStageAgain stages other blocks before the one that is committed: none
// of them leaves a trace.
func TestStageAgain(t *testing.T) {
	rng := statetest.Rand(statetest.Seed(t, *seedFlag))
	a, b := open(t, state.Config{InMemory: true}), open(t, state.Config{InMemory: true})
	ma, mb := statetest.NewModel(), statetest.NewModel()
	for v := uint64(1); v <= 30; v++ {
		for range rng.IntN(3) {
			o := a.Begin()
			statetest.Write(o, statetest.Block(rng, ma.Records, 20))
			if _, err := a.Stage(o, v); err != nil {
				t.Fatal(err)
			}
			o.Close()
		}
		changes := statetest.Block(rng, ma.Records, 20)
		ma.Commit(t, a, v, changes)
		mb.Commit(t, b, v, changes)
		if !bytes.Equal(a.Root(), b.Root()) {
			t.Fatalf("version %d: got %x, the undisturbed twin has %x", v, a.Root(), b.Root())
		}
	}
	ma.CheckKept(t, a, rng)
	if n := a.Pins(); n != 0 {
		t.Errorf("open snapshots: got %d, want 0", n)
	}
}

func TestOpenErrors(t *testing.T) {
	dir := t.TempDir()
	s := open(t, small(dir))
	m := statetest.NewModel()
	m.Commit(t, s, 1, []statetest.Change{{Key: []byte("ha"), Value: []byte{1}}})
	check := func(name string, cfg state.Config, want error) {
		t.Helper()
		other, err := state.Open(cfg)
		if err == nil {
			_ = other.Close()
		}
		if !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", name, err, want)
		} else if strings.ContainsRune(err.Error(), '\n') {
			t.Errorf("%s: error has several lines: %q", name, err)
		}
	}
	check("locked", small(dir), state.ErrLocked)
	closeState(t, s)
	full := small(dir)
	full.ReserveBytes = 1 << 60
	check("full", full, state.ErrDiskFull)
	manifest := filepath.Join(dir, "MANIFEST")
	whole, err := os.ReadFile(manifest)
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, manifest, []byte("not a manifest"))
	check("damaged manifest", small(dir), state.ErrDamaged)
	writeFile(t, manifest, whole)
	tables, _ := filepath.Glob(filepath.Join(dir, "*.sst"))
	if len(tables) == 0 {
		t.Fatal("no table file to damage")
	}
	table, err := os.ReadFile(tables[0])
	if err != nil {
		t.Fatal(err)
	}
	damagedTable := bytes.Clone(table)
	for i := range 32 {
		damagedTable[i] ^= 0x55
	}
	writeFile(t, tables[0], damagedTable)
	check("damaged table", small(dir), state.ErrDamaged)
	writeFile(t, tables[0], table)
	m.CheckLatest(t, open(t, small(dir)), statetest.Rand(1))
}

func writeFile(t *testing.T, name string, p []byte) {
	t.Helper()
	if err := os.WriteFile(name, p, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestReadOnly(t *testing.T) {
	cfg := small(t.TempDir())
	s := open(t, cfg)
	m := statetest.NewModel()
	m.Commit(t, s, 1, []statetest.Change{{Key: []byte("ha"), Value: []byte{1}}, {Key: []byte("hb"), Value: []byte{2}}})
	closeState(t, s)
	cfg.ReadOnly = true
	a, b := open(t, cfg), open(t, cfg)
	m.CheckLatest(t, a, statetest.Rand(1))
	m.CheckKept(t, b, statetest.Rand(1))
	if _, err := a.Stage(a.Begin(), 2); !errors.Is(err, state.ErrReadOnly) {
		t.Errorf("Stage: got %v, want %v", err, state.ErrReadOnly)
	}
	if err := a.Import(bytes.NewReader(nil)); !errors.Is(err, state.ErrReadOnly) {
		t.Errorf("Import: got %v, want %v", err, state.ErrReadOnly)
	}
	if err := a.Prune(t.Context()); !errors.Is(err, state.ErrReadOnly) {
		t.Errorf("Prune: got %v, want %v", err, state.ErrReadOnly)
	}
}

func TestClosed(t *testing.T) {
	s := open(t, small(t.TempDir()))
	m := statetest.NewModel()
	m.Commit(t, s, 1, []statetest.Change{{Key: []byte("ha"), Value: []byte{1}}})
	view, o := s.Latest(), s.Begin()
	view.Scan(nil, func(_, _ []byte) bool { return false })
	closeState(t, s)
	closeState(t, s)
	if _, ok := view.Get([]byte("ha")); ok || !errors.Is(view.Err(), state.ErrClosed) {
		t.Errorf("view of a closed state: got %v, %v, want %v", ok, view.Err(), state.ErrClosed)
	}
	if _, ok := o.Get([]byte("ha")); ok || !errors.Is(o.Err(), state.ErrClosed) {
		t.Errorf("overlay of a closed state: got %v, %v, want %v", ok, o.Err(), state.ErrClosed)
	}
	if _, err := s.Stage(o, 2); !errors.Is(err, state.ErrClosed) {
		t.Errorf("Stage: got %v, want %v", err, state.ErrClosed)
	}
	if _, _, err := s.Prove(1, []byte("ha")); !errors.Is(err, state.ErrClosed) {
		t.Errorf("Prove: got %v, want %v", err, state.ErrClosed)
	}
}

// TestMetricNames freezes the names that operators alert on.
func TestMetricNames(t *testing.T) {
	r := prometheus.NewRegistry()
	s := open(t, state.Config{InMemory: true, Registerer: r})
	statetest.NewModel().Commit(t, s, 3, []statetest.Change{{Key: []byte("ha"), Value: []byte{1}}})
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range families {
		got = append(got, strings.TrimPrefix(f.GetName(), "pedigree_state_"))
		if f.GetName() == "pedigree_state_version" && f.GetMetric()[0].GetGauge().GetValue() != 3 {
			t.Errorf("version: got %v, want 3", f.GetMetric()[0])
		}
	}
	want := "commit_seconds leaves oldest_version proofs_total prune_seconds pruned_versions_total " +
		"read_failures_total records_written_total stage_seconds version written_bytes_total"
	if strings.Join(got, " ") != want {
		t.Errorf("metrics:\n got %s\nwant %s", strings.Join(got, " "), want)
	}
	if _, err := state.Open(state.Config{InMemory: true, Registerer: r}); err == nil {
		t.Error("two states in one registry: got no error")
	}
}
