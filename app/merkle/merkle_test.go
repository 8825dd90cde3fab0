package merkle_test

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"testing"

	"github.com/pedigree-ledger/pedigree/app/merkle"
)

// refRoot is RFC 6962, section 2.1, written as the RFC writes it.
func refRoot(leaves []merkle.Hash) merkle.Hash {
	n := len(leaves)
	if n == 1 {
		return leaves[0]
	}
	k := 1
	for k*2 < n {
		k *= 2
	}
	l, r := refRoot(leaves[:k]), refRoot(leaves[k:])
	return sha256.Sum256(append(append([]byte{1}, l[:]...), r[:]...))
}

// refSiblings is the walk of docs/spec/segment.md over explicit leaf sets: a
// map of what is opened, and a scan for whether a subtree holds any.
func refSiblings(leaves []merkle.Hash, lo, hi int, opened map[int]bool) []merkle.Hash {
	holds := false
	for i := lo; i < hi; i++ {
		holds = holds || opened[i]
	}
	if !holds {
		return []merkle.Hash{refRoot(leaves[lo:hi])}
	}
	if hi-lo == 1 {
		return nil
	}
	k := 1
	for k*2 < hi-lo {
		k *= 2
	}
	return append(refSiblings(leaves, lo, lo+k, opened), refSiblings(leaves, lo+k, hi, opened)...)
}

// refLeaf builds the leaf's preimage from its table.
func refLeaf(key, value []byte) merkle.Hash {
	vh := sha256.Sum256(value)
	var b []byte
	b = append(b, 0)
	b = binary.AppendUvarint(b, uint64(len(key)))
	b = append(b, key...)
	b = append(b, 32)
	b = append(b, vh[:]...)
	return sha256.Sum256(b)
}

// itemKey is the key of the i-th item of a lot, ascending with i.
func itemKey(i int) string { return fmt.Sprintf("010030000000001821%06d", i) }

func itemLeaves(n int) []merkle.Hash {
	vh := merkle.ValueHash([]byte("LOT-A"))
	leaves := make([]merkle.Hash, n)
	for i := range leaves {
		leaves[i] = merkle.LeafHashPreString(itemKey(i), vh)
	}
	return leaves
}

func TestLeafHash(t *testing.T) {
	for n := range 400 { // across the two-byte length and the stack buffer
		key, value := make([]byte, n), []byte(fmt.Sprint("value ", n))
		for i := range key {
			key[i] = byte(i * n)
		}
		want := refLeaf(key, value)
		vh := merkle.ValueHash(value)
		for name, got := range map[string]merkle.Hash{
			"LeafHash":          merkle.LeafHash(key, value),
			"LeafHashPre":       merkle.LeafHashPre(key, vh),
			"LeafHashPreString": merkle.LeafHashPreString(string(key), vh),
		} {
			if got != want {
				t.Fatalf("%s of a %d-byte key: got %s, want %s", name, n, got, want)
			}
		}
	}
}

func TestRoot(t *testing.T) {
	leaves := itemLeaves(300)
	for n := 1; n <= len(leaves); n++ {
		before := leaves[n-1]
		if got, want := merkle.Root(leaves[:n]), refRoot(leaves[:n]); got != want {
			t.Fatalf("root of %d leaves: got %s, want %s", n, got, want)
		}
		tree := merkle.NewTree(leaves[:n])
		if tree.Root() != merkle.Root(leaves[:n]) || tree.Count() != n {
			t.Fatalf("tree of %d leaves: got root %s, count %d", n, tree.Root(), tree.Count())
		}
		if leaves[n-1] != before {
			t.Fatalf("root of %d leaves changed its argument", n)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("root of no leaves: a panic expected")
		}
	}()
	merkle.Root(nil)
}

func TestRootOfSegments(t *testing.T) {
	leaves := itemLeaves(merkle.MaxLeaves)
	for _, n := range []int{1, 2, 1023, 1024, 1025, 2047, 2048, 2049, 3000, 5*1024 + 1, 10000, 16383, 16384} {
		var segments []merkle.Hash
		for lo := 0; lo < n; lo += merkle.SegmentSize {
			segments = append(segments, merkle.Root(leaves[lo:min(lo+merkle.SegmentSize, n)]))
		}
		if got, want := merkle.RootOfSegments(segments), merkle.Root(leaves[:n]); got != want {
			t.Errorf("%d leaves in %d segments: got %s, want %s", n, len(segments), got, want)
		}
	}
}

func TestHashText(t *testing.T) {
	want := merkle.ValueHash([]byte("x"))
	var got merkle.Hash
	if err := got.UnmarshalText([]byte(want.String())); err != nil || got != want {
		t.Fatalf("got %s, %v; want %s", got, err, want)
	}
	for _, bad := range []string{"", "00", want.String()[1:] + "G", want.String()[:63] + "A", want.String() + "00"} {
		if err := got.UnmarshalText([]byte(bad)); !errors.Is(err, merkle.ErrText) {
			t.Errorf("%q: got %v, want ErrText", bad, err)
		}
		if got != want {
			t.Fatalf("%q: refused, yet the hash became %s", bad, got)
		}
	}
}
