package app_test

import (
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// hold puts a container of the maker on hold.
func hold(w *apptest.World, key gs1.Key) {
	w.MustDo(w.Maker, &app.Quarantine{Reason: "recheck", Holdings: w.Containers(key)})
}

// TestHoldsTravel: what leaves a holding inherits the holds of all it was in
// (rule 3), and nothing on hold is sold.
func TestHoldsTravel(t *testing.T) {
	w := apptest.NewWorld(t)
	crate, pallet, tote := w.Maker.SSCC(1), w.Maker.SSCC(2), w.Maker.SSCC(3)
	w.MustDo(w.Maker, apptest.Commission(w.Maker, w.Unit, "L1", 1, 48))
	w.MustDo(w.Maker, w.Pack(crate, apptest.Items(w.Unit, 1, 10)...))
	w.MustDo(w.Maker, w.Pack(pallet, crate))
	hold(w, pallet)
	w.CheckInvariants()

	w.Refused(w.Maker, app.CodeMarked, w.Ship(w.Wholesaler, pallet))
	w.Refused(w.Maker, app.CodeMarked, w.Ship(w.Wholesaler, apptest.Item(w.Unit, 1)))
	w.Refused(w.Maker, app.CodeCustodyDiffers, w.Pack(tote, apptest.Item(w.Unit, 1), apptest.Item(w.Unit, 20)))

	w.MustDo(w.Maker, w.Unpack(crate, apptest.Items(w.Unit, 1, 2)...))
	if h := w.Holding(w.Where(apptest.Item(w.Unit, 1)).Holding); h.Holds != app.HoldQuarantine || h.Marked != 1 {
		t.Errorf("items out of a held pallet: got holds %d, marked %d; want 1 and 1", h.Holds, h.Marked)
	}
	w.MustDo(w.Maker, w.Unpack(pallet, crate))
	if h := w.Holding(w.Container(crate)); h.Holds != app.HoldQuarantine || h.Marked != 1 {
		t.Errorf("a crate out of a held pallet: got holds %d, marked %d; want 1 and 1", h.Holds, h.Marked)
	}
	w.MustDo(w.Maker, w.Pack(tote, apptest.Items(w.Unit, 1, 2)...))
	if h := w.Holding(w.Container(tote)); h.Holds != app.HoldQuarantine || h.Marked != 1 {
		t.Errorf("a tote of held items: got holds %d, marked %d; want 1 and 1", h.Holds, h.Marked)
	}
	w.MustDo(w.Maker, w.Pack(pallet, crate, tote))
	if h := w.Holding(w.Container(pallet)); h.Marked != 3 {
		t.Errorf("a held pallet of two held containers: got marked %d, want 3", h.Marked)
	}
	w.MustDo(w.Maker, &app.Relocate{Possessor: w.Logistics.GLN, Location: w.Logistics.GLN, Holdings: w.Containers(pallet)})
	w.MustDo(w.Maker, &app.Decommission{Openings: w.Openings(apptest.Item(w.Unit, 1), apptest.Item(w.Unit, 5))})
}

// TestHoldOnTheRoad: goods put on hold in transit are received, whole or in
// parts, with their hold; parts under different holds in one receipt are not.
func TestHoldOnTheRoad(t *testing.T) {
	w := apptest.NewWorld(t)
	held, free := w.Maker.SSCC(1), w.Maker.SSCC(2)
	w.MustDo(w.Maker, apptest.Commission(w.Maker, w.Unit, "L1", 1, 48))
	w.MustDo(w.Maker, w.Pack(held, apptest.Items(w.Unit, 1, 10)...))
	w.MustDo(w.Maker, w.Pack(free, apptest.Items(w.Unit, 11, 20)...))
	w.MustDo(w.Maker, w.Ship(w.Wholesaler, held, free))
	hold(w, held)
	arrived := func(items ...gs1.Key) *app.Receive {
		op := &app.Receive{Shipment: 1, Mode: app.ReceiveArrived, Location: w.Wholesaler.GLN, Openings: w.Openings(items...)}
		op.Loose = w.NextLoose(op.Openings)
		return op
	}
	w.Refused(w.Wholesaler, app.CodeCustodyDiffers, arrived(apptest.Item(w.Unit, 1), apptest.Item(w.Unit, 11)))
	w.Refused(w.Maker, app.CodeAlreadyHeld, &app.Quarantine{Holdings: w.Containers(held)})
	w.MustDo(w.Wholesaler, arrived(apptest.Items(w.Unit, 1, 3)...))
	w.MustDo(w.Wholesaler, w.ReceiveAll(w.Wholesaler, 1))
	w.Refused(w.Wholesaler, app.CodeMarked, w.Ship(w.Pharmacy, held))
	w.Refused(w.Wholesaler, app.CodeMarked, w.Ship(w.Pharmacy, apptest.Item(w.Unit, 1)))
	w.MustDo(w.Wholesaler, w.Ship(w.Pharmacy, free))
}

// TestMarkedCaseOnTheRoad: who takes a marked case apart on its way does not free
// its contents of the other side's mark.
func TestMarkedCaseOnTheRoad(t *testing.T) {
	w := apptest.NewWorld(t)
	crate := w.Maker.SSCC(1)
	w.MustDo(w.Maker, apptest.Commission(w.Maker, w.Unit, "L1", 1, 48))
	w.MustDo(w.Maker, w.Pack(crate, apptest.Items(w.Unit, 1, 10)...))
	w.MustDo(w.Maker, w.Ship(w.Wholesaler, crate))
	w.MustDo(w.Maker, &app.SetMark{Key: crate, Mark: app.MarkSuspect, Blocking: true, Spot: app.Spot{Container: w.Container(crate)}})
	part := func(n int, op func(loose uint32, openings []app.Opening) app.Op) app.Op {
		openings := w.Openings(apptest.Item(w.Unit, n))
		return op(w.NextLoose(openings), openings)
	}
	w.MustDo(w.Wholesaler, part(1, func(loose uint32, openings []app.Opening) app.Op {
		return &app.Receive{Shipment: 1, Mode: app.ReceiveArrived, Location: w.Wholesaler.GLN, Loose: loose, Openings: openings}
	}))
	w.MustDo(w.Wholesaler, part(2, func(_ uint32, openings []app.Opening) app.Op {
		return &app.Refuse{Shipment: 1, Reason: "marked", Loose: w.NextLooseAsIs(openings), Openings: openings}
	}))
	at := func(n int) []app.HoldingID { return []app.HoldingID{w.Where(apptest.Item(w.Unit, n)).Holding} }
	w.Refused(w.Wholesaler, app.CodeNotAuthorized, &app.Release{Holdings: at(1)})
	w.Refused(w.Maker, app.CodeMarked, w.Ship(w.Wholesaler, apptest.Item(w.Unit, 2)))
	w.MustDo(w.Maker, &app.Release{Holdings: at(2)})
	w.MustDo(w.Maker, w.Ship(w.Wholesaler, apptest.Item(w.Unit, 2)))
	w.CheckInvariants()
}

// TestManyLots: one op over thousands of lots is judged in reasonable time, and
// a holding takes no more than it may.
func TestManyLots(t *testing.T) {
	w := apptest.NewWorld(t)
	w.CheckEvery = 0
	var keys []gs1.Key
	for n := range 600 {
		w.MustDo(w.Maker, apptest.Commission(w.Maker, w.Unit, "L"+apptest.Serial(n), n, n))
		keys = append(keys, apptest.Item(w.Unit, n))
	}
	most := int(app.DefaultParams().MaxLots)
	w.Refused(w.Maker, app.CodeTooManyLots, w.Pack(w.Maker.SSCC(1), keys...))
	w.Refused(w.Maker, app.CodeTooManyLots, w.Pack(w.Maker.SSCC(1), keys[:most+1]...))
	w.MustDo(w.Maker, w.Pack(w.Maker.SSCC(1), keys[:most]...))
	w.Refused(w.Maker, app.CodeTooManyLots, w.Pack(w.Maker.SSCC(1), keys[most]))
	w.MustDo(w.Maker, w.Unpack(w.Maker.SSCC(1), keys[:most/2]...))
	w.MustDo(w.Maker, w.Pack(w.Maker.SSCC(1), keys[most:most+most/2]...))
	w.MustDo(w.Maker, w.Pack(w.Maker.SSCC(2), w.Maker.SSCC(1)))
	w.MustDo(w.Maker, w.Unpack(w.Maker.SSCC(1)))
	w.CheckInvariants()
}

// TestMarkedCaseStaysStopped: what leaves a case whose own key bears a blocking
// mark does so under a hold, however it leaves; and a case that somebody was
// told about by its key alone is not shipped, nor packed away.
func TestMarkedCaseStaysStopped(t *testing.T) {
	w := apptest.NewWorld(t)
	crate, other, pallet := w.Maker.SSCC(1), w.Maker.SSCC(2), w.Maker.SSCC(3)
	w.MustDo(w.Maker, apptest.Commission(w.Maker, w.Unit, "L1", 1, 48))
	w.MustDo(w.Maker, w.Pack(crate, apptest.Items(w.Unit, 1, 10)...))
	w.MustDo(w.Maker, w.Pack(other, apptest.Items(w.Unit, 11, 20)...))
	w.MustDo(w.Regulator, &app.SetMark{Key: crate, Mark: app.MarkStolen, Blocking: true})
	w.MustDo(w.Maker, &app.SetMark{Key: other, Mark: app.MarkSuspect, Blocking: true, Spot: app.Spot{Container: w.Container(other)}})

	w.Refused(w.Maker, app.CodeMarked, w.Ship(w.Wholesaler, crate))
	w.Refused(w.Maker, app.CodeMarked, w.Ship(w.Wholesaler, apptest.Item(w.Unit, 1)))
	w.MustDo(w.Maker, w.Unpack(crate, apptest.Items(w.Unit, 1, 2)...))
	w.Refused(w.Maker, app.CodeMarked, w.Ship(w.Wholesaler, apptest.Item(w.Unit, 1)))
	w.Refused(w.Maker, app.CodeNotAuthorized, &app.Release{Holdings: []app.HoldingID{w.Where(apptest.Item(w.Unit, 1)).Holding}})
	w.Refused(w.Maker, app.CodeCustodyDiffers, w.Pack(w.Maker.SSCC(4), apptest.Item(w.Unit, 3), apptest.Item(w.Unit, 21)))
	w.MustDo(w.Maker, w.Pack(pallet, crate))
	w.Refused(w.Maker, app.CodeMarked, w.Ship(w.Wholesaler, pallet))

	w.MustDo(w.Maker, w.Unpack(other, apptest.Item(w.Unit, 11)))
	w.Refused(w.Maker, app.CodeMarked, w.Ship(w.Wholesaler, apptest.Item(w.Unit, 11)))
	w.MustDo(w.Maker, &app.Release{Holdings: []app.HoldingID{w.Where(apptest.Item(w.Unit, 11)).Holding}})
	w.MustDo(w.Maker, w.Ship(w.Wholesaler, apptest.Item(w.Unit, 11)))
	w.CheckInvariants()
}
