package access

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pedigree-ledger/pedigree/api/edge"
)

func start() time.Time { return time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC) }

// clock is a time that a test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) time() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func openNew(t *testing.T) (a *Access, path string, c *clock) {
	t.Helper()
	path, c = filepath.Join(t.TempDir(), "access.json"), &clock{now: start()}
	a, err := Open(path, c.time)
	if err != nil {
		t.Fatal(err)
	}
	return a, path, c
}

func create(t *testing.T, path string, r Request) (Entry, string) {
	t.Helper()
	e, token, err := Create(path, r, start())
	if err != nil {
		t.Fatal(err)
	}
	return e, token
}

func reader(name string) Request {
	return Request{Name: name, Scopes: []edge.Scope{edge.Read, edge.Verify}, Expires: start().Add(time.Hour)}
}

// certificate makes a client certificate that holds for two hours.
func certificate(t *testing.T) *x509.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "portal"},
		NotBefore: start().Add(-time.Hour), NotAfter: start().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func TestToken(t *testing.T) {
	a, path, c := openNew(t)
	e, token := create(t, path, reader("warehouse"))
	got, err := a.Token(t.Context(), token)
	want := edge.Caller{ID: e.ID, Name: "warehouse", Scopes: []edge.Scope{edge.Read, edge.Verify}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("the token: got %+v, %v, want %+v", got, err, want)
	}
	other := formatToken(e.ID, newSecret())
	for name, token := range map[string]string{
		"another secret": other, "no prefix": token[9:], "cut": token[:len(token)-1], "longer": token + "A",
		"another id": strings.Replace(token, e.ID, "nobody", 1), "nothing": "", "line end": token[:30] + "\n" + token[30:],
	} {
		if _, err := a.Token(t.Context(), token); !errors.Is(err, edge.ErrNoAccess) {
			t.Errorf("%s: got %v, want ErrNoAccess", name, err)
		}
	}
	c.pass(time.Hour)
	if _, err := a.Token(t.Context(), token); !errors.Is(err, edge.ErrNoAccess) {
		t.Errorf("an expired token: got %v, want ErrNoAccess", err)
	}
}

// TestRevoke: a token ends while the process that knew it runs on.
func TestRevoke(t *testing.T) {
	a, path, _ := openNew(t)
	e, token := create(t, path, reader("one"))
	_, second := create(t, path, reader("two"))
	if _, err := a.Token(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	if err := Revoke(path, e.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Token(t.Context(), token); !errors.Is(err, edge.ErrNoAccess) {
		t.Errorf("revoked: got %v, want ErrNoAccess", err)
	}
	if _, err := a.Token(t.Context(), second); err != nil {
		t.Errorf("the other token: %v", err)
	}
	if err := Revoke(path, e.ID); !errors.Is(err, ErrUnknown) {
		t.Errorf("again: got %v, want ErrUnknown", err)
	}
}

// TestRenew: the new token and the new key name the caller that the old ones
// named, and the old ones nobody.
func TestRenew(t *testing.T) {
	a, path, c := openNew(t)
	e, old := create(t, path, reader("one"))
	_, other := create(t, path, reader("two"))
	c.pass(time.Hour) // it may have expired
	later := c.time().Add(time.Hour)
	renewed, token, err := Renew(path, e.ID, later, nil, c.time())
	if err != nil || renewed.ID != e.ID || !renewed.Expires.Equal(later) || token == old {
		t.Fatalf("got %+v, %v", renewed, err)
	}
	want := edge.Caller{ID: e.ID, Name: "one", Scopes: e.Scopes}
	if got, err := a.Token(t.Context(), token); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("the new token: got %+v, %v, want %+v", got, err, want)
	}
	for name, token := range map[string]string{"the old token": old, "another's": other} {
		if got, err := a.Token(t.Context(), token); !errors.Is(err, edge.ErrNoAccess) {
			t.Errorf("%s: got %+v, %v, want ErrNoAccess", name, got, err)
		}
	}
	r := reader("portal")
	r.Certificate = certificate(t)
	p, _ := create(t, path, r)
	cert := certificate(t)
	if _, token, err := Renew(path, p.ID, start().Add(2*time.Hour), cert, start()); err != nil || token != "" {
		t.Fatalf("got %q, %v", token, err)
	}
	c.pass(-time.Hour) // within the certificates' own time
	if got, err := a.Certificate(t.Context(), cert); err != nil || got.ID != p.ID {
		t.Errorf("the new key: got %+v, %v", got, err)
	}
	if _, err := a.Certificate(t.Context(), r.Certificate); !errors.Is(err, edge.ErrNoAccess) {
		t.Errorf("the old key: got %v, want ErrNoAccess", err)
	}
}

// TestRenewRefused: what cannot be renewed so stays as it was.
func TestRenewRefused(t *testing.T) {
	a, path, _ := openNew(t)
	e, token := create(t, path, reader("one"))
	r := reader("portal")
	r.Certificate = certificate(t)
	p, _ := create(t, path, r)
	later := start().Add(2 * time.Hour)
	for name, renew := range map[string]func() error{
		"nobody":               func() error { _, _, err := Renew(path, "nobody", later, nil, start()); return err },
		"expired":              func() error { _, _, err := Renew(path, e.ID, start(), nil, start()); return err },
		"a key for a token":    func() error { _, _, err := Renew(path, e.ID, later, certificate(t), start()); return err },
		"a token for a key":    func() error { _, _, err := Renew(path, p.ID, later, nil, start()); return err },
		"no file of that name": func() error { _, _, err := Renew(path+".other", e.ID, later, nil, start()); return err },
	} {
		if renew() == nil {
			t.Errorf("%s: it was renewed", name)
		}
	}
	if _, err := a.Token(t.Context(), token); err != nil {
		t.Errorf("the token: %v", err)
	}
	if _, err := a.Certificate(t.Context(), r.Certificate); err != nil {
		t.Errorf("the certificate: %v", err)
	}
}

func TestCertificate(t *testing.T) {
	a, path, c := openNew(t)
	cert := certificate(t)
	if _, err := a.Certificate(t.Context(), cert); !errors.Is(err, edge.ErrNoAccess) {
		t.Errorf("unknown: got %v, want ErrNoAccess", err)
	}
	r := reader("portal")
	r.Certificate, r.Expires = cert, start().Add(24*time.Hour)
	e, token := create(t, path, r)
	if got, err := a.Certificate(t.Context(), cert); err != nil || got.ID != e.ID || token != "" {
		t.Errorf("got %+v, %v and token %q, want %s", got, err, token, e.ID)
	}
	if _, _, err := Create(path, r, start()); err == nil {
		t.Error("one certificate was entered twice")
	}
	c.pass(2 * time.Hour) // the entry holds, the certificate does not
	if _, err := a.Certificate(t.Context(), cert); !errors.Is(err, edge.ErrNoAccess) {
		t.Errorf("expired certificate: got %v, want ErrNoAccess", err)
	}
}

// TestFileFailsClosed: while the file cannot be used nobody has access, and
// when it is mended all have again.
func TestFileFailsClosed(t *testing.T) {
	a, path, _ := openNew(t)
	_, token := create(t, path, reader("one"))
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, damage := range map[string]func() error{
		"malformed": func() error { return os.WriteFile(path, []byte("{"), 0o600) },
		"readable by others": func() error {
			if runtime.GOOS == "windows" {
				return os.WriteFile(path, nil, 0o600)
			}
			return os.Chmod(path, 0o640)
		},
		"too large": func() error { return os.WriteFile(path, make([]byte, maxFile+1), 0o600) },
		"gone":      func() error { return os.Remove(path) },
	} {
		if err := damage(); err != nil {
			t.Fatal(err)
		}
		if c, err := a.Token(t.Context(), token); err == nil {
			t.Errorf("%s: %+v has access", name, c)
		}
		if err := errors.Join(os.RemoveAll(path), os.WriteFile(path, good, 0o600)); err != nil {
			t.Fatal(err)
		}
		if _, err := a.Token(t.Context(), token); err != nil {
			t.Errorf("%s, then mended: %v", name, err)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	entry := func(more string) string {
		return `{"version":1,"entries":[{"id":"a","name":"n","scopes":["read"],"created":"2026-01-01T00:00:00Z","expires":"2027-01-01T00:00:00Z","token":"` + strings.Repeat("ab", 32) + `"` + more + `}]}`
	}
	if _, err := parse([]byte(entry(""))); err != nil {
		t.Fatalf("the sample itself: %v", err)
	}
	for name, text := range map[string]string{
		"empty":              "",
		"later version":      `{"version":2,"entries":[]}`,
		"unknown field":      entry(`,"admin":true`),
		"two credentials":    entry(`,"certificate":"` + strings.Repeat("ab", 32) + `"`),
		"unknown scope":      strings.Replace(entry(""), `"read"`, `"write"`, 1),
		"scope twice":        strings.Replace(entry(""), `"read"`, `"read","read"`, 1),
		"no scopes":          strings.Replace(entry(""), `"read"`, "", 1),
		"public's id":        strings.Replace(entry(""), `"id":"a"`, `"id":"public"`, 1),
		"line end in a name": strings.Replace(entry(""), `"n"`, `"a\nb"`, 1),
		"short hash":         strings.Replace(entry(""), "abab", "ab", 1),
		"zero hash":          strings.Replace(entry(""), strings.Repeat("ab", 32), strings.Repeat("00", 32), 1),
		"expires before":     strings.Replace(entry(""), "2027-", "2025-", 1),
		"text behind":        entry("") + "{}",
		"id twice":           strings.Replace(entry(""), "}]}", "},"+strings.TrimSuffix(strings.SplitAfterN(entry(""), "[", 2)[1], "]}")+"]}", 1),
	} {
		path := filepath.Join(t.TempDir(), "access.json")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(path, nil); err == nil {
			t.Errorf("%s was opened: %s", name, text)
		}
	}
}

// TestChangesAtOnce: of changes at the same time each happens whole or is
// refused.
func TestChangesAtOnce(t *testing.T) {
	_, path, _ := openNew(t)
	var wg sync.WaitGroup
	var mu sync.Mutex
	made := make(map[string]bool)
	for range 16 {
		wg.Go(func() {
			e, _, err := Create(path, reader("x"), start())
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				made[e.ID] = true
			}
		})
	}
	wg.Wait()
	entries, err := List(path)
	if err != nil || len(entries) != len(made) || len(made) == 0 {
		t.Errorf("%d entries for %d that were made, %v", len(entries), len(made), err)
	}
	for _, e := range entries {
		if !made[e.ID] {
			t.Errorf("%s is there and was refused", e.ID)
		}
	}
}

// FuzzFile: what is read as an access file is written and read the same.
func FuzzFile(f *testing.F) {
	f.Add([]byte(`{"version":1,"entries":[]}`))
	f.Add([]byte(`{"version":1,"entries":[{"id":"a","name":"n","scopes":["read"],"created":"2026-01-01T00:00:00Z","expires":"2027-01-01T00:00:00Z","token":"` + strings.Repeat("ab", 32) + `"}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		entries, err := parse(raw)
		if err != nil {
			return
		}
		again, err := json.Marshal(file{fileVersion, entries})
		if err != nil {
			t.Fatalf("%s: read, but not written: %v", raw, err)
		}
		if _, err := parse(again); err != nil {
			t.Errorf("%s: written as %s, which is refused: %v", raw, again, err)
		}
	})
}

// FuzzToken: a token has one form, and no other text opens anything.
func FuzzToken(f *testing.F) {
	secret := make([]byte, secretLen)
	f.Add(formatToken("abc", secret))
	f.Add("pedigree_a_b")
	path := filepath.Join(f.TempDir(), "access.json")
	if _, _, err := Create(path, reader("x"), start()); err != nil {
		f.Fatal(err)
	}
	a, err := Open(path, start)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, token string) {
		if id, secret, err := parseToken(token); err == nil && formatToken(id, secret) != token {
			t.Errorf("%q and %q are one token", token, formatToken(id, secret))
		}
		if c, err := a.Token(context.Background(), token); !errors.Is(err, edge.ErrNoAccess) {
			t.Errorf("%q gives %+v, %v", token, c, err)
		}
	})
}

func BenchmarkToken(b *testing.B) {
	path := filepath.Join(b.TempDir(), "access.json")
	_, token, err := Create(path, reader("x"), start())
	if err != nil {
		b.Fatal(err)
	}
	a, err := Open(path, start)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := a.Token(b.Context(), token); err != nil {
			b.Fatal(err)
		}
	}
}
