package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"mime"
	"os"
	"path/filepath"
	"slices"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/epcis"
	"github.com/pedigree-ledger/pedigree/repository"
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

// fromRepository writes original documents, and the events that the ledger does
// not know.
func (x *exporter) fromRepository(ctx context.Context, dir string) error {
	if dir == "" {
		return nil
	}
	if _, err := os.Stat(dir); err != nil {
		return err
	}
	r, err := repository.Open(repository.Config{Dir: dir})
	if err != nil {
		return err
	}
	err = errors.Join(x.documents(ctx, r), x.attached(ctx, r))
	return errors.Join(err, r.Close(), x.save())
}

// documents writes every document that a job captured.
func (x *exporter) documents(ctx context.Context, r *repository.Repository) error {
	if err := os.MkdirAll(filepath.Join(x.dir, "documents"), 0o700); err != nil {
		return err
	}
	for after := ""; ; {
		page, err := r.Jobs(ctx, "", after, 0)
		if err != nil {
			return err
		}
		for i := range page.Jobs {
			if err := x.original(ctx, r, page.Jobs[i].Document); err != nil {
				return err
			}
		}
		if after = page.Next; after == "" {
			return nil
		}
	}
}

func (x *exporter) original(ctx context.Context, r *repository.Repository, id repository.DocumentID) error {
	doc, err := r.Document(ctx, id)
	if errors.Is(err, repository.ErrNotFound) {
		return nil // the job never had one
	}
	if err != nil {
		return err
	}
	ending := ".bin"
	switch kind, _, _ := mime.ParseMediaType(doc.ContentType); kind {
	case "application/xml", "text/xml":
		ending = ".xml"
	case "application/json", "application/ld+json":
		ending = ".jsonld"
	}
	return x.write(filepath.Join("documents", id.String()+ending), doc.Bytes, 0)
}

// attached writes the events that have no meaning for the ledger.
func (x *exporter) attached(ctx context.Context, r *repository.Repository) error {
	q, err := repository.ParseQuery(nil)
	if err != nil {
		return err
	}
	_, ending, err := x.state.Plan.encoder()
	if err != nil {
		return err
	}
	var events []epcis.Event
	files := 0
	flush := func(least int) error {
		if len(events) < least {
			return nil
		}
		files++
		err := x.document(ctx, fmt.Sprintf("attached-%06d%s", files, ending), &epcis.Document{Events: events})
		events = nil
		return err
	}
	for seq, next := uint64(0), uint64(0); ; seq = next {
		var page []repository.Stored
		if page, next, err = r.Since(ctx, seq, q, 0); err != nil {
			return err
		}
		for i := range page {
			if ev := page[i].Result(); page[i].Standing == repository.Attached && x.state.Plan.within(&ev) {
				events = append(events, ev)
			}
			if err := flush(x.state.Plan.Events); err != nil {
				return err
			}
		}
		if next == seq {
			return flush(1)
		}
	}
}
