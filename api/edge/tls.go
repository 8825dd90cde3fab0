package edge

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"runtime"
	"sync"
)

// TLSFiles are where a server's certificate stands, in PEM.
type TLSFiles struct {
	// Certificate is the server's with those that lead to a root, Key its
	// private key, which only the owner of the file may read.
	Certificate, Key string
	// ClientCA holds the roots of client certificates. Without it every
	// client certificate is taken, and known by its key alone; with it one
	// that does not lead to such a root ends the connection.
	ClientCA string
}

// TLS returns the settings of a server with these files. It looks at the files
// again with each connection, so that a renewed certificate is in use at once;
// while a new one cannot be used, the old one is, and the log says why. TLS 1.2
// is the least. A nil logger is silent.
func TLS(files TLSFiles, log *slog.Logger) (*tls.Config, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	k := &keeper{files: files, log: log}
	stamps, err := k.look()
	if err != nil {
		return nil, err
	}
	if k.config, err = load(files); err != nil {
		return nil, err
	}
	k.stamps = stamps
	config := baseTLS()
	config.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) { return k.current(), nil }
	return config, nil
}

func baseTLS() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}, ClientAuth: tls.RequestClientCert}
}

// keeper keeps the settings that the files say.
type keeper struct {
	files TLSFiles
	log   *slog.Logger

	mu     sync.Mutex
	stamps []fs.FileInfo // of the files as last read, whether they could be used or not
	config *tls.Config
}

// current returns the settings of the files as they are, or as they last could
// be used.
func (k *keeper) current() *tls.Config {
	k.mu.Lock()
	defer k.mu.Unlock()
	stamps, err := k.look()
	if err != nil || sameStamps(k.stamps, stamps) {
		return k.config // a file that is being replaced is there again soon
	}
	k.stamps = stamps
	config, err := load(k.files)
	if err != nil {
		k.log.LogAttrs(context.Background(), slog.LevelError, "the new certificate cannot be used, the old one is", slog.String("err", err.Error()))
		return k.config
	}
	k.log.LogAttrs(context.Background(), slog.LevelInfo, "certificate read", slog.String("file", k.files.Certificate))
	k.config = config
	return config
}

func (k *keeper) look() ([]fs.FileInfo, error) {
	var stamps []fs.FileInfo
	for _, path := range []string{k.files.Certificate, k.files.Key, k.files.ClientCA} {
		if path == "" {
			continue
		}
		info, err := os.Stat(path)
		if err != nil {
			return nil, fmt.Errorf("tls: %w", err)
		}
		stamps = append(stamps, info)
	}
	return stamps, nil
}

func sameStamps(a, b []fs.FileInfo) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !os.SameFile(a[i], b[i]) || !a[i].ModTime().Equal(b[i].ModTime()) || a[i].Size() != b[i].Size() {
			return false
		}
	}
	return true
}

// load reads the files.
func load(files TLSFiles) (*tls.Config, error) {
	info, err := os.Stat(files.Key)
	if err != nil {
		return nil, fmt.Errorf("tls: %w", err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("tls: key file %s can be read or changed by others (mode %04o): use chmod 600, and replace the key if it may have been read", files.Key, info.Mode().Perm())
	}
	cert, err := tls.LoadX509KeyPair(files.Certificate, files.Key)
	if err != nil {
		return nil, fmt.Errorf("tls: %s and %s: %w", files.Certificate, files.Key, err)
	}
	config := baseTLS()
	config.Certificates = []tls.Certificate{cert}
	if files.ClientCA == "" {
		return config, nil
	}
	roots, err := os.ReadFile(files.ClientCA)
	if err != nil {
		return nil, fmt.Errorf("tls: %w", err)
	}
	config.ClientCAs, config.ClientAuth = x509.NewCertPool(), tls.VerifyClientCertIfGiven
	if !config.ClientCAs.AppendCertsFromPEM(roots) {
		return nil, fmt.Errorf("tls: %s holds no certificate in PEM", files.ClientCA)
	}
	return config, nil
}
