package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// TestOperatedCommands: every command that the page for operators shows exists,
// with its flags.
func TestOperatedCommands(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("..", "..", "docs", "operate.md"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(strings.ReplaceAll(string(raw), "\\\n", " ")) {
		command, shown := strings.CutPrefix(strings.TrimSpace(line), "pedigree ")
		if !shown || !strings.HasPrefix(line, "    ") {
			continue
		}
		n++
		checkCommand(t, command)
	}
	if n < 30 {
		t.Errorf("only %d commands were found in the page", n)
	}
}

// checkCommand looks a command line up as cobra does, without running it.
func checkCommand(t *testing.T, line string) {
	t.Helper()
	words := strings.Fields(line)
	root := newRoot(strings.NewReader(""), io.Discard, io.Discard)
	c, rest, err := root.Find(words)
	if err != nil || c == root {
		t.Errorf("there is no command %q (%v)", line, err)
		return
	}
	for _, w := range rest {
		if name, is := strings.CutPrefix(w, "--"); is && !hasFlag(c, name) {
			t.Errorf("%q: %s has no flag --%s", line, c.CommandPath(), name)
		}
	}
}

func hasFlag(c *cobra.Command, name string) bool {
	name, _, _ = strings.Cut(name, "=")
	return c.Flags().Lookup(name) != nil || c.InheritedFlags().Lookup(name) != nil
}
