package app

import (
	"slices"

	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// RegisterProduct makes a GTIN known: what it is, and at which packaging
// level. The signer becomes its labeler; it must be a manufacturer or a
// repackager, and the GTIN must stand under one of its company prefixes.
//
// Signed by its labeler for a GTIN that is known, it revises the product: the
// level stays, the NDC history is only added to (an NDC that was printed on
// packages stays true of them), and the rest is replaced.
//
// Codes: those of acting, foreign-prefix, product-exists, out-of-range.
type RegisterProduct struct {
	GTIN gs1.GTIN `json:"gtin"`
	ProductInfo
}

// Kind is KindRegisterProduct.
func (*RegisterProduct) Kind() Kind { return KindRegisterProduct }

func (o *RegisterProduct) encode(e *wire.Encoder) {
	e.Raw(o.GTIN[:])
	o.ProductInfo.encode(e)
}

func (o *RegisterProduct) decode(d *wire.Decoder) {
	o.GTIN = readGTIN(d)
	o.ProductInfo = readProductInfo(d)
}

func (o *RegisterProduct) validate(d *draft) error {
	if err := d.active(RoleManufacturer | RoleRepackager); err != nil {
		return err
	}
	p := d.products.get(o.GTIN)
	prefix, ok := d.signer.OwnsPrefixOf(o.GTIN)
	if !ok && (p == nil || !d.actsFor(p.Labeler)) {
		return reject(CodeForeignPrefix, "GTIN %s, prefixes %v", o.GTIN, d.signer.Prefixes)
	}
	if o.Name == "" {
		return reject(CodeOutOfRange, "the product has no name")
	}
	if p != nil {
		return o.revise(d, p)
	}
	d.products.put(o.GTIN, &Product{Labeler: d.by, PrefixDigits: uint8(len(prefix)), ProductInfo: o.ProductInfo})
	return nil
}

// revise replaces what is registered about a product.
func (o *RegisterProduct) revise(d *draft, p *Product) error {
	switch n := len(p.NDCs); {
	case !d.actsFor(p.Labeler):
		return reject(CodeProductExists, "GTIN %s, of labeler %s", o.GTIN, p.Labeler)
	case o.Level != p.Level:
		return reject(CodeProductExists, "GTIN %s is at level %s, found %s", o.GTIN, p.Level, o.Level)
	case len(o.NDCs) < n || !slices.Equal(o.NDCs[:n], p.NDCs):
		return reject(CodeProductExists, "GTIN %s: the NDC history begins with its %d entries so far", o.GTIN, n)
	case o.same(&p.ProductInfo):
		return reject(CodeProductExists, "GTIN %s, in the same words", o.GTIN)
	}
	d.products.edit(o.GTIN).ProductInfo = o.ProductInfo
	return nil
}

// same reports whether the op changes nothing.
func (o *RegisterProduct) same(p *ProductInfo) bool {
	return slices.Equal(o.NDCs, p.NDCs) && o.Name == p.Name && o.Form == p.Form && o.Strength == p.Strength && o.NetContent == p.NetContent
}
