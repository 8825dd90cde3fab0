package access

import (
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/pedigree-ledger/pedigree/api/edge"
)

// Hash is a SHA-256; its text is hexadecimal.
type Hash [32]byte

// MarshalText writes 64 hexadecimal digits.
func (h Hash) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(h[:])), nil }

// UnmarshalText reads 64 hexadecimal digits.
func (h *Hash) UnmarshalText(text []byte) error {
	if len(text) != hex.EncodedLen(len(h)) {
		return fmt.Errorf("a hash has %d hexadecimal digits, found %d characters", hex.EncodedLen(len(h)), len(text))
	}
	_, err := hex.Decode(h[:], text)
	return err
}

func (h Hash) isZero() bool { return h == Hash{} }

// Entry is a token or a certificate with what its holder may do.
type Entry struct {
	// ID is part of the token and names the entry in logs; 1 to 32 lower
	// case letters and digits.
	ID string `json:"id"`
	// Name says for people whose it is; 1 to 80 characters.
	Name    string       `json:"name"`
	Scopes  []edge.Scope `json:"scopes"`
	Created time.Time    `json:"created"`
	// Expires is when it ends to hold.
	Expires time.Time `json:"expires"`
	// Token is the SHA-256 of a token's secret, Certificate that of a
	// certificate's public key; an entry has one of them.
	Token       Hash `json:"token,omitzero"`
	Certificate Hash `json:"certificate,omitzero"`
}

const (
	maxID   = 32
	maxName = 80
)

// check returns why an entry cannot be used.
func (e *Entry) check() error {
	switch {
	case !validID(e.ID):
		return fmt.Errorf("id %.40q: want 1 to %d lower case letters and digits", e.ID, maxID)
	case !validName(e.Name):
		return fmt.Errorf("name %.100q: want 1 to %d printable characters", e.Name, maxName)
	case len(e.Scopes) == 0:
		return errors.New("no scopes")
	case !e.Expires.After(e.Created):
		return errors.New("it expires before it is made")
	case e.Token.isZero() == e.Certificate.isZero():
		return errors.New("want either a token or a certificate")
	}
	for i, s := range e.Scopes {
		if !knownScope(s) {
			return fmt.Errorf("there is no scope %.40q", string(s))
		}
		if slices.Contains(e.Scopes[:i], s) {
			return fmt.Errorf("scope %s stands there twice", s)
		}
	}
	return nil
}

func knownScope(s edge.Scope) bool {
	return slices.ContainsFunc(edge.Scopes(), func(m edge.ScopeMeaning) bool { return m.Scope == s })
}

func validID(id string) bool {
	for _, c := range id {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return id != "" && len(id) <= maxID && id != edge.Public
}

func validName(name string) bool {
	n := utf8.RuneCountInString(name)
	for _, c := range name {
		if !unicode.IsPrint(c) || c == utf8.RuneError {
			return false
		}
	}
	return n > 0 && n <= maxName
}
