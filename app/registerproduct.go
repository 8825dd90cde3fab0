package app

import (
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// RegisterProduct makes a GTIN known: what it is, and at which packaging
// level. The signer becomes its labeler; it must be a manufacturer or a
// repackager, and the GTIN must stand under one of its company prefixes.
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
	prefix, ok := d.signer.OwnsPrefixOf(o.GTIN)
	if !ok {
		return reject(CodeForeignPrefix, "GTIN %s, prefixes %v", o.GTIN, d.signer.Prefixes)
	}
	if d.products.get(o.GTIN) != nil {
		return reject(CodeProductExists, "GTIN %s", o.GTIN)
	}
	if o.Name == "" {
		return reject(CodeOutOfRange, "the product has no name")
	}
	d.products.put(o.GTIN, &Product{Labeler: d.by, PrefixDigits: uint8(len(prefix)), ProductInfo: o.ProductInfo})
	return nil
}
