package merkle_test

import (
	"testing"

	ics23 "github.com/cosmos/ics23/go"

	"github.com/pedigree-ledger/pedigree/app/merkle"
)

// existence writes the opening of one entry as ics23 has it: inner nodes from
// the leaf up, each with what is hashed before and after the child.
func existence(entry merkle.Leaf, value []byte, count int, siblings []merkle.Hash) *ics23.ExistenceProof {
	proof := &ics23.ExistenceProof{Key: entry.Key, Value: value, Leaf: ics23.TendermintSpec.LeafSpec}
	for lo, hi := 0, count; hi-lo > 1; {
		k := 1
		for k*2 < hi-lo {
			k *= 2
		}
		op := &ics23.InnerOp{Hash: ics23.HashOp_SHA256, Prefix: []byte{1}}
		if int(entry.Position) < lo+k { // its sibling, to the right, comes last
			last := siblings[len(siblings)-1]
			op.Suffix, siblings, hi = last[:], siblings[:len(siblings)-1], lo+k
		} else {
			op.Prefix = append(op.Prefix, siblings[0][:]...)
			siblings, lo = siblings[1:], lo+k
		}
		proof.Path = append([]*ics23.InnerOp{op}, proof.Path...)
	}
	return proof
}

// TestICS23 has somebody else's code verify ours: every entry of trees up to
// 40 leaves and of some large ones, and the absence of every key between.
func TestICS23(t *testing.T) {
	for n := 1; n <= 40; n++ {
		for at := range n {
			checkICS23(t, n, at)
		}
	}
	for _, n := range []int{1000, 1023, 1024} {
		for _, at := range []int{0, 1, 511, 512, n - 2, n - 1} {
			checkICS23(t, n, at)
		}
	}
}

// checkICS23 checks the entry at a position and the absent keys beside it.
func checkICS23(t *testing.T, n, at int) {
	t.Helper()
	entries, value := evenEntries(n), []byte("LOT-A")
	tree := merkle.NewTree(hashes(entries))
	root := tree.Root()
	prove := func(i int) *ics23.ExistenceProof {
		if i < 0 || i >= n {
			return nil
		}
		siblings, err := tree.Prove([]uint16{uint16(i)})
		if err != nil {
			t.Fatal(err)
		}
		return existence(entries[i], value, n, siblings)
	}
	here := prove(at)
	if err := here.Verify(ics23.TendermintSpec, root[:], entries[at].Key, value); err != nil {
		t.Fatalf("entry %d of %d: %v", at, n, err)
	}
	if err := here.Verify(ics23.TendermintSpec, root[:], entries[at].Key, []byte("LOT-B")); err == nil {
		t.Fatalf("entry %d of %d: another value was accepted", at, n)
	}
	before := []byte("00")
	if at > 0 {
		before = []byte(itemKey(2*at - 1))
	}
	checkICS23Absence(t, root, before, prove(at-1), here)
	checkICS23Absence(t, root, []byte(itemKey(2*at+1)), here, prove(at+1))
}

func checkICS23Absence(t *testing.T, root merkle.Hash, key []byte, left, right *ics23.ExistenceProof) {
	t.Helper()
	proof := &ics23.NonExistenceProof{Key: key, Left: left, Right: right}
	if err := proof.Verify(ics23.TendermintSpec, root[:], key); err != nil {
		t.Fatalf("absence of %s: %v", key, err)
	}
}
