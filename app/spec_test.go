package app_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
)

// TestSpecComplete: the pages by which clients in other languages are written
// have a row for every op and every kind of record.
func TestSpecComplete(t *testing.T) {
	tx, state := specPage(t, "tx.md"), specPage(t, "state.md")
	for _, k := range app.Kinds() {
		if row := fmt.Sprintf("\n| %d | %s |", k, k); !strings.Contains(tx, row) {
			t.Errorf("docs/spec/tx.md has no row %q", row[1:])
		}
	}
	for _, k := range app.RecordKinds() {
		if row := fmt.Sprintf("\n| `%c` ‖", k); !strings.Contains(state, row) {
			t.Errorf("docs/spec/state.md has no row %q", row[1:])
		}
	}
}

func specPage(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "docs", "spec", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
