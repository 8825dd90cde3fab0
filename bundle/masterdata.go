package bundle

import (
	"github.com/pedigree-ledger/pedigree/epcis"
)

// masterData describes the products and parties of the bundle, each once, as
// GS1 US R1.3 lays them out.
func (b *Bundle) masterData(n *names) ([]epcis.Vocabulary, error) {
	products := epcis.Vocabulary{Type: epcis.TypeEPCClass}
	places := epcis.Vocabulary{Type: epcis.TypeLocation}
	seen := make(map[string]bool)
	party := func(p *Party) error {
		id, err := n.site(p.GLN)
		if err != nil || seen[id] {
			return err
		}
		seen[id] = true
		places.Elements = append(places.Elements, element(id, [][2]string{{"name", p.Name}, {"streetAddressOne", p.Address}}))
		return nil
	}
	for i := range b.Transactions {
		t := &b.Transactions[i]
		for _, p := range []*Party{&t.From, &t.To} {
			if err := party(p); err != nil {
				return nil, err
			}
		}
		for j := range t.Lines {
			p := &t.Lines[j].Product
			id, err := p.class(n)
			if err != nil {
				return nil, err
			}
			if !seen[id] {
				seen[id] = true
				products.Elements = append(products.Elements, p.element(id))
			}
		}
	}
	var out []epcis.Vocabulary
	for _, v := range []epcis.Vocabulary{products, places} {
		if len(v.Elements) > 0 {
			out = append(out, v)
		}
	}
	return out, nil
}

// class is the pattern of all serials of a product.
func (p *Product) class(n *names) (string, error) {
	epc, err := p.GTIN.ProductEPC(n.product(p.GTIN))
	return epc.String(), err
}

func (p *Product) element(id string) epcis.VocabularyElement {
	attributes := [][2]string{}
	if p.NDC != "" {
		attributes = append(attributes, [2]string{"additionalTradeItemIdentification", p.NDC}, [2]string{"additionalTradeItemIdentificationTypeCode", "US_FDA_NDC"})
	}
	return element(id, append(attributes, [][2]string{
		{"regulatedProductName", p.Name},
		{"manufacturerOfTradeItemPartyName", p.Manufacturer.Name},
		{"dosageFormType", p.Form},
		{"strengthDescription", p.Strength},
		{"netContentDescription", p.NetContent},
	}...))
}

// element is an element of master data without the attributes that are empty.
func element(id string, attributes [][2]string) epcis.VocabularyElement {
	el := epcis.VocabularyElement{ID: id}
	for _, a := range attributes {
		if a[1] != "" {
			el.Attributes = append(el.Attributes, epcis.Attribute{ID: "urn:epcglobal:cbv:mda#" + a[0], Value: a[1]})
		}
	}
	return el
}
