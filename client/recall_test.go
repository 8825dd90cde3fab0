package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/cometbft/cometbft/libs/bytes"
	rpcclient "github.com/cometbft/cometbft/rpc/client"
	ctypes "github.com/cometbft/cometbft/rpc/core/types"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/client"
)

// recallReach recalls a lot that is with three partners and on the road, and
// asks an honest node and forgetful ones who has it.
func recallReach(t *testing.T, n *network, c *client.Client) {
	w, ctx := n.world, t.Context()
	id := app.LotID{GTIN: w.Unit, Lot: "R/1"}
	must(t, c, w.Maker, apptest.Commission(w.Maker, w.Unit, id.Lot, 70_001, 70_040))
	must(t, c, w.Maker, apptest.Commission(w.Maker, w.Unit, "R/2", 70_101, 70_104))
	sell := func(from, to *apptest.Partner, what ...int) uint64 {
		t.Helper()
		terms := app.Terms{To: to.GLN, ShipTo: to.GLN, Purpose: app.PurposeSale, Statement: true, TransactionDate: 20260102}
		keys := apptest.Items(w.Unit, what[0], what[1])
		if len(what) > 2 {
			keys = append(keys, apptest.Items(w.Unit, what[2], what[3])...)
		}
		out := must(t, c, from, planned[app.Ship](t)(c.Plan(from.GLN).Ship(ctx, terms, keys...)))
		number, _ := app.ShipmentNumber(out.Data)
		return number
	}
	number := sell(w.Maker, w.Wholesaler, 70_001, 70_010, 70_101, 70_104)
	must(t, c, w.Wholesaler, planned[app.Receive](t)(c.Plan(w.Wholesaler.GLN).Receive(ctx, number, w.Wholesaler.GLN)))
	number = sell(w.Maker, w.Pharmacy, 70_011, 70_014)
	must(t, c, w.Pharmacy, planned[app.Receive](t)(c.Plan(w.Pharmacy.GLN).Receive(ctx, number, w.Pharmacy.GLN)))
	must(t, c, w.Pharmacy, planned[app.Dispense](t)(c.Plan(w.Pharmacy.GLN).Dispense(ctx, apptest.Item(w.Unit, 70_011))))
	number = sell(w.Maker, w.Wholesaler, 70_031, 70_040)
	must(t, c, w.Maker, &app.RecallLot{LotID: id, Class: 2, Depth: app.DepthRetail, Reason: "glass"})
	must(t, c, w.Pharmacy, &app.AcknowledgeRecall{LotID: id, Found: 3})
	must(t, c, w.Auditor, &app.AcknowledgeRecall{LotID: id})

	r, err := c.RecallReach(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	if !r.Complete() || r.Live != 39 || r.OnRoad != 10 || r.Acknowledged != 1 || r.Outstanding != 2 || len(r.Holders) != 4 {
		t.Errorf("got %+v, want 39 live, 10 on the road, 1 of 3 acknowledged", r)
	}
	for i := range r.Holders {
		h := &r.Holders[i]
		want := map[string][2]uint64{w.Maker.GLN.String(): {26, 10}, w.Wholesaler.GLN.String(): {10, 0}, w.Pharmacy.GLN.String(): {3, 0}, w.Auditor.GLN.String(): {}}[h.Partner.String()]
		if h.Live != want[0] || h.OnRoad != want[1] || h.Name == "" {
			t.Errorf("got %+v, want %v", h, want)
		}
		if h.OnRoad > 0 && (len(h.Shipments) != 1 || h.Shipments[0] != client.RecallShipment{Number: number, To: w.Wholesaler.GLN, Items: 10}) {
			t.Errorf("on the road: got %+v, want shipment %d to the wholesaler", h.Shipments, number)
		}
		if acked := h.Partner == w.Pharmacy.GLN || h.Partner == w.Auditor.GLN; h.Current != acked {
			t.Errorf("%s: current %v, want %v", h.Name, h.Current, acked)
		}
	}
	if _, err := c.RecallReach(ctx, app.LotID{GTIN: w.Unit, Lot: "R/9"}); !errors.Is(err, client.ErrNotFound) {
		t.Errorf("a lot that does not exist: got %v, want ErrNotFound", err)
	}
	got, err := c.LotCustomers(ctx, w.Maker.GLN, id)
	if err != nil {
		t.Fatal(err)
	}
	sold := map[string]uint64{}
	for _, to := range got.Customers {
		sold[to.Partner.String()] = to.Items
		if to.Name == "" || len(to.Shipments) == 0 || to.Shipments[0].From != w.Maker.GLN {
			t.Errorf("got %+v, want a name and the maker's shipments", to)
		}
	}
	if len(sold) != 2 || sold[w.Wholesaler.GLN.String()] != 20 || sold[w.Pharmacy.GLN.String()] != 4 {
		t.Errorf("customers: got %v, want 20 to the wholesaler and 4 to the pharmacy", sold)
	}
	forgotten(t, n, c, id)
}

// forgotten asks nodes that leave out a holder or an acknowledgement.
func forgotten(t *testing.T, n *network, c *client.Client, id app.LotID) {
	for path, missing := range map[string]func(r *client.RecallReach) bool{
		"/lot-holdings/": func(r *client.RecallReach) bool { return r.Missing > 0 },
		"/recall-reach/": func(r *client.RecallReach) bool { return r.MissingAcks == 1 },
	} {
		over, err := client.Connect(t.Context(), forgetful{c.RPC(), path})
		if err != nil {
			t.Fatal(err)
		}
		l, err := client.NewLight(t.Context(), client.LightConfig{ChainID: n.ChainID(), Primary: c.RPC(), Validators: n.genesisValidators(t)})
		if err != nil {
			t.Fatal(err)
		}
		over.UseLight(l)
		r, err := over.RecallReach(t.Context(), id)
		if err != nil || r.Complete() || !missing(r) {
			t.Errorf("%s without its first element: got %+v, %v; want it told incomplete", path, r, err)
		}
	}
}

// forgetful leaves the first element out of one listing.
type forgetful struct {
	client.RPC
	path string
}

func (f forgetful) ABCIQueryWithOptions(ctx context.Context, path string, data bytes.HexBytes, opts rpcclient.ABCIQueryOptions) (*ctypes.ResultABCIQuery, error) {
	res, err := f.RPC.ABCIQueryWithOptions(ctx, path, data, opts)
	if err != nil || !strings.HasPrefix(path, f.path) {
		return res, err
	}
	var answer map[string]any
	if err := json.Unmarshal(res.Response.Value, &answer); err != nil {
		return nil, err
	}
	var rest []any
	for i, item := range answer["items"].([]any) {
		if acked := item.(map[string]any)["ack"] != nil; f.path == "/lot-holdings/" && i > 0 || f.path == "/recall-reach/" && !acked {
			rest = append(rest, item)
		}
	}
	answer["items"] = rest
	res.Response.Value, err = json.Marshal(answer)
	return res, err
}
