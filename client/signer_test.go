package client_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/client"
)

// TestKeyFile saves a key and loads it, and is refused what it must be.
func TestKeyFile(t *testing.T) {
	gln := apptest.GLN("0614141", 0)
	s, err := client.GenerateSigner(gln)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "key.json")
	if err := s.Save(path); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %o, want 600", info.Mode().Perm())
	}
	again, err := client.LoadSigner(path)
	if err != nil || again.KeyID() != s.KeyID() || again.Partner != gln {
		t.Fatalf("loaded %v, %v; want %v", again, err, s)
	}
	if err := s.Save(path); err == nil {
		t.Error("a key file was replaced")
	}
	if runtime.GOOS != "windows" {
		if err := os.Chmod(path, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := client.LoadSigner(path); err == nil || !strings.Contains(err.Error(), "chmod 600") {
			t.Errorf("a key that others can read: got %v", err)
		}
	}
}

// TestBadKeyFiles checks that a bad file is named and its content is not.
func TestBadKeyFiles(t *testing.T) {
	seed := strings.Repeat("ab", 32)
	for name, content := range map[string]string{
		"not json":     seed,
		"another type": `{"type":"rsa","partner":"0614141000005","public":"","private":"` + seed + `"}`,
		"short":        `{"type":"pedigree/ed25519","partner":"0614141000005","public":"","private":"abab"}`,
		"other public": `{"type":"pedigree/ed25519","partner":"0614141000005","public":"00","private":"` + seed + `"}`,
		"bad partner":  `{"type":"pedigree/ed25519","partner":"0614141000004","public":"","private":"` + seed + `"}`,
	} {
		path := filepath.Join(t.TempDir(), "key.json")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := client.LoadSigner(path); err == nil || !strings.Contains(err.Error(), path) || strings.Contains(err.Error(), "abab") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// TestPrivateKeyIsNeverPrinted prints a signer in every way there is.
func TestPrivateKeyIsNeverPrinted(t *testing.T) {
	private := apptest.Key("secret")
	s, err := client.NewSigner(apptest.GLN("0614141", 0), private)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d", "%q"} {
		fmt.Fprintf(&out, verb+"\n", s)
		fmt.Fprintf(&out, verb+"\n", []*client.Signer{s})
	}
	if err := json.NewEncoder(&out).Encode(s); err != nil {
		t.Fatal(err)
	}
	slog.New(slog.NewJSONHandler(&out, nil)).Info("signer", slog.Any("signer", s))
	for _, secret := range []string{hex.EncodeToString(private.Seed()), fmt.Sprintf("%d", private.Seed()[:8]), string(private.Seed())} {
		if strings.Contains(out.String(), strings.Trim(secret, "[]")) {
			t.Fatalf("the private key is printed: %s", out.String())
		}
	}
	if !strings.Contains(out.String(), hex.EncodeToString(s.Public())) {
		t.Errorf("the public key is not shown: %s", out.String())
	}
}
