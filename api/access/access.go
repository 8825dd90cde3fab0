// Package access keeps who may call a node's HTTP API: bearer tokens and client
// certificates with scopes and an expiry, in one file that only its owner may
// read. The file holds hashes; a token itself is shown once, when it is made.
//
// A running node sees a change of the file with the next request, so a token
// that is revoked with the command line is refused at once.
package access

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"

	"github.com/pedigree-ledger/pedigree/api/edge"
)

// Access knows callers from an access file. Its methods may be called from any
// goroutine.
type Access struct {
	path string
	now  func() time.Time

	mu     sync.RWMutex
	info   fs.FileInfo // of what was read; nil if there was no file
	byID   map[string]Entry
	byCert map[Hash]Entry
	err    error // why the file as it is cannot be used
}

var _ edge.Access = (*Access)(nil)

// Open reads an access file. One that does not exist holds nobody, until
// somebody makes it. A file that others may read or change, or that is
// malformed, is refused. A nil now is the clock.
func Open(path string, now func() time.Time) (*Access, error) {
	if now == nil {
		now = time.Now
	}
	a := &Access{path: path, now: now}
	if err := a.refresh(); err != nil {
		return nil, err
	}
	return a, nil
}

// Token returns whom a token names. An error that is not edge.ErrNoAccess says
// that the file cannot be used; nobody has access then.
func (a *Access) Token(_ context.Context, token string) (edge.Caller, error) {
	id, secret, err := parseToken(token)
	if err != nil {
		return edge.Caller{}, edge.ErrNoAccess
	}
	if err := a.refresh(); err != nil {
		return edge.Caller{}, err
	}
	a.mu.RLock()
	e := a.byID[id] // the zero entry has no hash that a secret could have
	a.mu.RUnlock()
	hash := sha256.Sum256(secret)
	if subtle.ConstantTimeCompare(hash[:], e.Token[:]) != 1 || e.Token.isZero() {
		return edge.Caller{}, edge.ErrNoAccess
	}
	return a.caller(e)
}

// Certificate returns whom a client certificate names, by its public key. A
// certificate outside of its own time names nobody.
func (a *Access) Certificate(_ context.Context, cert *x509.Certificate) (edge.Caller, error) {
	if now := a.now(); now.Before(cert.NotBefore) || now.After(cert.NotAfter) {
		return edge.Caller{}, edge.ErrNoAccess
	}
	if err := a.refresh(); err != nil {
		return edge.Caller{}, err
	}
	a.mu.RLock()
	e, ok := a.byCert[KeyHash(cert)]
	a.mu.RUnlock()
	if !ok {
		return edge.Caller{}, edge.ErrNoAccess
	}
	return a.caller(e)
}

// KeyHash is the SHA-256 of a certificate's public key (its
// SubjectPublicKeyInfo, DER): a renewed certificate of the same key has the
// same.
func KeyHash(cert *x509.Certificate) Hash { return sha256.Sum256(cert.RawSubjectPublicKeyInfo) }

func (a *Access) caller(e Entry) (edge.Caller, error) {
	if !a.now().Before(e.Expires) {
		return edge.Caller{}, edge.ErrNoAccess
	}
	return edge.Caller{ID: e.ID, Name: e.Name, Scopes: e.Scopes}, nil
}

// refresh reads the file again if it is another one than before.
func (a *Access) refresh() error {
	info, err := os.Stat(a.path)
	if errors.Is(err, fs.ErrNotExist) {
		info, err = nil, nil
	}
	if err != nil {
		return fmt.Errorf("access: %w", err)
	}
	a.mu.RLock()
	same, failed := sameFile(a.info, info) && a.byID != nil, a.err
	a.mu.RUnlock()
	if same {
		return failed
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	entries, err := read(a.path)
	a.info, a.err = info, err
	a.byID, a.byCert = make(map[string]Entry, len(entries)), make(map[Hash]Entry)
	for _, e := range entries {
		a.byID[e.ID] = e
		if !e.Certificate.isZero() {
			a.byCert[e.Certificate] = e
		}
	}
	return err
}

// sameFile: every change makes a new file; its times and size are looked at
// too, because people edit.
func sameFile(a, b fs.FileInfo) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return os.SameFile(a, b) && a.ModTime().Equal(b.ModTime()) && a.Size() == b.Size() && a.Mode() == b.Mode()
}
