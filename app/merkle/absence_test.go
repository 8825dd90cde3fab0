package merkle_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/pedigree-ledger/pedigree/app/merkle"
)

// evenEntries are n entries with the even item keys 0, 2, 4 ..., so that every
// odd key is absent.
func evenEntries(n int) []merkle.Leaf {
	vh := merkle.ValueHash([]byte("LOT-A"))
	entries := make([]merkle.Leaf, n)
	for i := range entries {
		entries[i] = merkle.Leaf{Key: []byte(itemKey(2 * i)), ValueHash: vh, Position: uint16(i)}
	}
	return entries
}

func hashes(entries []merkle.Leaf) []merkle.Hash {
	out := make([]merkle.Hash, len(entries))
	for i := range entries {
		out[i] = entries[i].Hash()
	}
	return out
}

func TestAbsence(t *testing.T) {
	for n := 1; n <= 40; n++ {
		entries := evenEntries(n)
		root := refRoot(hashes(entries))
		for i := -1; i < 2*n; i++ {
			key := []byte(itemKey(i))
			if i < 0 {
				key = []byte("00")
			}
			left, right, siblings, err := merkle.ProveAbsence(entries, key)
			if present := i >= 0 && i%2 == 0; present {
				if !errors.Is(err, merkle.ErrNeighbors) {
					t.Fatalf("key %d of %d is present: got %v, want ErrNeighbors", i, n, err)
				}
				continue
			}
			if err != nil {
				t.Fatalf("key %d of %d: %v", i, n, err)
			}
			if err := merkle.VerifyAbsence(root, n, key, left, right, siblings); err != nil {
				t.Fatalf("key %d of %d: %v", i, n, err)
			}
		}
	}
	if _, _, _, err := merkle.ProveAbsence(nil, []byte("k")); !errors.Is(err, merkle.ErrCount) {
		t.Errorf("no entries: got %v, want ErrCount", err)
	}
}

// TestAbsenceOnlyOfAbsent claims the absence of every key with every pair of
// true entries, correctly opened: accepted exactly when they enclose it.
func TestAbsenceOnlyOfAbsent(t *testing.T) {
	for n := 1; n <= 9; n++ {
		entries := evenEntries(n)
		leaves := hashes(entries)
		root := refRoot(leaves)
		for i := range 2*n + 2 {
			for l := -1; l < n; l++ {
				for r := -1; r < n; r++ {
					if l < 0 && r < 0 || l >= 0 && r >= 0 && l >= r {
						continue
					}
					err := claimAbsence(root, entries, leaves, []byte(itemKey(i)), l, r)
					right := i%2 == 1 && l == i/2 && (r == l+1 || r < 0 && l == n-1)
					if i > 2*n-1 { // above the last key
						right = l == n-1 && r < 0
					}
					if (err == nil) != right {
						t.Fatalf("key %d of %d, neighbors %d and %d: got %v, want accepted %v", i, n, l, r, err, right)
					}
				}
			}
		}
	}
}

func claimAbsence(root merkle.Hash, entries []merkle.Leaf, leaves []merkle.Hash, key []byte, l, r int) error {
	var left, right *merkle.Leaf
	var positions []uint16
	if l >= 0 {
		left, positions = &entries[l], append(positions, uint16(l))
	}
	if r >= 0 {
		right, positions = &entries[r], append(positions, uint16(r))
	}
	return merkle.VerifyAbsence(root, len(entries), key, left, right, merkle.Prove(leaves, positions))
}

func TestAbsenceRefuses(t *testing.T) {
	entries := evenEntries(5)
	root := merkle.Root(hashes(entries))
	key := []byte(itemKey(5)) // between positions 2 and 3
	left, right, siblings, err := merkle.ProveAbsence(entries, key)
	if err != nil {
		t.Fatal(err)
	}
	moved := func(l *merkle.Leaf, key []byte, by uint16) *merkle.Leaf {
		return &merkle.Leaf{Key: key, ValueHash: l.ValueHash, Position: l.Position + by}
	}
	for _, tc := range []struct {
		name        string
		left, right *merkle.Leaf
		siblings    []merkle.Hash
		want        error
	}{
		{"no neighbor", nil, nil, siblings, merkle.ErrNeighbors},
		{"left missing", nil, right, siblings, merkle.ErrNeighbors},
		{"right missing", left, nil, siblings, merkle.ErrNeighbors},
		{"left is the key", moved(left, key, 0), right, siblings, merkle.ErrNeighbors},
		{"right is the key", left, moved(right, key, 0), siblings, merkle.ErrNeighbors},
		{"left above the key", moved(left, right.Key, 0), right, siblings, merkle.ErrNeighbors},
		{"a gap", left, moved(right, right.Key, 1), siblings, merkle.ErrNeighbors},
		{"both moved", moved(left, left.Key, 1), moved(right, right.Key, 1), siblings, merkle.ErrRoot},
		{"out of range", moved(left, left.Key, 2), moved(right, right.Key, 2), siblings, merkle.ErrPositions},
		{"position wraps", moved(left, left.Key, 65533), moved(right, right.Key, 65533), siblings, merkle.ErrNeighbors},
		{"left made up", moved(left, []byte(itemKey(3)), 0), right, siblings, merkle.ErrRoot},
		{"sibling missing", left, right, siblings[1:], merkle.ErrSiblings},
	} {
		if err := merkle.VerifyAbsence(root, 5, key, tc.left, tc.right, tc.siblings); !errors.Is(err, tc.want) {
			t.Errorf("%s: got %v, want %v", tc.name, err, tc.want)
		}
	}
	for _, count := range []int{-1, 0} {
		err := merkle.VerifyAbsence(root, count, key, left, right, siblings)
		if !errors.Is(err, merkle.ErrCount) {
			t.Errorf("count %d: got %v, want ErrCount", count, err)
		}
	}
	if !bytes.Equal(left.Key, entries[2].Key) || right.Position != 3 {
		t.Errorf("neighbors of %s: got %s at %d and %s at %d", key, left.Key, left.Position, right.Key, right.Position)
	}
}
