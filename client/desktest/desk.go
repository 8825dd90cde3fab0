// Package desktest captures onto a chain without a network, for tests of what
// turns EPCIS events into ops.
package desktest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/client/clienttest"
	"github.com/pedigree-ledger/pedigree/index"
)

// Desk captures onto a Chain (client.Desk), signing for some of its partners.
// Refusals are on the chain, as on a network. It may be used by many
// goroutines.
type Desk struct {
	*clienttest.Chain
	// Before, when set, is called before each op; its error is trouble, and
	// the op is not executed.
	Before func(op app.Op) error

	mu    sync.Mutex
	signs map[gs1.GLN]*apptest.Partner
	sent  []string
}

// NewDesk is a Desk over a new Chain that signs for the partners that pick
// picks of its World; nil picks all.
func NewDesk(tb testing.TB, pick func(w *apptest.World) []*apptest.Partner) *Desk {
	tb.Helper()
	d := &Desk{Chain: clienttest.NewChain(tb), signs: make(map[gs1.GLN]*apptest.Partner)}
	if pick == nil {
		pick = (*apptest.World).Partners
	}
	for _, p := range pick(d.World) {
		d.signs[p.GLN] = p
	}
	return d
}

// Record reads the present value under a key (client.Desk).
func (d *Desk) Record(_ context.Context, key []byte) ([]byte, error) {
	v := d.State.Latest()
	defer v.Close()
	value, _ := v.Get(key)
	return slices.Clone(value), v.Err()
}

// Place asks the index where a key is (client.Desk).
func (d *Desk) Place(_ context.Context, key gs1.Key) (*app.Place, error) {
	place, err := d.Index.Place(key)
	return place, notFound(err)
}

// TxByEvent asks the index for the txs that carry an event hash.
func (d *Desk) TxByEvent(_ context.Context, hash app.EventHash) ([]app.TxSummary, error) {
	all, err := d.Index.TxByEvent(hash)
	return all, notFound(err)
}

// notFound is the client's error for the index's.
func notFound(err error) error {
	if errors.Is(err, index.ErrNotFound) {
		return fmt.Errorf("%w: %w", client.ErrNotFound, err)
	}
	return err
}

// Signs reports whether the desk signs for a partner (client.Desk).
func (d *Desk) Signs(partner gs1.GLN) bool { return d.signs[partner] != nil }

// Submit executes an op in a block of its own (client.Desk).
func (d *Desk) Submit(ctx context.Context, partner gs1.GLN, op app.Op, at uint64, hash app.EventHash) (*client.Outcome, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if d.Before != nil {
		if err := d.Before(op); err != nil {
			return nil, err
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	tx := d.World.Seal(d.signs[partner], op, apptest.At(at), apptest.WithEventHash(hash))
	res := d.Try(d.signs[partner], tx)
	d.sent = append(d.sent, op.Kind().String())
	return &client.Outcome{Tx: tx.ID(), Height: d.Height(), Code: res.Code, Detail: res.Detail, Data: res.Data}, nil
}

// Sent are the ops that were submitted so far, by their names.
func (d *Desk) Sent() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]string(nil), d.sent...)
}

var _ client.Desk = (*Desk)(nil)
