package edge

import (
	"context"
	"sync"
	"time"
)

// Room bounds the bytes that requests hold at once for one purpose. Its methods
// may be called from any goroutine.
type Room struct {
	mu    sync.Mutex
	free  int64
	freed chan struct{} // closed, and made anew, when something is given back
}

// NewRoom makes room for n bytes.
func NewRoom(n int64) *Room { return &Room{free: n, freed: make(chan struct{})} }

// Take takes n bytes as soon as there are as many, and reports whether there
// were before the wait or the context ended.
func (r *Room) Take(ctx context.Context, n int64, wait time.Duration) bool {
	return r.within(ctx, wait, func() bool {
		if n > r.free {
			return false
		}
		r.free -= n
		return true
	})
}

// Give gives n bytes back.
func (r *Room) Give(n int64) { r.change(func() { r.free += n }) }

// change does something that those who wait may have waited for.
func (r *Room) change(do func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	do()
	close(r.freed)
	r.freed = make(chan struct{})
}

// within tries, and again whenever something was given back.
func (r *Room) within(ctx context.Context, wait time.Duration, try func() bool) bool {
	attempt := func() (bool, chan struct{}) {
		r.mu.Lock()
		defer r.mu.Unlock()
		return try(), r.freed
	}
	ok, freed := attempt()
	if ok {
		return true
	}
	end := time.NewTimer(wait)
	defer end.Stop()
	for !ok {
		select {
		case <-freed:
			ok, freed = attempt()
		case <-end.C:
			return false
		case <-ctx.Done():
			return false
		}
	}
	return true
}
