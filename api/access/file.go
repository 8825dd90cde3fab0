package access

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// Bounds of an access file.
const (
	maxFile    = 4 << 20
	maxEntries = 10_000
)

// fileVersion is that of the format.
const fileVersion = 1

type file struct {
	Version int     `json:"version"`
	Entries []Entry `json:"entries"`
}

// read reads an access file; none has no entries.
func read(path string) ([]Entry, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("access: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, fmt.Errorf("access: %w", err)
	case !info.Mode().IsRegular() || info.Size() > maxFile:
		return nil, fmt.Errorf("access file %s: not a file of at most %d bytes", path, maxFile)
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0:
		return nil, fmt.Errorf("access file %s can be read or changed by others (mode %04o): use chmod 600", path, info.Mode().Perm())
	}
	raw, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("access: %w", err)
	}
	entries, err := parse(raw)
	if err != nil {
		return nil, fmt.Errorf("access file %s: %w", path, err)
	}
	return entries, nil
}

// parse reads the text of an access file.
func parse(raw []byte) ([]Entry, error) {
	if len(raw) > maxFile {
		return nil, fmt.Errorf("more than %d bytes", maxFile)
	}
	var f file
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("text behind the end")
	}
	switch {
	case f.Version != fileVersion:
		return nil, fmt.Errorf("version %d, want %d", f.Version, fileVersion)
	case len(f.Entries) > maxEntries:
		return nil, fmt.Errorf("%d entries, at most %d", len(f.Entries), maxEntries)
	}
	return f.Entries, checkEntries(f.Entries)
}

func checkEntries(entries []Entry) error {
	ids, certificates := make(map[string]bool), make(map[Hash]bool)
	for i := range entries {
		e := &entries[i]
		if err := e.check(); err != nil {
			return fmt.Errorf("entry %d: %w", i+1, err)
		}
		if ids[e.ID] || !e.Certificate.isZero() && certificates[e.Certificate] {
			return fmt.Errorf("entry %d: its id or certificate stands there twice", i+1)
		}
		ids[e.ID], certificates[e.Certificate] = true, true
	}
	return nil
}

// change lets edit make new entries of those in the file, and puts them in
// place at once: a reader sees the old file or the new, and so does who reads
// after a crash. A second change that comes meanwhile is refused.
func change(path string, edit func([]Entry) ([]Entry, error)) (err error) {
	next := path + ".new"
	f, err := os.OpenFile(next, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("access: %s exists: another change is at work, or one was cut off; remove it if none is", next)
	}
	if err != nil {
		return fmt.Errorf("access: %w", err)
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(next) // the old file stands
		}
	}()
	entries, err := read(path)
	if err != nil {
		return err
	}
	if entries, err = edit(entries); err != nil {
		return err
	}
	raw, err := json.MarshalIndent(file{fileVersion, entries}, "", "  ")
	if err != nil {
		return fmt.Errorf("access: %w", err)
	}
	if _, err := parse(raw); err != nil { // what could not be read again is not written
		return fmt.Errorf("access: %w", err)
	}
	_, err = f.Write(append(raw, '\n'))
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("access: %w", err)
	}
	if err := os.Rename(next, path); err != nil {
		return fmt.Errorf("access: %w", err)
	}
	return syncDir(filepath.Dir(path))
}

// syncDir makes a rename last through a power loss.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil // directories cannot be synced there
	}
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("access: %w", err)
	}
	return errors.Join(d.Sync(), d.Close())
}
