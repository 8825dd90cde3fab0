package bundle_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/cometbft/cometbft/rpc/client/local"
	"github.com/cometbft/cometbft/types"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/node"
	"github.com/pedigree-ledger/pedigree/testnet"
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
	w := apptest.NewWorld(t)
	n, err := testnet.New(testnet.Options{
		Dir: t.TempDir(), ChainID: "bundle-test", Validators: 1,
		Genesis: func(members []testnet.Member) (json.RawMessage, error) {
			g := w.Genesis(app.DefaultParams())
			first := true
			for i := range g.Partners {
				if g.Partners[i].Consensus != nil && first {
					g.Partners[i].Consensus, first = members[0].Identity.Consensus, false
				} else {
					g.Partners[i].Consensus = nil
				}
			}
			return json.Marshal(g)
		},
		Settings: func(_ int, s *node.Settings) {
			s.CommitTimeout = node.Duration(10 * time.Millisecond)
			s.EmptyBlocksInterval = node.Duration(time.Second)
		},
		Prepare: func(_ int, c *node.Config) error {
			_, err := node.UseLedger(c)
			return err
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := n.Start(t.Context()); err != nil {
		t.Fatal(errors.Join(err, n.Stop()))
	}
	t.Cleanup(func() {
		if err := n.Stop(); err != nil {
			t.Error(err)
		}
	})
	if err := n.WaitHeight(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	return connect(t, n, w)
}

// connect is a client of the node, with a light client on its genesis.
func connect(t *testing.T, n *testnet.Network, w *apptest.World) *ledger {
	t.Helper()
	c, err := client.Connect(t.Context(), local.New(n.Node(0).Local().Comet()))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range w.Partners() {
		s, err := client.NewSigner(p.GLN, p.Private)
		if err != nil {
			t.Fatal(err)
		}
		c.Use(s)
	}
	doc, err := n.Node(0).Home().Genesis()
	if err != nil {
		t.Fatal(err)
	}
	var validators []*types.Validator
	for _, v := range doc.Validators {
		validators = append(validators, types.NewValidator(v.PubKey, v.Power))
	}
	l, err := client.NewLight(t.Context(), client.LightConfig{ChainID: n.ChainID(), Primary: c.RPC(), Validators: types.NewValidatorSet(validators)})
	if err != nil {
		t.Fatal(err)
	}
	c.UseLight(l)
	return &ledger{c, t, w, l}
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
