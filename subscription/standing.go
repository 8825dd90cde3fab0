package subscription

import (
	"context"
	"net/url"
	"time"

	"github.com/pedigree-ledger/pedigree/repository"
)

// standing is one subscription at work. Its fields but sub, query, host and
// schedule are guarded by the dispatcher's mutex while busy is false, and
// belong to its worker while it is true.
type standing struct {
	sub      repository.Subscription
	query    *repository.Query
	host     string
	schedule *Schedule // nil for a stream

	state repository.SubscriptionState
	// seen is the number up to which events were looked at; state.Delivered
	// trails it when nothing matched.
	seen uint64
	// batch bounds the next delivery: less than usual after the receiver said
	// that one was too large.
	batch int
	// due is when a schedule runs next.
	due time.Time
	// run is the run of a schedule under way; nil between runs.
	run  *run
	busy bool
	slow bool
}

// run is one run of a schedule: it takes the events up to a number.
type run struct {
	upTo uint64
	sent bool // something was sent, so the receiver knows of the run
}

// begin takes up a subscription.
func (d *Dispatcher) begin(ctx context.Context, sub repository.Subscription) error {
	named, err := d.cfg.Repository.NamedQuery(ctx, sub.Query)
	if err != nil {
		return err
	}
	query, err := repository.ParseQueryJSON(named.Query)
	if err != nil {
		return err
	}
	state, err := d.cfg.Repository.State(ctx, sub.ID)
	if err != nil {
		return err
	}
	s := &standing{sub: sub, query: query, state: *state, seen: state.Delivered, batch: d.cfg.MaxBatch, slow: state.Failures > 0}
	if u, err := url.Parse(sub.Dest); err == nil {
		s.host = u.Host
	}
	if sub.Schedule != nil {
		if s.schedule, err = ParseSchedule(*sub.Schedule); err != nil {
			return err
		}
		s.due = s.schedule.Next(later(state.LastRun, sub.Created))
	}
	d.mu.Lock()
	d.subs[sub.ID] = s
	d.metrics.active.Set(float64(len(d.subs)))
	d.mu.Unlock()
	d.poke()
	return nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// poke wakes the loop.
func (d *Dispatcher) poke() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// loop gives work to workers whenever an event was added, a time has come or a
// worker is free again.
func (d *Dispatcher) loop() {
	for d.ctx.Err() == nil {
		changed := d.cfg.Repository.Changed()
		wait := d.assign()
		var timer <-chan time.Time
		if wait > 0 {
			timer = d.cfg.After(wait)
		}
		select {
		case <-d.ctx.Done():
		case <-changed:
			if d.cfg.Repository.Closed() {
				return // and so is everything here, soon
			}
		case <-d.wake:
		case <-timer:
		}
	}
}

// assign starts workers for what is due, and returns how long there is nothing
// more to do by the clock; 0 means until something happens.
func (d *Dispatcher) assign() time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	now, head := d.cfg.Now(), d.cfg.Repository.Head()
	next := time.Duration(0)
	for _, s := range d.subs { // in any order, so that nobody is always last
		if s.busy {
			continue
		}
		at, work := s.wants(head)
		switch {
		case !work:
			continue
		case at.After(now):
			if wait := at.Sub(now); next == 0 || wait < next {
				next = wait
			}
			continue
		case d.busy[s.host] > 0 || s.slow && d.slow >= d.cfg.SlowWorkers || !s.slow && d.fast >= d.cfg.Workers:
			continue // the worker that ends wakes the loop
		}
		d.start(s)
	}
	return next
}

// wants tells whether a subscription has something to do and when.
func (s *standing) wants(head uint64) (at time.Time, work bool) {
	if s.schedule == nil {
		return s.state.NextTry, s.seen < head
	}
	if s.run != nil {
		return s.state.NextTry, true
	}
	return s.due, !s.due.IsZero()
}

func (d *Dispatcher) start(s *standing) {
	slow := s.slow
	s.busy = true
	d.busy[s.host]++
	if slow {
		d.slow++
	} else {
		d.fast++
	}
	d.running.Go(func() {
		d.work(s)
		d.mu.Lock()
		defer d.mu.Unlock()
		s.busy = false
		if d.busy[s.host]--; d.busy[s.host] == 0 {
			delete(d.busy, s.host)
		}
		if slow {
			d.slow--
		} else {
			d.fast--
		}
		d.poke()
	})
}
