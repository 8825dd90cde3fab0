package bundle_test

import (
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/client/networktest"
)

// ledger is a network of one node in this process, the partners of an apptest
// World, and a client that signs for all of them and checks proofs.
type ledger struct {
	*client.Client
	t     *testing.T
	w     *apptest.World
	light *client.Light
}

func startLedger(t *testing.T) *ledger {
	t.Helper()
	n := networktest.Alone(t)
	l := n.Light(t, 0)
	c := n.Client(t, 0)
	c.UseLight(l)
	return &ledger{c, t, n.World, l}
}

// do submits an op that has to be accepted.
func (l *ledger) do(by *apptest.Partner, op app.Op) *client.Outcome {
	l.t.Helper()
	out, err := l.Submit(l.t.Context(), by.GLN, op, 0, app.EventHash{})
	if err != nil {
		l.t.Fatalf("%s by %s: %v", op.Kind(), by.Name, err)
	}
	if err := out.Err(); err != nil {
		l.t.Fatalf("%s by %s: %v", op.Kind(), by.Name, err)
	}
	return out
}

// planned fails the test when planning did.
func planned[O app.Op](l *ledger) func(op O, err error) O {
	return func(op O, err error) O {
		l.t.Helper()
		if err != nil {
			l.t.Fatal(err)
		}
		return op
	}
}

// register makes the World's unit a product with all that transaction
// information says of one.
func (l *ledger) register() {
	l.t.Helper()
	l.do(l.w.Maker, &app.RegisterProduct{GTIN: l.w.Unit, ProductInfo: app.ProductInfo{
		Level: app.LevelUnit, Name: "Aspirol™ Łód", Form: "tablet", Strength: "10 mg", NetContent: "30 tablets",
		NDCs: []app.NDC{{Code: "61414-101-30", From: 20200101}, {Code: "61414-101-31", From: 20990101}},
	}})
}

// sell ships and receives things, and returns the shipment's number.
func (l *ledger) sell(from, to *apptest.Partner, x app.Exemption, things ...gs1.Key) uint64 {
	l.t.Helper()
	number := l.ship(from, to, x, things...)
	l.do(to, planned[*app.Receive](l)(l.Plan(to.GLN).Receive(l.t.Context(), number, to.GLN)))
	return number
}

func (l *ledger) ship(from, to *apptest.Partner, x app.Exemption, things ...gs1.Key) uint64 {
	l.t.Helper()
	terms := app.Terms{
		To: to.GLN, ShipTo: to.GLN, Purpose: app.PurposeSale, Statement: x == app.ExemptNone, Exemption: x, TransactionDate: 20260102,
		Documents: []app.Document{{Kind: app.DocPO, ID: "urn:epcglobal:cbv:bt:" + to.GLN.String() + ":PO1"}},
	}
	out := l.do(from, planned[*app.Ship](l)(l.Plan(from.GLN).Ship(l.t.Context(), terms, things...)))
	number, ok := app.ShipmentNumber(out.Data)
	if !ok {
		l.t.Fatalf("shipping gave no number: %x", out.Data)
	}
	return number
}
