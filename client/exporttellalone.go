package client

import (
	"context"
	"fmt"
	"slices"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/epcis"
)

// tellAlone makes an event of a tx that carries no event hash. It says nothing
// that the op does not say: where the op names no site, none is told.
func (x *Teller) tellAlone(ctx context.Context, p *BlockTx) (*epcis.Event, error) {
	t := &told{}
	t.event.Time = epcisTime(p.EventTime)
	if err := x.tellOp(ctx, t, p); err != nil {
		return nil, err
	}
	if t.event.Type == "" {
		if err := x.tellUnexchanged(ctx, t, p); err != nil {
			return nil, err
		}
	}
	var choice [dimensions]int
	if len(t.sites) == 0 {
		t.sites = []string{""}
		choice[dimPlaces], choice[dimSource] = 3, 1
	}
	choice[dimDisposition] = max(0, slices.IndexFunc(t.dispositions, standardWord))
	set := &t.event.PersistentDisposition.Set
	*set = slices.DeleteFunc(*set, func(d string) bool { return !standardWord(d) })
	if err := x.complete(ctx, t, p.Partner); err != nil {
		return nil, err
	}
	ev := t.choose(choice)
	ev.ID = TxEventID(p.ID)
	tellDate(ev, p)
	return ev, nil
}

// standardWord reports whether a disposition is none, or one of CBV: the reasons
// that ops give may be anything.
func standardWord(disposition string) bool {
	_, known := epcis.DispositionWord(disposition)
	return known || disposition == ""
}

// tellDate adds the date of a sale that was agreed for another day than the
// shipping.
func tellDate(ev *epcis.Event, p *BlockTx) {
	op, ok := p.Tx.Op.(*app.Ship)
	if !ok || op.TransactionDate == gs1.FromUnix(p.EventTime) {
		return
	}
	ev.Extensions = append(ev.Extensions, epcis.Node{
		Name: epcis.Name{Space: gs1ushcSpace, Local: "transactionDate"}, Value: op.TransactionDate.String(),
	})
}

// tellUnexchanged tells of ops that are behind no event that partners exchange
// today, in the words of CBV that come closest.
func (x *Teller) tellUnexchanged(ctx context.Context, t *told, p *BlockTx) (err error) {
	switch op := p.Tx.Op.(type) {
	case *app.Relocate:
		t.is(epcis.ObjectEvent, epcis.ActionObserve, "storing", "")
		if err := x.tellKeeper(ctx, t, p.Partner, op); err != nil {
			return err
		}
		return x.addKeys(ctx, &t.event.EPCs, op.Holdings, op.Openings)
	case *app.Refuse:
		t.is(epcis.ObjectEvent, epcis.ActionObserve, "other", "returned")
		if err := x.shipped(ctx, t, op.Shipment); err != nil {
			return err
		}
		return x.addKeys(ctx, &t.event.EPCs, op.Holdings, op.Openings)
	case *app.Export:
		t.is(epcis.ObjectEvent, epcis.ActionDelete, "departing", "inactive")
		return x.addKeys(ctx, &t.event.EPCs, nil, op.Openings)
	case *app.RecallLot:
		t.is(epcis.ObjectEvent, epcis.ActionObserve, "", "recalled")
		t.event.PersistentDisposition.Set = []string{"recalled"}
		return x.tellLot(ctx, t, op.LotID, op.Keys)
	case *app.CloseRecall:
		if op.Outcome != app.RecallWithdrawn {
			return ErrNoEvent // the lot stays recalled
		}
		t.is(epcis.ObjectEvent, epcis.ActionObserve, "", "")
		t.event.PersistentDisposition.Unset = []string{"recalled"}
		return x.tellLot(ctx, t, op.LotID, op.Keys)
	default:
		return x.tellMark(ctx, t, p.Tx.Op)
	}
}

// tellMark tells of what is said about single packages.
func (x *Teller) tellMark(ctx context.Context, t *told, op app.Op) error {
	var key gs1.Key
	switch op := op.(type) {
	case *app.SetMark:
		word := markWord(op.Mark)
		t.is(epcis.ObjectEvent, epcis.ActionObserve, "inspecting", word)
		t.event.PersistentDisposition.Set = []string{word}
		key = op.Key
	case *app.ClearMark:
		t.is(epcis.ObjectEvent, epcis.ActionObserve, "inspecting", "")
		t.event.PersistentDisposition.Unset = []string{markWord(op.Mark)}
		key = op.Key
	case *app.ReportDuplicate:
		t.is(epcis.ObjectEvent, epcis.ActionObserve, "inspecting", "mismatch_instance")
		key = op.Key
	case *app.ReportConflict:
		t.is(epcis.ObjectEvent, epcis.ActionObserve, "inspecting", "mismatch_instance")
		at, err := x.location(ctx, op.Location)
		if err != nil {
			return err
		}
		t.sites = []string{at}
		return x.addKeys(ctx, &t.event.EPCs, nil, []app.Opening{op.Opening})
	default:
		return fmt.Errorf("%s: %w", op.Kind(), ErrNoEvent)
	}
	epc, err := x.epc(ctx, key)
	t.event.EPCs = []string{epc}
	return err
}

// markWord is CBV's disposition for a mark.
func markWord(k app.MarkKind) string {
	switch k {
	case app.MarkStolen:
		return "stolen"
	case app.MarkRecalled:
		return "recalled"
	case app.MarkDuplicate:
		return "mismatch_instance"
	default:
		return "non_sellable_other"
	}
}

// tellKeeper tells where goods went, and to whom if somebody else keeps them
// from now on.
func (x *Teller) tellKeeper(ctx context.Context, t *told, partner gs1.GLN, op *app.Relocate) error {
	at, err := x.visit(ctx, op.Possessor, op.Location)
	if err != nil {
		return err
	}
	t.sites = []string{at}
	if op.Possessor == partner {
		return nil
	}
	keeper, err := x.location(ctx, op.Possessor)
	t.event.Destinations = []epcis.Endpoint{{Type: "possessing_party", ID: keeper}, {Type: "location", ID: at}}
	return err
}

// tellLot names a lot as a class, or items of it.
func (x *Teller) tellLot(ctx context.Context, t *told, lot app.LotID, keys []gs1.Key) error {
	for _, key := range keys {
		epc, err := x.epc(ctx, key)
		if err != nil {
			return err
		}
		t.event.EPCs = append(t.event.EPCs, epc)
	}
	if len(keys) > 0 {
		return nil
	}
	digits, err := x.productPrefix(ctx, lot.GTIN)
	if err != nil {
		return err
	}
	class := gs1.EPC{Kind: gs1.EPCLGTIN, PrefixLen: digits, GTIN: lot.GTIN, Suffix: lot.Lot}
	t.event.Quantities = []epcis.Quantity{{EPCClass: class.String()}}
	return nil
}
