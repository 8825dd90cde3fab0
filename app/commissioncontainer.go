package app

import (
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// CommissionContainer brings containers into being, each empty: SSCCs, and
// serials of products whose packaging level is inner or case. A case of one
// product may have its Lot and Expiry, and then takes items of no other lot.
//
// Codes: those of acting, foreign-prefix, product-unknown, not-labeler,
// wrong-level, expiry-past, holding-exists, container-in-use, retention.
type CommissionContainer struct {
	Location gs1.GLN `json:"location"`
	// Lot and Expiry are for cases of one product; empty and zero otherwise.
	Lot    string   `json:"lot,omitempty"`
	Expiry gs1.Date `json:"expiry,omitempty"`
	// Containers are strictly ascending by key, 1 to 1,024.
	Containers []ContainerUse `json:"containers"`
}

// ContainerUse names the N-th use of a container's key, counted from 0.
type ContainerUse struct {
	Key gs1.Key `json:"key"`
	N   uint32  `json:"n"`
}

// maxHoldings bounds the holdings that one op may name.
const maxHoldings = 1024

// Kind is KindCommissionContainer.
func (*CommissionContainer) Kind() Kind { return KindCommissionContainer }

func (o *CommissionContainer) encode(e *wire.Encoder) {
	e.Raw(o.Location[:])
	e.Bool(o.Lot != "")
	if o.Lot != "" {
		e.String8(o.Lot)
		e.Uint32(uint32(o.Expiry))
	}
	e.Count(len(o.Containers))
	for _, c := range o.Containers {
		e.String8(string(c.Key))
		e.Uint32(c.N)
	}
}

func (o *CommissionContainer) decode(d *wire.Decoder) {
	o.Location = readGLN(d)
	if d.Bool() {
		o.Lot, o.Expiry = readLot(d), readDate(d)
	}
	n := d.Count(maxHoldings, 1+minKeyBytes+4)
	if n == 0 {
		d.Fail("at least one container is needed")
	}
	for i := range n {
		o.Containers = append(o.Containers, ContainerUse{readKey(d), d.Uint32()})
		if i > 0 && o.Containers[i-1].Key >= o.Containers[i].Key {
			d.Fail("containers are not ascending")
		}
	}
}

func (o *CommissionContainer) validate(d *draft) error {
	if err := d.active(anyTrader); err != nil {
		return err
	}
	if o.Lot != "" && d.tx.EventTime >= o.Expiry.EndUnix() {
		return reject(CodeExpiryPast, "expiry %s, event time %d", o.Expiry, d.tx.EventTime)
	}
	own := custody{owner: d.by, possessor: d.by, location: o.Location}
	for _, c := range o.Containers {
		if err := d.mayCreate(c.Key, o.Lot, own); err != nil {
			return err
		}
		if err := d.newContainer(c.Key, c.N, o.Lot, own); err != nil {
			return err
		}
	}
	return nil
}

// mayCreate checks that a container's key may come into being under a custody:
// an SSCC under a company prefix of the goods' owner or possessor, one of which
// signs, or a serial of its own product above unit level.
func (d *draft) mayCreate(key gs1.Key, lot string, c custody) error {
	if sscc, ok := key.SSCC(); ok {
		if lot != "" {
			return reject(CodeWrongLevel, "%s is an SSCC; only cases of one product have a lot", key)
		}
		for _, gln := range [...]gs1.GLN{c.owner, c.possessor} {
			if _, ok := d.partners.get(gln).OwnsPrefixOf(sscc); ok {
				return nil
			}
		}
		return reject(CodeForeignPrefix, "SSCC %s is under no prefix of owner %s or possessor %s", sscc, c.owner, c.possessor)
	}
	sg, _ := key.SGTIN()
	p := d.products.get(sg.GTIN)
	switch {
	case p == nil:
		return reject(CodeProductUnknown, "GTIN %s", sg.GTIN)
	case !d.actsFor(p.Labeler):
		return reject(CodeNotLabeler, "labeler %s, signer %s", p.Labeler, d.by)
	case p.Level == LevelUnit:
		return reject(CodeWrongLevel, "GTIN %s is at level unit; commission its serials as items", sg.GTIN)
	}
	return nil
}
