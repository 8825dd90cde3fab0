package bundle

import (
	"context"
	"slices"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// transaction is one change of ownership of a shipment.
func (m *maker) transaction(ctx context.Context, s *shipment, pair [2]gs1.GLN, found *contents) (*Transaction, error) {
	from, err := m.records.party(ctx, pair[0])
	if err != nil {
		return nil, err
	}
	to, err := m.records.party(ctx, pair[1])
	if err != nil {
		return nil, err
	}
	t := &Transaction{
		Shipment: s.number, Purpose: s.Purpose, From: *from, To: *to, Shipper: s.From, ShipTo: s.ShipTo,
		DropShipment: !s.Seller.IsZero(), Date: s.TransactionDate, Shipped: unixTime(s.Time), Documents: s.Documents,
		Statement: s.Statement, Exemption: s.Exemption, Status: s.Status(), Unlisted: found.unlisted,
		Counts:     Counts{s.Shipped, s.Received, s.Refused, s.Short, s.Voided, s.Open},
		containers: found.containers,
	}
	for i := range found.items {
		if err := m.put(ctx, t, &found.items[i]); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// put adds a package to the line of its lot. Packages come ascending by key, so
// that those of a product stand together, but not those of a lot.
func (m *maker) put(ctx context.Context, t *Transaction, e *app.Entry) error {
	id := e.LotID()
	at := slices.IndexFunc(t.Lines, func(l Line) bool { return l.Product.GTIN == id.GTIN && l.Lot.Lot == id.Lot })
	if at < 0 {
		l, err := m.line(ctx, t, id)
		if err != nil {
			return err
		}
		at, t.Lines = len(t.Lines), append(t.Lines, *l)
	}
	sgtin, _ := e.Key.SGTIN()
	_, surrogate := app.IsSurrogate(sgtin.Serial)
	l := &t.Lines[at]
	l.Packages = append(l.Packages, Package{Key: e.Key, Serial: sgtin.Serial, Surrogate: surrogate && l.Lot.Exempt != app.LotNotExempt})
	return nil
}

func (m *maker) line(ctx context.Context, t *Transaction, id app.LotID) (*Line, error) {
	product, err := m.records.product(ctx, id.GTIN)
	if err != nil {
		return nil, err
	}
	lot, err := m.records.lot(ctx, id)
	if err != nil {
		return nil, err
	}
	labeler, err := m.records.party(ctx, product.Labeler)
	if err != nil {
		return nil, err
	}
	l := &Line{
		Product: Product{
			GTIN: id.GTIN, Manufacturer: *labeler, ProductInfo: product.ProductInfo,
			NDC: ndcOn(product.NDCs, t.Date), prefixLen: int(product.PrefixDigits),
		},
		Lot: Lot{Lot: id.Lot, Expiry: lot.Expiry, Exempt: lot.Exempt},
	}
	if lot.Recall.Open() {
		l.Lot.Recall = lot.Recall
	}
	return l, nil
}

// ndcOn is the code that applies on a day: the latest that began by then.
func ndcOn(history []app.NDC, day gs1.Date) string {
	code := ""
	for _, n := range history {
		if n.From <= day {
			code = n.Code
		}
	}
	return code
}
