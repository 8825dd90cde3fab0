package edge

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

// authority signs certificates for tests.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	last int64
}

// issue makes a certificate of a name, signed by the authority; by itself, if
// there is none.
func (a *authority) issue(t *testing.T, name string) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		Subject: pkix.Name{CommonName: name}, DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: a == nil || a.cert == nil, BasicConstraintsValid: true,
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	parent, signer := template, key
	template.SerialNumber = big.NewInt(1)
	if a != nil {
		a.last++
		template.SerialNumber = big.NewInt(a.last)
		if a.cert != nil {
			parent, signer = a.cert, a.key
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	if a != nil && a.cert == nil {
		a.cert, a.key = leaf, key
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{}
	a.issue(t, "authority")
	return a
}

// write puts a certificate and its key where files says.
func write(t *testing.T, files TLSFiles, c tls.Certificate) {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(c.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	writePEM(t, files.Key, "PRIVATE KEY", der)
	writePEM(t, files.Certificate, "CERTIFICATE", c.Certificate[0])
}

// writePEM replaces a file as an operator's tools do.
func writePEM(t *testing.T, path, kind string, der []byte) {
	t.Helper()
	if err := os.WriteFile(path+".new", pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

func newFiles(t *testing.T) TLSFiles {
	t.Helper()
	dir := t.TempDir()
	return TLSFiles{Certificate: filepath.Join(dir, "cert.pem"), Key: filepath.Join(dir, "key.pem")}
}

// serveTLS serves an edge on a port of this machine.
func serveTLS(t *testing.T, e *Edge, files TLSFiles) (url string) {
	t.Helper()
	config, err := TLS(files, nil)
	if err != nil {
		t.Fatal(err)
	}
	server := e.Server(e.Handler())
	server.TLSConfig = config
	l := listen(t)
	done := make(chan error, 1)
	go func() { done <- server.ServeTLS(e.Limit(l), "", "") }()
	t.Cleanup(func() {
		_ = server.Close() // ends Serve
		if err := <-done; err != nil && !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	return "https://" + l.Addr().String()
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// get asks with a fresh connection and returns the status and the serial number
// of the server's certificate.
func get(t *testing.T, url string, config *tls.Config) (status int, serial int64, err error) {
	t.Helper()
	transport := &http.Transport{TLSClientConfig: config, ForceAttemptHTTP2: true}
	defer transport.CloseIdleConnections()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := (&http.Client{Transport: transport}).Do(r)
	if err != nil {
		return 0, 0, err
	}
	defer resp.Body.Close()
	return resp.StatusCode, resp.TLS.PeerCertificates[0].SerialNumber.Int64(), nil
}

func trusting(a *authority, own ...tls.Certificate) *tls.Config {
	roots := x509.NewCertPool()
	roots.AddCert(a.cert)
	return &tls.Config{RootCAs: roots, Certificates: own, MinVersion: tls.VersionTLS12}
}

// TestTLS: a renewed certificate is in use with the next connection, and a
// broken one never is.
func TestTLS(t *testing.T) {
	a, files := newAuthority(t), newFiles(t)
	write(t, files, a.issue(t, "first"))
	e := newEdge(t, Config{})
	registerEcho(e, nil)
	url := serveTLS(t, e, files) + "/echo/x"
	if status, serial, err := get(t, url, trusting(a)); err != nil || status != 200 || serial != 2 {
		t.Fatalf("got %d, certificate %d, %v", status, serial, err)
	}
	write(t, files, a.issue(t, "second"))
	if _, serial, err := get(t, url, trusting(a)); err != nil || serial != 3 {
		t.Errorf("renewed: got certificate %d, %v, want 3", serial, err)
	}
	writePEM(t, files.Certificate, "CERTIFICATE", []byte("broken"))
	if _, serial, err := get(t, url, trusting(a)); err != nil || serial != 3 {
		t.Errorf("broken: got certificate %d, %v, want 3", serial, err)
	}
	if err := os.Remove(files.Key); err != nil {
		t.Fatal(err)
	}
	if _, serial, err := get(t, url, trusting(a)); err != nil || serial != 3 {
		t.Errorf("gone: got certificate %d, %v, want 3", serial, err)
	}
	old := trusting(a)
	old.MinVersion, old.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	if _, _, err := get(t, url, old); err == nil {
		t.Error("TLS 1.1 was accepted")
	}
}

// TestClientCertificates: a certificate opens what its entry says, whoever
// signed it, unless the settings name who may sign.
func TestClientCertificates(t *testing.T) {
	a, other := newAuthority(t), newAuthority(t)
	for _, tt := range []struct {
		name   string
		ca     bool
		client []tls.Certificate
		status int // 0: no connection
	}{
		{"none", false, nil, 401},
		{"known, signed by itself", false, []tls.Certificate{(*authority)(nil).issue(t, "reader")}, 200},
		{"unknown", false, []tls.Certificate{other.issue(t, "stranger")}, 401},
		{"none, with an authority", true, nil, 401},
		{"signed by the authority", true, []tls.Certificate{a.issue(t, "reader")}, 200},
		{"signed by another", true, []tls.Certificate{other.issue(t, "reader")}, 0},
	} {
		files := newFiles(t)
		write(t, files, a.issue(t, "server"))
		if tt.ca {
			files.ClientCA = filepath.Join(t.TempDir(), "ca.pem")
			writePEM(t, files.ClientCA, "CERTIFICATE", a.cert.Raw)
		}
		e := newEdge(t, Config{Access: readers()})
		registerEcho(e, Need(Read))
		config := trusting(a)
		if tt.client != nil { // also one that the server did not ask for by its authority
			config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &tt.client[0], nil }
		}
		status, _, err := get(t, serveTLS(t, e, files)+"/echo/x", config)
		if status != tt.status || (err != nil) != (tt.status == 0) {
			t.Errorf("%s: got %d, %v, want %d", tt.name, status, err, tt.status)
		}
	}
}

func TestTLSRefuses(t *testing.T) {
	a := newAuthority(t)
	for name, damage := range map[string]func(TLSFiles) TLSFiles{
		"no certificate": func(f TLSFiles) TLSFiles { f.Certificate += "x"; return f },
		"no key":         func(f TLSFiles) TLSFiles { f.Key += "x"; return f },
		"swapped":        func(f TLSFiles) TLSFiles { f.Certificate, f.Key = f.Key, f.Certificate; return f },
		"no authority":   func(f TLSFiles) TLSFiles { f.ClientCA = f.Key; return f },
		"key of another": func(f TLSFiles) TLSFiles {
			other := newFiles(t)
			write(t, other, a.issue(t, "other"))
			f.Key = other.Key
			return f
		},
		"key readable by others": func(f TLSFiles) TLSFiles {
			if err := os.Chmod(f.Key, 0o644); err != nil || runtime.GOOS == "windows" {
				f.Key = fmt.Sprint(err) // where modes say nothing
			}
			return f
		},
	} {
		files := newFiles(t)
		write(t, files, a.issue(t, "server"))
		if _, err := TLS(files, nil); err != nil {
			t.Fatal(err)
		}
		if _, err := TLS(damage(files), nil); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}
