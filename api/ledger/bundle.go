package ledger

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/pedigree-ledger/pedigree/api/edge"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/bundle"
)

// Bundling says what a bundle is to be like.
type Bundling struct {
	Format       string `query:"format" enum:"json,xml,pdf" doc:"json: EPCIS 2.0 in JSON-LD; xml: EPCIS 1.2 in the layout of the DSCSA guideline; pdf: for people, with the labels and DataMatrix of the packages. Without it as Accept says, or json"`
	Transactions int    `query:"transactions" minimum:"1" maximum:"1000" doc:"how many transactions at most; 100 without it"`
	Packages     int    `query:"packages" minimum:"1" maximum:"10000" doc:"how many packages are listed at most; 2,000 without it"`
	Accept       string `header:"Accept" hidden:"true"`
}

// The media types of bundles.
const (
	typeJSON = "application/ld+json"
	typeXML  = "application/xml"
	typePDF  = "application/pdf"
)

type (
	partnerBundle struct {
		Partner string    `query:"partner" required:"true" doc:"the GLN of the partner whose purchases and sales are asked for"`
		Since   time.Time `query:"since" doc:"from when goods were shipped on"`
		Until   time.Time `query:"until" doc:"until when, exclusive"`
		Side    string    `query:"side" enum:"bought,sold" doc:"only what the partner bought, or sold"`
		Bundling
	}
	itemBundle struct {
		KeyPath
		Partner string `query:"partner" doc:"only transactions in which this partner took part"`
		Bundling
	}
)

// file is an answer to be kept as a file.
type file struct {
	Type string `header:"Content-Type" doc:"the type of the body"`
	Name string `header:"Content-Disposition" doc:"a name for the file"`
	Body []byte
}

func (h *handlers) registerBundles() {
	const more = "The transaction information and the transaction statements (FD&C Act 581(26), (27)) in one file. Every shipment, product, lot and partner is proved as of one height; that no shipment is left out is the node's word. A file that has no room for all says so."
	all := h.operation(resource{
		id: "getBundle", path: "/bundle", summary: "What a partner bought and sold in a time, in one file", more: more, now: true,
	})
	all.Responses = bytesOf(typeJSON, typeXML, typePDF)
	huma.Register(h.api, all, h.partnerBundle)

	one := h.operation(resource{
		id: "getItemBundle", path: "/items/{key}/bundle", summary: "Every change of ownership of an item back to its manufacturer, in one file", more: more, now: true,
	})
	one.Responses = bytesOf(typeJSON, typeXML, typePDF)
	huma.Register(h.api, one, h.itemBundle)
}

func (h *handlers) partnerBundle(ctx context.Context, in *partnerBundle) (*file, error) {
	partner, err := gln("partner", in.Partner)
	if err != nil {
		return nil, err
	}
	side := map[string]bundle.Side{"": bundle.SideBoth, "bought": bundle.SideBought, "sold": bundle.SideSold}[in.Side]
	return h.bundle(ctx, bundle.Request{Partner: partner, Since: in.Since, Until: in.Until, Side: side}, &in.Bundling, partner.String())
}

func (h *handlers) itemBundle(ctx context.Context, in *itemBundle) (*file, error) {
	s, err := in.scan(h.Now())
	if err != nil {
		return nil, err
	}
	var partner gs1.GLN
	if in.Partner != "" {
		if partner, err = gln("partner", in.Partner); err != nil {
			return nil, err
		}
	}
	sg, _ := s.Key.SGTIN()
	return h.bundle(ctx, bundle.Request{Item: s.Key, Partner: partner}, &in.Bundling, sg.GTIN.String())
}

// bundle makes a bundle and writes it.
func (h *handlers) bundle(ctx context.Context, r bundle.Request, in *Bundling, about string) (*file, error) {
	r.MaxTransactions, r.MaxPackages = in.Transactions, in.Packages
	b, err := bundle.Make(ctx, h.Client, r)
	if errors.Is(err, bundle.ErrRequest) {
		return nil, edge.BadRequest.Problem("%v", err)
	}
	if err != nil {
		return nil, edge.LedgerTrouble(err)
	}
	var out bytes.Buffer
	f := &file{Type: in.media()}
	ext := ".json"
	switch f.Type {
	case typePDF:
		ext, err = ".pdf", b.WritePDF(&out)
	case typeXML:
		ext, err = ".xml", b.WriteXML(&out)
	default:
		err = b.WriteJSON(&out)
	}
	if err != nil {
		return nil, edge.LedgerTrouble(err)
	}
	f.Name, f.Body = `attachment; filename="bundle-`+about+ext+`"`, out.Bytes()
	return f, nil
}

// media is the media type that is asked for.
func (in *Bundling) media() string {
	switch {
	case in.Format == "pdf", in.Format == "" && strings.Contains(in.Accept, typePDF):
		return typePDF
	case in.Format == "xml", in.Format == "" && strings.Contains(in.Accept, typeXML):
		return typeXML
	default:
		return typeJSON
	}
}
