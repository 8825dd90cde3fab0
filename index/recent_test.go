package index

import (
	"fmt"
	"testing"

	"github.com/pedigree-ledger/pedigree/app/merkle"
)

// TestRecentIsBounded keeps more than there is room for: what is used stays,
// and the rest goes.
func TestRecentIsBounded(t *testing.T) {
	r := newRecent()
	r.limit = 100 << 10
	key := func(i int) recentKey {
		return recentKey{root: merkle.ValueHash(fmt.Append(nil, i))}
	}
	for i := range 1000 {
		r.put(key(i), make([]uint32, merkle.SegmentSize))
		if got, ok := r.get(key(0)).([]uint32); !ok || len(got) != merkle.SegmentSize {
			t.Fatalf("after %d: what is used all the time is gone", i)
		}
		if n := len(r.young) + len(r.elder); n*4*merkle.SegmentSize > r.limit {
			t.Fatalf("after %d: %d runs are kept in %d bytes", i, n, r.limit)
		}
	}
	if r.get(key(1)) != nil {
		t.Error("what nobody used is still there")
	}
}
