package proof_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client/proof"
)

var update = flag.Bool("update", false, "rewrite testdata; read the diff")

// golden compares with a file of testdata, or rewrites it.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s: got %d bytes, want %d: %.100q", name, len(got), len(want), got)
	}
}

// TestGolden freezes a file of each kind, for other implementations and for the
// readers of docs/spec/proof.md, with what it says.
func TestGolden(t *testing.T) {
	s := newScene(t)
	for name, q := range map[string]proof.Query{
		"item":      {Key: s.item(3)},
		"unknown":   {Key: gs1.ItemKey(s.unit, "S001024A"), Lot: lot},
		"container": {Key: s.pallet},
	} {
		q.Height = goldenHeight
		raw := s.build(t, q)
		golden(t, name+".pedigree", raw)
		text, err := json.MarshalIndent(s.verify(t, raw, proof.Claim{Key: q.Key}), "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name+".json", append(text, '\n'))
		p, err := proof.Decode(raw)
		if err != nil {
			t.Fatal(err)
		}
		if text, err = json.MarshalIndent(p, "", "  "); err != nil {
			t.Fatal(err)
		}
		golden(t, name+".file.json", append(text, '\n'))
	}
}

// goldenHeight is the height at which the scene is set.
const goldenHeight = 11

// TestGoldenEvidence freezes a file of evidence of each kind, for other
// implementations and for the readers of docs/spec/evidence.md.
func TestGoldenEvidence(t *testing.T) {
	s, duplicate, conflict := reported(t)
	for name, raw := range map[string][]byte{"duplicate": duplicate, "conflict": conflict} {
		golden(t, name+".evidence", raw)
		e, err := s.checkEvidence(raw, proof.Options{})
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.MarshalIndent(e, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name+".evidence.json", append(text, '\n'))
	}
}
