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
// never removed from a segment, so nothing that was there is missed; what came
// later or left before is sorted out by histories.
type walk struct {
	c          *client.Client
	items      []app.Entry
	containers []container
	// stood are the holdings of the shipment in which each item ever stood;
	// those that the op opened stood in none of them.
	stood  map[gs1.Key][]app.HoldingID
	opened map[gs1.Key]bool
	// seen are the holdings that were looked into.
	seen map[app.HoldingID]bool
	read int
}

func newWalk(c *client.Client) *walk {
	return &walk{c: c, stood: make(map[gs1.Key][]app.HoldingID), opened: make(map[gs1.Key]bool), seen: make(map[app.HoldingID]bool)}
}

// named collects what an op that ships names: whole holdings, and what it opens.
func (w *walk) named(ctx context.Context, op app.Op) error {
	whole, openings := named(op)
	for i := range openings {
		for _, e := range openings[i].Entries {
			w.opened[e.Key] = true
			w.items = append(w.items, e)
		}
	}
	for _, id := range whole {
		w.seen[id] = true // it stood in no other
	}
	for _, id := range whole {
		if err := w.holding(ctx, id, app.HoldingID{}, 0); err != nil {
			return err
		}
	}
	return nil
}

// holding adds what a holding and the containers in it ever held.
func (w *walk) holding(ctx context.Context, id, outer app.HoldingID, depth int) error {
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
	in := container{key: h.Key, id: id, in: outer}
	var inside []app.HoldingID
	for n := range h.Segments {
		entries, err := w.c.Entries(ctx, id, n)
		if err != nil {
			return err
		}
		if w.read += len(entries); w.read > maxEntries {
			return errTooMuch
		}
		inside = append(inside, w.take(&in, entries)...)
	}
	if h.Kind == app.KindContainer {
		w.containers = append(w.containers, in)
	}
	for _, child := range inside {
		if err := w.holding(ctx, child, id, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// take adds the items among the entries of a holding, and returns the
// containers among them that were not looked into.
func (w *walk) take(in *container, entries []app.Entry) (inside []app.HoldingID) {
	for i := range entries {
		e := &entries[i]
		switch {
		case e.IsContainer():
			if w.seen[e.Child] {
				continue
			}
			w.seen[e.Child] = true
			inside = append(inside, e.Child)
		case w.opened[e.Key]:
			continue
		case slices.Contains(w.stood[e.Key], in.id):
			continue // it left and came back
		case w.stood[e.Key] == nil:
			w.items = append(w.items, *e)
			fallthrough
		default:
			w.stood[e.Key] = append(w.stood[e.Key], in.id)
		}
		in.holds = append(in.holds, e.Key)
	}
	return inside
}

// keep drops the items whose history does not have the tx.
func (w *walk) keep(ctx context.Context, tx *app.TxSummary) error {
	var kept []app.Entry
	for i := range w.items {
		steps, err := w.history(ctx, w.items[i].Key)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(steps, func(s app.Step) bool { return s.ID == tx.ID }) {
			kept = append(kept, w.items[i])
		}
	}
	w.items = kept
	return nil
}

// settle decides where items stood that were in several holdings of the
// shipment: in the one that they left first after it, or are in still.
func (w *walk) settle(ctx context.Context, tx *app.TxSummary) error {
	for i := range w.items {
		key := w.items[i].Key
		if len(w.stood[key]) < 2 {
			continue
		}
		steps, err := w.history(ctx, key)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(steps, func(s app.Step) bool {
			later := s.Height > tx.Height || s.Height == tx.Height && s.Index > tx.Index
			return later && s.State != app.Here && s.State != app.Partial
		})
		if at >= 0 {
			w.stood[key] = []app.HoldingID{steps[at].Holding}
			continue
		}
		place, err := w.c.Place(ctx, key)
		if err != nil {
			return err
		}
		w.stood[key] = []app.HoldingID{place.At.Holding}
	}
	return nil
}

func (w *walk) history(ctx context.Context, key gs1.Key) ([]app.Step, error) {
	return client.All(func(p app.PageRequest) (*app.Page[app.Step], error) { return w.c.History(ctx, key, p) })
}

// kept are the containers that held something of the shipment, with only that.
func (w *walk) kept() []container {
	there := make(map[gs1.Key]app.HoldingID) // what was there, and in what
	for i := range w.items {
		if in := w.stood[w.items[i].Key]; len(in) == 1 {
			there[w.items[i].Key] = in[0]
		}
	}
	var out []container
	for i := len(w.containers) - 1; i >= 0; i-- { // inner ones come after
		c := w.containers[i]
		c.holds = slices.DeleteFunc(c.holds, func(k gs1.Key) bool { return there[k] != c.id })
		if len(c.holds) > 0 {
			there[c.key] = c.in
			out = append(out, c)
		}
	}
	slices.Reverse(out)
	return out
}
