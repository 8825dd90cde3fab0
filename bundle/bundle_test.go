package bundle_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	cmtbytes "github.com/cometbft/cometbft/libs/bytes"
	rpcclient "github.com/cometbft/cometbft/rpc/client"
	ctypes "github.com/cometbft/cometbft/rpc/core/types"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/bundle"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/epcis"
)

// story is what the tests of bundles are about: the maker sells a container of
// ten and six loose packages to the wholesaler, which unpacks, sells three to a
// pharmacy, which gives one to another for a specific patient. Then the lot is
// recalled.
type story struct {
	toWholesaler, later, toPharmacy, toPharmacy2, grandfathered uint64
	sscc                                                        gs1.Key
}

func tell(l *ledger) *story {
	w, ctx := l.w, l.t.Context()
	s := &story{sscc: w.Maker.SSCC(1)}
	l.register()
	l.do(w.Maker, apptest.Commission(w.Maker, w.Unit, "A/1", 1, 20))
	l.do(w.Maker, apptest.Commission(w.Maker, w.Unit, "A/2", 21, 24))
	l.do(w.Maker, planned[*app.Pack](l)(l.Plan(w.Maker.GLN).Pack(ctx, s.sscc, apptest.Items(w.Unit, 1, 10)...)))
	loose := append(apptest.Items(w.Unit, 11, 14), apptest.Items(w.Unit, 21, 22)...)
	s.toWholesaler = l.sell(w.Maker, w.Wholesaler, app.ExemptNone, append(loose, s.sscc)...)
	s.later = l.sell(w.Maker, w.Wholesaler, app.ExemptNone, apptest.Item(w.Unit, 15))
	l.do(w.Wholesaler, planned[*app.Unpack](l)(l.Plan(w.Wholesaler.GLN).Unpack(ctx, s.sscc, apptest.Items(w.Unit, 1, 4)...)))
	s.toPharmacy = l.sell(w.Wholesaler, w.Pharmacy, app.ExemptNone, apptest.Item(w.Unit, 1), apptest.Item(w.Unit, 2), apptest.Item(w.Unit, 21))
	s.toPharmacy2 = l.sell(w.Pharmacy, w.Pharmacy2, app.ExemptSpecificPatient, apptest.Item(w.Unit, 1))
	// What is packed into the container now was not shipped in it, and one
	// package not at all.
	l.do(w.Wholesaler, planned[*app.Pack](l)(l.Plan(w.Wholesaler.GLN).Pack(ctx, s.sscc, apptest.Items(w.Unit, 13, 15)...)))
	l.do(w.Wholesaler, &app.Commission{
		GTIN: w.Unit, Lot: "OLD", Expiry: 20270930, Location: w.Wholesaler.GLN, Exempt: app.LotGrandfathered,
		Serials: []string{app.SurrogateSerial(w.Wholesaler.GLN, "000001")},
	})
	s.grandfathered = l.ship(w.Wholesaler, w.Pharmacy, app.ExemptNone, gs1.ItemKey(w.Unit, app.SurrogateSerial(w.Wholesaler.GLN, "000001")))
	l.do(w.Maker, &app.RecallLot{LotID: app.LotID{GTIN: w.Unit, Lot: "A/1"}, Class: 2, Depth: app.DepthRetail, Reason: "glass"})
	return s
}

// TestBundles makes the bundles of one story.
func TestBundles(t *testing.T) {
	l := startLedger(t)
	s := tell(l)
	t.Run("partner", func(t *testing.T) { ofPartner(t, l, s) })
	t.Run("side", func(t *testing.T) { ofSide(t, l, s) })
	t.Run("item", func(t *testing.T) { ofItem(t, l, s) })
	t.Run("exempt", func(t *testing.T) { exempt(t, l, s) })
	t.Run("drop shipment", func(t *testing.T) { dropShipment(t, l) })
	t.Run("moved", func(t *testing.T) { moved(t, l) })
	t.Run("limits", func(t *testing.T) { limits(t, l, s) })
	t.Run("liar", func(t *testing.T) { liar(t, l, s) })
	t.Run("unknown", func(t *testing.T) { unknown(t, l) })
}

func mustMake(t *testing.T, l *ledger, r bundle.Request) *bundle.Bundle {
	t.Helper()
	b, err := bundle.Make(t.Context(), l.Client, r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// holds compares the shipments of a bundle's transactions, newest first.
func holds(t *testing.T, b *bundle.Bundle, want ...uint64) {
	t.Helper()
	var got []uint64
	for i := range b.Transactions {
		got = append(got, b.Transactions[i].Shipment)
	}
	if !slices.Equal(got, want) {
		t.Errorf("shipments %v, want %v", got, want)
	}
}

// serials are those listed in a transaction, by lot.
func serials(x *bundle.Transaction) map[string]string {
	out := make(map[string]string)
	for i := range x.Lines {
		for _, p := range x.Lines[i].Packages {
			out[x.Lines[i].Lot.Lot] += p.Serial[len(p.Serial)-2:]
		}
	}
	return out
}

func ofPartner(t *testing.T, l *ledger, s *story) {
	b := mustMake(t, l, bundle.Request{Partner: l.w.Wholesaler.GLN})
	holds(t, b, s.grandfathered, s.toPharmacy, s.later, s.toWholesaler)
	if b.Cut != nil || b.Height == 0 || b.Partner == nil || b.Partner.Name != "wholesaler" {
		t.Errorf("got %+v", b)
	}
	for i := range b.Transactions {
		x := &b.Transactions[i]
		if !x.Statement || x.Unlisted != 0 || uint64(x.Listed()) != x.Counts.Shipped {
			t.Errorf("shipment %d: statement %v, %d of %d listed", x.Shipment, x.Statement, x.Listed(), x.Counts.Shipped)
		}
		for j := range x.Lines {
			for _, p := range x.Lines[j].Packages {
				if !p.Proved {
					t.Errorf("%s is not proved: %s", p.Key, p.Why)
				}
			}
		}
	}
	// What was put into the container since, loose then, is not in it here.
	bought := &b.Transactions[3]
	if got, want := serials(bought), map[string]string{"A/1": "0102030405060708091011121314", "A/2": "2122"}; !maps.Equal(got, want) {
		t.Errorf("bought %v, want %v", got, want)
	}
	line := &bought.Lines[0]
	if line.Product.NDC != "61414-101-30" || line.Product.Manufacturer.Name != "maker" || line.Lot.Recall == nil || line.Lot.Recall.Reason != "glass" {
		t.Errorf("got %+v", line)
	}
	if bought.Lines[1].Lot.Recall != nil {
		t.Errorf("lot A/2 is not recalled: %+v", bought.Lines[1].Lot)
	}
	documents(t, b, s)
}

// documents reads the bundle of the wholesaler back.
func documents(t *testing.T, b *bundle.Bundle, s *story) {
	var out bytes.Buffer
	if err := b.WriteXML(&out); err != nil {
		t.Fatal(err)
	}
	doc, err := epcis.DecodeBytes(out.Bytes(), epcis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for i := range doc.Events {
		ev := &doc.Events[i]
		told = append(told, fmt.Sprint(ev.Step(), " ", len(ev.EPCs)+len(ev.ChildEPCs), " ", ev.Lot()))
	}
	want := []string{"commissioning 14 A/1", "commissioning 2 A/2", "packing 10 ", "shipping 7 ", "commissioning 1 A/1", "shipping 1 ", "shipping 3 ", "commissioning 1 OLD", "shipping 1 "}
	if !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
	parent, err := gs1.ParseEPC(doc.Events[2].ParentID)
	if key, _ := parent.Key(); err != nil || key != s.sscc {
		t.Errorf("packed into %s, %v; want %s", key, err, s.sscc)
	}
	var again bytes.Buffer
	if err := b.WriteXML(&again); err != nil || !bytes.Equal(again.Bytes(), out.Bytes()) {
		t.Errorf("written again it is another document: %v", err)
	}
}

func ofSide(t *testing.T, l *ledger, s *story) {
	w := l.w.Wholesaler.GLN
	holds(t, mustMake(t, l, bundle.Request{Partner: w, Side: bundle.SideBought}), s.later, s.toWholesaler)
	holds(t, mustMake(t, l, bundle.Request{Partner: w, Side: bundle.SideSold}), s.grandfathered, s.toPharmacy)
	holds(t, mustMake(t, l, bundle.Request{Partner: w, Until: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}))
	holds(t, mustMake(t, l, bundle.Request{Partner: l.w.Auditor.GLN}))
}

// ofItem is every change of ownership of one item, back to its manufacturer.
func ofItem(t *testing.T, l *ledger, s *story) {
	b := mustMake(t, l, bundle.Request{Item: apptest.Item(l.w.Unit, 1)})
	holds(t, b, s.toPharmacy2, s.toPharmacy, s.toWholesaler)
	for i := range b.Transactions {
		if x := &b.Transactions[i]; x.Listed() != 1 || x.Unlisted != 0 {
			t.Errorf("shipment %d lists %d packages, %d unlisted", x.Shipment, x.Listed(), x.Unlisted)
		}
	}
	if b.Transactions[2].From.Name != "maker" || b.Transactions[2].Counts.Shipped != 16 {
		t.Errorf("the first owner: %+v", b.Transactions[2])
	}
	holds(t, mustMake(t, l, bundle.Request{Item: apptest.Item(l.w.Unit, 1), Partner: l.w.Pharmacy.GLN}), s.toPharmacy2, s.toPharmacy)
	holds(t, mustMake(t, l, bundle.Request{Item: apptest.Item(l.w.Unit, 20)}))
}

// exempt is a transfer for which no statement was given, and a lot whose
// packages bear no identifier.
func exempt(t *testing.T, l *ledger, s *story) {
	b := mustMake(t, l, bundle.Request{Partner: l.w.Pharmacy2.GLN})
	holds(t, b, s.toPharmacy2)
	x := &b.Transactions[0]
	if x.Statement || x.Exemption != app.ExemptSpecificPatient || x.Standing() != "none: exempt, specific-patient; no transaction statement is due, and none was given" {
		t.Errorf("statement %v, exemption %s: %s", x.Statement, x.Exemption, x.Standing())
	}
	if doc, err := b.Document(); err != nil || doc.DSCSA.Present {
		t.Errorf("a bundle without any statement states one: %+v, %v", doc.DSCSA, err)
	}
	b = mustMake(t, l, bundle.Request{Partner: l.w.Pharmacy.GLN, Side: bundle.SideBought})
	line := &b.Transactions[0].Lines[0]
	if _, bears := line.Identifier(&line.Packages[0]); bears || line.Lot.Exempt != app.LotGrandfathered {
		t.Errorf("got %+v, want packages that bear no identifier", line)
	}
}

// dropShipment: one shipment is two changes of ownership, and each owner sees
// its own.
func dropShipment(t *testing.T, l *ledger) {
	w := l.w
	l.do(w.Wholesaler2, &app.Delegate{Agent: w.Maker.GLN, Scope: app.Scope{DropShip: true}, From: 1, Until: 4_000_000_000})
	terms := app.Terms{
		To: w.Pharmacy2.GLN, ShipTo: w.Pharmacy2.GLN, Seller: w.Wholesaler2.GLN, Purpose: app.PurposeSale, Statement: true, TransactionDate: 20260103,
	}
	out := l.do(w.Maker, planned[*app.Ship](l)(l.Plan(w.Maker.GLN).Ship(t.Context(), terms, apptest.Item(w.Unit, 23), apptest.Item(w.Unit, 24))))
	number, _ := app.ShipmentNumber(out.Data)
	owners := func(r bundle.Request) (pairs []string) {
		b := mustMake(t, l, r)
		for i := range b.Transactions {
			x := &b.Transactions[i]
			if x.Shipment == number {
				pairs = append(pairs, x.From.Name+" "+x.To.Name)
				if !x.DropShipment || x.Shipper != w.Maker.GLN || x.Listed() != 2 {
					t.Errorf("got %+v", x)
				}
			}
		}
		return pairs
	}
	for _, v := range []struct {
		request bundle.Request
		want    []string
	}{
		{bundle.Request{Partner: w.Maker.GLN}, []string{"maker wholesaler2"}},
		{bundle.Request{Partner: w.Wholesaler2.GLN}, []string{"maker wholesaler2", "wholesaler2 pharmacy2"}},
		{bundle.Request{Partner: w.Wholesaler2.GLN, Side: bundle.SideSold}, []string{"wholesaler2 pharmacy2"}},
		{bundle.Request{Partner: w.Pharmacy2.GLN}, []string{"wholesaler2 pharmacy2"}},
	} {
		if got := owners(v.request); !slices.Equal(got, v.want) {
			t.Errorf("%+v: got %q, want %q", v.request, got, v.want)
		}
	}
}

// moved: a package that stood in two containers of a shipment is told in the one
// that it stood in when it was shipped, also after it left that.
func moved(t *testing.T, l *ledger) {
	w, ctx := l.w, t.Context()
	one, two := w.Maker.SSCC(2), w.Maker.SSCC(3)
	plan := func(p *apptest.Partner) *client.Plan { return l.Plan(p.GLN) }
	l.do(w.Maker, apptest.Commission(w.Maker, w.Unit, "A/3", 31, 34))
	l.do(w.Maker, planned[*app.Pack](l)(plan(w.Maker).Pack(ctx, one, apptest.Items(w.Unit, 31, 33)...)))
	l.do(w.Maker, planned[*app.Pack](l)(plan(w.Maker).Pack(ctx, two, apptest.Item(w.Unit, 34))))
	l.do(w.Maker, planned[*app.Unpack](l)(plan(w.Maker).Unpack(ctx, one, apptest.Items(w.Unit, 32, 33)...)))
	l.do(w.Maker, planned[*app.Pack](l)(plan(w.Maker).Pack(ctx, two, apptest.Items(w.Unit, 32, 33)...)))
	l.sell(w.Maker, w.Wholesaler2, app.ExemptNone, one, two)
	l.do(w.Wholesaler2, planned[*app.Unpack](l)(plan(w.Wholesaler2).Unpack(ctx, two, apptest.Item(w.Unit, 33))))
	l.do(w.Wholesaler2, planned[*app.Pack](l)(plan(w.Wholesaler2).Pack(ctx, one, apptest.Item(w.Unit, 33))))
	b := mustMake(t, l, bundle.Request{Partner: w.Wholesaler2.GLN, Side: bundle.SideBought, MaxTransactions: 1})
	doc, err := b.Document()
	if err != nil {
		t.Fatal(err)
	}
	held := make(map[gs1.Key]int)
	for i := range doc.Events {
		if parent, err := gs1.ParseEPC(doc.Events[i].ParentID); err == nil {
			key, _ := parent.Key()
			held[key] = len(doc.Events[i].ChildEPCs)
		}
	}
	if held[one] != 1 || held[two] != 3 || b.Transactions[0].Listed() != 4 {
		t.Errorf("held %v, %d listed; want 1 and 3 of 4", held, b.Transactions[0].Listed())
	}
}

// limits: what a bundle has no room for it says, and how to ask for it.
func limits(t *testing.T, l *ledger, s *story) {
	r := bundle.Request{Partner: l.w.Wholesaler.GLN, MaxTransactions: 2}
	b := mustMake(t, l, r)
	holds(t, b, s.grandfathered, s.toPharmacy)
	if b.Cut == nil || b.Cut.Transactions != 2 || b.Cut.Packages != 0 {
		t.Fatalf("cut %+v, want two transactions left out", b.Cut)
	}
	r.Until = b.Cut.Until
	rest := mustMake(t, l, r)
	if last := rest.Transactions[len(rest.Transactions)-1].Shipment; last != s.toWholesaler && rest.Cut == nil {
		t.Errorf("the rest ends with shipment %d", last)
	}
	b = mustMake(t, l, bundle.Request{Partner: l.w.Wholesaler.GLN, MaxPackages: 4})
	holds(t, b, s.grandfathered, s.toPharmacy)
	if b.Cut == nil || b.Cut.Transactions != 2 {
		t.Errorf("cut %+v, want two transactions left out", b.Cut)
	}
	b = mustMake(t, l, bundle.Request{Partner: l.w.Maker.GLN, Until: time.Now().Add(-time.Hour)})
	holds(t, b)
	b = mustMake(t, l, bundle.Request{Item: apptest.Item(l.w.Unit, 15), MaxPackages: 1})
	holds(t, b, s.later)
	// The two packages of the drop shipment.
	b = mustMake(t, l, bundle.Request{Partner: l.w.Wholesaler2.GLN, Side: bundle.SideSold, MaxPackages: 1})
	if x := &b.Transactions[0]; len(b.Transactions) != 1 || x.Listed() != 1 || x.Unlisted != 1 || b.Cut == nil || b.Cut.Packages != 1 {
		t.Errorf("%d listed, %d not, cut %+v", x.Listed(), x.Unlisted, b.Cut)
	}
	var pdf bytes.Buffer
	if err := b.WritePDF(&pdf); err != nil || !bytes.HasPrefix(pdf.Bytes(), []byte("%PDF-")) {
		t.Errorf("no PDF: %v", err)
	}
}

func unknown(t *testing.T, l *ledger) {
	w := l.w
	now := time.Now()
	for name, r := range map[string]bundle.Request{
		"nothing": {}, "a container": {Item: w.Maker.SSCC(1)}, "a side": {Partner: w.Maker.GLN, Side: 3},
		"a time": {Partner: w.Maker.GLN, Since: now, Until: now}, "transactions": {Partner: w.Maker.GLN, MaxTransactions: 1001},
		"packages": {Partner: w.Maker.GLN, MaxPackages: -1},
	} {
		if _, err := bundle.Make(t.Context(), l.Client, r); !errors.Is(err, bundle.ErrRequest) {
			t.Errorf("%s: got %v, want ErrRequest", name, err)
		}
	}
	for name, r := range map[string]bundle.Request{
		"partner": {Partner: apptest.GLN("0999999", 1)}, "item": {Item: apptest.Item(w.Unit, 99_999)},
	} {
		if _, err := bundle.Make(t.Context(), l.Client, r); !errors.Is(err, client.ErrNotFound) {
			t.Errorf("%s: got %v, want ErrNotFound", name, err)
		}
	}
}

// lying is a node that says something else about one path.
type lying struct {
	client.RPC
	path, says string
}

func (f lying) ABCIQueryWithOptions(ctx context.Context, path string, data cmtbytes.HexBytes, opts rpcclient.ABCIQueryOptions) (*ctypes.ResultABCIQuery, error) {
	res, err := f.RPC.ABCIQueryWithOptions(ctx, path, data, opts)
	if err == nil && strings.HasPrefix(path, f.path) {
		res.Response.Value = []byte(f.says)
	}
	return res, err
}

// liar: what a node does not show is not taken as proved, and the file says so;
// nor is a holding that has the package a commission of it.
func liar(t *testing.T, l *ledger, s *story) {
	item := apptest.Item(l.w.Unit, 1)
	place, err := l.Place(t.Context(), item)
	if err != nil {
		t.Fatal(err)
	}
	for _, says := range []string{"[]", fmt.Sprintf(`[{"holding":%q,"root":%q,"count":1}]`, place.At.Holding, strings.Repeat("0", 64))} {
		c, err := client.Connect(t.Context(), lying{l.RPC(), "/commission-segments/", says})
		if err != nil {
			t.Fatal(err)
		}
		c.UseLight(l.light)
		b, err := bundle.Make(t.Context(), c, bundle.Request{Item: item})
		if err != nil {
			t.Fatal(err)
		}
		holds(t, b, s.toPharmacy2, s.toPharmacy, s.toWholesaler)
		p := &b.Transactions[0].Lines[0].Packages[0]
		if listed, proved := b.Packages(); listed != 3 || proved != 0 || !strings.Contains(p.Why, "not those behind the root") {
			t.Errorf("%s: %d listed, %d proved: %+v", says, listed, proved, p)
		}
		if err := b.WriteXML(io.Discard); err != nil {
			t.Error(err)
		}
	}
}
