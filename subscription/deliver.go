package subscription

import (
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/pedigree-ledger/pedigree/repository"
)

// work does one step for a subscription: it looks for events and delivers the
// first batch.
func (d *Dispatcher) work(s *standing) {
	err := d.step(s)
	switch {
	case err == nil || d.ctx.Err() != nil:
	case errors.Is(err, repository.ErrNotFound):
		d.drop(s.sub.ID) // deleted meanwhile
	default:
		d.cfg.Logger.Error("delivery of a subscription failed here", slog.String("subscription", s.sub.ID), slog.String("err", err.Error()))
		s.state.NextTry = d.cfg.Now().Add(d.cfg.MaxWait)
	}
}

func (d *Dispatcher) step(s *standing) error {
	limit := d.cfg.Repository.Head()
	if s.schedule != nil {
		if s.run == nil {
			s.run = &run{upTo: limit}
		}
		limit = s.run.upTo
	}
	var events []repository.Stored
	if s.seen < limit {
		found, reached, err := d.cfg.Repository.Since(d.ctx, s.seen, s.query, s.batch)
		if err != nil {
			return err
		}
		if events, reached = within(found, reached, limit); len(events) > 0 {
			return d.deliver(s, events, reached)
		}
		s.seen = reached
	}
	if s.run != nil && s.seen >= limit {
		return d.endRun(s)
	}
	return d.keepSeen(s)
}

// within cuts off what was added after the step began.
func within(events []repository.Stored, reached, limit uint64) ([]repository.Stored, uint64) {
	for i := range events {
		if events[i].Seq > limit {
			return events[:i], limit
		}
	}
	return events, min(reached, limit)
}

// saveEvery is how many numbers without a match pass before that is saved.
const saveEvery = 10_000

// keepSeen saves now and then that no event matched, so that they need not all
// be looked at again.
func (d *Dispatcher) keepSeen(s *standing) error {
	if s.seen < s.state.Delivered+saveEvery {
		return nil
	}
	s.state.Delivered = s.seen
	return d.cfg.Repository.PutState(d.ctx, s.sub.ID, s.state)
}

// endRun ends the run of a schedule, after it has told a receiver who wants to
// know that there was nothing.
func (d *Dispatcher) endRun(s *standing) error {
	if !s.run.sent && s.sub.ReportIfEmpty {
		return d.deliver(s, nil, s.seen)
	}
	now := d.cfg.Now()
	s.run, s.due = nil, s.schedule.Next(now)
	s.state.LastRun, s.state.Delivered = now, max(s.seen, s.state.Delivered)
	return d.cfg.Repository.PutState(d.ctx, s.sub.ID, s.state)
}

// deliver sends a batch and keeps what came of it.
func (d *Dispatcher) deliver(s *standing, events []repository.Stored, reached uint64) error {
	body, n, err := d.encode(&s.sub, events)
	if err != nil && len(events) > 1 {
		s.batch = 1 // to find the one that cannot be written
		return nil
	}
	if err != nil {
		s.state.LastError = err.Error()
		return d.giveUp(s, events, reached)
	}
	if n < len(events) {
		events, reached = events[:n], events[n-1].Seq
	}
	began := time.Now()
	answer := d.post(d.ctx, &s.sub, events, body)
	if d.ctx.Err() != nil {
		return nil //nolint:nilerr // ended by Close: the delivery counts for nothing
	}
	took := time.Since(began)
	s.slow = answer != nil || took > d.cfg.Timeout/5
	d.metrics.seconds.Observe(took.Seconds())
	if answer == nil {
		return d.delivered(s, len(events), reached)
	}
	return d.failed(s, events, reached, answer)
}

func (d *Dispatcher) delivered(s *standing, count int, reached uint64) error {
	d.metrics.deliveries.WithLabelValues("ok").Inc()
	d.metrics.events.Add(float64(count))
	s.state.LastNotified = d.cfg.Now()
	s.state.Failures, s.state.NextTry, s.state.LastError = 0, time.Time{}, ""
	return d.goOn(s, reached)
}

// goOn keeps that a batch is done with.
func (d *Dispatcher) goOn(s *standing, reached uint64, letters ...repository.DeadLetter) error {
	s.seen = reached
	if s.run != nil {
		s.run.sent = true
	}
	s.state.Delivered, s.state.Tries = reached, 0
	return d.cfg.Repository.PutState(d.ctx, s.sub.ID, s.state, letters...)
}

func (d *Dispatcher) failed(s *standing, events []repository.Stored, reached uint64, answer *refusal) error {
	d.metrics.deliveries.WithLabelValues(answer.kind()).Inc()
	d.cfg.Logger.Warn("a webhook did not take a delivery", slog.String("subscription", s.sub.ID),
		slog.String("host", s.host), slog.String("err", answer.Error()), slog.Int("tries", s.state.Tries+1))
	if answer.status == http.StatusRequestEntityTooLarge && len(events) > 1 {
		s.batch = len(events) / 2
		return nil
	}
	s.state.Failures++
	s.state.Tries++
	s.state.LastError = answer.Error()
	s.state.NextTry = d.cfg.Now().Add(d.backoff(s.state.Failures, answer.after))
	if s.state.Tries >= d.cfg.MaxTries {
		return d.giveUp(s, events, reached)
	}
	return d.cfg.Repository.PutState(d.ctx, s.sub.ID, s.state)
}

// giveUp makes a batch a dead letter and goes on behind it, unless there are
// so many that nothing more is given up.
func (d *Dispatcher) giveUp(s *standing, events []repository.Stored, reached uint64) error {
	if len(events) == 0 {
		return d.goOn(s, reached)
	}
	n, err := d.cfg.Repository.CountDeadLetters(d.ctx, s.sub.ID)
	if err != nil {
		return err
	}
	if n >= d.cfg.MaxDead {
		s.state.NextTry = later(s.state.NextTry, d.cfg.Now().Add(d.cfg.MaxWait))
		return d.cfg.Repository.PutState(d.ctx, s.sub.ID, s.state)
	}
	s.state.LastDead++
	letter := repository.DeadLetter{Number: s.state.LastDead, Tries: s.state.Tries, Reason: s.state.LastError, At: d.cfg.Now()}
	for i := range events {
		letter.Seqs = append(letter.Seqs, events[i].Seq)
	}
	d.metrics.dead.Inc()
	return d.goOn(s, reached, letter)
}

// backoff is how long to wait after so many failures: twice as long each time,
// between half of it and the whole by chance, so that receivers that come back
// are not met by all at once. A receiver may ask for more, up to MaxWait.
func (d *Dispatcher) backoff(failures int, asked time.Duration) time.Duration {
	wait := d.cfg.FirstWait
	for range min(failures-1, 40) {
		if wait >= d.cfg.MaxWait {
			break
		}
		wait *= 2
	}
	wait = min(wait, d.cfg.MaxWait)
	wait = wait/2 + time.Duration(float64(wait/2)*d.cfg.Random())
	return max(wait, min(asked, d.cfg.MaxWait))
}

func (d *Dispatcher) drop(id string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.subs, id)
	d.metrics.active.Set(float64(len(d.subs)))
}
