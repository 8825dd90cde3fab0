package subscription

import (
	"context"
	"fmt"
	"net/netip"
	"net/url"

	"github.com/pedigree-ledger/pedigree/epcis"
	"github.com/pedigree-ledger/pedigree/repository"
)

// RequestError means that what a subscriber asks for makes no sense or is not
// allowed.
type RequestError struct {
	// Field is the member of the request: dest, schedule ...
	Field  string
	Reason string
}

// Error names the field and what is wrong with it.
func (e *RequestError) Error() string { return e.Field + ": " + e.Reason }

const (
	maxDestBytes  = 2048
	maxTokenBytes = 1024
)

// Subscribe checks a subscription, keeps it and begins to deliver. Its ID and
// Created are set here. The error is a *RequestError, or repository.ErrNotFound
// when there is no query of its name.
func (d *Dispatcher) Subscribe(ctx context.Context, s repository.Subscription) (*repository.Subscription, error) {
	if err := d.check(&s); err != nil {
		return nil, err
	}
	d.mu.Lock()
	full := len(d.subs) >= d.cfg.MaxSubscriptions
	d.mu.Unlock()
	if full {
		return nil, &RequestError{"subscription", fmt.Sprintf("there are %d, and no more are taken: delete one", d.cfg.MaxSubscriptions)}
	}
	s.ID, s.Created = d.cfg.Repository.NewJobID(), d.cfg.Now().UTC()
	state := repository.SubscriptionState{Delivered: d.cfg.Repository.Head()}
	if !s.InitialRecordTime.IsZero() {
		n, err := d.cfg.Repository.NumberAt(ctx, s.InitialRecordTime)
		if err != nil {
			return nil, err
		}
		state.Delivered = n
	}
	if _, err := d.cfg.Repository.PutSubscription(ctx, s, state); err != nil {
		return nil, err
	}
	return &s, d.begin(ctx, s)
}

// check tells what is wrong with a request.
func (d *Dispatcher) check(s *repository.Subscription) error {
	if err := d.checkDest(s.Dest); err != nil {
		return err
	}
	if len(s.Token) > maxTokenBytes {
		return &RequestError{"signatureToken", fmt.Sprintf("has more than %d bytes", maxTokenBytes)}
	}
	switch {
	case s.Stream && s.Schedule != nil:
		return &RequestError{"stream", "excludes a schedule: give one of them"}
	case !s.Stream && s.Schedule == nil:
		return &RequestError{"stream", "want true, or a schedule"}
	}
	if s.Schedule != nil {
		if _, err := ParseSchedule(*s.Schedule); err != nil {
			return &RequestError{"schedule", err.Error()}
		}
	}
	if _, ok := epcis.ParseEPCFormat(s.EPCFormat); !ok {
		return &RequestError{"epcFormat", fmt.Sprintf("%q is no value of GS1-EPC-Format", clip(s.EPCFormat))}
	}
	return nil
}

// checkDest refuses at once what would be refused later.
func (d *Dispatcher) checkDest(dest string) error {
	u, err := url.Parse(dest)
	switch {
	case dest == "" || len(dest) > maxDestBytes || err != nil || u.Hostname() == "":
		return &RequestError{"dest", "want the URL that events are sent to, such as https://example.com/events"}
	case u.User != nil:
		return &RequestError{"dest", "a name and password in a URL are not used: let the receiver check the signature, or put a secret into the path"}
	case u.Scheme != "https" && !(u.Scheme == "http" && d.cfg.AllowPrivate):
		return &RequestError{"dest", "want https"}
	}
	if ip, err := netip.ParseAddr(u.Hostname()); err == nil && !d.cfg.AllowPrivate {
		if why := notPublic(ip); why != "" {
			return &RequestError{"dest", "its address is refused: it is " + why}
		}
	}
	return nil
}

// Unsubscribe deletes a subscription with its dead letters. A delivery under
// way may still reach the receiver.
func (d *Dispatcher) Unsubscribe(ctx context.Context, query, id string) error {
	if err := d.cfg.Repository.DeleteSubscription(ctx, query, id); err != nil {
		return err
	}
	d.drop(id)
	return nil
}

// Forget stops delivering for a query that was deleted with its subscriptions.
func (d *Dispatcher) Forget(query string) {
	d.mu.Lock()
	var ids []string
	for id, s := range d.subs {
		if s.sub.Query == query {
			ids = append(ids, id)
		}
	}
	d.mu.Unlock()
	for _, id := range ids {
		d.drop(id)
	}
}

// Replay sends a dead letter again, at once, and deletes it if the receiver
// takes it; otherwise the error says why not. Events that were replaced
// meanwhile are left out: their successors were sent on their own.
func (d *Dispatcher) Replay(ctx context.Context, query, id string, number uint64) error {
	sub, err := d.cfg.Repository.Subscription(ctx, query, id)
	if err != nil {
		return err
	}
	letters, err := d.cfg.Repository.DeadLetters(ctx, id, number-1, 1)
	if err != nil {
		return err
	}
	if number == 0 || len(letters) == 0 || letters[0].Number != number {
		return repository.ErrNotFound
	}
	events, err := d.cfg.Repository.BySeq(ctx, letters[0].Seqs)
	if err != nil {
		return err
	}
	for len(events) > 0 {
		body, n, err := d.encode(sub, events)
		if err != nil {
			return err
		}
		if answer := d.post(ctx, sub, events[:n], body); answer != nil {
			return &RefusedError{answer.reason}
		}
		events = events[n:]
	}
	return d.cfg.Repository.DropDeadLetter(ctx, id, number)
}

// RefusedError means that a receiver did not take what was sent.
type RefusedError struct{ Reason string }

// Error says why.
func (e *RefusedError) Error() string { return "the receiver did not take it: " + e.Reason }

// DropDeadLetter deletes a dead letter without sending it.
func (d *Dispatcher) DropDeadLetter(ctx context.Context, query, id string, number uint64) error {
	if _, err := d.cfg.Repository.Subscription(ctx, query, id); err != nil {
		return err
	}
	return d.cfg.Repository.DropDeadLetter(ctx, id, number)
}
