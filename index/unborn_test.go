package index

import (
	"os"
	"path/filepath"
	"testing"
)

// TestUnbornLog opens an index beside a log that a killed process had made but
// not filled.
func TestUnbornLog(t *testing.T) {
	cfg := Config{Dir: t.TempDir()}
	x, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	dirs, err := generations(cfg.Dir)
	if err != nil || len(dirs) != 1 {
		t.Fatalf("generations: %v, %v", dirs, err)
	}
	if err := os.WriteFile(filepath.Join(cfg.Dir, dirs[0], "00099.mem"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if x, err = Open(cfg); err != nil {
		t.Fatal(err)
	}
	if err := x.Close(); err != nil {
		t.Error(err)
	}
}
