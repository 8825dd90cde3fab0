package client

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/pedigree-ledger/pedigree/app"
)

// DirOutbox is an Outbox in a directory of its own, a file for each key: what it
// keeps survives a crash of the program and of the machine. What is settled is
// the caller's to Forget.
type DirOutbox struct{ dir string }

// OpenDirOutbox makes the directory if there is none.
func OpenDirOutbox(dir string) (*DirOutbox, error) {
	return &DirOutbox{dir}, os.MkdirAll(dir, 0o700)
}

// path is a file's name: keys may hold any characters.
func (o *DirOutbox) path(key string) string {
	sum := sha256.Sum256([]byte(key))
	return filepath.Join(o.dir, hex.EncodeToString(sum[:])+".tx")
}

// Kept reads what was kept under a key.
func (o *DirOutbox) Kept(_ context.Context, key string) ([]byte, error) {
	f, err := os.Open(o.path(key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(io.LimitReader(f, app.MaxTxBytes+1))
	return raw, errors.Join(err, f.Close())
}

// Keep writes a tx to disk.
func (o *DirOutbox) Keep(_ context.Context, key string, tx []byte) error {
	f, err := os.CreateTemp(o.dir, "new-*")
	if err != nil {
		return err
	}
	_, err = f.Write(tx)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), o.path(key))
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return syncDir(o.dir)
}

// Forget removes what was kept under a key, if anything was.
func (o *DirOutbox) Forget(key string) error {
	err := os.Remove(o.path(key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// syncDir makes a new name in a directory durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
