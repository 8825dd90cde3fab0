package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pedigree-ledger/pedigree/client/networktest"
	"github.com/pedigree-ledger/pedigree/node"
	"github.com/pedigree-ledger/pedigree/testnet"
)

// partnerNet is a network of four real nodes in this process with the cast's
// partners, and the story's documents as files.
type partnerNet struct {
	*testnet.Network
	dir string
}

func startPartnerNet(t *testing.T) *partnerNet {
	t.Helper()
	dir := t.TempDir()
	n := networktest.Run(t, testnet.Options{
		Dir: dir, ChainID: "partner-test", Genesis: castGenesis(dir), Prepare: testnet.UseLedger,
		Settings: func(_ int, s *node.Settings) {
			s.CommitTimeout = node.Duration(20 * time.Millisecond)
			s.EmptyBlocksInterval = node.Duration(2 * time.Second)
		},
	})
	files, err := story.ReadDir("story")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		raw, err := story.ReadFile("story/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, f.Name()), raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return &partnerNet{n, dir}
}

// document is the path of the story's document of that number.
func (n *partnerNet) document(t *testing.T, number string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(n.dir, number+"-*"))
	if err != nil || len(found) != 1 {
		t.Fatalf("document %s: found %v, %v", number, found, err)
	}
	return found[0]
}

// said is what a command printed and its exit code.
type said struct {
	code        int
	out, errOut string
}

// pedigree runs the command line.
func pedigree(t *testing.T, args ...string) said {
	t.Helper()
	var out, errOut bytes.Buffer
	code := run(t.Context(), args, strings.NewReader(""), &out, &errOut)
	return said{code, out.String(), errOut.String()}
}

// want checks the exit code and that texts stand in what was printed.
func (s said) want(t *testing.T, code int, texts ...string) said {
	t.Helper()
	if s.code != code {
		t.Errorf("exit code %d, want %d\nout: %s\nerr: %s", s.code, code, s.out, s.errOut)
	}
	for _, text := range texts {
		if !strings.Contains(s.out+s.errOut, text) {
			t.Errorf("want %q in\nout: %s\nerr: %s", text, s.out, s.errOut)
		}
	}
	return s
}

// read reads the JSON that was printed.
func (s said) read(t *testing.T, v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(s.out), v); err != nil {
		t.Fatalf("%v in %s", err, s.out)
	}
}

// ask are arguments for a question to node i, with the genesis file trusted.
func (n *partnerNet) ask(i int, args ...string) []string {
	n.level(i)
	return append(args, "--node", n.Node(i).RPC(), "--genesis", n.Node(0).Home().GenesisFile())
}

// sign are arguments for partners of the cast to sign at node i.
func (n *partnerNet) sign(i int, args []string, partners ...string) []string {
	for _, p := range partners {
		args = append(args, "--key", keyPath(n.dir, p))
	}
	n.level(i)
	return append(args, "--node", n.Node(i).RPC())
}

// level waits until node i has every block that another has: a node answers
// for itself, and may hear of what was told elsewhere a moment later.
func (n *partnerNet) level(i int) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for _, other := range n.Nodes() {
		if height, err := other.Height(ctx); err == nil {
			_ = n.Node(i).WaitHeight(ctx, height) // the command will tell
		}
	}
}

// without checks that a text was not printed.
func (s said) without(t *testing.T, text string) {
	t.Helper()
	if strings.Contains(s.out+s.errOut, text) {
		t.Errorf("unwanted %q in\nout: %s\nerr: %s", text, s.out, s.errOut)
	}
}
