package client

import (
	"slices"
	"strings"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/epcis"
)

// parentProducts lists the GTINs that stand as parents of aggregations.
func parentProducts(doc *epcis.Document) map[gs1.GTIN]bool {
	out := make(map[gs1.GTIN]bool)
	for i := range doc.Events {
		if doc.Events[i].ParentID == "" {
			continue
		}
		if key, err := parseEPCKey(doc.Events[i].ParentID); err == nil {
			if sg, ok := key.SGTIN(); ok {
				out[sg.GTIN] = true
			}
		}
	}
	return out
}

// parseEPCKey reads the key of an item or container: an EPC URI or a Digital
// Link.
func parseEPCKey(id string) (gs1.Key, error) {
	if strings.HasPrefix(id, "http:") || strings.HasPrefix(id, "https:") {
		el, err := gs1.ParseDigitalLink(id)
		if err != nil {
			return "", err
		}
		if key, ok := el.Key(); ok {
			return key, nil
		}
		return "", errNoKey
	}
	epc, err := gs1.ParseEPC(id)
	if err != nil {
		return "", err
	}
	key, ok := epc.Key()
	if !ok {
		return "", errNoKey
	}
	return key, nil
}

// keysOf reads a list of EPCs: ascending, without duplicates.
func (c *capturer) keysOf(field string, ids []string) ([]gs1.Key, error) {
	out := make([]gs1.Key, 0, len(ids))
	for i, id := range ids {
		key, err := parseEPCKey(id)
		if err != nil {
			return nil, c.refuse("%s %d, %q: %v", field, i+1, id, err)
		}
		out = append(out, key)
	}
	slices.Sort(out)
	if n := len(slices.Compact(out)); n != len(out) {
		return nil, c.refuse("%s names %d EPCs twice", field, len(out)-n)
	}
	return out, nil
}

// parseParty reads the GLN of a partner or a site: an SGLN or PGLN URI, a
// Digital Link, or 13 digits.
func parseParty(id string) (gs1.GLN, error) {
	if len(id) == 13 {
		return gs1.ParseGLN(id)
	}
	if strings.HasPrefix(id, "http:") || strings.HasPrefix(id, "https:") {
		el, err := gs1.ParseDigitalLink(id)
		if err != nil {
			return gs1.GLN{}, err
		}
		if g, ok := el.GLN(); ok {
			return g, nil
		}
		return gs1.GLN{}, errNoGLN
	}
	epc, err := gs1.ParseEPC(id)
	if err != nil {
		return gs1.GLN{}, err
	}
	if epc.GLN.IsZero() {
		return gs1.GLN{}, errNoGLN
	}
	return epc.GLN, nil
}

// site is where the event took place: the business location, else the read
// point; zero when neither is a GLN.
func (c *capturer) site() gs1.GLN {
	for _, id := range []string{c.ev.BizLocation.ID, c.ev.ReadPoint.ID} {
		if g, err := parseParty(id); err == nil {
			return g
		}
	}
	return gs1.GLN{}
}

// endpoint reads the owning party or location on one side of a movement; zero
// when the event does not say.
func (c *capturer) endpoint(field, id string) (gs1.GLN, error) {
	if id == "" {
		return gs1.GLN{}, nil
	}
	g, err := parseParty(id)
	if err != nil {
		return g, c.refuse("%s %q: %v", field, id, err)
	}
	return g, nil
}

// documents lists the event's business transactions, as many as a shipment
// refers to.
func (c *capturer) documents() []app.Document {
	var out []app.Document
	for _, b := range c.ev.BizTransactions {
		if len(out) == maxDocuments || len(b.ID) > maxDocumentBytes {
			c.infer("business transaction %s is not carried: a shipment refers to %d, of at most %d bytes", b.ID, maxDocuments, maxDocumentBytes)
			continue
		}
		out = append(out, app.Document{Kind: app.DocumentKindByName(b.Type), ID: b.ID})
	}
	return out
}

// The bounds of app.Terms.Documents.
const (
	maxDocuments     = 8
	maxDocumentBytes = 100
)
