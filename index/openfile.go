package index

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// openName is a file that stands in the directory while the index is open. It
// holds the machine's boot: found again after another boot, the machine went
// down under an open index whose last writes were not synced. closedName is
// one that stands there while it is closed, and lists the files.
const (
	openName   = "OPEN"
	closedName = "CLOSED"
)

// generationPrefix begins the names of the directories that a database may
// have within Config.Dir. Every new one has a name of its own, so that a
// database whose files were taken away under it can never write into the one
// that replaced it.
const generationPrefix = "db-"

// generations lists the directories of databases.
func generations(dir string) ([]string, error) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, f := range files {
		if f.IsDir() && strings.HasPrefix(f.Name(), generationPrefix) {
			out = append(out, f.Name())
		}
	}
	return out, nil
}

// generation finds the directory of the database, or makes one.
func generation(dir string) (string, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return "", fmt.Errorf("index: %w", err)
	}
	all, err := generations(dir)
	if err != nil {
		return "", fmt.Errorf("index: %w", err)
	}
	switch len(all) {
	case 0:
		sub, err := os.MkdirTemp(dir, generationPrefix)
		if err != nil {
			return "", fmt.Errorf("index: %w", err)
		}
		return sub, nil
	case 1:
		return filepath.Join(dir, all[0]), nil
	}
	return "", &DamagedError{Dir: dir, Err: fmt.Errorf("one database expected, found %q", all)}
}

// bootID names this run of the machine, or is empty where the system does not
// say.
func bootID() string {
	p, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(p))
}

// checkFiles looks at a directory before Badger opens it: Badger opens tables
// in goroutines of its own, where damage is a panic that nobody can catch.
func checkFiles(dir string) error {
	if err := checkBoot(dir); err != nil {
		return err
	}
	if err := checkClosed(dir); err != nil {
		return err
	}
	tables, err := filepath.Glob(filepath.Join(dir, "*.sst"))
	if err != nil {
		return err
	}
	for _, name := range tables {
		if err := checkTable(name); err != nil {
			return &DamagedError{Dir: dir, Err: fmt.Errorf("file %s: %w", filepath.Base(name), err)}
		}
	}
	return nil
}

// checkTable checks that the parts of a table's footer lie within the file:
// index, its length, its checksum, the checksum's length. The checksum itself
// is Badger's to check.
func checkTable(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	left := info.Size()
	for range 2 {
		var p [4]byte
		if left -= 4; left < 0 {
			return errFooter
		}
		if _, err := f.ReadAt(p[:], left); err != nil {
			return err
		}
		n := int64(binary.BigEndian.Uint32(p[:]))
		if left -= n; n == 0 || left < 0 {
			return errFooter
		}
	}
	return nil
}

var errFooter = errors.New("it has no table's footer")

// listFiles lists the tables and logs with their sizes.
func listFiles(dir string) (string, error) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return "", fmt.Errorf("index: %w", err)
	}
	var b strings.Builder
	for _, f := range files {
		info, err := f.Info()
		if err != nil {
			return "", fmt.Errorf("index: %w", err)
		}
		switch filepath.Ext(f.Name()) {
		case ".sst", ".vlog":
			fmt.Fprintf(&b, "%s %d\n", f.Name(), info.Size())
		}
		if f.Name() == "MANIFEST" {
			fmt.Fprintf(&b, "%s %d\n", f.Name(), info.Size())
		}
	}
	return b.String(), nil
}

// checkClosed compares the files with those that Close left. A missing log is
// otherwise noticed only when something in it is asked for.
func checkClosed(dir string) error {
	want, err := os.ReadFile(filepath.Join(dir, closedName))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("index: %w", err)
	}
	got, err := listFiles(dir)
	if err != nil {
		return err
	}
	if got != string(want) {
		return &DamagedError{Dir: dir, Err: fmt.Errorf("files are not as they were left: found %q, want %q", got, want)}
	}
	return nil
}

// checkBoot refuses an index that was open when the machine went down: writes
// are not synced, so any of the last ones may be lost and no prefix of blocks
// is certain. A process that was killed loses nothing, the system has its
// writes.
func checkBoot(dir string) error {
	p, err := os.ReadFile(filepath.Join(dir, openName))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("index: %w", err)
	}
	now := bootID()
	if now == "" || string(p) == now {
		return nil
	}
	return &DamagedError{Dir: dir, Err: errors.New("the machine went down while it was open")}
}

func markOpen(dir string) error {
	if err := os.WriteFile(filepath.Join(dir, openName), []byte(bootID()), 0o600); err != nil {
		return fmt.Errorf("index: %w", err)
	}
	return remove(dir, closedName)
}

func markClosed(dir string) error {
	list, err := listFiles(dir)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, closedName), []byte(list), 0o600); err != nil {
		return fmt.Errorf("index: %w", err)
	}
	return remove(dir, openName)
}

func remove(dir, name string) error {
	if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("index: %w", err)
	}
	return nil
}
