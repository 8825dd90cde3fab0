package client

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
)

// waiter waits for the verdict on a tx that the node has taken.
type waiter struct {
	c     *Client
	tx    *app.Tx
	looks int
	// deaf is since when the node's index has not answered.
	deaf time.Time
}

const (
	// looksPerSend is after how many looks a tx is sent again: some four
	// seconds.
	looksPerSend = 20
	// indexPatience is how long an index may be away: it can be deleted and
	// rebuilt at any time, and the ledger goes on without it.
	indexPatience = 2 * time.Minute
)

// look asks for the verdict once; nil when it is yet to come.
func (w *waiter) look(ctx context.Context) (*Outcome, error) {
	out, err := w.c.verdict(ctx, w.tx.ID())
	switch {
	case err == nil:
		return out, nil
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case !errors.Is(err, ErrNotFound):
		return nil, w.patience(err)
	}
	w.deaf = time.Time{}
	if w.looks++; w.looks%looksPerSend == 0 {
		// The node may have lost it, or refuse it by now, or say once more
		// that it has it while the chain has gone past it.
		if _, err := w.c.latest(ctx); err != nil {
			return nil, w.patience(err)
		}
		if out, err := w.c.sendOnce(ctx, w.tx); err != nil || out != nil {
			return out, err
		}
	}
	return w.overdue(ctx)
}

// patience returns err when the index has been away for too long.
func (w *waiter) patience(err error) error {
	if w.deaf.IsZero() {
		w.deaf = time.Now()
	}
	if time.Since(w.deaf) > indexPatience {
		return fmt.Errorf("the node took it and cannot say what became of it: %w", err)
	}
	return nil
}

// overdue gives up on a tx whose time is over, once the index has come past it.
func (w *waiter) overdue(ctx context.Context) (*Outcome, error) {
	if w.c.height.Load() <= w.tx.ValidUntil {
		return nil, nil
	}
	if s, err := w.c.IndexStatus(ctx); err == nil && s.Height > w.tx.ValidUntil {
		out, err := w.c.verdict(ctx, w.tx.ID())
		if errors.Is(err, ErrNotFound) {
			return nil, ErrNotIncluded
		}
		return out, err
	}
	return nil, nil
}
