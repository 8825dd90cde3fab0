package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
)

// exportedLot is a line of recalls.jsonl, exportedProduct one of products.jsonl,
// exportedPartner one of partners.jsonl.
type exportedLot struct {
	app.LotID
	Record *app.Lot `json:"record"`
}

type exportedProduct struct {
	GTIN gs1.GTIN `json:"gtin"`
	*app.Product
}

type exportedPartner struct {
	GLN gs1.GLN `json:"gln"`
	*app.Partner
}

// lists writes what stands now, as the node has it.
func (x *exporter) lists(ctx context.Context) error {
	c := x.ledger.Client
	partners, err := client.All(func(p app.PageRequest) (*app.Page[app.PartnerEnd], error) { return c.Partners(ctx, p) })
	if err != nil {
		return err
	}
	slices.SortFunc(partners, func(a, b app.PartnerEnd) int { return cmp.Compare(a.GLN.String(), b.GLN.String()) })
	whose := []gs1.GLN{x.state.Plan.Partner}
	if whose[0].IsZero() {
		whose = whose[:0]
	}
	var known []any
	for i := range partners {
		raw, err := c.Record(ctx, app.PartnerKey(partners[i].GLN))
		if err != nil {
			return err
		}
		p, err := app.DecodePartner(raw)
		if err != nil {
			return err
		}
		known = append(known, exportedPartner{partners[i].GLN, p})
		if x.state.Plan.Partner.IsZero() {
			whose = append(whose, partners[i].GLN)
		}
	}
	return errors.Join(
		x.lines("partners.jsonl", known),
		x.goods(ctx, whose),
		x.lots(ctx),
		x.save(),
	)
}

// goods writes holdings and shipments of partners, each once.
func (x *exporter) goods(ctx context.Context, whose []gs1.GLN) error {
	c := x.ledger.Client
	var holdings, shipments []any
	held, shipped := make(map[app.HoldingID]bool), make(map[uint64]bool)
	for _, gln := range whose {
		all, err := client.All(func(p app.PageRequest) (*app.Page[app.HoldingSummary], error) { return c.PartnerHoldings(ctx, gln, p) })
		if err != nil {
			return fmt.Errorf("holdings of %s: %w", gln, err)
		}
		for _, h := range all {
			if !held[h.ID] {
				held[h.ID] = true
				holdings = append(holdings, h)
			}
		}
		moved, err := client.All(func(p app.PageRequest) (*app.Page[app.ShipmentSummary], error) {
			return c.PartnerShipments(ctx, gln, "all", p)
		})
		if err != nil {
			return fmt.Errorf("shipments of %s: %w", gln, err)
		}
		for _, s := range moved {
			if !shipped[s.Number] {
				shipped[s.Number] = true
				shipments = append(shipments, s)
			}
		}
	}
	return errors.Join(x.lines("holdings.jsonl", holdings), x.lines("shipments.jsonl", shipments))
}

// lots writes the products and recalled lots that were met on the way.
func (x *exporter) lots(ctx context.Context) error {
	var known, recalled []any
	for _, gtin := range x.state.Products {
		p, err := readRecord(ctx, x.ledger.Client, app.ProductKey(gtin), app.DecodeProduct)
		if err != nil {
			return err
		}
		known = append(known, exportedProduct{gtin, p})
	}
	for _, id := range x.state.Recalls {
		lot, err := readRecord(ctx, x.ledger.Client, app.LotKey(id), app.DecodeLot)
		if err != nil {
			return err
		}
		recalled = append(recalled, exportedLot{id, lot})
	}
	return errors.Join(x.lines("products.jsonl", known), x.lines("recalls.jsonl", recalled))
}

// readRecord reads a record as the node has it; nil when there is none.
func readRecord[R any](ctx context.Context, c *client.Client, key []byte, decode func([]byte) (*R, error)) (*R, error) {
	raw, err := c.Record(ctx, key)
	if err != nil || raw == nil {
		return nil, err
	}
	return decode(raw)
}
