package bundle

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
)

// maxEntries bounds what is read to find the packages of one shipment: its own,
// and whatever else was in its containers before or since.
const maxEntries = 100_000

// errTooMuch means that a shipment's containers held more than is looked
// through.
var errTooMuch = errors.New("its containers held more than a bundle looks through: ask for its items one by one")

// began is the shipment that an accepted tx began.
func began(t *app.TxSummary) (number uint64, ok bool) {
	switch t.Kind {
	case app.KindShip.String(), app.KindReturn.String():
	default:
		return 0, false
	}
	if t.Code != app.CodeOK {
		return 0, false
	}
	return app.ShipmentNumber(t.Data)
}

// contents are the packages found in a shipment.
type contents struct {
	items []app.Entry
	// containers have what they held, outermost first.
	containers []container
	// unlisted are packages of the shipment that are not in items.
	unlisted uint64
}

// container is one that was shipped, directly or inside another.
type container struct {
	key   gs1.Key
	id    app.HoldingID
	in    app.HoldingID // zero for an outermost one
	holds []gs1.Key
}

// packages finds what was in a shipment. What ever stood in its holdings may
// have: if that is more than was shipped, each one's own history says whether
// it was there.
func (m *maker) packages(ctx context.Context, s *shipment) (*contents, error) {
	if m.request.Item != "" {
		return m.oneItem(ctx)
	}
	tx, op, err := m.shipTx(ctx, s)
	if err != nil {
		return nil, err
	}
	w := newWalk(m.c)
	if err := w.named(ctx, op); err != nil {
		return nil, err
	}
	if uint64(len(w.items)) != s.Shipped {
		if err := w.keep(ctx, tx); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(w.items, func(a, b app.Entry) int { return strings.Compare(string(a.Key), string(b.Key)) })
	w.items = w.items[:min(len(w.items), m.room)]
	if err := w.settle(ctx, tx); err != nil {
		return nil, err
	}
	found := &contents{items: w.items, containers: w.kept()}
	if listed := uint64(len(found.items)); listed < s.Shipped {
		found.unlisted = s.Shipped - listed
	}
	return found, nil
}

// oneItem is the entry of the item that was asked for.
func (m *maker) oneItem(ctx context.Context) (*contents, error) {
	place, err := m.c.Place(ctx, m.request.Item)
	if err != nil {
		return nil, err
	}
	if place.Entry.Lot == "" {
		return nil, fmt.Errorf("%s is a container: %w", m.request.Item.Bracketed(), ErrRequest)
	}
	return &contents{items: []app.Entry{place.Entry}}, nil
}

// shipTx finds the tx that began a shipment in the block that its record names.
func (m *maker) shipTx(ctx context.Context, s *shipment) (*app.TxSummary, app.Op, error) {
	height := int64(s.Height)
	res, err := m.c.RPC().Block(ctx, &height)
	if err != nil {
		return nil, nil, fmt.Errorf("block %d: %w", s.Height, err)
	}
	if res.Block == nil {
		return nil, nil, fmt.Errorf("block %d: %w", s.Height, client.ErrNotFound)
	}
	for _, raw := range res.Block.Txs {
		tx, err := app.Decode(raw)
		if err != nil || !begins(tx, s) {
			continue
		}
		sum, err := m.c.Tx(ctx, tx.ID())
		if err != nil {
			return nil, nil, err
		}
		if n, ok := began(sum); ok && n == s.number {
			return sum, tx.Op, nil
		}
	}
	return nil, nil, fmt.Errorf("block %d has no transaction that begins it", s.Height)
}

// begins reports whether a tx may have begun the shipment.
func begins(tx *app.Tx, s *shipment) bool {
	var to gs1.GLN
	switch op := tx.Op.(type) {
	case *app.Ship:
		to = op.To
	case *app.Return:
		to = op.To
	default:
		return false
	}
	return tx.EventTime == s.Time && to == s.To
}

// named is what an op that ships names.
func named(op app.Op) (whole []app.HoldingID, opened []app.Opening) {
	switch op := op.(type) {
	case *app.Ship:
		return op.Holdings, op.Openings
	case *app.Return:
		return op.Holdings, op.Openings
	}
	return nil, nil
}
