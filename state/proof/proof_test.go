package proof_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"

	ics23 "github.com/cosmos/ics23/go"

	"github.com/pedigree-ledger/pedigree/state/proof"
)

var update = flag.Bool("update", false, "rewrite testdata/vectors.json from a state; read the diff")

// vector is one proof that a stranger's verifier must agree with. Value is
// empty for absence.
type vector struct {
	Name  string `json:"name"`
	Root  string `json:"root"`
	Key   string `json:"key"`
	Value string `json:"value,omitempty"`
	Proof string `json:"proof"`
}

func vectors(t testing.TB) []vector {
	t.Helper()
	name := filepath.Join("testdata", "vectors.json")
	if *update {
		p, err := json.MarshalIndent(makeVectors(t), "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, append(p, '\n'), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var out []vector
	if err := json.Unmarshal(p, &out); err != nil {
		t.Fatal(err)
	}
	if len(out) == 0 {
		t.Fatal("no vectors")
	}
	return out
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	p, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// check verifies a vector's claim.
func check(root, key, value, p []byte) error {
	if len(value) == 0 {
		return proof.VerifyAbsence(root, key, p)
	}
	return proof.Verify(root, key, value, p)
}

// TestVectors: every vector holds, and none does with any one byte changed.
func TestVectors(t *testing.T) {
	for _, v := range vectors(t) {
		root, key, value, p := unhex(t, v.Root), unhex(t, v.Key), unhex(t, v.Value), unhex(t, v.Proof)
		if err := check(root, key, value, p); err != nil {
			t.Errorf("%s: %v", v.Name, err)
		}
		for _, field := range [][]byte{root, value, p} {
			for i := range field {
				field[i] ^= 1
				if err := check(root, key, value, p); err == nil {
					t.Errorf("%s: holds with byte %d of %x changed", v.Name, i, field)
				}
				field[i] ^= 1
			}
		}
		for cut := range p {
			if err := check(root, key, value, p[:cut]); !errors.Is(err, proof.ErrForm) && !errors.Is(err, proof.ErrInvalid) {
				t.Errorf("%s: cut at %d: got %v", v.Name, cut, err)
			}
		}
	}
}

// TestRefusals names each malformed argument.
func TestRefusals(t *testing.T) {
	v := vectors(t)[0]
	root, key, value, p := unhex(t, v.Root), unhex(t, v.Key), unhex(t, v.Value), unhex(t, v.Proof)
	batch, err := ics23.CombineProofs([]*ics23.CommitmentProof{decode(t, p)})
	if err != nil {
		t.Fatal(err)
	}
	batched, err := batch.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]error{
		"empty root":      proof.Verify(nil, key, value, p),
		"short root":      proof.Verify(root[:31], key, value, p),
		"empty key":       proof.Verify(root, nil, value, p),
		"long key":        proof.Verify(root, make([]byte, 1025), value, p),
		"empty value":     proof.Verify(root, key, nil, p),
		"long value":      proof.Verify(root, key, make([]byte, 64<<10+1), p),
		"empty proof":     proof.Verify(root, key, value, nil),
		"oversize proof":  proof.Verify(root, key, value, make([]byte, proof.MaxBytes+1)),
		"trailing field":  proof.Verify(root, key, value, append(bytes.Clone(p), 0x7a, 0)),
		"presence proof":  proof.VerifyAbsence(root, key, p),
		"batched proof":   proof.Verify(root, key, value, batched),
		"batched absence": proof.VerifyAbsence(root, key, batched),
	} {
		if !errors.Is(got, proof.ErrForm) {
			t.Errorf("%s: got %v, want %v", name, got, proof.ErrForm)
		}
	}
	if err := proof.Verify(root, append(bytes.Clone(key), 0), value, p); !errors.Is(err, proof.ErrInvalid) {
		t.Errorf("other key: got %v, want %v", err, proof.ErrInvalid)
	}
}

func decode(t *testing.T, p []byte) *ics23.CommitmentProof {
	t.Helper()
	c := new(ics23.CommitmentProof)
	if err := c.Unmarshal(p); err != nil {
		t.Fatal(err)
	}
	return c
}

// FuzzVerify: no bytes panic, and no bytes but the vector's own prove its
// claim.
func FuzzVerify(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add(unhex(f, v.Root), unhex(f, v.Key), unhex(f, v.Value), unhex(f, v.Proof))
	}
	known := vectors(f)
	f.Fuzz(func(t *testing.T, root, key, value, p []byte) {
		presence, absence := proof.Verify(root, key, value, p), proof.VerifyAbsence(root, key, p)
		for _, v := range known {
			if !bytes.Equal(root, unhex(t, v.Root)) || !bytes.Equal(key, unhex(t, v.Key)) {
				continue
			}
			if presence == nil && hex.EncodeToString(value) != v.Value {
				t.Fatalf("%s: another value is proved: %x", v.Name, value)
			}
			if absence == nil && v.Value != "" {
				t.Fatalf("%s: proved absent", v.Name)
			}
		}
	})
}
