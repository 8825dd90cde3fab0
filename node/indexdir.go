package node

import (
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
)

// The index stands in a numbered directory under data/index. When a running one
// fails and cannot be closed, Badger may go on writing to its files for the
// life of the process, so the next one begins under the next number; the
// others are removed at the next start.

// IndexDir is the directory of the node's index: the one with the highest
// number, the first if there is none yet.
func (h Home) IndexDir() string { return h.indexDir(max(1, h.lastIndex())) }

func (h Home) indexDir(n int) string { return h.file("data", "index", strconv.Itoa(n)) }

// lastIndex is the highest number in use, 0 when there is none.
func (h Home) lastIndex() int {
	last := 0
	for _, n := range h.indexes() {
		last = max(last, n)
	}
	return last
}

func (h Home) indexes() []int {
	entries, err := os.ReadDir(h.file("data", "index"))
	if err != nil {
		return nil // none yet
	}
	var out []int
	for _, e := range entries {
		if n, err := strconv.Atoi(e.Name()); err == nil && n > 0 && strconv.Itoa(n) == e.Name() {
			out = append(out, n)
		}
	}
	return out
}

// removeOldIndexes removes all but the one in use. What cannot be removed costs
// space only.
func (h Home) removeOldIndexes(log *slog.Logger) {
	last := h.lastIndex()
	for _, n := range h.indexes() {
		if n == last {
			continue
		}
		if err := os.RemoveAll(h.indexDir(n)); err != nil {
			log.Warn("old index not removed", slog.String("dir", filepath.Base(h.indexDir(n))), slog.String("err", err.Error()))
		}
	}
}
