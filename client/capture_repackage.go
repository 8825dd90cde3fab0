package client

import (
	"context"
	"slices"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// repackage takes a repackaging event, a transformation: its inputs are used
// up, its outputs come into being, of one product and one lot, which the ILMD
// names. The owner of the inputs signs, which is the labeler of the outputs.
func (c *capturer) repackage(ctx context.Context) error {
	switch ev := c.ev; {
	case len(ev.InputQuantities) > 0 || len(ev.OutputQuantities) > 0:
		return c.refuse("inputQuantityList and outputQuantityList: the ledger repackages packages that bear serials, and knows no amounts of a class")
	case len(ev.InputEPCs) == 0 || len(ev.OutputEPCs) == 0:
		return c.refuse("inputEPCList and outputEPCList: a repackaging names both; one that is told in several events is not recorded")
	}
	all, err := c.named(ctx, "inputEPCList", c.ev.InputEPCs)
	if err != nil {
		return err
	}
	if err := c.noContainers(all); err != nil {
		return err
	}
	gtin, serials, err := c.outputs()
	if err != nil {
		return err
	}
	c.sayWhat("%s into %d serials of lot %s", items(len(all)), len(serials), c.ev.Lot())
	owner, err := c.oneHolder(all, ownerOf)
	if err != nil {
		return err
	}
	op := &app.Repackage{}
	if err := c.into(ctx, &op.Into, gtin, serials); err != nil {
		return err
	}
	if all, err = c.bring(ctx, all, owner); err != nil {
		return err
	}
	if op.Openings, err = c.openings(ctx, all); err != nil {
		return err
	}
	op.Into.Location = c.siteOr(owner)
	return c.submit(ctx, owner, op)
}

// outputs are the serials that come into being, ascending, and their product.
func (c *capturer) outputs() (gtin gs1.GTIN, serials []string, err error) {
	keys, err := c.keysOf("outputEPCList", c.ev.OutputEPCs)
	if err != nil {
		return gtin, nil, err
	}
	for i, key := range keys {
		sg, ok := key.SGTIN()
		if !ok {
			return gtin, nil, c.refuse("outputEPCList: %s is no package; capture its commissioning and packing by events of their own", key.Bracketed())
		}
		if i > 0 && sg.GTIN != gtin {
			return gtin, nil, c.refuse("outputEPCList names products %s and %s: one event makes one of them", gtin, sg.GTIN)
		}
		gtin, serials = sg.GTIN, append(serials, sg.Serial)
	}
	if len(serials) > app.MaxCommission {
		return gtin, nil, c.refuse("outputEPCList names %d packages: one event makes at most %d", len(serials), app.MaxCommission)
	}
	slices.Sort(serials)
	return gtin, serials, nil
}

// into says what is made, but for where.
func (c *capturer) into(ctx context.Context, made *app.Commission, gtin gs1.GTIN, serials []string) (err error) {
	if _, err = c.product(ctx, gtin); err != nil {
		return err
	}
	made.GTIN, made.Serials = gtin, serials
	made.Lot, made.Expiry, err = c.lot(gtin)
	return err
}

// lot is the lot and its expiration date in the event's ILMD.
func (c *capturer) lot(gtin gs1.GTIN) (string, gs1.Date, error) {
	lot := c.ev.Lot()
	if lot == "" || c.ev.Expiry() == "" {
		return "", 0, c.refuse("ilmd: cbvmda:lotNumber and cbvmda:itemExpirationDate are needed to commission serials of GTIN %s", gtin)
	}
	expiry, err := gs1.ParseDateISO(c.ev.Expiry())
	if err != nil {
		return "", 0, c.refuse("ilmd: itemExpirationDate %q: %v", c.ev.Expiry(), err)
	}
	if err := gs1.ValidLot(lot); err != nil {
		return "", 0, c.refuse("ilmd: lotNumber %q: %v", lot, err)
	}
	return lot, expiry, nil
}

// noContainers refuses containers where items are expected.
func (c *capturer) noContainers(all []*goods) error {
	for _, g := range all {
		if g.container() {
			return c.refuse("%s is a container: only packages end by this event", g.key.Bracketed())
		}
	}
	return nil
}
