package index

import (
	"fmt"
	"os"
	"path/filepath"
)

// unbornLog is what Badger says of a log of length zero.
const unbornLog = "Create a new file"

// removeUnborn deletes logs of length zero. A process killed between Badger's
// making of a log and its giving it a size leaves one; nothing can be in it,
// but Badger takes it for a new file and refuses to open.
func removeUnborn(dir string) error {
	for _, pattern := range []string{"*.mem", "*.vlog"} {
		logs, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			return fmt.Errorf("index: %w", err)
		}
		for _, name := range logs {
			info, err := os.Stat(name)
			if err != nil || info.Size() > 0 {
				continue // Badger will say what is wrong with it
			}
			if err := os.Remove(name); err != nil {
				return fmt.Errorf("index: %w", err)
			}
		}
	}
	return nil
}
