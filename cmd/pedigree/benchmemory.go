package main

import (
	"context"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// memoryWatch samples the memory of this process that is its own: not the
// pages of Badger's files, which it maps and the system may drop.
type memoryWatch struct{ most atomic.Uint64 }

// memoryPoll is how often it looks.
const memoryPoll = 200 * time.Millisecond

// run samples until ctx ends.
func (m *memoryWatch) run(ctx context.Context) {
	tick := time.NewTicker(memoryPoll)
	defer tick.Stop()
	for {
		m.most.Store(max(m.most.Load(), anonymousBytes()))
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// peak is the most that was seen, in bytes; 0 where the system does not tell.
func (m *memoryWatch) peak() float64 { return float64(m.most.Load()) }

// anonymousBytes is the memory of this process that no file stands behind.
func anonymousBytes() uint64 {
	p, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(p)) {
		rest, ok := strings.CutPrefix(line, "RssAnon:")
		if !ok {
			continue
		}
		kib, err := strconv.ParseUint(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
		if err != nil {
			return 0
		}
		return kib << 10
	}
	return 0
}
