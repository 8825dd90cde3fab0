package purity

import "sync"

// memo remembers what a pure function gave; the list of memos allows it.
type memo struct {
	once sync.Once
}

func (m *memo) get() { m.once.Do(func() {}) }

var _ = (*memo).get
