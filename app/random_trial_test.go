package app_test

import (
	"fmt"
	"runtime/debug"
	"strings"
	"testing"
	"unicode"

	"github.com/pedigree-ledger/pedigree/app/apptest"
)

// trial stands in for a test, so that a program that fails can be tried again
// with fewer steps, and many can run at a time. The first failure ends it.
type trial struct {
	testing.TB
	failure string
}

// ended is what a trial that has failed panics with.
type ended struct{}

func (t *trial) note(failure string) {
	if t.failure == "" {
		t.failure = failure
	}
}

// stop ends a trial that has failed.
func (t *trial) stop() {
	if t.failure != "" {
		panic(ended{})
	}
}

func (t *trial) Helper()                   {}
func (t *trial) Failed() bool              { return t.failure != "" }
func (t *trial) Log(...any)                {}
func (t *trial) Logf(string, ...any)       {}
func (t *trial) Error(args ...any)         { t.note(fmt.Sprint(args...)) }
func (t *trial) Errorf(f string, a ...any) { t.note(fmt.Sprintf(f, a...)) }
func (t *trial) Fatal(args ...any)         { t.Error(args...); t.FailNow() }
func (t *trial) Fatalf(f string, a ...any) { t.Errorf(f, a...); t.FailNow() }

func (t *trial) FailNow() {
	t.note("failed")
	panic(ended{})
}

// caught is deferred: it ends a trial, however it ended. A panic of the ledger
// is a failure like any other.
func (t *trial) caught(failure *string) {
	switch r := recover().(type) {
	case nil, ended:
	default:
		t.note(fmt.Sprintf("panic: %v\n%s", r, debug.Stack()))
	}
	*failure = t.failure
}

// attempt runs the steps of the program of a seed.
func attempt(tb testing.TB, worlds [4]*apptest.World, seed int64, steps []int, plant planted) (p *program) {
	t := &trial{TB: tb}
	defer t.caught(new(string))
	p = newProgram(t, worlds, seed)
	p.plant = plant
	p.run(steps)
	return p
}

// class is what two failures of one bug have in common: the first words, less
// everything with a digit or a sign in it.
func class(failure string) string {
	var out []string
	for _, word := range strings.Fields(failure) {
		word = strings.Trim(word, ":,;()")
		if strings.IndexFunc(word, func(r rune) bool { return !unicode.IsLetter(r) }) < 0 {
			out = append(out, word)
		}
	}
	return strings.Join(out[:min(6, len(out))], " ")
}

// splitMix is SplitMix64: a source of random numbers that costs nothing to
// begin anew at every step.
type splitMix uint64

func (s *splitMix) Seed(seed int64) { *s = splitMix(seed) }

func (s *splitMix) Int63() int64 { return int64(s.Uint64() >> 1) }

func (s *splitMix) Uint64() uint64 {
	*s += 0x9e3779b97f4a7c15
	z := uint64(*s)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
