package client

import (
	"cmp"
	"context"
	"fmt"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/epcis"
)

// tellOther tells of what goods go through besides the usual way.
func (x *Teller) tellOther(ctx context.Context, t *told, p *BlockTx) error {
	switch op := p.Tx.Op.(type) {
	case *app.Decommission, *app.Destroy, *app.Sample:
		return x.tellEnd(ctx, t, op)
	case *app.Repackage:
		return x.tellRepackage(ctx, t, p, op)
	case *app.Quarantine:
		t.is(epcis.ObjectEvent, epcis.ActionObserve, "holding", cmp.Or(op.Reason, "non_sellable_other"), "non_sellable_other")
		return x.addKeys(ctx, &t.event.EPCs, op.Holdings, nil)
	case *app.Release:
		t.is(epcis.ObjectEvent, epcis.ActionObserve, "holding", "sellable_accessible", "")
		t.event.PersistentDisposition.Unset = []string{"non_sellable_other"}
		return x.addKeys(ctx, &t.event.EPCs, op.Holdings, nil)
	case *app.Return:
		t.is(epcis.ObjectEvent, epcis.ActionObserve, "shipping", "returned", "in_transit", "")
		if err := x.parties(ctx, t, p.Partner, &op.Terms); err != nil {
			return err
		}
		return x.addKeys(ctx, &t.event.EPCs, op.Holdings, op.Openings)
	default:
		return nil // a product that capturing registered
	}
}

// tellEnd tells of ops that end packages.
func (x *Teller) tellEnd(ctx context.Context, t *told, op app.Op) error {
	switch op := op.(type) {
	case *app.Decommission:
		t.is(epcis.ObjectEvent, epcis.ActionDelete, "decommissioning", cmp.Or(op.Reason, "inactive"), "inactive", "")
		return x.addKeys(ctx, &t.event.EPCs, nil, op.Openings)
	case *app.Destroy:
		t.is(epcis.ObjectEvent, epcis.ActionDelete, "destroying", "destroyed", "disposed", "inactive", "")
		if op.Reason != "" {
			t.event.PersistentDisposition.Set = []string{op.Reason}
		}
		return x.addKeys(ctx, &t.event.EPCs, nil, op.Openings)
	case *app.Sample:
		t.is(epcis.ObjectEvent, epcis.ActionObserve, "sampling", op.Reason, "inactive", "in_progress", "")
		return x.addKeys(ctx, &t.event.EPCs, nil, op.Openings)
	default:
		return fmt.Errorf("%s ends no package", op.Kind())
	}
}

// tellRepackage tells of a transformation.
func (x *Teller) tellRepackage(ctx context.Context, t *told, p *BlockTx, op *app.Repackage) error {
	t.is(epcis.TransformationEvent, "", "repackaging", "active", "")
	t.event.SetLot(op.Into.Lot, op.Into.Expiry.String())
	keys := make([]gs1.Key, len(op.Into.Serials))
	for i, s := range op.Into.Serials {
		keys[i] = gs1.ItemKey(op.Into.GTIN, s)
	}
	if err := x.tellAt(ctx, t, p.Partner, op.Into.Location, keys); err != nil {
		return err
	}
	t.event.OutputEPCs, t.event.EPCs = t.event.EPCs, nil
	return x.addKeys(ctx, &t.event.InputEPCs, nil, op.Openings)
}
