package app_test

import (
	"flag"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
)

var (
	seedFlag     = flag.Int64("seed", 0, "the first seed of random programs; 0 runs the fixed ones")
	programsFlag = flag.Int("programs", 240, "how many random programs to run; -parallel is how many at a time")
	stepsFlag    = flag.Int("steps", 100, "how many ops each random program tries")
	keepFlag     = flag.Bool("keep", false, "keep a random program that fails, shrunk, as a test in testdata/program")
)

// TestRandomPrograms runs random programs against the ledger, the model and a
// second replica. A program that fails is shrunk and printed.
func TestRandomPrograms(t *testing.T) {
	run := newRun(t, *stepsFlag)
	programs := *programsFlag
	if testing.Short() {
		programs = min(programs, 30)
	}
	workers, err := strconv.Atoi(flag.Lookup("test.parallel").Value.String())
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	failed := run.all(max(1, *seedFlag), programs, workers)
	took := time.Since(began).Seconds()
	t.Logf("%d programs of %d ops in %.1f s on %d cores: %.1f programs a second", programs, *stepsFlag, took, workers, float64(programs)/took)
	if failed != nil {
		run.report(failed)
		return
	}
	for _, k := range app.Kinds() {
		ok := run.tally["ok "+k.String()]
		t.Logf("%-20s %6d accepted %6d refused", k, ok, run.tally["refused "+k.String()])
		if ok == 0 && neverAccepted()[k] == "" && programs >= 100 {
			t.Errorf("%s was never accepted", k)
		}
	}
	for _, what := range agencies() {
		t.Logf("%-20s %6d accepted", what, run.tally[what])
		if run.tally[what] == 0 && programs >= 100 {
			t.Errorf("nothing was accepted: %s", what)
		}
	}
}

// programRun is many programs and what came of them.
type programRun struct {
	t      *testing.T
	worlds [4]*apptest.World
	steps  []int
	plant  planted

	mu    sync.Mutex
	tally map[string]int
}

func newRun(t *testing.T, steps int) *programRun {
	t.Helper()
	r := &programRun{t: t, worlds: prototypes(&trial{TB: t}), tally: map[string]int{}}
	for i := range commissions + steps {
		r.steps = append(r.steps, i)
	}
	return r
}

func (r *programRun) attempt(seed int64, steps []int) *program {
	return attempt(r.t, r.worlds, seed, steps, r.plant)
}

// all runs programs, several at a time, until one fails: that one is returned.
func (r *programRun) all(first int64, programs, workers int) *program {
	var next, stop atomic.Int64
	var failed *program
	var wait sync.WaitGroup
	for range workers {
		wait.Go(func() {
			for stop.Load() == 0 {
				n := next.Add(1) - 1
				if n >= int64(programs) {
					return
				}
				if p := r.attempt(first+n, r.steps); !r.count(p) {
					stop.Store(1)
					r.mu.Lock()
					failed = p
					r.mu.Unlock()
				}
				if (n+1)%10_000 == 0 {
					r.t.Logf("%d programs", n+1)
				}
			}
		})
	}
	wait.Wait()
	return failed
}

// count adds a program to the tally, and reports whether it went well.
func (r *programRun) count(p *program) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for k := range maps.Keys(p.tally) {
		r.tally[k] += p.tally[k]
	}
	return p.t.failure == ""
}

// shrink finds fewer steps with which a program fails in the same way, then
// shorter programs of other seeds that do, and then fewer txs.
func (r *programRun) shrink(p *program) *program {
	small := r.fewerSteps(p)
	for seed := int64(1); seed <= 300 && len(small.taken) > 2; seed++ {
		steps := append([]int{0}, r.steps[commissions:][:min(len(small.taken)-2, len(r.steps)-commissions)]...)
		q := r.attempt(1_000_000+seed, steps)
		if q.t.failure != "" && class(q.t.failure) == class(p.t.failure) {
			small = r.fewerSteps(q)
		}
	}
	r.leaveOut(small)
	return small
}

// fewerSteps leaves out steps as long as the program fails in the same way.
func (r *programRun) fewerSteps(p *program) *program {
	small := p
	fails := func(steps []int) bool {
		q := r.attempt(p.seed, steps)
		if q.t.failure == "" || class(q.t.failure) != class(p.t.failure) {
			return false
		}
		small = q
		return true
	}
	for steps, before := p.taken, -1; len(steps) != before; {
		before = len(steps)
		steps = fewer(steps, fails)
	}
	return small
}

// leaveOut drops txs from a program as long as the rest, run as it stands,
// still fails. What the model says is not asked again: where the failure is
// that it disagrees, only txs are dropped that were refused.
func (r *programRun) leaveOut(p *program) {
	verdict := strings.Contains(p.t.failure, ", the model ")
	pick := func(keep []int) (txs []executed) {
		for i := range p.done {
			if _, kept := slices.BinarySearch(keep, i); kept || verdict && p.done[i].code == app.CodeOK {
				txs = append(txs, p.done[i])
			}
		}
		return txs
	}
	var all []int
	for i := range p.done {
		all = append(all, i)
	}
	fails := func(keep []int) bool { return r.again(p, pick(keep)) != "" }
	if fails(all) {
		p.done = pick(fewer(all, fails))
	}
}

// again runs the txs of a program as they stand and returns how they fail.
func (r *programRun) again(p *program, txs []executed) (failure string) {
	t := &trial{TB: r.t}
	defer t.caught(&failure)
	w := r.worlds[p.seed%4].Fork(t)
	rerun(t, w, newReplica(t, w.Store.Clone(), p.seed, p.unsigned), txs)
	return t.failure
}

// fewer leaves out pieces of a list, halves first and single elements last, as
// long as what remains still fails.
func fewer(list []int, fails func([]int) bool) []int {
	for size := (len(list) + 1) / 2; size > 0; size /= 2 {
		for at := 0; at < len(list); {
			rest := slices.Delete(slices.Clone(list), at, min(at+size, len(list)))
			if fails(rest) {
				list = rest
			} else {
				at += size
			}
		}
	}
	return list
}

// report shrinks a failed program and tells it, or keeps it.
func (r *programRun) report(p *program) {
	r.t.Helper()
	small := r.shrink(p)
	r.t.Errorf("seed %d: %s", p.seed, p.t.failure)
	r.t.Errorf("shrunk from %d txs to %d: %s\n%s", len(p.done), len(small.done), small.t.failure, small.keep().text(r.t))
	r.t.Errorf("run again with -run TestRandomPrograms -seed %d -programs 1, and -keep to keep it as a test", p.seed)
	if *keepFlag {
		small.keep().write(r.t)
	}
}
