package merkle_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/pedigree-ledger/pedigree/app/merkle"
)

var update = flag.Bool("update", false, "rewrite testdata/vectors.json and the example in docs/spec/segment.md")

// vectors is testdata/vectors.json: what another implementation must reproduce.
type vectors struct {
	About    string          `json:"about"`
	Leaves   []leafVector    `json:"leaves"`
	Inner    []innerVector   `json:"inner"`
	Roots    []rootVector    `json:"roots"`
	Proofs   []proofVector   `json:"proofs"`
	Absences []absenceVector `json:"absences"`
}

type leafVector struct {
	Key       string      `json:"key"`   // hex
	Value     string      `json:"value"` // hex
	ValueHash merkle.Hash `json:"valueHash"`
	Leaf      merkle.Hash `json:"leaf"`
}

type innerVector struct {
	Left  merkle.Hash `json:"left"`
	Right merkle.Hash `json:"right"`
	Inner merkle.Hash `json:"inner"`
}

type rootVector struct {
	Count int         `json:"count"`
	Root  merkle.Hash `json:"root"`
}

type proofVector struct {
	Name      string        `json:"name"`
	Root      merkle.Hash   `json:"root"`
	Count     int           `json:"count"`
	Positions []uint16      `json:"positions"`
	Leaves    []merkle.Hash `json:"leaves"`
	Siblings  []merkle.Hash `json:"siblings"`
	Error     string        `json:"error"` // empty: accepted
}

type neighborVector struct {
	Key       string      `json:"key"` // text
	ValueHash merkle.Hash `json:"valueHash"`
	Position  uint16      `json:"position"`
}

type absenceVector struct {
	Name     string          `json:"name"`
	Root     merkle.Hash     `json:"root"`
	Count    int             `json:"count"`
	Key      string          `json:"key"` // text
	Left     *neighborVector `json:"left"`
	Right    *neighborVector `json:"right"`
	Siblings []merkle.Hash   `json:"siblings"`
	Error    string          `json:"error"` // empty: accepted
}

const aboutVectors = `Segments, see docs/spec/segment.md. Hashes are hexadecimal; in "leaves", key and value are too. ` +
	`Elsewhere entry i, from 0, has the key "010030000000001821" followed by i in six decimal digits, and the value "LOT-A"; ` +
	`in "absences", 2*i instead of i. "error" is empty where the proof must be accepted, and otherwise says what it must be refused for.`

func path(names ...string) string { return filepath.Join(names...) }

// readVectors reads the file, strictly.
func readVectors(t *testing.T) vectors {
	t.Helper()
	b, err := os.ReadFile(path("testdata", "vectors.json"))
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

// TestVectorsFresh builds the vectors anew and compares with the file. A
// difference means that hashes which partners and old blocks rely on changed.
func TestVectorsFresh(t *testing.T) {
	got, err := json.MarshalIndent(buildVectors(t), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	file := path("testdata", "vectors.json")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what the code gives (%d bytes, want %d); -update rewrites it, "+
			"which only a change of format can justify", file, len(got), len(want))
	}
}

// TestVectors runs the file as a stranger would, without building it.
func TestVectors(t *testing.T) {
	v := readVectors(t)
	for _, c := range v.Leaves {
		key, value := unhex(t, c.Key), unhex(t, c.Value)
		if got := refLeaf(key, value); got != c.Leaf || merkle.LeafHash(key, value) != c.Leaf {
			t.Errorf("leaf of %s: got %s and %s, want %s", c.Key, got, merkle.LeafHash(key, value), c.Leaf)
		}
		if got := merkle.ValueHash(value); got != c.ValueHash {
			t.Errorf("value %s: got %s, want %s", c.Value, got, c.ValueHash)
		}
	}
	for _, c := range v.Inner {
		if got := merkle.InnerHash(c.Left, c.Right); got != c.Inner {
			t.Errorf("inner of %s and %s: got %s, want %s", c.Left, c.Right, got, c.Inner)
		}
	}
	for _, c := range v.Roots {
		if got := refRoot(itemLeaves(c.Count)); got != c.Root {
			t.Errorf("root of %d: got %s, want %s", c.Count, got, c.Root)
		}
	}
	for _, c := range v.Proofs {
		err := merkle.Verify(c.Root, c.Count, c.Positions, c.Leaves, c.Siblings)
		checkNamed(t, c.Name, err, c.Error)
	}
	for _, c := range v.Absences {
		err := merkle.VerifyAbsence(c.Root, c.Count, []byte(c.Key), fromVector(c.Left), fromVector(c.Right), c.Siblings)
		checkNamed(t, c.Name, err, c.Error)
	}
}

// checkNamed compares an error with the word that the vectors have for it.
func checkNamed(t *testing.T, name string, err error, want string) {
	t.Helper()
	if got := errorName(err); got != want {
		t.Errorf("%s: got %q (%v), want %q", name, got, err, want)
	}
}

func errorName(err error) string {
	for _, e := range []struct {
		name string
		err  error
	}{
		{"count", merkle.ErrCount},
		{"positions", merkle.ErrPositions},
		{"leaves", merkle.ErrLeaves},
		{"siblings", merkle.ErrSiblings},
		{"root", merkle.ErrRoot},
		{"neighbors", merkle.ErrNeighbors},
	} {
		if errors.Is(err, e.err) {
			return e.name
		}
	}
	if err != nil {
		return "unnamed: " + err.Error()
	}
	return ""
}

func toVector(l *merkle.Leaf) *neighborVector {
	if l == nil {
		return nil
	}
	return &neighborVector{string(l.Key), l.ValueHash, l.Position}
}

func fromVector(n *neighborVector) *merkle.Leaf {
	if n == nil {
		return nil
	}
	return &merkle.Leaf{Key: []byte(n.Key), ValueHash: n.ValueHash, Position: n.Position}
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
