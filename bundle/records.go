package bundle

import (
	"context"
	"fmt"
	"strconv"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
)

// records proves records in the state of one height, each once.
type records struct {
	c        *client.Client
	height   uint64
	parties  map[gs1.GLN]*Party
	products map[gs1.GTIN]*app.Product
	lots     map[app.LotID]*app.Lot
}

func newRecords(c *client.Client, height uint64) records {
	return records{
		c: c, height: height, parties: make(map[gs1.GLN]*Party), products: make(map[gs1.GTIN]*app.Product), lots: make(map[app.LotID]*app.Lot),
	}
}

func (r *records) shipment(ctx context.Context, number uint64) (*app.Shipment, error) {
	p, err := client.QueryAt(ctx, r.c, r.height, app.DecodeShipment, "/shipment/{number}", strconv.FormatUint(number, 10))
	if err != nil {
		return nil, err
	}
	return p.Record, nil
}

// party is a partner that the ledger must know.
func (r *records) party(ctx context.Context, gln gs1.GLN) (*Party, error) {
	if p, ok := r.parties[gln]; ok {
		return p, nil
	}
	q, err := client.QueryAt(ctx, r.c, r.height, app.DecodePartner, "/partner/{gln}", gln.String())
	if err != nil {
		return nil, err
	}
	if q.Record == nil {
		return nil, fmt.Errorf("partner %s: %w", gln, client.ErrNotFound)
	}
	p := &Party{GLN: gln, Name: q.Record.Name, Address: q.Record.Address, prefixes: q.Record.Prefixes}
	r.parties[gln] = p
	return p, nil
}

// product is a product that the ledger must know.
func (r *records) product(ctx context.Context, gtin gs1.GTIN) (*app.Product, error) {
	if p, ok := r.products[gtin]; ok {
		return p, nil
	}
	q, err := client.QueryAt(ctx, r.c, r.height, app.DecodeProduct, "/product/{gtin}", gtin.String())
	if err != nil {
		return nil, err
	}
	if q.Record == nil {
		return nil, fmt.Errorf("GTIN %s: %w", gtin, client.ErrNotFound)
	}
	r.products[gtin] = q.Record
	return q.Record, nil
}

// lot is a lot that the ledger must know.
func (r *records) lot(ctx context.Context, id app.LotID) (*app.Lot, error) {
	if l, ok := r.lots[id]; ok {
		return l, nil
	}
	q, err := client.QueryAt(ctx, r.c, r.height, app.DecodeLot, "/lot/{gtin}/{lot}", id.GTIN.String(), id.Lot)
	if err != nil {
		return nil, err
	}
	if q.Record == nil {
		return nil, fmt.Errorf("%s: %w", id, client.ErrNotFound)
	}
	r.lots[id] = q.Record
	return q.Record, nil
}
