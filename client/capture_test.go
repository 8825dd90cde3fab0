package client_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/epcis"
)

// steps captures documents of what goods go through besides the usual way.
func steps(t *testing.T, n *network, c *client.Client) {
	w := n.world
	must(t, c, w.Maker, apptest.Commission(w.Maker, w.Unit, "E1", 25_001, 25_030))
	t.Run("set apart", func(t *testing.T) { capturedApart(t, n, c) })
	t.Run("returned", func(t *testing.T) { capturedReturns(t, n, c) })
	t.Run("repackaged", func(t *testing.T) { capturedRepackaging(t, n, c) })
	t.Run("no such step", func(t *testing.T) { notCaptured(t, n, c) })
}

// document reads a document of testdata as if its events took place now.
func document(t *testing.T, name string) *epcis.Document {
	t.Helper()
	f, err := os.Open("testdata/capture/" + name + ".jsonld")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	doc, err := epcis.Decode(f, epcis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range doc.Events {
		doc.Events[i].Time = epcis.NewTime(time.Now().Truncate(time.Second))
	}
	return doc
}

// captured captures a document, all of whose events go in, and compares the ops
// that they become.
func captured(t *testing.T, c *client.Client, doc *epcis.Document, want ...string) []client.Captured {
	t.Helper()
	done, err := client.Capture(t.Context(), c, doc, nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i := range done {
		if !done[i].OK() {
			t.Fatalf("event %d, %s: refused: %s", done[i].Event, done[i].What, done[i].Refusal)
		}
		var ops []string
		for _, op := range done[i].Ops {
			ops = append(ops, op.Op)
		}
		got = append(got, strings.Join(ops, "+"))
	}
	if !slices.Equal(got, want) {
		t.Fatalf("got ops %v, want %v", got, want)
	}
	return done
}

// standsAs checks what became of an item.
func standsAs(t *testing.T, c *client.Client, key gs1.Key, want app.State) {
	t.Helper()
	place, err := c.Place(t.Context(), key)
	if err != nil || place.State != want {
		t.Errorf("%s: %v, got %+v, want it %s", key.Bracketed(), err, place, want)
	}
}

// exported checks that the events of an item come back as they were exchanged.
func exported(t *testing.T, c *client.Client, key gs1.Key, steps ...string) {
	t.Helper()
	all, err := c.Export(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range all {
		got = append(got, e.Event.BizStep)
		if !e.Exact {
			t.Errorf("%s: %s is not told as it was exchanged: %+v", key.Bracketed(), e.Event.BizStep, e.Event)
		}
	}
	if !slices.Equal(got, steps) {
		t.Errorf("%s: got events %v, want %v", key.Bracketed(), got, steps)
	}
}

func capturedApart(t *testing.T, n *network, c *client.Client) {
	unit := n.world.Unit
	doc := document(t, "set-apart")
	first := *doc
	first.Events = doc.Events[:1]
	captured(t, c, &first, "Relocate+Quarantine")
	place, err := c.Place(t.Context(), apptest.Item(unit, 25_001))
	if err != nil {
		t.Fatal(err)
	}
	h := holdingOf(t, c, place.Holding)
	if h.Holds == 0 || h.Live != 2 {
		t.Fatalf("held: %+v, want two packages on hold, apart from the others", h)
	}
	alone := doc.Events[1]
	alone.EPCs = alone.EPCs[:1]
	if done := captureOne(t, c, alone); done.OK() || !strings.Contains(done.Refusal, "held together with other") {
		t.Errorf("one of two that are held: %+v", done)
	}
	doc.Events = doc.Events[1:]
	captured(t, c, doc, "Release", "Sample", "Destroy", "Decommission", "Decommission")
	if h = holdingOf(t, c, place.Holding); h.Holds != 0 {
		t.Errorf("released: %+v", h)
	}
	standsAs(t, c, apptest.Item(unit, 25_002), app.Here)
	for i, want := range []app.State{app.Destroyed, app.Here, app.Sampled, app.Missing, app.Decommissioned} {
		standsAs(t, c, apptest.Item(unit, 25_001+i), want)
	}
	exported(t, c, apptest.Item(unit, 25_001), "holding", "holding", "destroying")
	exported(t, c, apptest.Item(unit, 25_003), "sampling")
	exported(t, c, apptest.Item(unit, 25_004), "decommissioning")
	exported(t, c, apptest.Item(unit, 25_005), "decommissioning")
}

func holdingOf(t *testing.T, c *client.Client, id app.HoldingID) *app.Holding {
	t.Helper()
	raw, err := c.Record(t.Context(), app.HoldingKey(id))
	if err != nil {
		t.Fatal(err)
	}
	h, err := app.DecodeHolding(raw)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// capturedReturns gives goods of two sales back by one event, and a container
// of goods that nobody may sell.
func capturedReturns(t *testing.T, n *network, c *client.Client) {
	w := n.world
	done := captured(t, c, document(t, "returned"), "Ship", "Receive", "Ship", "Receive", "Return+Return", "Receive+Receive")
	for i, ship := range []int{0, 2} {
		s, err := readShipment(t, c, done[4].Ops[i].Shipment)
		if err != nil || s.Reverses != done[ship].Ops[0].Shipment || s.To != w.Maker.GLN || s.Purpose != app.PurposeReturn || s.Exemption != app.ExemptNone {
			t.Errorf("return %d: %v, got %+v, want it to reverse shipment %d", i+1, err, s, done[ship].Ops[0].Shipment)
		}
	}
	for _, serial := range []int{25_011, 25_013} {
		place, err := c.Place(t.Context(), apptest.Item(w.Unit, serial))
		if err != nil || holdingOf(t, c, place.Holding).Owner != w.Maker.GLN {
			t.Errorf("serial %d: %v, got %+v, want it with the maker again", serial, err, place)
		}
	}
	exported(t, c, apptest.Item(w.Unit, 25_012), "shipping", "receiving")

	broken := captured(t, c, document(t, "not-saleable"), "Pack", "Return")[1]
	s, err := readShipment(t, c, broken.Ops[0].Shipment)
	if err != nil || s.Exemption != app.ExemptNonsaleable || s.Shipped != 2 || s.Statement {
		t.Errorf("not saleable: %v, got %+v", err, s)
	}
	if len(broken.Inferred) != 2 {
		t.Errorf("inferred %q, want the exemption and the sale", broken.Inferred)
	}
}

func readShipment(t *testing.T, c *client.Client, number uint64) (*app.Shipment, error) {
	t.Helper()
	raw, err := c.Record(t.Context(), app.ShipmentKey(number))
	if err != nil {
		t.Fatal(err)
	}
	return app.DecodeShipment(raw)
}

func capturedRepackaging(t *testing.T, n *network, c *client.Client) {
	w := n.world
	done := captured(t, c, document(t, "repackaged"), "Ship", "Receive", "RegisterProduct+Repackage")
	if op := done[2].Ops[1]; op.Partner != w.Repackager.GLN {
		t.Errorf("signed by %s, want the repackager", op.Partner)
	}
	made := apptest.GTIN(0, w.Repackager.Prefix, 5)
	for i := range 2 {
		standsAs(t, c, apptest.Item(w.Unit, 25_021+i), app.Repackaged)
	}
	standsAs(t, c, gs1.ItemKey(made, "U4"), app.Here)
	// Old and new lead to each other.
	for _, key := range []gs1.Key{gs1.ItemKey(made, "U1"), gs1.ItemKey(made, "U4"), apptest.Item(w.Unit, 25_021), apptest.Item(w.Unit, 25_022)} {
		steps, err := client.All(func(p app.PageRequest) (*app.Page[app.Step], error) { return c.History(t.Context(), key, p) })
		if err != nil || !slices.ContainsFunc(steps, func(s app.Step) bool { return s.ID == done[2].Ops[1].Tx }) {
			t.Errorf("%s: %v, got %+v, want the repackaging in its history", key.Bracketed(), err, steps)
		} else if sg, _ := key.SGTIN(); sg.GTIN == made && steps[0].ID != done[2].Ops[1].Tx {
			t.Errorf("%s: got %+v first, want the repackaging", key.Bracketed(), steps[0])
		}
	}
	exported(t, c, gs1.ItemKey(made, "U4"), "repackaging")
	exported(t, c, apptest.Item(w.Unit, 25_021), "shipping", "receiving", "repackaging")
}

// notCaptured are events that stand for nothing, each with the word that its
// refusal has to name.
func notCaptured(t *testing.T, n *network, c *client.Client) {
	w := n.world
	whole, made := document(t, "set-apart").Events[0], document(t, "repackaged").Events[2]
	box := w.Maker.SSCC(251)
	must(t, c, w.Maker, planned[app.Pack](t)(c.Plan(w.Maker.GLN).Pack(t.Context(), box, apptest.Items(w.Unit, 25_007, 25_008)...)))
	sscc, _ := box.SSCC()
	epc, err := sscc.EPC(len(w.Maker.Prefix))
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name   string
		change func(whole, made *epcis.Event) *epcis.Event
		want   string
	}{
		{"no such step", func(ev, _ *epcis.Event) *epcis.Event { ev.BizStep = "storing"; return ev }, `bizStep "storing" stands for nothing`},
		{"an unknown word", func(ev, _ *epcis.Event) *epcis.Event { ev.BizStep = "urn:x:exporting"; return ev }, `bizStep "urn:x:exporting"`},
		{"a hold without a reason", func(ev, _ *epcis.Event) *epcis.Event { ev.Disposition, ev.EPCs = "in_progress", ev.EPCs[1:]; return ev }, "is no quarantine"},
		{"destroying a container", func(ev, _ *epcis.Event) *epcis.Event {
			ev.BizStep, ev.Action, ev.EPCs = "destroying", epcis.ActionDelete, []string{epc.String()}
			return ev
		}, "is a container"},
		{"sampling what was destroyed", func(ev, _ *epcis.Event) *epcis.Event { ev.BizStep = "sampling"; return ev }, "ended"},
		{"amounts of a class", func(_, ev *epcis.Event) *epcis.Event {
			ev.InputQuantities = []epcis.Quantity{{EPCClass: "urn:epc:class:lgtin:0614141.000001.E1"}}
			return ev
		}, "knows no amounts"},
		{"nothing made", func(_, ev *epcis.Event) *epcis.Event { ev.OutputEPCs = nil; return ev }, "names both"},
		{"two products", func(_, ev *epcis.Event) *epcis.Event {
			ev.InputEPCs = whole.EPCs[1:]
			ev.OutputEPCs = append(slices.Clone(ev.OutputEPCs), whole.EPCs[0])
			return ev
		}, "one event makes one of them"},
		{"no lot", func(_, ev *epcis.Event) *epcis.Event { ev.InputEPCs, ev.ILMD = whole.EPCs[1:], nil; return ev }, "lotNumber"},
		{"of another's goods", func(_, ev *epcis.Event) *epcis.Event { ev.InputEPCs = whole.EPCs[1:]; return ev }, "not-labeler"},
		{"what was destroyed, back", func(ev, _ *epcis.Event) *epcis.Event {
			ev.BizStep, ev.Disposition = "shipping", "returned"
			ev.Destinations = []epcis.Endpoint{{Type: "owning_party", ID: w.Wholesaler.GLN.String()}}
			return ev
		}, "ended"},
	} {
		a, b := whole, made
		if done := captureOne(t, c, *tc.change(&a, &b)); done.OK() || !strings.Contains(done.Refusal, tc.want) {
			t.Errorf("%s: got %q, want %q in it", tc.name, done.Refusal, tc.want)
		}
	}
}
