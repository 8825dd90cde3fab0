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

// Renew gives the entry with that id another expiry and, in place of its token,
// a new one, which is kept nowhere; the old one ends at once. With a certificate
// it is that one's key in place of the entry's. The id stays, and with it what
// belongs to the caller: his capture jobs, and what his idempotency keys stand
// for. ErrUnknown if there is none.
func Renew(path, id string, expires time.Time, cert *x509.Certificate, now time.Time) (e Entry, token string, err error) {
	err = change(path, func(entries []Entry) ([]Entry, error) {
		i := slices.IndexFunc(entries, func(e Entry) bool { return e.ID == id })
		if i < 0 {
			return nil, fmt.Errorf("access: %.40q: %w", id, ErrUnknown)
		}
		entries = slices.Clone(entries)
		token, err = entries[i].renew(expires.UTC().Truncate(time.Second), cert, now)
		e = entries[i]
		return entries, err
	})
	if err != nil {
		return Entry{}, "", err
	}
	return e, token, nil
}

// renew is Renew of one entry.
func (e *Entry) renew(expires time.Time, cert *x509.Certificate, now time.Time) (token string, err error) {
	switch isToken := !e.Token.isZero(); {
	case !expires.After(now):
		return "", fmt.Errorf("access: %s would be expired already", e.ID)
	case isToken && cert != nil:
		return "", fmt.Errorf("access: %s is a token: renew it without a certificate", e.ID)
	case !isToken && cert == nil:
		return "", fmt.Errorf("access: %s is a certificate: give the new one", e.ID)
	case isToken:
		secret := newSecret()
		e.Token, token = sha256.Sum256(secret), formatToken(e.ID, secret)
	default:
		e.Certificate = KeyHash(cert)
	}
	e.Expires = expires
	return token, nil
}
