package state_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/pedigree-ledger/pedigree/state"
)

// TestUnbornLog opens a state beside logs that a killed process had made but
// not filled.
func TestUnbornLog(t *testing.T) {
	for _, name := range []string{"00099.mem", "000099.vlog"} {
		cfg := state.Config{Dir: t.TempDir()}
		s, err := state.Open(cfg)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(cfg.Dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if s, err = state.Open(cfg); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err := s.Close(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
