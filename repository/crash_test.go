package repository

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/dgraph-io/badger/v4"
)

// checkWhole holds the database against itself: events are numbered without
// gaps up to the head, all that points to each stands, and nothing else does.
func checkWhole(t *testing.T, r *Repository) {
	t.Helper()
	txn := r.db.NewTransaction(false)
	defer txn.Discard()
	want, seq := make(map[string]bool), uint64(0)
	err := scan(txn, []byte{prefixEvent}, nil, false, func(suffix []byte, item *badger.Item) (bool, error) {
		if seq++; binary.BigEndian.Uint64(suffix) != seq {
			return false, fmt.Errorf("event %d stands where %d should", binary.BigEndian.Uint64(suffix), seq)
		}
		return true, item.Value(func(v []byte) error {
			s, err := decodeRecord(v)
			if err != nil {
				return err
			}
			for _, w := range s.writes() {
				want[string(w.key)] = true
			}
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	if seq != r.Head() {
		t.Fatalf("%d events stand, the head is %d", seq, r.Head())
	}
	for _, prefix := range []byte{prefixTime, prefixRecorded, prefixTerm, prefixReplaced} {
		err := scan(txn, []byte{prefix}, nil, false, func(suffix []byte, _ *badger.Item) (bool, error) {
			key := string(prefix) + string(suffix)
			if !want[key] {
				return false, fmt.Errorf("%q points to nothing", key)
			}
			delete(want, key)
			return true, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for key := range want {
		t.Fatalf("%q is missing", key)
	}
}

// step is an Add that replaces a told event and writes a job and a progress.
func step(t *testing.T, r *Repository) error {
	t.Helper()
	job := &Job{ID: "01936f3e-0000-7000-8000-000000000001", Running: true, Success: true, Behaviour: Rollback}
	out, err := r.Add(t.Context(), []NewEvent{
		{Event: shipped("1", 1), Standing: Recorded}, {Event: shipped("3", 3), Standing: Recorded}, {Event: shipped("4", 4), Standing: Attached},
	}, Along{Job: job, Progress: map[string]uint64{"feed": 42}})
	if err == nil && len(out) != 3 {
		t.Fatalf("%d outcomes", len(out))
	}
	return err
}

// stands tells whether the step stands; it must do so whole or not at all.
func stands(t *testing.T, r *Repository) bool {
	t.Helper()
	checkWhole(t, r)
	found := len(find(t, r, ""))
	progress, err := r.Progress(t.Context(), "feed")
	if err != nil {
		t.Fatal(err)
	}
	jobs, err := r.Unfinished(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	switch {
	case r.Head() == 2 && found == 2 && progress == 0 && len(jobs) == 0:
		return false
	case r.Head() == 5 && found == 4 && progress == 42 && len(jobs) == 1:
		return true
	}
	t.Fatalf("half a step: head %d, %d events, progress %d, %d jobs", r.Head(), found, progress, len(jobs))
	return false
}

var errFault = errors.New("the disk said no")

// TestFaults fails each write of an Add, once before it happens and once after,
// and goes on in the same process or in the next.
func TestFaults(t *testing.T) {
	for write := 1; ; write++ {
		reached := false
		for _, happened := range []bool{false, true} {
			for _, reopen := range []bool{false, true} {
				if faultAt(t, write, happened, reopen) {
					reached = true
				}
			}
		}
		if !reached {
			if write < 8 {
				t.Fatalf("an Add has %d writes: too few to prove anything", write-1)
			}
			return
		}
	}
}

func faultAt(t *testing.T, at int, happened, reopen bool) (reached bool) {
	t.Helper()
	count, armed := 0, false
	cfg := Config{Dir: t.TempDir(), Now: newClock().now, partWrites: 5}
	cfg.fault = func(write func() error) error {
		if !armed {
			return write()
		}
		if count++; count != at {
			return write()
		}
		reached = true
		if happened {
			if err := write(); err != nil {
				return err
			}
		}
		return errFault
	}
	r, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	add(t, r, Told, shipped("1", 1), shipped("2", 2))
	armed = true
	if err := step(t, r); err != nil != reached {
		t.Fatalf("write %d: %v", at, err)
	}
	if reopen {
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		if r, err = Open(cfg); err != nil { // the fault met the recovery
			if r, err = Open(cfg); err != nil {
				t.Fatal(err)
			}
		}
		stands(t, r)
	}
	err = step(t, r)
	if err != nil { // the fault met it, or the recovery before it
		err = step(t, r)
	}
	if err != nil {
		t.Fatalf("write %d, happened %v, reopened %v: again: %v", at, happened, reopen, err)
	}
	if !stands(t, r) {
		t.Fatalf("write %d: the step does not stand after it was done again", at)
	}
	return reached
}

const killDirEnv = "PEDIGREE_REPOSITORY_KILL_DIR"

// TestKillChild is the process that TestKill kills.
func TestKillChild(t *testing.T) {
	dir := os.Getenv(killDirEnv)
	if dir == "" {
		t.Skip("run by TestKill")
	}
	r := openTest(t, Config{Dir: dir, partWrites: 7})
	for batch := int(r.Head()); ; batch++ {
		var list []NewEvent
		for i := range 1 + batch%9 {
			list = append(list, NewEvent{Event: shipped(fmt.Sprintf("%d-%d", batch, i), i), Standing: Recorded})
		}
		if _, err := r.Add(t.Context(), list, Along{Progress: map[string]uint64{"feed": r.Head() + uint64(len(list))}}); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(os.Stdout, "added %d\n", r.Head())
	}
}

// TestKill kills a process that adds events, at moments of chance. What was
// acknowledged stands, and nothing stands by half.
func TestKill(t *testing.T) {
	dir := t.TempDir()
	kills := 5
	if testing.Short() {
		kills = 2
	}
	for range kills {
		acked := killChild(t, dir, 1+rand.IntN(30), time.Duration(rand.IntN(5000))*time.Microsecond)
		r, err := Open(Config{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		checkWhole(t, r)
		progress, err := r.Progress(t.Context(), "feed")
		if err != nil || r.Head() < acked || progress != r.Head() {
			t.Fatalf("acknowledged %d, head %d, progress %d, %v", acked, r.Head(), progress, err)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// killChild runs a child until it has acknowledged so many batches and a little
// longer, and returns the last acknowledged head.
func killChild(t *testing.T, dir string, batches int, more time.Duration) (acked uint64) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestKillChild$")
	child.Env = append(os.Environ(), killDirEnv+"="+dir)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	var seen []string
	for lines.Scan() {
		text, ok := strings.CutPrefix(lines.Text(), "added ")
		if !ok {
			seen = append(seen, lines.Text())
			continue
		}
		if acked, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatal(err)
		}
		if batches--; batches == 0 {
			time.AfterFunc(more, func() { _ = child.Process.Kill() })
		}
	}
	_ = child.Wait() // it was killed
	if batches > 0 {
		t.Fatalf("the child ended by itself: %s", slices.Concat(seen))
	}
	return acked
}
