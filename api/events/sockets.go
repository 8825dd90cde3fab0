package events

import (
	"context"
	"sync"
)

// sockets bounds the WebSockets, and knows which query each is on.
type sockets struct {
	slots chan struct{}

	mu   sync.Mutex
	next uint64
	open map[string]map[uint64]context.CancelFunc // by query
}

func newSockets(most int) *sockets {
	return &sockets{slots: make(chan struct{}, most), open: make(map[string]map[uint64]context.CancelFunc)}
}

// enter takes a slot for a query; ok is false when there is none. live ends
// when the query is dropped; leave gives the slot back.
func (s *sockets) enter(ctx context.Context, query string) (live context.Context, leave func(), ok bool) {
	select {
	case s.slots <- struct{}{}:
	default:
		return nil, nil, false
	}
	live, cancel := context.WithCancel(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next++
	id := s.next
	if s.open[query] == nil {
		s.open[query] = make(map[uint64]context.CancelFunc)
	}
	s.open[query][id] = cancel
	return live, func() {
		cancel()
		s.mu.Lock()
		defer s.mu.Unlock()
		if delete(s.open[query], id); len(s.open[query]) == 0 {
			delete(s.open, query)
		}
		<-s.slots
	}, true
}

// drop ends the WebSockets of a query.
func (s *sockets) drop(query string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, cancel := range s.open[query] {
		cancel()
	}
}
