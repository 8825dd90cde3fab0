package index

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

const (
	killDirEnv = "PEDIGREE_INDEX_KILL_DIR"
	killBlocks = 150
)

// killPlant makes the same blocks in parent and child: every fourth is big
// enough for parts and for the value log, the others are tiny.
func killPlant(t *testing.T) []Block {
	p := newPlant(t)
	out := make([]Block, p.w.Block.Height)
	for i := range out {
		out[i].Height = uint64(i + 1)
	}
	for len(out) < killBlocks {
		n := 20
		if len(out)%4 == 0 {
			n = 3000
		}
		out = append(out, p.block(t, n))
	}
	return out
}

func killConfig(dir string) Config {
	cfg := small(dir)
	cfg.faults.partWrites = 6
	return cfg
}

// TestKillChild is the process that TestKill kills.
func TestKillChild(t *testing.T) {
	dir := os.Getenv(killDirEnv)
	if dir == "" {
		t.Skip("run by TestKill")
	}
	x := open(t, killConfig(dir))
	for _, b := range killPlant(t)[x.Height():] {
		if err := x.Apply(b); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(os.Stdout, "applied %d\n", b.Height)
	}
}

// TestKill kills a process that applies blocks, at random moments. What it
// leaves is the blocks up to some height, at least the acknowledged one.
func TestKill(t *testing.T) {
	rng := random(t)
	kills := 6
	if testing.Short() {
		kills = 2
	}
	blocks, dir := killPlant(t), t.TempDir()
	for range kills {
		acked := runChild(t, dir, 1+rng.IntN(20), time.Duration(rng.IntN(8000))*time.Microsecond)
		if acked == 0 {
			break // through with its blocks
		}
		x := open(t, killConfig(copyDir(t, dir)))
		h := x.Height()
		if h < acked || h > acked+1 {
			t.Fatalf("height after the kill: got %d, want %d or one more", h, acked)
		}
		t.Logf("killed after %d, reopened at %d", acked, h)
		for i, b := range blocks {
			if len(b.Txs) == 0 {
				continue
			}
			op := b.Txs[0].Tx.Op.(*app.Commission)
			_, err := x.Place(gs1.ItemKey(op.GTIN, op.Serials[rng.IntN(len(op.Serials))]))
			if there := uint64(i) < h; (err == nil) != there {
				t.Fatalf("item of block %d at height %d: got %v", i+1, h, err)
			}
		}
	}
}

// runChild starts the child on dir, lets it apply n blocks and a moment more,
// kills it, and returns the last height it acknowledged; 0 when it was through
// before that.
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
		var h uint64
		if _, err := fmt.Sscanf(lines.Text(), "applied %d", &h); err != nil {
			continue
		}
		acked = h
		if seen++; seen == n {
			killer = time.AfterFunc(moment, func() { _ = cmd.Process.Kill() })
		}
	}
	err = cmd.Wait()
	if killer == nil || err == nil {
		return 0
	}
	killer.Stop()
	return acked
}
