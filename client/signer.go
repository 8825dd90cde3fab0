package client

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// Signer is an operations key of a partner. The private half is never printed:
// String, JSON and logs show the public one.
type Signer struct {
	Partner gs1.GLN
	private ed25519.PrivateKey
}

// keyType is the one type of key file.
const keyType = "pedigree/ed25519"

// keyFile is a Signer on disk, mode 0600.
type keyFile struct {
	Type    string  `json:"type"`
	Partner gs1.GLN `json:"partner"`
	Public  string  `json:"public"`
	Private string  `json:"private,omitempty"`
}

// NewSigner is a Signer with a key that exists already.
func NewSigner(partner gs1.GLN, private ed25519.PrivateKey) (*Signer, error) {
	if len(private) != ed25519.PrivateKeySize {
		return nil, fmt.Errorf("an Ed25519 private key has %d bytes, found %d", ed25519.PrivateKeySize, len(private))
	}
	return &Signer{partner, private}, nil
}

// GenerateSigner makes a new key.
func GenerateSigner(partner gs1.GLN) (*Signer, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	return &Signer{partner, private}, nil
}

// Public is the public half of the key.
func (s *Signer) Public() app.PublicKey { return app.PublicKey(s.private.Public().(ed25519.PublicKey)) }

// KeyID is the name under which the ledger knows the key.
func (s *Signer) KeyID() app.KeyID { return app.NewKeyID(app.Ed25519, s.Public()) }

// String is the partner and the key id.
func (s *Signer) String() string { return fmt.Sprintf("partner %s, key %s", s.Partner, s.KeyID()) }

// Format writes String whatever the verb, so that no way of printing shows the
// private half.
func (s *Signer) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.String())) }

// LogValue is String.
func (s *Signer) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalJSON writes the public half.
func (s *Signer) MarshalJSON() ([]byte, error) {
	return json.Marshal(keyFile{Type: keyType, Partner: s.Partner, Public: hex.EncodeToString(s.Public())})
}

// Save writes the key to a new file that only its owner can read. A file that
// exists is not replaced: it may hold the only copy of another key.
func (s *Signer) Save(path string) error {
	raw, err := json.MarshalIndent(keyFile{
		Type: keyType, Partner: s.Partner,
		Public: hex.EncodeToString(s.Public()), Private: hex.EncodeToString(s.private.Seed()),
	}, "", "  ")
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("key file %s exists already: it is not replaced", path)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(append(raw, '\n'))
	return errors.Join(err, f.Sync(), f.Close())
}

// maxKeyFile bounds a key file.
const maxKeyFile = 4096

// LoadSigner reads a key file. One that others can read is refused: its key
// must be taken for known to them.
func LoadSigner(path string) (*Signer, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	switch {
	case !info.Mode().IsRegular() || info.Size() > maxKeyFile:
		return nil, fmt.Errorf("%s is no key file", path)
	case info.Mode().Perm()&0o077 != 0:
		return nil, fmt.Errorf("key file %s can be read or changed by others (mode %04o): use chmod 600, and replace the key if it may have been read", path, info.Mode().Perm())
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	s, err := parseKeyFile(raw)
	if err != nil {
		return nil, fmt.Errorf("key file %s: %w", path, err)
	}
	return s, nil
}

// parseKeyFile never puts what it read into an error.
func parseKeyFile(raw []byte) (*Signer, error) {
	var f keyFile
	if err := json.Unmarshal(raw, &f); err != nil {
		return nil, errors.New("it is not a key file in JSON")
	}
	if f.Type != keyType {
		return nil, fmt.Errorf("type %q expected, found %q", keyType, f.Type)
	}
	seed, err := hex.DecodeString(f.Private)
	if err != nil || len(seed) != ed25519.SeedSize {
		return nil, fmt.Errorf("the private key is not %d bytes in hex", ed25519.SeedSize)
	}
	s := &Signer{f.Partner, ed25519.NewKeyFromSeed(seed)}
	if hex.EncodeToString(s.Public()) != f.Public {
		return nil, errors.New("the public key does not belong to the private one")
	}
	if s.Partner.IsZero() {
		return nil, errors.New("the partner's GLN is missing")
	}
	return s, nil
}
