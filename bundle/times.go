package bundle

import (
	"context"
	"fmt"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/client"
)

// times are when the goods of a bundle came into being and were packed, which
// its events say. They are the node's word, as histories are.
type times struct {
	commissioned map[commissionID]time.Time
	packed       map[app.HoldingID]time.Time
}

// tellTimes asks once for each commission and each container.
func (m *maker) tellTimes(ctx context.Context, b *Bundle) error {
	b.times = times{make(map[commissionID]time.Time), make(map[app.HoldingID]time.Time)}
	for i := range b.Transactions {
		t := &b.Transactions[i]
		for j := range t.Lines {
			for k := range t.Lines[j].Packages {
				if err := m.commissionTime(ctx, b, &t.Lines[j].Packages[k]); err != nil {
					return err
				}
			}
		}
		for j := range t.containers {
			if err := m.packTime(ctx, b, t, &t.containers[j]); err != nil {
				return err
			}
		}
	}
	return nil
}

// commissionTime is the time of the first step of a package.
func (m *maker) commissionTime(ctx context.Context, b *Bundle, p *Package) error {
	if _, known := b.times.commissioned[p.commission]; known {
		return nil
	}
	page, err := m.c.History(ctx, p.Key, app.PageRequest{Limit: 1})
	if err != nil {
		return fmt.Errorf("%s: %w", p.Key.Bracketed(), err)
	}
	if len(page.Items) == 0 {
		return fmt.Errorf("%s has no history: %w", p.Key.Bracketed(), client.ErrNotFound)
	}
	b.times.commissioned[p.commission] = unixTime(page.Items[0].EventTime)
	return nil
}

// packTime is the time of the last packing into a container before it was
// shipped, or of shipping if the index names none.
func (m *maker) packTime(ctx context.Context, b *Bundle, t *Transaction, c *container) error {
	if _, known := b.times.packed[c.id]; known {
		return nil
	}
	steps, err := client.All(func(p app.PageRequest) (*app.Page[app.Step], error) {
		return m.c.History(ctx, c.key, p)
	})
	if err != nil {
		return fmt.Errorf("%s: %w", c.key.Bracketed(), err)
	}
	at := t.Shipped
	for i := range steps {
		if n, ok := began(&steps[i].TxSummary); ok && n == t.Shipment {
			break
		}
		if s := &steps[i]; s.Kind == app.KindPack.String() && s.Holding == c.id && s.Code == app.CodeOK {
			at = unixTime(s.EventTime)
		}
	}
	b.times.packed[c.id] = at
	return nil
}
