package state_test

import (
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/pedigree-ledger/pedigree/state"
	"github.com/pedigree-ledger/pedigree/state/proof"
	"github.com/pedigree-ledger/pedigree/state/statetest"
)

const benchLeaves = 100_000

// benchKey is a record's key as long as a holding's, spread over the tree.
func benchKey(i int) []byte {
	key := make([]byte, 33)
	key[0] = 'h'
	binary.BigEndian.PutUint64(key[1:], uint64(i)*0x9e3779b97f4a7c15)
	return key
}

// benchState has 100,000 leaves of 120 bytes at version 1.
func benchState(b *testing.B) *state.State {
	b.Helper()
	s := open(b, state.Config{Dir: b.TempDir(), KeepVersions: 100})
	o := s.Begin()
	value := make([]byte, 120)
	value[0] = 1
	for i := range benchLeaves {
		o.Set(benchKey(i), value)
	}
	if _, err := s.Stage(o, 1); err != nil {
		b.Fatal(err)
	}
	if err := s.Commit(); err != nil {
		b.Fatal(err)
	}
	return s
}

// BenchmarkCommit executes, stages and commits blocks of so many leaf writes,
// half of them new leaves.
func BenchmarkCommit(b *testing.B) {
	for _, writes := range []int{0, 10, 100, 1000} {
		b.Run(fmt.Sprintf("writes=%d", writes), func(b *testing.B) {
			s := benchState(b)
			rng := statetest.Rand(1)
			value := make([]byte, 120)
			next, v := benchLeaves, s.Version()
			for b.Loop() {
				v++
				binary.BigEndian.PutUint64(value[1:], v)
				o := s.Begin()
				for range writes / 2 {
					o.Set(benchKey(rng.IntN(benchLeaves)), value)
					o.Set(benchKey(next), value)
					next++
				}
				if _, err := s.Stage(o, v); err != nil {
					b.Fatal(err)
				}
				if err := s.Commit(); err != nil {
					b.Fatal(err)
				}
			}
			if writes > 0 {
				b.ReportMetric(float64(b.N*writes)/b.Elapsed().Seconds(), "leaves/s")
			}
		})
	}
}

func BenchmarkRead(b *testing.B) {
	s := benchState(b)
	root, rng := s.Root(), statetest.Rand(1)
	view := s.Latest()
	defer view.Close()
	var bytesOf [2]int
	b.Run("Get", func(b *testing.B) {
		for b.Loop() {
			if _, ok := view.Get(benchKey(rng.IntN(benchLeaves))); !ok {
				b.Fatal("absent")
			}
		}
	})
	b.Run("Prove", func(b *testing.B) {
		for b.Loop() {
			_, p, err := s.Prove(1, benchKey(rng.IntN(benchLeaves)))
			if err != nil {
				b.Fatal(err)
			}
			bytesOf[0] = len(p)
		}
		b.ReportMetric(float64(bytesOf[0]), "B/proof")
	})
	b.Run("ProveAbsence", func(b *testing.B) {
		for b.Loop() {
			_, p, err := s.Prove(1, benchKey(benchLeaves+rng.IntN(benchLeaves)))
			if err != nil {
				b.Fatal(err)
			}
			bytesOf[1] = len(p)
		}
		b.ReportMetric(float64(bytesOf[1]), "B/proof")
	})
	b.Run("Verify", func(b *testing.B) {
		key := benchKey(7)
		value, p, err := s.Prove(1, key)
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if err := proof.Verify(root, key, value, p); err != nil {
				b.Fatal(err)
			}
		}
	})
}
