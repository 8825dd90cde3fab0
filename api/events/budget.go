package events

import (
	"strconv"
	"sync"
)

// budget bounds the bytes of documents that are being read at once: each needs
// several times its size until its job stands.
type budget struct {
	mu   sync.Mutex
	free int64
}

// take takes n bytes if there are as many.
func (b *budget) take(n int64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if n > b.free {
		return false
	}
	b.free -= n
	return true
}

func (b *budget) giveBack(n int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.free += n
}

// announced is the size of a body by its Content-Length; without one, or with
// one that is above the bound, it is the bound.
func announced(contentLength string, bound int64) int64 {
	n, err := strconv.ParseInt(contentLength, 10, 64)
	if err != nil || n < 0 || n > bound {
		return bound
	}
	return n
}
