package client

import (
	"context"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// Return gives items and outermost containers back along the sale by which the
// signer acquired them; sale is 0 for goods that came by none, which go to
// their labeler. All items inside the containers are shown, as the ledger
// demands.
func (p *Plan) Return(ctx context.Context, terms app.Terms, sale uint64, things ...gs1.Key) (*app.Return, error) {
	g, err := p.goods(ctx, things)
	if err != nil {
		return nil, err
	}
	op := &app.Return{Terms: terms, Reverses: sale, Holdings: g.whole, Openings: g.openings}
	if op.Inside, err = p.itemsInside(ctx, g.whole); err != nil {
		return nil, err
	}
	op.Loose, err = p.NextLoose(ctx, g.openings)
	return op, err
}

// itemsInside opens every live item in some holdings, at any depth.
func (p *Plan) itemsInside(ctx context.Context, holdings []app.HoldingID) ([]app.Opening, error) {
	var at []app.Position
	for _, id := range holdings {
		contents, err := All(func(page app.PageRequest) (*app.Page[app.Content], error) {
			return p.c.Contents(ctx, id, page)
		})
		if err != nil {
			return nil, err
		}
		for i := range contents {
			if c := &contents[i]; !c.Entry.IsContainer() && c.State.Live() {
				at = append(at, c.At)
			}
		}
	}
	return OpenAt(ctx, p.c.Entries, at)
}
