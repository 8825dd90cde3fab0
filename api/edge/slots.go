package edge

import "sync"

// slots count the requests of one kind that are at work. A quarter of them is
// out of reach of any one caller, so that one who sends slowly, or much, leaves
// room for the others. All without a credential are one caller here.
type slots struct {
	most, share int // of all, and of one caller

	mu       sync.Mutex
	taken    int
	byCaller map[string]int // none of them 0
}

func newSlots(most int) *slots {
	return &slots{most: most, share: most - most/4, byCaller: make(map[string]int)}
}

// take takes a slot for a caller, until release is called; release is nil when
// there is none for him: then all of so many are taken.
func (s *slots) take(caller string) (release func(), of int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.taken >= s.most:
		return nil, s.most
	case s.byCaller[caller] >= s.share:
		return nil, s.share
	}
	s.taken++
	s.byCaller[caller]++
	return func() { s.release(caller) }, 0
}

func (s *slots) release(caller string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.taken--
	if s.byCaller[caller]--; s.byCaller[caller] == 0 {
		delete(s.byCaller, caller)
	}
}
