package badgerdb

import (
	"os"
	"path/filepath"
	"strings"
)

// Unborn reports whether Badger refused to open because of a log of length
// zero: see RemoveUnborn.
func Unborn(err error) bool {
	return err != nil && strings.Contains(err.Error(), "Create a new file")
}

// RemoveUnborn deletes logs of length zero. A process killed between Badger's
// making of a log and its giving it a size leaves one; nothing can be in it,
// but Badger takes it for a new file and refuses to open. No other process may
// have the directory open.
func RemoveUnborn(dir string) error {
	for _, pattern := range []string{"*.mem", "*.vlog"} {
		logs, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			return err
		}
		for _, name := range logs {
			info, err := os.Stat(name)
			if err != nil || info.Size() > 0 {
				continue // Badger will say what is wrong with it
			}
			if err := os.Remove(name); err != nil {
				return err
			}
		}
	}
	return nil
}
