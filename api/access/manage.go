package access

import (
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/pedigree-ledger/pedigree/api/edge"
)

// ErrUnknown says that the file has no entry with that id.
var ErrUnknown = errors.New("no such entry")

// Request is what a new entry is to be.
type Request struct {
	Name   string
	Scopes []edge.Scope
	// Expires is when it ends to hold.
	Expires time.Time
	// Certificate is the client certificate whose key may call; nil makes a
	// token.
	Certificate *x509.Certificate
}

// Create adds an entry to the file at path, which it makes if there is none. It
// returns the token, which is kept nowhere; empty for a certificate.
func Create(path string, r Request, now time.Time) (e Entry, token string, err error) {
	e = Entry{
		ID: newID(), Name: r.Name, Scopes: slices.Clone(r.Scopes),
		Created: now.UTC().Truncate(time.Second), Expires: r.Expires.UTC().Truncate(time.Second),
	}
	if r.Certificate != nil {
		e.Certificate = KeyHash(r.Certificate)
	} else {
		secret := newSecret()
		e.Token, token = sha256.Sum256(secret), formatToken(e.ID, secret)
	}
	if err := e.check(); err != nil {
		return Entry{}, "", fmt.Errorf("access: %w", err)
	}
	err = change(path, func(entries []Entry) ([]Entry, error) { return append(entries, e), nil })
	if err != nil {
		return Entry{}, "", err
	}
	return e, token, nil
}

// List returns the entries of the file at path, in the order they were made;
// none if there is no file.
func List(path string) ([]Entry, error) { return read(path) }

// Revoke removes the entry with that id; ErrUnknown if there is none.
func Revoke(path, id string) error {
	return change(path, func(entries []Entry) ([]Entry, error) {
		kept := slices.DeleteFunc(slices.Clone(entries), func(e Entry) bool { return e.ID == id })
		if len(kept) == len(entries) {
			return nil, fmt.Errorf("access: %.40q: %w", id, ErrUnknown)
		}
		return kept, nil
	})
}
