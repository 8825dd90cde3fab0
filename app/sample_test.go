package app_test

import (
	"slices"
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// sample is one tx with a name.
type sample struct {
	name string
	tx   *app.Tx
}

// samples tells a story in which every op occurs, and returns its world and
// its txs: one at least of every kind, all of them accepted.
func samples(t testing.TB) (*apptest.World, []sample) {
	t.Helper()
	w := apptest.NewWorld(t)
	w.CheckEvery = 0
	var out []sample
	do := func(name string, by *apptest.Partner, op app.Op, options ...apptest.Option) {
		t.Helper()
		w.Step(10)
		tx := w.Seal(by, op, options...)
		if res := w.Execute(tx); res.Code != app.CodeOK {
			t.Fatalf("%s: %s: %s", name, res.Code, res.Detail)
		}
		out = append(out, sample{name, tx})
	}
	item := func(n int) app.Spot { return app.Spot{Opening: w.Opening(apptest.Item(w.Unit, n))} }
	ninth := apptest.GTIN(0, w.Maker.Prefix, 9)
	pallet, crate, tote := w.Maker.SSCC(1), w.Maker.SSCC(2), w.Wholesaler.SSCC(1)

	do("register-product", w.Maker, &app.RegisterProduct{GTIN: ninth, ProductInfo: app.ProductInfo{
		Level: app.LevelUnit, Name: "Ninthol", NDCs: []app.NDC{{Code: "61414-991-30", From: apptest.Date("2020-01-01")}, {Code: "614141-0991-30", From: apptest.Date("2033-03-07")}},
	}})
	corner := apptest.NewPartner("corner", "0871000", app.RoleDispenser, false)
	do("sponsor-partner", w.Wholesaler, &app.SponsorPartner{GLN: corner.GLN, PartnerInfo: corner.Info(), Keys: []app.PublicKey{corner.Public()}})
	do("commission", w.Maker, apptest.Commission(w.Maker, w.Unit, "L1", 1, 48), apptest.WithEventHash(app.EventHash{1, 2, 3}))
	do("commission-container-sscc", w.Maker, &app.CommissionContainer{Location: w.Maker.GLN, Containers: []app.ContainerUse{{Key: pallet}}})
	do("commission-container-case", w.Maker, &app.CommissionContainer{
		Location: w.Maker.Site(1), Lot: "L1", Expiry: apptest.Date("2028-12-31"),
		Containers: []app.ContainerUse{{Key: apptest.Item(w.Case, 1)}, {Key: apptest.Item(w.Case, 2)}},
	})
	do("decommission", w.Maker, &app.Decommission{Reason: "damaged label", Openings: w.Openings(apptest.Item(w.Unit, 48))})
	do("pack-items", w.Maker, w.Pack(crate, apptest.Items(w.Unit, 1, 10)...))
	do("pack-container", w.Maker, w.Pack(pallet, crate))
	do("relocate", w.Maker, &app.Relocate{Possessor: w.Logistics.GLN, Location: w.Logistics.Site(1), Holdings: w.Containers(pallet)})
	do("relocate-items", w.Maker, &app.Relocate{Possessor: w.Maker.GLN, Location: w.Maker.Site(2), Openings: w.Openings(apptest.Item(w.Unit, 40))})
	ship := w.Ship(w.Wholesaler, pallet)
	ship.Carrier, ship.Documents = w.Logistics.GLN, []app.Document{{Kind: app.DocPO, ID: "PO-77"}, {Kind: app.DocInvoice, ID: "INV/77"}}
	do("ship-container", w.Maker, ship)
	do("receive-all", w.Wholesaler, w.ReceiveAll(w.Wholesaler, 1))
	do("unpack-all", w.Wholesaler, w.Unpack(pallet))
	do("unpack-items", w.Wholesaler, w.Unpack(crate, apptest.Items(w.Unit, 1, 6)...))
	do("ship-items", w.Wholesaler, w.Ship(w.Pharmacy, apptest.Items(w.Unit, 1, 4)...))
	do("receive-arrived", w.Pharmacy, receive(w, w.Pharmacy, 2, app.ReceiveArrived, 1, 2))
	all := receive(w, w.Pharmacy, 2, app.ReceiveAllBut, 4)
	all.Holdings = w.Aboard(2, false)
	do("receive-all-but", w.Pharmacy, all)
	do("void-ship", w.Wholesaler, &app.VoidShip{Shipment: 2, All: true, Holdings: w.Aboard(2, true)})
	do("pack-tote", w.Wholesaler, w.Pack(tote, apptest.Items(w.Unit, 5, 6)...))
	do("dispense", w.Pharmacy, w.Dispense(apptest.Item(w.Unit, 1)))
	partial := w.Dispense(apptest.Item(w.Unit, 2))
	partial.Partial = true
	do("dispense-partial", w.Pharmacy, partial)
	do("mark-item", w.Wholesaler, &app.SetMark{Key: apptest.Item(w.Unit, 5), Mark: app.MarkSuspect, Blocking: true, Spot: item(5)})
	do("mark-container", w.Wholesaler, &app.SetMark{Key: crate, Mark: app.MarkQuarantined, Blocking: true, Spot: app.Spot{Container: w.Container(crate)}})
	do("mark-unlocated", w.Regulator, &app.SetMark{Key: apptest.Item(w.Unit, 20), Mark: app.MarkStolen, Blocking: true})
	do("locate-mark", w.Maker, &app.LocateMark{Key: apptest.Item(w.Unit, 20), Spot: item(20)})
	do("clear-mark", w.Regulator, &app.ClearMark{Key: crate, Mark: app.MarkQuarantined, By: w.Wholesaler.GLN})
	do("repackage", w.Maker, &app.Repackage{
		Openings: w.Openings(apptest.Item(w.Unit, 33)),
		Into:     app.Commission{GTIN: w.UnitB, Lot: "U1", Expiry: apptest.Date("2028-06-30"), Location: w.Maker.GLN, Serials: []string{"UD-1", "UD-2"}},
	})
	do("export", w.Maker, &app.Export{Country: "CA", Openings: w.Openings(apptest.Item(w.Unit, 30))})
	do("recall", w.Maker, &app.RecallLot{LotID: app.LotID{GTIN: w.Unit, Lot: "L1"}, Class: 1, Depth: app.DepthConsumer, Reason: "glass particles"})
	do("acknowledge-recall", w.Pharmacy, &app.AcknowledgeRecall{LotID: app.LotID{GTIN: w.Unit, Lot: "L1"}, Found: 1, Text: "set aside"})
	do("report-conflict", w.Pharmacy2, &app.ReportConflict{Location: w.Pharmacy2.GLN, Opening: *w.Opening(apptest.Item(w.Unit, 1))})
	do("decommission-missing", w.Maker, &app.Decommission{Reason: "inventory", Missing: true, Openings: w.Openings(apptest.Item(w.Unit, 32))})
	do("destroy", w.Pharmacy, &app.Destroy{Reason: "recalled", Openings: w.Openings(apptest.Item(w.Unit, 2))})
	do("commission-grandfathered", w.Pharmacy, &app.Commission{
		GTIN: w.Unit, Lot: "OLD", Expiry: apptest.Date("2027-09-30"), Location: w.Pharmacy.GLN, Exempt: app.LotGrandfathered,
		Serials: []string{app.SurrogateSerial(w.Pharmacy.GLN, "000001"), app.SurrogateSerial(w.Pharmacy.GLN, "000002")},
	})
	do("sample", w.Maker, &app.Sample{Reason: "stability", Openings: w.Openings(apptest.Item(w.Unit, 31))})
	do("quarantine", w.Wholesaler, &app.Quarantine{Reason: "suspect", Holdings: w.Containers(tote)})
	do("release", w.Wholesaler, &app.Release{Reason: "cleared", Holdings: w.Containers(tote)})
	do("commission-another", w.Maker, apptest.Commission(w.Maker, w.UnitB, "L2", 2001, 2008))
	do("ship-to-refuse", w.Maker, w.Ship(w.Wholesaler2, apptest.Items(w.UnitB, 2001, 2004)...))
	do("refuse", w.Wholesaler2, &app.Refuse{Shipment: 3, All: true, Reason: "not ordered", Holdings: w.Aboard(3, false)})
	do("ship-to-return", w.Maker, w.Ship(w.Wholesaler2, apptest.Items(w.UnitB, 2005, 2008)...))
	do("receive-to-return", w.Wholesaler2, w.ReceiveAll(w.Wholesaler2, 4))
	box := w.Wholesaler2.SSCC(1)
	do("pack-to-return", w.Wholesaler2, w.Pack(box, apptest.Items(w.UnitB, 2005, 2006)...))
	do("return", w.Wholesaler2, w.Return(w.Maker, 4, box, apptest.Item(w.UnitB, 2007)))
	do("commission-again", w.Maker, apptest.Commission(w.Maker, w.UnitB, "L3", 2008, 2009))
	twice := w.Contents.Commissions(apptest.Item(w.UnitB, 2008))
	few := app.LotID{GTIN: w.UnitB, Lot: "L3"}
	do("recall-items", w.Maker, &app.RecallLot{LotID: few, Class: 2, Depth: app.DepthRetail, Reason: "cap", Keys: []gs1.Key{apptest.Item(w.UnitB, 2008), apptest.Item(w.UnitB, 2009)}})
	do("close-recall-of-one", w.Maker, &app.CloseRecall{LotID: few, Outcome: app.RecallWithdrawn, Text: "another's", Keys: []gs1.Key{apptest.Item(w.UnitB, 2009)}})
	do("close-recall", w.Regulator, &app.CloseRecall{LotID: few, Outcome: app.RecallCompleted, Text: "all back"})
	do("report-duplicate", w.Auditor, &app.ReportDuplicate{Key: apptest.Item(w.UnitB, 2008), First: twice[0], Second: twice[1]})
	all2030 := func(s app.Scope) *app.Delegate {
		return &app.Delegate{Scope: s, From: apptest.GenesisTime, Until: 1893456000}
	}
	agent := all2030(app.Scope{Ops: []app.Kind{app.KindPack, app.KindShip}})
	agent.Agent = w.Logistics.GLN
	do("delegate", w.Maker, agent)
	do("pack-for-another", w.Logistics, w.Pack(w.Maker.SSCC(3), apptest.Items(w.UnitB, 2001, 2002)...), apptest.For(w.Maker))
	seller := all2030(app.Scope{DropShip: true})
	seller.Agent = w.Maker.GLN
	do("delegate-drop-shipment", w.Wholesaler, seller)
	drop := w.Ship(w.Pharmacy, w.Maker.SSCC(3))
	drop.Seller = w.Wholesaler.GLN
	do("ship-drop-shipment", w.Maker, drop)
	ended := all2030(app.Scope{Ops: []app.Kind{app.KindDispense}})
	ended.Agent = w.Auditor.GLN
	do("delegate-another", w.Pharmacy2, ended)
	do("delegate-no-more", w.Pharmacy2, &app.Delegate{Agent: w.Auditor.GLN})
	clockSamples(w, do)
	do("update-partner", w.Wholesaler, renewed(w, corner.GLN))
	do("suspend-partner-by-sponsor", w.Wholesaler, &app.SuspendPartner{GLN: corner.GLN, Reason: "licence lapsed"})
	do("suspend-partner-by-regulator", w.Regulator, &app.SuspendPartner{GLN: corner.GLN, Reason: "inspection"})
	do("lift-suspension", w.Wholesaler, &app.SuspendPartner{GLN: corner.GLN, Lift: true})
	do("offer-product", w.Maker, &app.TransferProduct{GTIN: w.Inner, To: w.Repackager.GLN})
	do("offer-another-product", w.Maker, &app.TransferProduct{GTIN: ninth, To: w.Maker2.GLN})
	do("accept-product", w.Maker2, &app.TransferProduct{GTIN: ninth, To: w.Maker2.GLN, Accept: true})
	do("rotate-key", w.Auditor, &app.RotateKey{
		Add:    []app.NewKeyProof{app.ProvePossession(apptest.Key("operations auditor, second"), apptest.ChainID, w.Auditor.GLN)},
		Retire: []app.Retirement{{Key: w.Auditor.KeyID, From: w.Block.Time + 86400}},
	})
	investigate(w, do)
	w.CheckInvariants()
	return w, out
}

// renewed is what is registered about a partner, with a later credential.
func renewed(w *apptest.World, gln gs1.GLN) *app.UpdatePartner {
	op := &app.UpdatePartner{GLN: gln, PartnerInfo: w.Partner(gln).PartnerInfo}
	op.Name, op.Credential.Until = "Corner Pharmacy, Inc.", op.Credential.Until+86400*365
	return op
}

func receive(w *apptest.World, by *apptest.Partner, n uint64, mode app.ReceiveMode, items ...int) *app.Receive {
	op := &app.Receive{Shipment: n, Mode: mode, Scanned: true, Location: by.GLN}
	for _, i := range items {
		op.Openings = append(op.Openings, w.Openings(apptest.Item(w.Unit, i))...)
	}
	if len(op.Openings) > 1 { // of one segment
		op.Openings = w.Contents.Open(w.Where(apptest.Item(w.Unit, items[0])), w.Where(apptest.Item(w.Unit, items[1])))
	}
	op.Loose = w.NextLoose(op.Openings)
	if mode == app.ReceiveAllBut {
		op.Loose = w.NextLooseAsIs(op.Openings)
	}
	return op
}

// TestSamplesCoverEveryOp: vectors and fuzz corpora are made from the samples.
func TestSamplesCoverEveryOp(t *testing.T) {
	_, all := samples(t)
	for _, k := range app.Kinds() {
		if !slices.ContainsFunc(all, func(s sample) bool { return s.tx.Op.Kind() == k }) {
			t.Errorf("no sample of %s", k)
		}
	}
}

// TestTroubleNeverBecomesVerdict fails every read of every sample in turn:
// the node stops, without a verdict and without a panic.
func TestTroubleNeverBecomesVerdict(t *testing.T) {
	final, all := samples(t)
	w := apptest.NewWorld(t)
	w.CheckEvery = 0
	points := 0
	for _, s := range all {
		block := app.Block{ChainID: apptest.ChainID, Height: s.tx.ValidUntil - 100, Time: s.tx.EventTime}
		clean := w.Store.Clone()
		if res, err := app.Execute(clean, block, s.tx); err != nil || res.Code != app.CodeOK {
			t.Fatalf("%s: %v %v", s.name, res.Code, err)
		}
		for at := 1; at <= clean.Reads; at++ {
			points++
			broken := w.Store.Clone()
			broken.FailAt = at
			if res, err := app.Execute(broken, block, s.tx); err == nil {
				t.Fatalf("%s fails at read %d of %d: got verdict %s, want an error", s.name, at, clean.Reads, res.Code)
			}
			broken = w.Store.Clone()
			broken.FailAt = at
			if rej, err := app.Check(broken, block, s.tx); err == nil {
				t.Fatalf("%s fails at read %d in the mempool: got %v, want an error", s.name, at, rej)
			}
		}
		w.Store = clean.Clone()
	}
	if d := w.Store.Diff(final.Store); len(d) > 0 {
		t.Errorf("the same txs lead to another state: %v", d)
	}
	t.Logf("%d reads failed", points)
}
