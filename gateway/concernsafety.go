package gateway

import (
	"errors"
	"slices"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
)

func (a asked) recalled(t *client.BlockTx) (bool, error) {
	switch op := t.Tx.Op.(type) {
	case *app.RecallLot:
		return a.lot(op.LotID)
	case *app.CloseRecall:
		return a.lot(op.LotID)
	default:
		return false, nil
	}
}

// lot reports whether the partner labels a lot, has items of it, or bought or
// sold some.
func (a asked) lot(id app.LotID) (bool, error) {
	lot, err := record(a, app.LotKey(id), app.DecodeLot)
	if err != nil || lot == nil || lot.Labeler == a.partner {
		return lot != nil, err
	}
	if yes, err := a.labels(id.GTIN); err != nil || yes {
		return yes, err
	}
	sold, err := a.c.LotSales(a.ctx, a.partner, id, app.PageRequest{Limit: 1})
	if err != nil || len(sold.Items) > 0 {
		return err == nil, err
	}
	if yes, err := a.bought(id); err != nil || yes {
		return yes, err
	}
	page := app.PageRequest{Limit: app.PageLimit}
	for {
		reach, err := a.c.ListRecallReach(a.ctx, id, page)
		if err != nil {
			return false, err
		}
		for i := range reach.Items {
			if yes, err := a.holdsLot(id, &reach.Items[i]); err != nil || yes {
				return yes, err
			}
		}
		if page.Cursor = reach.Next; page.Cursor == "" {
			return false, nil
		}
	}
}

// bought reports whether the partner bought items of a lot from one of those that
// ever shipped to him, whatever he did with them.
func (a asked) bought(id app.LotID) (bool, error) {
	moved, err := client.All(func(p app.PageRequest) (*app.Page[app.ShipmentSummary], error) {
		return a.c.PartnerShipments(a.ctx, a.partner, "all", p)
	})
	if err != nil {
		return false, err
	}
	asked := make(map[gs1.GLN]bool)
	for i := range moved {
		for _, seller := range []gs1.GLN{moved[i].From, moved[i].Seller} {
			if moved[i].To != a.partner || seller.IsZero() || asked[seller] {
				continue
			}
			asked[seller] = true
			if yes, err := a.boughtFrom(seller, id); err != nil || yes {
				return yes, err
			}
		}
	}
	return false, nil
}

func (a asked) boughtFrom(seller gs1.GLN, id app.LotID) (bool, error) {
	sales, err := client.All(func(p app.PageRequest) (*app.Page[app.LotSale], error) { return a.c.LotSales(a.ctx, seller, id, p) })
	return slices.ContainsFunc(sales, func(s app.LotSale) bool { return s.Customer == a.partner }), err
}

// holdsLot reports whether a holder of a lot is the partner, or has items on
// the road to him.
func (a asked) holdsLot(id app.LotID, h *app.RecallHolder) (bool, error) {
	if h.Partner == a.partner || h.OnRoad == 0 {
		return h.Partner == a.partner && h.Live > 0, nil
	}
	sales, err := client.All(func(p app.PageRequest) (*app.Page[app.LotSale], error) {
		return a.c.LotSales(a.ctx, h.Partner, id, p)
	})
	for i := range sales {
		if sales[i].Customer == a.partner {
			return true, nil
		}
	}
	return false, err
}

func (a asked) labels(gtin gs1.GTIN) (bool, error) {
	p, err := record(a, app.ProductKey(gtin), app.DecodeProduct)
	return p != nil && p.Labeler == a.partner, err
}

func (a asked) marked(t *client.BlockTx) (bool, error) {
	switch op := t.Tx.Op.(type) {
	case *app.SetMark:
		return a.spotted(op)
	case *app.ClearMark:
		return a.key(op.Key)
	case *app.ReportDuplicate:
		return a.key(op.Key)
	case *app.ReportConflict:
		return a.spotted(&app.SetMark{Key: op.Opening.Entries[0].Key, Spot: app.Spot{Opening: &op.Opening}})
	default:
		return false, nil
	}
}

// spotted reports whether a package is of the partner's product, or with him
// where the op has found it.
func (a asked) spotted(op *app.SetMark) (bool, error) {
	if yes, err := a.product(op.Key); err != nil || yes {
		return yes, err
	}
	if op.Spot.Opening != nil {
		return a.has(op.Spot.Opening.Holding)
	}
	if op.Spot.Container.IsZero() {
		return a.key(op.Key)
	}
	return a.has(op.Spot.Container)
}

// product reports whether a package is of the partner's product.
func (a asked) product(key gs1.Key) (bool, error) {
	sg, ok := key.SGTIN()
	if !ok {
		return false, nil
	}
	return a.labels(sg.GTIN)
}

// key reports whether a package is of the partner's product, or with him.
func (a asked) key(key gs1.Key) (bool, error) {
	if yes, err := a.product(key); err != nil || yes {
		return yes, err
	}
	place, err := a.c.Place(a.ctx, key)
	if errors.Is(err, client.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return a.has(place.Holding)
}
