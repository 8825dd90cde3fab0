package ledger

import (
	"fmt"
	"strconv"
	"time"

	"github.com/pedigree-ledger/pedigree/api/edge"
	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
)

// The parameters of questions. Identifiers are read by package gs1, whose
// diagnosis a caller gets when one is wrong.

// KeyPath names an item or container.
type KeyPath struct {
	Key string `path:"key" maxLength:"8192" doc:"an item or container, percent-encoded: a scan, an element string in brackets, a GS1 Digital Link, an EPC URI, or a key as answers write it"`
}

func (p *KeyPath) scan(now time.Time) (*client.Scan, error) {
	s, err := client.ReadScan(p.Key, now)
	if err != nil {
		return nil, edge.Unreadable("key", err)
	}
	return s, nil
}

// LotPath names a lot.
type LotPath struct {
	GTIN string `path:"gtin" doc:"the GTIN of the product"`
	Lot  string `path:"lot" doc:"the lot, percent-encoded"`
}

func (p *LotPath) id() (app.LotID, error) {
	gtin, err := gtin(p.GTIN)
	if err != nil {
		return app.LotID{}, err
	}
	if err := gs1.ValidLot(p.Lot); err != nil {
		return app.LotID{}, edge.Unreadable("lot", err)
	}
	return app.LotID{GTIN: gtin, Lot: p.Lot}, nil
}

func (p *LotPath) args() ([]string, error) {
	id, err := p.id()
	return []string{id.GTIN.String(), id.Lot}, err
}

// ProductPath names a product.
type ProductPath struct {
	GTIN string `path:"gtin" doc:"the GTIN of the product, also as an element string, Digital Link or EPC URI"`
}

func (p *ProductPath) args() ([]string, error) {
	g, err := gtin(p.GTIN)
	return []string{g.String()}, err
}

func gtin(text string) (gs1.GTIN, error) {
	g, err := gs1.ParseGTIN(text)
	if err == nil {
		return g, nil
	}
	if es, bad := gs1.ParseScan(text); bad == nil {
		if g, ok := es.GTIN(); ok {
			return g, nil
		}
	}
	return g, edge.Unreadable("gtin", err)
}

// PartnerPath names a trading partner.
type PartnerPath struct {
	GLN string `path:"gln" doc:"the GLN of a trading partner, also as an element string, Digital Link or EPC URI"`
}

func (p *PartnerPath) id() (gs1.GLN, error) { return gln("gln", p.GLN) }

func (p *PartnerPath) args() ([]string, error) {
	g, err := p.id()
	return []string{g.String()}, err
}

func gln(where, text string) (gs1.GLN, error) {
	g, err := gs1.ParseGLN(text)
	if err == nil {
		return g, nil
	}
	if es, bad := gs1.ParseScan(text); bad == nil {
		if g, ok := es.GLN(); ok {
			return g, nil
		}
		if pgln, ok := es.Get("417"); ok {
			return gs1.ParseGLN(pgln)
		}
	}
	return g, edge.Unreadable(where, err)
}

// NumberPath names a shipment, request, exception or investigation.
type NumberPath struct {
	Number uint64 `path:"number" doc:"the number that the ledger gave it"`
}

func (p *NumberPath) args() ([]string, error) { //nolint:unparam // other paths can be wrong
	return []string{strconv.FormatUint(p.Number, 10)}, nil
}

// HoldingPath names a holding.
type HoldingPath struct {
	Holding string `path:"holding" pattern:"^[0-9a-f]{64}$" doc:"the id of a holding, 64 hexadecimal digits"`
}

func (p *HoldingPath) args() ([]string, error) { //nolint:unparam // other paths can be wrong
	return []string{p.Holding}, nil
}

// Paging asks for a page of a listing.
type Paging struct {
	Cursor string `query:"cursor" maxLength:"2048" doc:"the next of an earlier page, for the page after it"`
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" doc:"how many at most; 100 without it"`
}

func (p *Paging) page() app.PageRequest { return app.PageRequest{Cursor: p.Cursor, Limit: p.Limit} }

// Proving asks for a proof.
type Proving struct {
	Proof bool `query:"proof" doc:"also give the proof, which anybody can check without this edge; what does not exist is then answered without a record and with the proof of that, instead of with status 404"`
}

func (p *Proving) proving() bool { return p.Proof }

func badParam(where, format string, args ...any) error {
	return edge.BadRequest.Problem("%s: %s", where, fmt.Sprintf(format, args...)).Wrongf(where, format, args...)
}
