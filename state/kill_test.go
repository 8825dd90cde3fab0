package state_test

import (
	"bufio"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/pedigree-ledger/pedigree/state"
	"github.com/pedigree-ledger/pedigree/state/statetest"
)

const (
	killDirEnv  = "PEDIGREE_STATE_KILL_DIR"
	killBlocks  = 200
	killSeed    = 11
	killEveryth = 4 // every n-th block is a big one of many parts
)

// killConfig prunes, so that kills meet pruning too.
func killConfig(dir string) state.Config {
	cfg := small(dir)
	cfg.KeepVersions = 5
	return state.WithFaults(cfg, 60, nil)
}

// killBlock returns block v, the same in parent and child.
func killBlock(v uint64) []statetest.Change {
	rng := statetest.Rand(killSeed + v)
	n := 20
	if v%killEveryth == 0 {
		n = 150
	}
	changes := make([]statetest.Change, 0, n)
	for range n {
		key := []byte(fmt.Sprintf("h%04d", rng.IntN(1000)))
		if rng.IntN(4) == 0 {
			changes = append(changes, statetest.Change{Key: key})
			continue
		}
		changes = append(changes, statetest.Change{Key: key, Value: statetest.RandomValue(rng)})
	}
	return changes
}

// TestKillChild is the process that TestKill kills: it commits blocks as fast
// as it can and says which version each Commit returned for.
func TestKillChild(t *testing.T) {
	dir := os.Getenv(killDirEnv)
	if dir == "" {
		t.Skip("run by TestKill")
	}
	s := open(t, killConfig(dir))
	for v := s.Version() + 1; v <= killBlocks; v++ {
		o := s.Begin()
		statetest.Write(o, killBlock(v))
		if _, err := s.Stage(o, v); err != nil {
			t.Fatal(err)
		}
		if err := s.Commit(); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(os.Stdout, "committed %d\n", v)
	}
}

// TestKill kills a committing process with SIGKILL at random moments. Every
// version that it acknowledged is there, nothing of a later one is, and what
// it commits afterwards has the roots of a twin that was never disturbed.
func TestKill(t *testing.T) {
	rng := statetest.Rand(statetest.Seed(t, *seedFlag))
	kills := 5
	if testing.Short() {
		kills = 2
	}
	twin := open(t, state.Config{InMemory: true, KeepVersions: 1000})
	m := statetest.NewModel()
	for v := uint64(1); v <= killBlocks; v++ {
		m.Commit(t, twin, v, killBlock(v))
	}
	dir := t.TempDir()
	for range kills {
		acked := runChild(t, dir, 1+rng.IntN(20), time.Duration(rng.IntN(15000))*time.Microsecond)
		image := crashImage(t, dir)
		s := open(t, killConfig(image))
		if s.Version() < acked || s.Version() > acked+1 {
			t.Fatalf("version after the kill: got %d, want %d or one more", s.Version(), acked)
		}
		t.Logf("killed after %d, reopened at %d", acked, s.Version())
		m.CheckLatest(t, s, rng)
		m.CheckKept(t, s, rng)
		again := statetest.NewModel()
		again.Records, again.Roots = maps.Clone(m.Versions[s.Version()]), m.Roots
		for v := s.Version() + 1; v <= min(acked+10, killBlocks); v++ {
			again.Commit(t, s, v, killBlock(v))
		}
		again.CheckLatest(t, s, rng)
		closeState(t, s)
	}
}

// runChild starts the child on dir, lets it commit n blocks and a moment more,
// kills it, and returns the last version it acknowledged.
func runChild(t *testing.T, dir string, n int, moment time.Duration) (acked uint64) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestKillChild$", "-test.v")
	cmd.Env = append(os.Environ(), killDirEnv+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	var killer *time.Timer
	for seen := 0; lines.Scan(); {
		var v uint64
		if _, err := fmt.Sscanf(lines.Text(), "committed %d", &v); err != nil {
			continue
		}
		acked = v
		if seen++; seen == n {
			killer = time.AfterFunc(moment, func() { _ = cmd.Process.Kill() })
		}
	}
	_ = cmd.Wait() // killed, or through with its blocks
	if killer == nil {
		t.Fatalf("the child ended after version %d, before its kill", acked)
	}
	killer.Stop()
	return acked
}
