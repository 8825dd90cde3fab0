package app

import (
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// TransferProduct sells a GTIN to another labeler in two steps. The labeler
// offers it to To, which replaces an earlier offer; without To it withdraws the
// offer. The partner to which it is offered accepts, with To itself, and is its
// labeler from then on. Lots that were begun before keep the labeler that
// commissioned them: returns go to it, and it may still recall them, as the new
// one may. Who buys must be a manufacturer or repackager with a valid
// credential; who sells may have lost its own, for it is often why it sells.
//
// Codes: suspended, role-missing, credential, product-unknown, not-labeler,
// partner-unknown, not-offered, out-of-range.
type TransferProduct struct {
	GTIN gs1.GTIN `json:"gtin"`
	// To is the next labeler; absent to withdraw an offer.
	To gs1.GLN `json:"to,omitzero"`
	// Accept is signed by To; the offer before it by the labeler.
	Accept bool `json:"accept"`
}

// Kind is KindTransferProduct.
func (*TransferProduct) Kind() Kind { return KindTransferProduct }

func (o *TransferProduct) encode(e *wire.Encoder) {
	e.Raw(o.GTIN[:])
	writeOptionalGLN(e, o.To)
	e.Bool(o.Accept)
}

func (o *TransferProduct) decode(d *wire.Decoder) {
	o.GTIN, o.To, o.Accept = readGTIN(d), readOptionalGLN(d), d.Bool()
	if o.Accept && o.To.IsZero() {
		d.Fail("who accepts a product names itself")
	}
}

func (o *TransferProduct) validate(d *draft) error {
	if err := standing(d.by, d.signer); err != nil {
		return err
	}
	p := d.products.get(o.GTIN)
	if p == nil {
		return reject(CodeProductUnknown, "GTIN %s", o.GTIN)
	}
	if o.Accept {
		return o.accept(d, p)
	}
	if !d.actsFor(p.Labeler) {
		return reject(CodeNotLabeler, "labeler %s, signer %s", p.Labeler, d.by)
	}
	if o.To.IsZero() && p.Offered.IsZero() {
		return reject(CodeNotOffered, "GTIN %s is offered to nobody", o.GTIN)
	}
	if err := o.mayBuy(d, p); err != nil {
		return err
	}
	d.products.edit(o.GTIN).Offered = o.To
	return nil
}

// mayBuy judges the partner to which the product is offered, if any.
func (o *TransferProduct) mayBuy(d *draft, p *Product) error {
	if o.To.IsZero() {
		return nil
	}
	if o.To == p.Labeler {
		return reject(CodeOutOfRange, "%s is the labeler already", o.To)
	}
	to := d.partners.get(o.To)
	if to == nil {
		return reject(CodePartnerUnknown, "GLN %s", o.To)
	}
	return d.authorised(o.To, to, RoleManufacturer|RoleRepackager)
}

func (o *TransferProduct) accept(d *draft, p *Product) error {
	if p.Offered.IsZero() || p.Offered != o.To || !d.actsFor(o.To) {
		return reject(CodeNotOffered, "GTIN %s is offered to %s, not to %s; signer %s", o.GTIN, optionalGLN(p.Offered), o.To, d.by)
	}
	if err := d.active(RoleManufacturer | RoleRepackager); err != nil {
		return err
	}
	from := p.Labeler
	p = d.products.edit(o.GTIN)
	p.Labeler, p.Offered = o.To, gs1.GLN{}
	d.emit(EventTransferred, "gtin", o.GTIN.String(), "from", from.String(), "to", o.To.String())
	return nil
}
