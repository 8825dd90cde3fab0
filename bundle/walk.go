package bundle

import (
	"context"
	"fmt"
	"slices"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
)

// walk collects what ever stood in the holdings of a shipment. Entries are
// never removed from a segment, so nothing that was there is missed.
type walk struct {
	c          *client.Client
	items      []app.Entry
	containers []container
	seen       map[gs1.Key]bool
	read       int
}

// take adds the items among entries, and notes what a container holds.
func (w *walk) take(entries []app.Entry, in *container) {
	for i := range entries {
		e := &entries[i]
		if in != nil {
			in.holds = append(in.holds, e.Key)
		}
		if !e.IsContainer() && !w.seen[e.Key] {
			w.seen[e.Key] = true
			w.items = append(w.items, *e)
		}
	}
}

// holding adds what a holding and the containers in it ever held.
func (w *walk) holding(ctx context.Context, id app.HoldingID, parent gs1.Key, depth int) error {
	if depth > app.MaxDepth {
		return fmt.Errorf("holding %s: deeper than containers stand inside each other", id)
	}
	raw, err := w.c.Record(ctx, app.HoldingKey(id))
	if err != nil {
		return err
	}
	if raw == nil {
		return fmt.Errorf("holding %s: %w", id, client.ErrNotFound)
	}
	h, err := app.DecodeHolding(raw)
	if err != nil {
		return err
	}
	in := container{key: h.Key, parent: parent, id: id}
	var inside []app.HoldingID
	for n := range h.Segments {
		entries, err := w.c.Entries(ctx, id, n)
		if err != nil {
			return err
		}
		if w.read += len(entries); w.read > maxEntries {
			return errTooMuch
		}
		w.take(entries, &in)
		for i := range entries {
			if entries[i].IsContainer() {
				inside = append(inside, entries[i].Child)
			}
		}
	}
	if h.Kind == app.KindContainer {
		w.containers = append(w.containers, in)
	}
	for _, child := range inside {
		if err := w.holding(ctx, child, in.key, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// keep drops the items whose history does not have the tx.
func (w *walk) keep(ctx context.Context, tx app.TxID) error {
	var kept []app.Entry
	for i := range w.items {
		steps, err := client.All(func(p app.PageRequest) (*app.Page[app.Step], error) {
			return w.c.History(ctx, w.items[i].Key, p)
		})
		if err != nil {
			return err
		}
		if slices.ContainsFunc(steps, func(s app.Step) bool { return s.ID == tx }) {
			kept = append(kept, w.items[i])
		}
	}
	w.items = kept
	return nil
}

// kept are the containers that held something of what was kept, with only that.
func (w *walk) kept() []container {
	there := make(map[gs1.Key]bool)
	for i := range w.items {
		there[w.items[i].Key] = true
	}
	var out []container
	for i := len(w.containers) - 1; i >= 0; i-- { // inner ones come after
		c := w.containers[i]
		c.holds = slices.DeleteFunc(c.holds, func(k gs1.Key) bool { return !there[k] })
		if len(c.holds) > 0 {
			there[c.key] = true
			out = append(out, c)
		}
	}
	slices.Reverse(out)
	return out
}
