package index

import (
	"errors"
	"sync"
	"time"

	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// merger merges pieces in the background, one at a time. What it has not come
// to yet is found all the same, commission by commission.
type merger struct {
	x    *Index
	stop chan struct{}
	once sync.Once
	done chan struct{}
	wait chan struct{} // holds one token when there is work

	mu     sync.Mutex
	idle   *sync.Cond
	queue  []gs1.GTIN
	queued map[gs1.GTIN]bool
	busy   bool
}

// startMerger starts the merger with everything that is left to do.
func startMerger(x *Index) (*merger, error) {
	m := &merger{
		x: x, stop: make(chan struct{}), done: make(chan struct{}),
		wait: make(chan struct{}, 1), queued: make(map[gs1.GTIN]bool),
	}
	m.idle = sync.NewCond(&m.mu)
	s, err := x.disk.snapshot()
	if err != nil {
		return nil, err
	}
	defer s.close()
	var all []gs1.GTIN
	err = s.scan([]byte{spaceCommissions}, nil, func(suffix, _ []byte) (bool, error) {
		if len(suffix) != len(gs1.GTIN{}) {
			return false, errShort
		}
		all = append(all, gs1.GTIN(suffix))
		return true, nil
	})
	if err != nil {
		return nil, err
	}
	m.wake(all)
	if x.cfg.faults.noMerge {
		close(m.done)
		return m, nil
	}
	go m.loop()
	return m, nil
}

// wake queues GTINs that have new commissions.
func (m *merger) wake(gtins []gs1.GTIN) {
	m.mu.Lock()
	for _, g := range gtins {
		if !m.queued[g] {
			m.queued[g] = true
			m.queue = append(m.queue, g)
		}
	}
	m.x.metrics.queue.Set(float64(len(m.queue)))
	m.mu.Unlock()
	select {
	case m.wait <- struct{}{}:
	default:
	}
}

// next takes a GTIN off the queue.
func (m *merger) next() (gs1.GTIN, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.x.metrics.queue.Set(float64(len(m.queue)))
	if len(m.queue) == 0 {
		m.busy = false
		m.idle.Broadcast()
		return gs1.GTIN{}, false
	}
	g := m.queue[0]
	m.queue = m.queue[1:]
	delete(m.queued, g)
	m.busy = true
	return g, true
}

func (m *merger) loop() {
	defer close(m.done)
	if !m.tidy(func() error { return m.x.emptyTrash([]byte{spaceTrash}, m.stop) }) {
		return
	}
	for {
		g, ok := m.next()
		if !ok {
			select {
			case <-m.stop:
				return
			case <-m.wait:
			}
			continue
		}
		if !m.tidy(func() error { return m.mergeAll(g) }) {
			return
		}
	}
}

// tidy does one piece of work, and reports whether the merger may go on.
func (m *merger) tidy(work func() error) bool {
	var err error
	func() {
		defer m.x.guard(&err)()
		err = work()
	}()
	select {
	case <-m.stop:
		return false
	default:
	}
	if err == nil {
		return true
	}
	if !errors.Is(err, ErrClosed) {
		m.x.fail(err)
	}
	m.mu.Lock()
	m.busy, m.queue = false, nil
	m.idle.Broadcast()
	m.mu.Unlock()
	return false
}

// mergeAll merges what stands ready for one GTIN.
func (m *merger) mergeAll(g gs1.GTIN) error {
	for {
		begin := time.Now()
		did, err := m.x.merge(g, m.stop)
		if err != nil || !did {
			return err
		}
		m.x.metrics.merged.Inc()
		m.x.metrics.mergeSeconds.Observe(time.Since(begin).Seconds())
		select {
		case <-m.stop:
			return nil
		default:
		}
	}
}

// settle waits until nothing is left to merge, or the merger has given up.
func (m *merger) settle() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for m.busy || len(m.queue) > 0 {
		m.idle.Wait()
	}
}

// close stops the merger and waits for it.
func (m *merger) close() {
	m.once.Do(func() { close(m.stop) })
	<-m.done
}
