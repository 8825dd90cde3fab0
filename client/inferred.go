package client

import (
	"context"
	"fmt"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// Inferred says which packages in a container its possessor never scanned, but
// received because the container came.
type Inferred struct {
	Container gs1.Key `json:"container"`
	// Receipt is the transaction by which the possessor received it, nil
	// when it never recorded one, or packed the container itself.
	Receipt *app.TxSummary `json:"receipt,omitempty"`
	// Scanned: the contents were read one by one, at the receipt or when the
	// possessor packed them.
	Scanned bool `json:"scanned"`
	// Items are the packages inside, at any depth, that were never scanned:
	// all or none of them.
	Items []gs1.Key `json:"items"`
}

// Inferred looks through the history of a container for a receipt by its
// present possessor that says that the contents were scanned. The node's index
// is asked: nothing of the answer is proved.
func (c *Client) Inferred(ctx context.Context, container gs1.Key) (*Inferred, error) {
	place, err := c.Place(ctx, container)
	if err != nil {
		return nil, err
	}
	if len(place.Commissions) > 0 {
		return nil, fmt.Errorf("%s is an item, not a container", container.Bracketed())
	}
	h, err := read(ctx, c, app.HoldingKey(place.Chain[len(place.Chain)-1]), app.DecodeHolding)
	if err != nil || h == nil {
		return nil, err
	}
	out := &Inferred{Container: container, Items: []gs1.Key{}}
	if err := c.scanned(ctx, out, h.Possessor); err != nil || out.Scanned {
		return out, err
	}
	contents, err := All(func(page app.PageRequest) (*app.Page[app.Content], error) {
		return c.Contents(ctx, place.Holding, page)
	})
	for i := range contents {
		if e := &contents[i]; e.State.Live() && !e.Entry.IsContainer() {
			out.Items = append(out.Items, e.Entry.Key)
		}
	}
	return out, err
}

// scanned finds the last step by which the possessor saw what is inside.
func (c *Client) scanned(ctx context.Context, out *Inferred, possessor gs1.GLN) error {
	steps, err := All(func(page app.PageRequest) (*app.Page[app.Step], error) { return c.History(ctx, out.Container, page) })
	if err != nil {
		return err
	}
	for i := range steps {
		s := &steps[i].TxSummary
		if s.Partner != possessor || s.Code != app.CodeOK {
			continue
		}
		tx, err := c.TxBody(ctx, s)
		if err != nil {
			return err
		}
		switch op := tx.Op.(type) {
		case *app.Receive:
			out.Receipt, out.Scanned = s, op.Scanned
		case *app.Pack:
			out.Scanned = out.Scanned || op.Parent == out.Container
		}
	}
	return nil
}
