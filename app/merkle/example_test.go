package merkle_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/pedigree-ledger/pedigree/app/merkle"
)

// TestSpecExample holds the worked example of docs/spec/segment.md to the
// vectors: the hashes are taken from the file, the rest is set around them.
func TestSpecExample(t *testing.T) {
	const begin, end = "<!-- example: begin -->\n", "<!-- example: end -->"
	file := path("..", "..", "docs", "spec", "segment.md")
	page, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(page), begin)
	got, tail, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s: the lines %q and %q expected", file, begin, end)
	}
	if *update {
		want := specExample(t, buildVectors(t)) // the file may not be rewritten yet
		if err := os.WriteFile(file, []byte(head+begin+want+end+tail), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want := specExample(t, readVectors(t)); got != want {
		t.Errorf("%s, worked example:\ngot\n%s\nwant\n%s", file, got, want)
	}
}

// specExample follows the proof of positions 1 and 4 of 6 step by step.
func specExample(t *testing.T, v vectors) string {
	var proof *proofVector
	for i := range v.Proofs {
		if v.Proofs[i].Name == "[1 4] of 6" {
			proof = &v.Proofs[i]
		}
	}
	if proof == nil {
		t.Fatal("testdata/vectors.json: a proof named [1 4] of 6 expected")
	}
	l, s := proof.Leaves, proof.Siblings
	n01, n45 := merkle.InnerHash(s[0], l[0]), merkle.InnerHash(l[1], s[2])
	n03 := merkle.InnerHash(n01, s[1])
	if root := merkle.InnerHash(n03, n45); root != proof.Root || l[0] != merkle.LeafHash([]byte(itemKey(1)), []byte("LOT-A")) {
		t.Fatalf("the example leads to %s, want %s", root, proof.Root)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "```\nentry 1   key         %s\n", itemKey(1))
	fmt.Fprintf(&b, "          value       LOT-A\n")
	fmt.Fprintf(&b, "          preimage    00 %02x %x\n", len(itemKey(1)), itemKey(1))
	fmt.Fprintf(&b, "                      20 %s\n\n", merkle.ValueHash([]byte("LOT-A")))
	for _, step := range []struct {
		what string
		hash merkle.Hash
	}{
		{"opened  leaf 1      ", l[0]},
		{"opened  leaf 4      ", l[1]},
		{"sibling leaf 0      ", s[0]},
		{"sibling (2..3)      ", s[1]},
		{"sibling leaf 5      ", s[2]},
		{"(0..1) = 0 with 1   ", n01},
		{"(0..3) = with (2..3)", n03},
		{"(4..5) = 4 with 5   ", n45},
		{"root                ", proof.Root},
	} {
		fmt.Fprintf(&b, "%s  %s\n", step.what, step.hash)
	}
	return b.String() + "```\n"
}
