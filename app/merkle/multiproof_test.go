package merkle_test

import (
	"slices"
	"testing"

	"github.com/pedigree-ledger/pedigree/app/merkle"
)

// checkProof proves positions of leaves and compares with the reference.
func checkProof(t *testing.T, leaves []merkle.Hash, positions []uint16) {
	t.Helper()
	opened := map[int]bool{}
	shown := make([]merkle.Hash, len(positions))
	for i, p := range positions {
		opened[int(p)], shown[i] = true, leaves[p]
	}
	siblings := merkle.Prove(leaves, positions)
	if want := refSiblings(leaves, 0, len(leaves), opened); !slices.Equal(siblings, want) {
		t.Fatalf("%v of %d: got siblings %v, want %v", positions, len(leaves), siblings, want)
	}
	if got, err := merkle.NewTree(leaves).Prove(positions); err != nil || !slices.Equal(got, siblings) {
		t.Fatalf("%v of %d: tree gives %v, %v; want %v", positions, len(leaves), got, err, siblings)
	}
	n, err := merkle.SiblingCount(len(leaves), positions)
	if err != nil || n != len(siblings) {
		t.Fatalf("%v of %d: sibling count %d, %v; want %d", positions, len(leaves), n, err, len(siblings))
	}
	if err := merkle.Verify(refRoot(leaves), len(leaves), positions, shown, siblings); err != nil {
		t.Fatalf("%v of %d: %v", positions, len(leaves), err)
	}
}

// TestProveAllSubsets opens every set of positions of trees up to 12 leaves.
func TestProveAllSubsets(t *testing.T) {
	leaves := itemLeaves(12)
	for n := 1; n <= len(leaves); n++ {
		for set := 1; set < 1<<n; set++ {
			var positions []uint16
			for p := range n {
				if set>>p&1 == 1 {
					positions = append(positions, uint16(p))
				}
			}
			checkProof(t, leaves[:n], positions)
		}
	}
}

// TestProveSmallSubsets opens every set of up to two positions of trees up to
// 40 leaves, of three up to 20, and what remains without them.
func TestProveSmallSubsets(t *testing.T) {
	leaves := itemLeaves(40)
	for n := 1; n <= len(leaves); n++ {
		for a := range n {
			checkBoth(t, leaves[:n], a)
			for b := a + 1; b < n; b++ {
				checkBoth(t, leaves[:n], a, b)
				for c := b + 1; c < n && n <= 20; c++ {
					checkBoth(t, leaves[:n], a, b, c)
				}
			}
		}
	}
}

func checkBoth(t *testing.T, leaves []merkle.Hash, positions ...int) {
	t.Helper()
	var in, out []uint16
	for p := range leaves {
		if slices.Contains(positions, p) {
			in = append(in, uint16(p))
		} else {
			out = append(out, uint16(p))
		}
	}
	checkProof(t, leaves, in)
	if len(out) > 0 {
		checkProof(t, leaves, out)
	}
}

// TestSiblingCountOfNeighbors holds the table "Sizes" of docs/spec/segment.md.
func TestSiblingCountOfNeighbors(t *testing.T) {
	least, most := 1024, 0
	for p := range uint16(1023) {
		n, err := merkle.SiblingCount(1024, []uint16{p, p + 1})
		if err != nil {
			t.Fatal(err)
		}
		least, most = min(least, n), max(most, n)
	}
	if least != 9 || most != 18 {
		t.Errorf("two side by side of 1024: got %d to %d siblings, want 9 to 18", least, most)
	}
	if n, err := merkle.SiblingCount(1024, []uint16{700}); n != 10 || err != nil {
		t.Errorf("one of 1024: got %d siblings, %v; want 10", n, err)
	}
}
