package client

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/pedigree-ledger/pedigree/app"
)

// Outbox keeps what was signed under a caller's key (Submission.Key), so that
// it is sent again as it was.
//
// Contract: Kept returns what was kept last under a key, nil when nothing was.
// When Keep returns, it is kept, and survives whatever the outbox is made to
// survive. Both may be called from any goroutine. An error is trouble.
type Outbox interface {
	Kept(ctx context.Context, key string) ([]byte, error)
	Keep(ctx context.Context, key string, tx []byte) error
}

// ErrKeyReused means that a Submission's key was used before, for another one.
var ErrKeyReused = errors.New("the key of the submission was used before, for another one")

// UseOutbox lets a client keep what it signs under callers' keys. Without one it
// keeps that in memory, for the last 10,000 keys.
func (c *Client) UseOutbox(o Outbox) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.outbox = o
}

// txFor is the tx that a submission goes in with: the one that was kept under
// its key, unless that one is dead, or else a new one, which is fresh.
func (c *Client) txFor(ctx context.Context, s Submission, dead app.TxID) (tx *app.Tx, fresh bool, err error) {
	if s.Key == "" {
		tx, err = c.Sign(ctx, s)
		return tx, true, err
	}
	c.mu.Lock()
	box := c.outbox
	c.mu.Unlock()
	c.keeping.Lock()
	defer c.keeping.Unlock()
	raw, err := box.Kept(ctx, s.Key)
	if err != nil {
		return nil, false, fmt.Errorf("outbox: %w", err)
	}
	if raw != nil {
		if tx, err = app.Decode(raw); err != nil {
			return nil, false, fmt.Errorf("outbox: what is kept under %q: %w", s.Key, err)
		}
		if tx.For != s.For || tx.Op.Kind() != s.Op.Kind() || tx.EventHash != s.EventHash || tx.ChainID != c.chainID {
			return nil, false, fmt.Errorf("%w: %s under %q", ErrKeyReused, tx.Op.Kind(), s.Key)
		}
		if tx.ID() != dead {
			return tx, false, nil
		}
	}
	if tx, err = c.Sign(ctx, s); err != nil {
		return nil, false, err
	}
	if err := box.Keep(ctx, s.Key, tx.Raw()); err != nil {
		return nil, false, fmt.Errorf("outbox: %w", err)
	}
	return tx, true, nil
}

// maxRemembered bounds an outbox in memory.
const maxRemembered = 10_000

// memoryOutbox is an Outbox that forgets the oldest keys, and everything when
// the program ends.
type memoryOutbox struct {
	mu   sync.Mutex
	txs  map[string][]byte
	keys []string // in the order in which they came
}

func newMemoryOutbox() *memoryOutbox { return &memoryOutbox{txs: make(map[string][]byte)} }

// Kept returns what was kept under a key.
func (o *memoryOutbox) Kept(_ context.Context, key string) ([]byte, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.txs[key], nil
}

// Keep keeps a tx.
func (o *memoryOutbox) Keep(_ context.Context, key string, tx []byte) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.txs[key] == nil {
		if o.keys = append(o.keys, key); len(o.keys) > maxRemembered {
			delete(o.txs, o.keys[0])
			o.keys = o.keys[1:]
		}
	}
	o.txs[key] = tx
	return nil
}
