package client

import (
	"context"
	"slices"
	"strings"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/epcis"
)

// MasterData is what the ledger knows of the products and partners that events
// name, as the header of a document has it (CBV 2.0, section 9): products that
// are registered, ascending by GTIN, and partners, ascending by GLN. Beside the
// attributes of CBV a product has packagingLevel: "unit", "inner" or "case".
func (x *Teller) MasterData(ctx context.Context, events ...*epcis.Event) ([]epcis.Vocabulary, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	gtins, glns := make(map[string]gs1.GTIN), make(map[string]gs1.GLN)
	for _, ev := range events {
		named(ev, gtins, glns)
	}
	products := epcis.Vocabulary{Type: epcis.TypeEPCClass}
	for _, text := range sorted(gtins) {
		if err := x.masterProduct(ctx, gtins[text], &products); err != nil {
			return nil, err
		}
	}
	partners := epcis.Vocabulary{Type: epcis.TypeLocation}
	for _, text := range sorted(glns) {
		if err := x.masterPartner(ctx, glns[text], &partners); err != nil {
			return nil, err
		}
	}
	return slices.DeleteFunc([]epcis.Vocabulary{products, partners}, func(v epcis.Vocabulary) bool { return len(v.Elements) == 0 }), nil
}

func sorted[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// named collects what an event names.
func named(ev *epcis.Event, gtins map[string]gs1.GTIN, glns map[string]gs1.GLN) {
	ids := slices.Concat(ev.EPCs, ev.ChildEPCs, ev.InputEPCs, ev.OutputEPCs, []string{ev.ParentID, ev.ReadPoint.ID, ev.BizLocation.ID})
	for _, list := range [][]epcis.Quantity{ev.Quantities, ev.ChildQuantities, ev.InputQuantities, ev.OutputQuantities} {
		for i := range list {
			ids = append(ids, list[i].EPCClass)
		}
	}
	for _, e := range slices.Concat(ev.Sources, ev.Destinations) {
		ids = append(ids, e.ID)
	}
	for _, id := range ids {
		epc, err := gs1.ParseEPC(id)
		switch {
		case err != nil:
		case !epc.GTIN.IsZero():
			gtins[epc.GTIN.String()] = epc.GTIN
		case !epc.GLN.IsZero():
			glns[epc.GLN.String()] = epc.GLN
		}
	}
}

func attribute(el *epcis.VocabularyElement, name, value string) {
	if value != "" {
		el.Attributes = append(el.Attributes, epcis.Attribute{ID: "urn:epcglobal:cbv:mda#" + name, Value: value})
	}
}

// packagingLevel is the one attribute that is not of CBV.
const packagingLevel = "urn:pedigree:mda#packagingLevel"

func (x *Teller) masterProduct(ctx context.Context, gtin gs1.GTIN, to *epcis.Vocabulary) error {
	p, err := read(ctx, x.c, app.ProductKey(gtin), app.DecodeProduct)
	if err != nil || p == nil {
		return err
	}
	labeler, err := read(ctx, x.c, app.PartnerKey(p.Labeler), app.DecodePartner)
	if err != nil {
		return err
	}
	el := epcis.VocabularyElement{ID: gs1.EPC{Kind: gs1.EPCProduct, PrefixLen: int(p.PrefixDigits), GTIN: gtin}.String()}
	if len(p.NDCs) > 0 {
		attribute(&el, "additionalTradeItemIdentification", p.NDCs[len(p.NDCs)-1].Code)
		attribute(&el, "additionalTradeItemIdentificationTypeCode", "US_FDA_NDC")
	}
	attribute(&el, "regulatedProductName", p.Name)
	if labeler != nil {
		attribute(&el, "manufacturerOfTradeItemPartyName", labeler.Name)
	}
	attribute(&el, "dosageFormType", p.Form)
	attribute(&el, "strengthDescription", p.Strength)
	attribute(&el, "netContentDescription", p.NetContent)
	el.Attributes = append(el.Attributes, epcis.Attribute{ID: packagingLevel, Value: p.Level.String()})
	to.Elements = append(to.Elements, el)
	return nil
}

// masterPartner adds a partner; a GLN that is a site's, and no partner's, is
// left out: the ledger knows no more of it.
func (x *Teller) masterPartner(ctx context.Context, gln gs1.GLN, to *epcis.Vocabulary) error {
	p, err := read(ctx, x.c, app.PartnerKey(gln), app.DecodePartner)
	if err != nil || p == nil {
		return err
	}
	id, err := x.location(ctx, gln)
	if err != nil {
		return err
	}
	el := epcis.VocabularyElement{ID: id}
	attribute(&el, "name", p.Name)
	attribute(&el, "streetAddressOne", strings.TrimSpace(p.Address))
	to.Elements = append(to.Elements, el)
	return nil
}
