package client_test

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/cometbft/cometbft/rpc/client/local"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/epcis"
)

// onBehalf lets a 3PL sign for the maker, before and after the maker said so.
func onBehalf(t *testing.T, n *network, c *client.Client) {
	w, ctx := n.world, t.Context()
	agent, err := client.Connect(ctx, local.New(n.Node(0).Local().Comet()))
	if err != nil {
		t.Fatal(err)
	}
	s, err := client.NewSigner(w.Logistics.GLN, w.Logistics.Private)
	if err != nil {
		t.Fatal(err)
	}
	agent.UseFor(s, w.Maker.GLN)
	if !agent.Signs(w.Maker.GLN) || !agent.Signs(w.Logistics.GLN) || agent.Signs(w.Wholesaler.GLN) {
		t.Error("the agent signs for itself and its principal, and nobody else")
	}
	op := planned[app.Pack](t)(agent.Plan(w.Maker.GLN).Pack(ctx, w.Maker.SSCC(9), apptest.Items(w.Unit, 101, 104)...))
	out, err := agent.Submit(ctx, w.Maker.GLN, op, 0, app.EventHash{})
	if err != nil || out.Code != app.CodeNotDelegated {
		t.Fatalf("before the delegation: %v, got %+v, want not-delegated", err, out)
	}
	now := uint64(time.Now().Unix())
	must(t, c, w.Maker, &app.Delegate{Agent: w.Logistics.GLN, Scope: app.Scope{Ops: []app.Kind{app.KindPack}}, From: now - 3600, Until: now + 3600})
	out = must(t, agent, w.Maker, op)
	sum, err := agent.Tx(ctx, out.Tx)
	if err != nil || sum.Partner != w.Maker.GLN || sum.Agent != w.Logistics.GLN {
		t.Errorf("%v, got partner %s and agent %s, want maker and logistics", err, sum.Partner, sum.Agent)
	}
	out, err = c.Do(ctx, client.Submission{Partner: w.Logistics.GLN, For: w.Maker.GLN, Op: op})
	if err != nil || out.Code == app.CodeOK || out.Code == app.CodeNotDelegated {
		t.Errorf("the same again: %v, got %+v, want it judged as the maker's", err, out)
	}
	g, err := client.Query(ctx, c, app.DecodeDelegation, "/delegation/{principal}/{agent}", w.Maker.GLN.String(), w.Logistics.GLN.String())
	if err != nil || g.Record == nil || !slices.Equal(g.Record.Ops, []app.Kind{app.KindPack}) {
		t.Errorf("the delegation: %v %+v", err, g)
	}
}

// dropShipment captures documents by which the maker ships what a wholesaler
// sells to a pharmacy, and gets them back.
func dropShipment(t *testing.T, n *network, c *client.Client) {
	w, ctx := n.world, t.Context()
	key := apptest.Item(w.Unit, 201)
	now := uint64(time.Now().Unix())
	must(t, c, w.Wholesaler, &app.Delegate{Agent: w.Maker.GLN, Scope: app.Scope{DropShip: true}, From: now - 3600, Until: now + 3600})
	ship := dropEvent(w, key, w.Wholesaler.GLN, "shipping")
	done := captureOne(t, c, ship)
	if !done.OK() || done.Ops[0].Partner != w.Maker.GLN {
		t.Fatalf("got %+v, want a shipment of the maker", done)
	}
	number := done.Ops[0].Shipment
	s, err := client.Query(ctx, c, app.DecodeShipment, "/shipment/{number}", strconv.FormatUint(number, 10))
	if err != nil || s.Record.From != w.Maker.GLN || s.Record.Seller != w.Wholesaler.GLN || s.Record.To != w.Pharmacy.GLN {
		t.Fatalf("shipment %v: %+v", err, s)
	}
	for _, p := range []*apptest.Partner{w.Maker, w.Wholesaler, w.Pharmacy} {
		list, err := c.PartnerShipments(ctx, p.GLN, "open", app.PageRequest{})
		if err != nil || !slices.ContainsFunc(list.Items, func(s app.ShipmentSummary) bool { return s.Number == number }) {
			t.Errorf("shipment %d is not among those of %s: %v", number, p.Name, err)
		}
	}
	if done := captureOne(t, c, dropEvent(w, key, w.Wholesaler.GLN, "receiving")); !done.OK() {
		t.Fatalf("receiving: %s", done.Refusal)
	}
	got, err := c.Export(ctx, key)
	if err != nil || len(got) != 2 || !got[0].Exact || !got[1].Exact {
		t.Errorf("export: %v, got %+v, want both events exact", err, got)
	}
	if done := captureOne(t, c, dropEvent(w, apptest.Item(w.Unit, 202), w.Maker.GLN, "shipping")); done.OK() {
		t.Error("a drop shipment that names no wholesaler in between was captured")
	}
}

func captureOne(t *testing.T, c *client.Client, ev epcis.Event) client.Captured {
	t.Helper()
	doc := &epcis.Document{Events: []epcis.Event{ev}}
	doc.DSCSA.Affirmed = true
	done, err := client.Capture(t.Context(), c, doc, nil)
	if err != nil || len(done) != 1 {
		t.Fatalf("%v: %+v", err, done)
	}
	return done[0]
}

// dropEvent is one side of a drop shipment from the maker to the pharmacy.
func dropEvent(w *apptest.World, key gs1.Key, seller gs1.GLN, step string) epcis.Event {
	sgtin, _ := key.SGTIN()
	item, _ := sgtin.EPC(len(w.Maker.Prefix))
	at := func(g gs1.GLN) string {
		epc, _ := g.Location(len(w.Maker.Prefix), "") // all have seven digits
		return epc.String()
	}
	site := w.Maker.GLN
	ev := epcis.Event{
		Type: epcis.ObjectEvent, Action: epcis.ActionObserve, BizStep: step, Disposition: "in_transit",
		Time: epcis.NewTime(time.Now().Truncate(time.Second)), TimeZoneOffset: "+00:00",
		EPCs:         []string{item.String()},
		Sources:      []epcis.Endpoint{{Type: "owning_party", ID: at(seller)}, {Type: "location", ID: at(w.Maker.GLN)}},
		Destinations: []epcis.Endpoint{{Type: "owning_party", ID: at(w.Pharmacy.GLN)}, {Type: "location", ID: at(w.Pharmacy.GLN)}},
	}
	if step == "receiving" {
		ev.Disposition, site = "in_progress", w.Pharmacy.GLN
	} else {
		ev.Extensions = []epcis.Node{{Name: epcis.Name{Space: "http://epcis.gs1us.org/hc/ns", Local: "dropShipment"}, Value: "true"}}
	}
	ev.ReadPoint.ID, ev.BizLocation.ID = at(site), at(site)
	return ev
}
