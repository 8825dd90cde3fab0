package client

import (
	"context"
	"sync"

	"github.com/pedigree-ledger/pedigree/app"
)

// maxInFlight bounds the txs of one key that wait for their verdict: half the
// nonce window, so that none falls out of it however the others are ordered.
const maxInFlight = app.NonceWindow / 2

// account hands out the nonces of one key.
type account struct {
	signer *Signer
	slots  chan struct{}

	mu   sync.Mutex
	next uint64 // 0: to be read from the ledger
}

func newAccount(s *Signer) *account {
	return &account{signer: s, slots: make(chan struct{}, maxInFlight)}
}

// enter waits for one of the slots; leave gives it back.
func (a *account) enter(ctx context.Context) error {
	select {
	case a.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (a *account) leave() { <-a.slots }

// nonce returns the next nonce. The first one follows the highest that the
// ledger has seen of the key, so that a client takes up where another left.
func (a *account) nonce(ctx context.Context, c *Client) (uint64, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.next == 0 {
		highest, err := c.highestNonce(ctx, a.signer.KeyID())
		if err != nil {
			return 0, err
		}
		a.next = highest + 1
	}
	n := a.next
	a.next++
	return n, nil
}

// resume makes the next nonce follow what the ledger has seen, after another
// user of the same key was met.
func (a *account) resume(ctx context.Context, c *Client, refused uint64) error {
	highest, err := c.highestNonce(ctx, a.signer.KeyID())
	if err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.next = max(a.next, highest+1, refused+1)
	return nil
}

// highestNonce is the highest nonce that the ledger has seen of a key; 0 for
// one that it does not know.
func (c *Client) highestNonce(ctx context.Context, id app.KeyID) (uint64, error) {
	raw, err := c.Record(ctx, app.KeyKey(id))
	if err != nil || raw == nil {
		return 0, err
	}
	k, err := app.DecodeKey(raw)
	if err != nil {
		return 0, err
	}
	return k.Highest, nil
}
