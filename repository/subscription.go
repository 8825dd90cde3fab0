package repository

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/dgraph-io/badger/v4"
)

// Subscription is a standing query whose results go to a webhook (EPCIS 2.0,
// section 8.2.5).
type Subscription struct {
	// ID is a UUID; empty asks PutSubscription for a new one.
	ID string
	// Query is the named query's name.
	Query   string
	Caller  string
	Created time.Time
	// Dest is the URL that events are sent to.
	Dest string
	// Token is the secret that signs what is sent; empty leaves it unsigned.
	Token string
	// Stream asks for events as they come; otherwise Schedule says when.
	Stream   bool
	Schedule *Schedule `json:",omitempty"`
	// ReportIfEmpty asks a schedule to send when there is nothing new, too.
	ReportIfEmpty bool
	// InitialRecordTime leaves out events recorded before; zero means those
	// recorded before the subscription was made.
	InitialRecordTime time.Time
	// EPCFormat and CBVFormat are how the subscriber wants identifiers and
	// words, as the headers GS1-EPC-Format and GS1-CBV-XML-Format name it.
	EPCFormat string
	CBVFormat string
}

// Schedule is when a standing query runs: a moment matches when each field
// does. A field is empty for any, or numbers and ranges in brackets between
// commas, such as "0,[10-20]" (EPCIS 2.0, section 8.2.5.3).
type Schedule struct {
	Second     string `json:"second,omitempty"`
	Minute     string `json:"minute,omitempty"`
	Hour       string `json:"hour,omitempty"`
	DayOfMonth string `json:"dayOfMonth,omitempty"`
	Month      string `json:"month,omitempty"`
	DayOfWeek  string `json:"dayOfWeek,omitempty"`
}

// SubscriptionState is how far a subscription has come.
type SubscriptionState struct {
	// Delivered is the number up to which events were sent, or given up.
	Delivered uint64
	// LastNotified is when the receiver last answered with success.
	LastNotified time.Time
	// LastRun is when the query last ran by its schedule.
	LastRun time.Time
	// Failures counts tries since the last success, Tries those of the events
	// that are next; NextTry is when to try again, and LastError why the last
	// try failed.
	Failures  int
	Tries     int
	NextTry   time.Time
	LastError string
	// LastDead is the number of the newest dead letter there ever was.
	LastDead uint64
}

// DeadLetter is events that could not be delivered and were given up.
type DeadLetter struct {
	// Number counts a subscription's dead letters, ascending.
	Number uint64
	// Seqs are the numbers of the events.
	Seqs   []uint64
	Tries  int
	Reason string
	At     time.Time
}

func subscriptionKey(query, id string) []byte {
	return append(append(append([]byte{prefixSubscription}, query...), 0), id...)
}

func stateKey(id string) []byte { return append([]byte{prefixState}, id...) }

func deadKey(id string, n uint64) []byte {
	return binary.BigEndian.AppendUint64(append(append([]byte{prefixDead}, id...), 0), n)
}

// PutSubscription keeps a new subscription with its state and returns its ID.
// The error is ErrNotFound when there is no query of that name.
func (r *Repository) PutSubscription(ctx context.Context, s Subscription, st SubscriptionState) (string, error) {
	r.naming.Lock() // against DeleteQuery
	defer r.naming.Unlock()
	if _, err := r.NamedQuery(ctx, s.Query); err != nil {
		return "", err
	}
	if err := r.enter(); err != nil {
		return "", err
	}
	defer r.leave()
	if s.ID == "" {
		s.ID = r.NewJobID()
	}
	if _, err := parseUUID(s.ID); err != nil {
		return "", fmt.Errorf("repository: subscription %q: %w", s.ID, err)
	}
	record, err := encodeJSON(s)
	if err != nil {
		return "", err
	}
	state, err := encodeJSON(st)
	if err != nil {
		return "", err
	}
	return s.ID, r.update(func(txn *badger.Txn) error {
		return apply(txn, []write{{subscriptionKey(s.Query, s.ID), record}, {stateKey(s.ID), state}})
	})
}

// Subscription returns a subscription of a query, or ErrNotFound.
func (r *Repository) Subscription(ctx context.Context, query, id string) (*Subscription, error) {
	return fetch[Subscription](ctx, r, subscriptionKey(query, id))
}

// Subscriptions lists the subscriptions of a query, or all when query is
// empty.
func (r *Repository) Subscriptions(ctx context.Context, query string) ([]Subscription, error) {
	prefix := []byte{prefixSubscription}
	if query != "" {
		prefix = subscriptionKey(query, "")
	}
	var out []Subscription
	err := r.walk(ctx, prefix, nil, false, func(_, value []byte) (bool, error) {
		var s Subscription
		err := decodeJSON(value, &s)
		out = append(out, s)
		return err == nil, err
	})
	return out, err
}

// DeleteSubscription deletes a subscription with its state and dead letters.
func (r *Repository) DeleteSubscription(ctx context.Context, query, id string) error {
	s, err := r.Subscription(ctx, query, id)
	if err != nil {
		return err
	}
	if err := r.enter(); err != nil {
		return err
	}
	defer r.leave()
	return r.dropSubscription(s)
}

func (r *Repository) dropSubscription(s *Subscription) error {
	var dead [][]byte
	txn := r.db.NewTransaction(false)
	defer txn.Discard()
	prefix := deadKey(s.ID, 0)
	prefix = prefix[:len(prefix)-8]
	err := scan(txn, prefix, nil, false, func(suffix []byte, _ *badger.Item) (bool, error) {
		dead = append(dead, append(bytes.Clone(prefix), suffix...))
		return true, nil
	})
	if err != nil {
		return err
	}
	// The subscription goes first: what is left without one counts for nothing.
	g := r.newGroup()
	for _, key := range append([][]byte{subscriptionKey(s.Query, s.ID), stateKey(s.ID)}, dead...) {
		if err := g.delete(key); err != nil {
			return err
		}
	}
	return g.flush()
}

// State returns how far a subscription has come, or ErrNotFound.
func (r *Repository) State(ctx context.Context, id string) (*SubscriptionState, error) {
	return fetch[SubscriptionState](ctx, r, stateKey(id))
}

// PutState keeps how far a subscription has come, and the dead letters that
// it gave up on the way, in one step. A subscription that was deleted
// meanwhile stays deleted: the error is ErrNotFound.
func (r *Repository) PutState(ctx context.Context, id string, st SubscriptionState, dead ...DeadLetter) error {
	if _, err := r.State(ctx, id); err != nil {
		return err
	}
	if err := r.enter(); err != nil {
		return err
	}
	defer r.leave()
	state, err := encodeJSON(st)
	if err != nil {
		return err
	}
	writes := []write{{stateKey(id), state}}
	for i := range dead {
		raw, err := encodeJSON(dead[i])
		if err != nil {
			return err
		}
		writes = append(writes, write{deadKey(id, dead[i].Number), raw})
	}
	return r.update(func(txn *badger.Txn) error { return apply(txn, writes) })
}

// DeadLetters lists a subscription's dead letters, the oldest first: at most
// limit with numbers above after.
func (r *Repository) DeadLetters(ctx context.Context, id string, after uint64, limit int) ([]DeadLetter, error) {
	var out []DeadLetter
	prefix := deadKey(id, 0)
	prefix = prefix[:len(prefix)-8]
	err := r.walk(ctx, prefix, binary.BigEndian.AppendUint64(nil, after), false, func(_, value []byte) (bool, error) {
		if len(out) == r.pageSize(limit) {
			return false, nil
		}
		var d DeadLetter
		err := decodeJSON(value, &d)
		out = append(out, d)
		return err == nil, err
	})
	return out, err
}

// CountDeadLetters counts a subscription's dead letters.
func (r *Repository) CountDeadLetters(ctx context.Context, id string) (n int, err error) {
	prefix := deadKey(id, 0)
	err = r.walk(ctx, prefix[:len(prefix)-8], nil, false, func(_, _ []byte) (bool, error) {
		n++
		return true, nil
	})
	return n, err
}

// DropDeadLetter deletes a dead letter that was delivered after all, or is not
// wanted. The error is ErrNotFound when there is none of that number.
func (r *Repository) DropDeadLetter(ctx context.Context, id string, number uint64) error {
	if err := r.enter(); err != nil {
		return err
	}
	defer r.leave()
	if err := ctx.Err(); err != nil {
		return err
	}
	return r.update(func(txn *badger.Txn) error {
		known, err := holds(txn, deadKey(id, number))
		if err == nil && !known {
			err = ErrNotFound
		}
		if err != nil {
			return err
		}
		return txn.Delete(deadKey(id, number))
	})
}
