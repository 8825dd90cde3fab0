package bundle

import (
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// usualPrefix is the length of a company prefix in EPC URIs where no partner of
// the bundle has registered the one that a key begins with.
const usualPrefix = 7

// names writes keys as EPC URIs.
type names struct {
	prefixes []gs1.CompanyPrefix
	products map[gs1.GTIN]int
}

// names knows the company prefixes of everybody in the bundle.
func (b *Bundle) names() *names {
	n := &names{products: make(map[gs1.GTIN]int)}
	add := func(p *Party) { n.prefixes = append(n.prefixes, p.prefixes...) }
	if b.Partner != nil {
		add(b.Partner)
	}
	for i := range b.Transactions {
		t := &b.Transactions[i]
		add(&t.From)
		add(&t.To)
		for j := range t.Lines {
			p := &t.Lines[j].Product
			add(&p.Manufacturer)
			n.products[p.GTIN] = p.prefixLen
		}
	}
	return n
}

// prefixLen is the length of the company prefix of a key.
func (n *names) prefixLen(ai, value string) int {
	length, err := gs1.Elements{{AI: ai, Value: value}}.PrefixLen(n.prefixes...)
	if err != nil {
		return usualPrefix
	}
	return length
}

// key is the EPC URI of an item or container.
func (n *names) key(k gs1.Key) (string, error) {
	if sgtin, ok := k.SGTIN(); ok {
		epc, err := sgtin.EPC(n.product(sgtin.GTIN))
		return epc.String(), err
	}
	sscc, _ := k.SSCC()
	epc, err := sscc.EPC(n.prefixLen("00", sscc.String()))
	return epc.String(), err
}

// product is the length of the company prefix of a GTIN: as registered, or for
// a container of another product by the prefixes.
func (n *names) product(gtin gs1.GTIN) int {
	if length := n.products[gtin]; length != 0 {
		return max(length, 6)
	}
	length, err := gs1.Elements{{AI: "01", Value: gtin.String()}}.PrefixLen(n.prefixes...)
	if err != nil {
		return usualPrefix
	}
	return length
}

// site is the SGLN of a site or party, without extension.
func (n *names) site(gln gs1.GLN) (string, error) {
	epc, err := gln.Location(n.prefixLen("414", gln.String()), "")
	return epc.String(), err
}
