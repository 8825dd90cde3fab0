package client_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/client/desktest"
	"github.com/pedigree-ledger/pedigree/epcis"
)

// maker picks the maker alone.
func maker(w *apptest.World) []*apptest.Partner { return []*apptest.Partner{w.Maker} }

// saleStory is a document of five events: two packages are made, packed, inspected
// and shipped, and one more is made.
func saleStory(d *desktest.Desk) *epcis.Document {
	w := d.World
	items, box := apptest.Items(w.Unit, 1, 2), w.Maker.SSCC(1)
	return desktest.Document(
		d.Commissioning("L1", 1, 2), d.Packing(box, items...), d.Inspecting(items...),
		d.Shipping(w.Wholesaler, box), d.Commissioning("L1", 3, 3),
	)
}

// stands compares the standings of a document's events.
func stands(t *testing.T, got []client.Captured, want ...client.Standing) {
	t.Helper()
	var have []client.Standing
	for i := range got {
		have = append(have, got[i].Standing)
	}
	if !slices.Equal(have, want) {
		t.Errorf("got %v, want %v", have, want)
		for i := range got {
			t.Logf("event %d: %s: %s%s", got[i].Event, got[i].What, got[i].Refusal, got[i].Reason)
		}
	}
}

func capturing(t *testing.T, o client.Capturing, d *desktest.Desk, doc *epcis.Document) []client.Captured {
	t.Helper()
	o.Now = d.Now
	got, err := o.Capture(t.Context(), d, doc)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func checked(t *testing.T, d *desktest.Desk, doc *epcis.Document) []client.Captured {
	t.Helper()
	before := len(d.Sent())
	got, err := client.Capturing{Attach: true, Now: d.Now}.Check(t.Context(), d, doc)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(d.Sent()); n != before {
		t.Fatalf("a check submitted %d ops", n-before)
	}
	return got
}

const (
	recorded = client.StandingRecorded
	before   = client.StandingBefore
	attached = client.StandingAttached
	refused  = client.StandingRefused
	notTried = client.StandingNotTried
	ready    = client.StandingReady
)

// TestCapturingAgain takes a document in twice.
func TestCapturingAgain(t *testing.T) {
	d := desktest.NewDesk(t, maker)
	doc := saleStory(d)
	stands(t, checked(t, d, doc), ready, ready, attached, ready, ready)
	o := client.Capturing{Behaviour: client.Rollback, Attach: true}
	first := capturing(t, o, d, doc)
	stands(t, first, recorded, recorded, attached, recorded, recorded)
	if !strings.Contains(first[2].Reason, "inspecting") {
		t.Errorf("reason %q, want it to name the step", first[2].Reason)
	}
	n := len(d.Sent())
	again := capturing(t, o, d, doc)
	stands(t, again, before, before, attached, before, before)
	if len(d.Sent()) != n {
		t.Errorf("captured again, %d ops were sent", len(d.Sent())-n)
	}
	if again[3].Ops[0] != first[3].Ops[0] {
		t.Errorf("got %+v, want the shipment as recorded, %+v", again[3].Ops[0], first[3].Ops[0])
	}
	stands(t, capturing(t, client.Capturing{}, d, doc), before, before, refused)
}

// TestCapturingResumes goes on where trouble stopped a document, also in the
// middle of an event.
func TestCapturingResumes(t *testing.T) {
	d := desktest.NewDesk(t, maker)
	w := d.World
	two := d.Commissioning("L1", 1, 2)
	two.EPCs = append(two.EPCs, desktest.EPC(w.Maker.SSCC(7)))
	doc := desktest.Document(two, d.Packing(w.Maker.SSCC(7), apptest.Items(w.Unit, 1, 2)...))
	trouble := errors.New("the node is down")
	sent := 0
	d.Before = func(app.Op) error {
		if sent++; sent == 2 {
			return trouble
		}
		return nil
	}
	o := client.Capturing{Behaviour: client.Proceed, Attach: true}
	if _, err := o.Capture(t.Context(), d, doc); !errors.Is(err, trouble) {
		t.Fatalf("got %v, want the trouble", err)
	}
	// The serials went in and the container did not.
	d.Before = nil
	stands(t, capturing(t, o, d, doc), recorded, recorded)
	if _, err := d.Place(t.Context(), w.Maker.SSCC(7)); err != nil {
		t.Error(err)
	}
	stands(t, capturing(t, o, d, doc), before, before)
}

// TestRollback submits nothing of a document of which one event is wrong.
func TestRollback(t *testing.T) {
	d := desktest.NewDesk(t, maker)
	w := d.World
	doc := saleStory(d)
	doc.Events[4].EPCs[0] = "urn:epc:id:sgtin:0614141.000001"
	got := capturing(t, client.Capturing{Behaviour: client.Rollback, Attach: true}, d, doc)
	stands(t, got, notTried, notTried, attached, notTried, refused)
	if len(d.Sent()) != 0 {
		t.Errorf("%v were sent", d.Sent())
	}
	if !strings.Contains(got[0].Refusal, "event 5") {
		t.Errorf("refusal %q, want it to name event 5", got[0].Refusal)
	}

	// What only the ledger finds stops the document where it is found.
	doc = desktest.Document(d.Commissioning("L1", 1, 2), d.Commissioning("L2", 5, 5), d.Shipping(w.Wholesaler, apptest.Items(w.Unit, 1, 2)...), d.Commissioning("L1", 9, 9))
	doc.Events[1].SetLot("L1", "2029-12-31") // another expiry for the same lot
	got = capturing(t, client.Capturing{Behaviour: client.Rollback}, d, doc)
	stands(t, got, recorded, refused, notTried, notTried)
	if got[1].Code == app.CodeOK {
		t.Errorf("got %+v, want the ledger's code", got[1])
	}
}

// TestProceed goes on with what does not concern the goods of a refused event.
func TestProceed(t *testing.T) {
	d := desktest.NewDesk(t, maker)
	w := d.World
	doc := saleStory(d)
	doc.Events[0].SetLot("L1", "") // no expiry
	doc.Events = append(doc.Events, doc.Events[4], d.Shipping(w.Wholesaler, apptest.Item(w.Unit, 3)))
	doc = desktest.Document(doc.Events...)
	got := capturing(t, client.Capturing{Behaviour: client.Proceed, Attach: true}, d, doc)
	stands(t, got, refused, notTried, notTried, notTried, recorded, client.StandingRepeated, recorded)
	if !strings.Contains(got[3].Refusal, "event 2") {
		t.Errorf("refusal %q, want it to name the packing", got[3].Refusal)
	}
}

// TestCheck finds each kind of mistake before the first op.
func TestCheck(t *testing.T) {
	d := desktest.NewDesk(t, maker)
	w := d.World
	capturing(t, client.Capturing{}, d, desktest.Document(d.Commissioning("L1", 1, 9)))
	w.MustDo(w.Maker2, apptest.Commission(w.Maker2, w.Unit2, "M1", 1, 2))
	for _, tc := range []struct {
		name   string
		events func() []epcis.Event
		want   string
	}{
		{"misspelt step", events(d.Commissioning("L1", 20, 20), func(ev *epcis.Event) { ev.BizStep = "urn:epcglobal:cbv:bizstep:comissioning" }), "comissioning"}, //nolint:misspell // the point of it
		{"bare word of nobody", events(d.Inspecting(apptest.Item(w.Unit, 1)), func(ev *epcis.Event) { ev.BizStep = "looking" }), `"looking"`},
		{"no serial", events(d.Commissioning("L1", 20, 20), func(ev *epcis.Event) { ev.EPCs[0] = "urn:epc:id:sgtin:0614141.000001." }), "epcList 1"},
		{"no lot", events(d.Commissioning("L1", 20, 20), func(ev *epcis.Event) { ev.ILMD = nil }), "lotNumber"},
		{"no expiry", events(d.Commissioning("L1", 20, 20), func(ev *epcis.Event) { ev.SetLot("L1", "") }), "xpirationDate"},
		{"unknown item", events(d.Shipping(w.Wholesaler, apptest.Item(w.Unit, 77))), "never commissioned"},
		{"no key at hand", events(d.Commissioning("M1", 3, 3), func(ev *epcis.Event) { ev.EPCs = desktest.EPCs(apptest.Item(w.Unit2, 3)) }), "no key of that partner"},
		{"in the future", events(d.Commissioning("L1", 20, 20), func(ev *epcis.Event) { ev.Time = epcis.NewTime(d.Now().Add(time.Hour)) }), "event-in-future"},
		{"too old", events(d.Commissioning("L1", 20, 20), func(ev *epcis.Event) { ev.Time = epcis.NewTime(d.Now().AddDate(-3, 0, 0)) }), "event-too-old"},
		{"before 1970", events(d.Commissioning("L1", 20, 20), func(ev *epcis.Event) { ev.Time = epcis.NewTime(time.Date(1969, 1, 1, 0, 0, 0, 0, time.UTC)) }), "before 1970"},
		{"said twice", func() []epcis.Event { ev := d.Commissioning("L1", 20, 20); return []epcis.Event{ev, ev} }, "the same as event 1"},
		{"sold before it is known", func() []epcis.Event {
			return []epcis.Event{d.Commissioning("L1", 20, 20), d.Shipping(w.Wholesaler, apptest.Items(w.Unit, 20, 21)...)}
		}, "never commissioned"},
		{"sold twice", func() []epcis.Event {
			return []epcis.Event{d.Shipping(w.Wholesaler, apptest.Item(w.Unit, 1)), d.Shipping(w.Pharmacy, apptest.Item(w.Unit, 1))}
		}, "no key of that partner"},
		{"sold to nobody", func() []epcis.Event {
			ship := d.Shipping(w.Wholesaler, apptest.Item(w.Unit, 20))
			ship.Destinations = nil
			return []epcis.Event{d.Commissioning("L1", 20, 20), ship}
		}, "who buys"},
	} {
		got := checked(t, d, desktest.Document(tc.events()...))
		last := got[len(got)-1]
		if last.OK() || !strings.Contains(last.Refusal, tc.want) {
			t.Errorf("%s: got %s %q, want a refusal with %q", tc.name, last.Standing, last.Refusal, tc.want)
		}
	}
}

// events is a document of one event that is changed.
func events(ev epcis.Event, change ...func(*epcis.Event)) func() []epcis.Event {
	for _, f := range change {
		f(&ev)
	}
	return func() []epcis.Event { return []epcis.Event{ev} }
}

// TestAttached are events that stand for nothing on the ledger.
func TestAttached(t *testing.T) {
	d := desktest.NewDesk(t, maker)
	w := d.World
	sensor := d.Event(w.Maker, epcis.ObjectEvent, epcis.ActionObserve, "")
	sensor.EPCs = []string{"urn:epc:id:giai:0614141.12345"}
	assets := d.Event(w.Maker, epcis.AssociationEvent, epcis.ActionAdd, "")
	assets.ParentID, assets.ChildEPCs = "urn:epc:id:grai:0614141.12345.400", []string{"urn:epc:id:giai:0614141.12345"}
	own := d.Inspecting(apptest.Item(w.Unit, 1))
	own.BizStep = "https://example.com/steps/blessing"
	class := d.Shipping(w.Wholesaler)
	class.Quantities = []epcis.Quantity{{EPCClass: "urn:epc:class:lgtin:0614141.000001.L1", Amount: "7"}}
	crates := d.Shipping(w.Wholesaler)
	crates.EPCs = []string{"urn:epc:id:grai:0614141.12345.400"}
	doc := desktest.Document(sensor, assets, own, class, crates)
	stands(t, capturing(t, client.Capturing{Behaviour: client.Rollback, Attach: true}, d, doc), attached, attached, attached, attached, attached)
	if len(d.Sent()) != 0 {
		t.Errorf("%v were sent", d.Sent())
	}
	wrong := own
	wrong.Error = &epcis.ErrorDeclaration{Time: own.Time, Reason: "did_not_occur"}
	stands(t, capturing(t, client.Capturing{Attach: true}, d, desktest.Document(own, wrong)), attached, attached)
	empty := d.Shipping(w.Wholesaler)
	stands(t, capturing(t, client.Capturing{Attach: true}, d, desktest.Document(empty)), refused)
	stands(t, capturing(t, client.Capturing{}, d, desktest.Document(own)), refused)
}

// BenchmarkCapture15000 reads a document of 15,000 packages, 100 cases and a
// pallet, and plans its ops against the ledger.
func BenchmarkCapture15000(b *testing.B) {
	d := desktest.NewDesk(b, maker)
	w := d.World
	w.CheckEvery = 0
	var all []epcis.Event
	var boxes []gs1.Key
	all = append(all, d.Commissioning("L1", 1, 15_000))
	for i := range 100 {
		box := w.Maker.SSCC(i + 1)
		boxes = append(boxes, box)
		all = append(all, d.Packing(box, apptest.Items(w.Unit, 150*i+1, 150*i+150)...))
	}
	all = append(all, d.Packing(w.Maker.SSCC(1000), boxes...), d.Shipping(w.Wholesaler, w.Maker.SSCC(1000)))
	raw, err := epcis.EncodeXML12(desktest.Document(all...))
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		doc, err := epcis.DecodeBytes(raw, epcis.Options{})
		if err != nil {
			b.Fatal(err)
		}
		got, err := client.Capturing{Attach: true, Now: d.Now}.Check(b.Context(), d, doc)
		if err != nil {
			b.Fatal(err)
		}
		for i := range got {
			if !got[i].OK() {
				b.Fatalf("event %d: %s", got[i].Event, got[i].Refusal)
			}
		}
	}
}
