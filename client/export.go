package client

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/epcis"
)

// Exported is one EPCIS event as the ledger tells it.
type Exported struct {
	Event *epcis.Event
	// Hash is the event hash that the ledger recorded.
	Hash app.EventHash
	// Txs carry the event, in their order.
	Txs []app.TxID
	// Exact says that Event has the recorded hash: it is what the partners
	// exchanged. Otherwise it says what the ledger knows of it: the keys,
	// lot and expiry, the second, the parties, sites and documents, but the
	// disposition, time zone and whatever else the ledger does not keep are
	// the usual ones.
	Exact bool
	// Made says that no partner exchanged the event: it was made of a tx
	// that carries no event hash, and Hash is zero. Its eventID is that of
	// TxEventID.
	Made bool
}

// clone is a copy whose Event can be changed by itself.
func (e *Exported) clone() *Exported {
	out, ev := *e, *e.Event
	out.Event = &ev
	return &out
}

// Export tells the history of items and containers as EPCIS events, oldest
// first, each event once. Txs that carry no event hash mirror no event and are
// left out.
func (c *Client) Export(ctx context.Context, keys ...gs1.Key) ([]Exported, error) {
	hashes, err := c.eventsOf(ctx, keys)
	if err != nil {
		return nil, err
	}
	x := NewTeller(c)
	var out []Exported
	for _, hash := range hashes {
		e, err := x.Tell(ctx, hash)
		if err != nil {
			return nil, err
		}
		out = append(out, *e)
	}
	return out, nil
}

// ExportDocument is Export as a document.
func (c *Client) ExportDocument(ctx context.Context, keys ...gs1.Key) (*epcis.Document, error) {
	events, err := c.Export(ctx, keys...)
	if err != nil {
		return nil, err
	}
	doc := &epcis.Document{SchemaVersion: "2.0", CreationDate: epcis.NewTime(time.Now())}
	for i := range events {
		doc.Events = append(doc.Events, *events[i].Event)
	}
	return doc, nil
}

// eventsOf lists the event hashes in the histories of keys, in the order of the
// blocks.
func (c *Client) eventsOf(ctx context.Context, keys []gs1.Key) ([]app.EventHash, error) {
	type seen struct {
		height uint64
		index  uint32
		hash   app.EventHash
	}
	var all []seen
	known := make(map[app.EventHash]bool)
	for _, key := range keys {
		steps, err := All(func(p app.PageRequest) (*app.Page[app.Step], error) { return c.History(ctx, key, p) })
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key.Bracketed(), err)
		}
		for i := range steps {
			s := &steps[i]
			if !s.EventHash.IsZero() && s.Code == app.CodeOK && !known[s.EventHash] {
				known[s.EventHash] = true
				all = append(all, seen{s.Height, s.Index, s.EventHash})
			}
		}
	}
	slices.SortFunc(all, func(a, b seen) int {
		return cmp.Or(cmp.Compare(a.height, b.height), cmp.Compare(a.index, b.index))
	})
	out := make([]app.EventHash, len(all))
	for i := range all {
		out[i] = all[i].hash
	}
	return out, nil
}

// TxBody fetches a tx out of its block and checks that it has the id of the
// summary.
func (c *Client) TxBody(ctx context.Context, sum *app.TxSummary) (*app.Tx, error) {
	block, err := c.blockAt(ctx, sum.Height)
	if err != nil {
		return nil, err
	}
	if uint64(sum.Index) >= uint64(len(block.Txs)) {
		return nil, fmt.Errorf("block %d has no transaction %d: %w", sum.Height, sum.Index, ErrNotFound)
	}
	tx, err := app.Decode(block.Txs[sum.Index])
	if err != nil {
		return nil, err
	}
	if tx.ID() != sum.ID {
		return nil, fmt.Errorf("transaction %d of block %d is %s, the index says %s", sum.Index, sum.Height, tx.ID(), sum.ID)
	}
	return tx, nil
}
