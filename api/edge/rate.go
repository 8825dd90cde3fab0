package edge

import (
	"container/list"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// maxBuckets is how many callers are counted at once. One more takes the place
// of the one that was heard of longest ago, so that a flood of addresses costs
// a bounded memory.
const maxBuckets = 16 << 10

// rates counts the requests of each caller.
type rates struct {
	now func() time.Time

	mu      sync.Mutex
	buckets map[string]*list.Element
	recent  list.List // of *bucket, the latest in front
}

type bucket struct {
	who   string
	limit *rate.Limiter
}

func newRates(now func() time.Time) *rates {
	return &rates{now: now, buckets: make(map[string]*list.Element)}
}

// take counts a request. If it is one too many, wait is the time after which
// the next may come.
func (r *rates) take(who string, perSecond int) (wait time.Duration) {
	if perSecond < 0 {
		return 0
	}
	now := r.now()
	b := r.bucket(who, perSecond).ReserveN(now, 1)
	if wait = b.DelayFrom(now); wait > 0 {
		b.CancelAt(now)
	}
	return wait
}

func (r *rates) bucket(who string, perSecond int) *rate.Limiter {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e, ok := r.buckets[who]; ok {
		r.recent.MoveToFront(e)
		return e.Value.(*bucket).limit
	}
	if r.recent.Len() >= maxBuckets {
		last := r.recent.Back()
		delete(r.buckets, r.recent.Remove(last).(*bucket).who)
	}
	b := &bucket{who, rate.NewLimiter(rate.Limit(perSecond), perSecond)}
	r.buckets[who] = r.recent.PushFront(b)
	return b.limit
}
