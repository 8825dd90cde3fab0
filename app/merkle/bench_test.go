package merkle_test

import (
	"fmt"
	"testing"

	"github.com/pedigree-ledger/pedigree/app/merkle"
)

// spread is k positions spread evenly over n.
func spread(k, n int) []uint16 {
	positions := make([]uint16, k)
	for i := range positions {
		positions[i] = uint16(i * n / k)
	}
	return positions
}

// TestAllocations holds the hot paths to what they promise.
func TestAllocations(t *testing.T) {
	leaves, vh, key := itemLeaves(1024), merkle.ValueHash([]byte("LOT-A")), itemKey(7)
	keyBytes := []byte(key)
	c := honest(leaves, spread(48, 1024)...)
	tree := merkle.NewTree(leaves)
	for _, tc := range []struct {
		name string
		want float64
		do   func()
	}{
		{"LeafHash", 0, func() { merkle.LeafHash(keyBytes, keyBytes) }},
		{"LeafHashPre", 0, func() { merkle.LeafHashPre(keyBytes, vh) }},
		{"LeafHashPreString", 0, func() { merkle.LeafHashPreString(key, vh) }},
		{"InnerHash", 0, func() { merkle.InnerHash(vh, vh) }},
		{"Root", 0, func() { merkle.Root(leaves) }},
		{"Prove", 1, func() { merkle.Prove(leaves, c.positions) }},
		{"Tree.Prove", 1, func() { _, _ = tree.Prove(c.positions) }},
		{"Verify", 0, func() { _ = c.verify() }},
	} {
		if got := testing.AllocsPerRun(10, tc.do); got != tc.want {
			t.Errorf("%s: %v allocations, want %v", tc.name, got, tc.want)
		}
	}
}

func BenchmarkLeafHashPreString(b *testing.B) {
	key, vh := itemKey(7), merkle.ValueHash([]byte("LOT-A"))
	b.ReportAllocs()
	for b.Loop() {
		merkle.LeafHashPreString(key, vh)
	}
}

func BenchmarkRoot(b *testing.B) {
	for _, n := range []int{1024, 16384} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			leaves := itemLeaves(n)
			b.ReportAllocs()
			for b.Loop() {
				merkle.Root(leaves)
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "leaves/s")
		})
	}
}

func BenchmarkNewTree(b *testing.B) {
	leaves := itemLeaves(1024)
	b.ReportAllocs()
	for b.Loop() {
		merkle.NewTree(leaves)
	}
}

func BenchmarkProve(b *testing.B) {
	leaves := itemLeaves(1024)
	for _, k := range []int{1, 48, 1024} {
		positions := spread(k, 1024)
		b.Run(fmt.Sprint(k), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				merkle.Prove(leaves, positions)
			}
		})
	}
}

func BenchmarkTreeProve(b *testing.B) {
	tree := merkle.NewTree(itemLeaves(1024))
	for _, k := range []int{1, 48, 1024} {
		positions := spread(k, 1024)
		b.Run(fmt.Sprint(k), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := tree.Prove(positions); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkVerify(b *testing.B) {
	leaves := itemLeaves(1024)
	for _, k := range []int{1, 48, 1024} {
		c := honest(leaves, spread(k, 1024)...)
		b.Run(fmt.Sprint(k), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := c.verify(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
