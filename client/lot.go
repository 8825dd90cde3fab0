package client

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// LotSales returns a page of the shipments by which a partner sold items of a
// lot, by customer.
func (c *Client) LotSales(ctx context.Context, seller gs1.GLN, lot app.LotID, page app.PageRequest) (*app.Page[app.LotSale], error) {
	return listPage[app.LotSale](ctx, c, page, app.PathLotSales, seller.String(), lot.GTIN.String(), lot.Lot)
}

// LotsMadeFrom returns a page of the lots that a lot was repackaged into.
func (c *Client) LotsMadeFrom(ctx context.Context, lot app.LotID, page app.PageRequest) (*app.Page[app.MadeLot], error) {
	return listPage[app.MadeLot](ctx, c, page, app.PathLotsMadeFrom, lot.GTIN.String(), lot.Lot)
}

// LotCustomers is which customers a partner sold a lot to. The shipments are
// proved as of Height; how many items of the lot were in each of them, and that
// no shipment was left out, is the node's word.
type LotCustomers struct {
	// LotID is the lot that was asked about, Seller the partner that sold it.
	LotID  app.LotID `json:"lotId"`
	Seller gs1.GLN   `json:"seller"`
	// Height is the height whose state this is of, Time that of the header
	// after it.
	Height uint64    `json:"height"`
	Time   time.Time `json:"time"`
	// Customers are ascending by GLN.
	Customers []LotCustomer `json:"customers"`
}

// LotCustomer is a customer, and what of the lot was shipped to it.
type LotCustomer struct {
	// Partner is its GLN, Name what it is registered as.
	Partner gs1.GLN `json:"partner"`
	Name    string  `json:"name"`
	// Items are those of the lot in all its shipments.
	Items uint64 `json:"items"`
	// Shipments are ascending by number.
	Shipments []LotShipment `json:"shipments"`
}

// LotShipment is one shipment, and how many items of the lot were shipped in it.
// The counts of the shipment are of all that was in it.
type LotShipment struct {
	// Number is that of the shipment.
	Number uint64 `json:"number"`
	// Items are those of the lot that were shipped in it.
	Items uint64 `json:"items"`
	// Status follows from the counts.
	Status app.ShipmentStatus `json:"status"`
	app.Shipment
}

// LotCustomers asks the node to whom a partner sold a lot, and proves each
// shipment that it names against one header that the light client verified. A
// lot that the partner never sold has no customers.
func (c *Client) LotCustomers(ctx context.Context, seller gs1.GLN, lot app.LotID) (*LotCustomers, error) {
	at, err := c.provenAt(ctx)
	if err != nil {
		return nil, err
	}
	if err := c.awaitIndex(ctx, at.height); err != nil {
		return nil, err
	}
	sales, err := All(func(p app.PageRequest) (*app.Page[app.LotSale], error) { return c.LotSales(ctx, seller, lot, p) })
	if err != nil {
		return nil, err
	}
	if err := eachOf(ctx, len(sales), func(ctx context.Context, i int) error { return at.proveSale(ctx, seller, &sales[i]) }); err != nil {
		return nil, err
	}
	out := &LotCustomers{LotID: lot, Seller: seller, Height: at.height, Time: at.header.Time, Customers: []LotCustomer{}}
	for i := range sales {
		out.add(&sales[i])
	}
	return out, eachOf(ctx, len(out.Customers), func(ctx context.Context, i int) error {
		p, err := proveAt(ctx, at, app.PartnerKey(out.Customers[i].Partner), app.DecodePartner)
		if err == nil && p != nil {
			out.Customers[i].Name = p.Name
		}
		return err
	})
}

// proveSale replaces the shipment of a sale by the one that is proved. One that
// began after the height gets the number 0.
func (at *provenAt) proveSale(ctx context.Context, seller gs1.GLN, sale *app.LotSale) error {
	s, err := proveAt(ctx, at, app.ShipmentKey(sale.Number), app.DecodeShipment)
	switch {
	case err != nil:
		return err
	case s == nil:
		sale.Number = 0
		return nil
	}
	owners := s.Owners()
	i := slices.Index(owners, seller)
	if i < 0 || i+1 == len(owners) || owners[i+1] != sale.Customer || sale.Items > s.Shipped {
		return fmt.Errorf("shipment %d is no sale of %d items by %s to %s: the node's index is damaged", sale.Number, sale.Items, seller, sale.Customer)
	}
	sale.Shipment, sale.Status = *s, s.Status()
	return nil
}

func (r *LotCustomers) add(sale *app.LotSale) {
	if sale.Number == 0 {
		return
	}
	n := len(r.Customers)
	if n == 0 || r.Customers[n-1].Partner != sale.Customer {
		r.Customers = append(r.Customers, LotCustomer{Partner: sale.Customer})
		n++
	}
	to := &r.Customers[n-1]
	to.Items += sale.Items
	to.Shipments = append(to.Shipments, LotShipment{sale.Number, sale.Items, sale.Status, sale.Shipment})
}
