package proof_test

import (
	"encoding/hex"
	"fmt"
	"testing"

	"github.com/pedigree-ledger/pedigree/state"
)

// makeVectors proves keys of a small tree and of one leaf alone.
func makeVectors(t testing.TB) []vector {
	t.Helper()
	var out []vector
	for _, leaves := range []int{1, 100} {
		s, err := state.Open(state.Config{InMemory: true})
		if err != nil {
			t.Fatal(err)
		}
		for version := uint64(7); version < 10; version++ {
			o := s.Begin()
			for i := int(version) - 7; i < leaves; i += 3 {
				o.Set(fmt.Appendf(nil, "h%03d", i), fmt.Appendf(nil, "\x01value %d", i))
			}
			if _, err := s.Stage(o, version); err != nil {
				t.Fatal(err)
			}
			if err := s.Commit(); err != nil {
				t.Fatal(err)
			}
		}
		for _, key := range []string{"h000", "a", "h000 ", "h050", "h099", "z"} {
			value, p, err := s.Prove(9, []byte(key))
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, vector{
				Name: fmt.Sprintf("%d leaves, key %q", leaves, key), Root: hex.EncodeToString(s.Root()),
				Key: hex.EncodeToString([]byte(key)), Value: hex.EncodeToString(value), Proof: hex.EncodeToString(p),
			})
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return out
}
