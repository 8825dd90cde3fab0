// Package networktest is real nodes in one process for tests of clients and of
// what stands on them, with the partners of an apptest World.
package networktest

import (
	"context"
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

// Network is nodes run by members of World.
type Network struct {
	*testnet.Network
	World *apptest.World
}

// Start starts a network of four nodes, which ends with the test.
func Start(tb testing.TB) *Network {
	tb.Helper()
	return start(tb, 4)
}

// Alone starts a network of one node, for tests that no second one concerns.
func Alone(tb testing.TB) *Network {
	tb.Helper()
	return start(tb, 1)
}

func start(tb testing.TB, validators int) *Network {
	tb.Helper()
	w := apptest.NewWorld(tb)
	return &Network{Run(tb, testnet.Options{
		Dir: tb.TempDir(), ChainID: "client-test", Validators: validators,
		Genesis: func(members []testnet.Member) (json.RawMessage, error) { return genesis(w, members) },
		Settings: func(_ int, s *node.Settings) {
			s.CommitTimeout = node.Duration(20 * time.Millisecond)
			s.EmptyBlocksInterval = node.Duration(2 * time.Second)
		},
		Prepare: testnet.UseLedger,
	}), w}
}

// Run starts a network, which ends with the test, and waits until it agrees.
func Run(tb testing.TB, o testnet.Options) *testnet.Network {
	tb.Helper()
	n, err := testnet.New(o)
	if err != nil {
		tb.Fatal(err)
	}
	if err := n.Start(tb.Context()); err != nil {
		tb.Fatal(errors.Join(err, n.Stop()))
	}
	tb.Cleanup(func() {
		if err := n.Stop(); err != nil {
			tb.Error(err)
		}
	})
	ctx, cancel := context.WithTimeout(tb.Context(), 20*time.Second)
	defer cancel()
	if err := n.WaitHeight(ctx, 2); err != nil {
		tb.Fatal(err)
	}
	return n
}

// genesis gives the World's members the nodes' consensus keys; members without
// a node have none.
func genesis(w *apptest.World, members []testnet.Member) (json.RawMessage, error) {
	g := w.Genesis(app.DefaultParams())
	i := 0
	for j := range g.Partners {
		switch {
		case g.Partners[j].Consensus == nil:
		case i < len(members):
			g.Partners[j].Consensus = members[i].Identity.Consensus
			i++
		default:
			g.Partners[j].Consensus = nil
		}
	}
	return json.Marshal(g)
}

// Validators are those of the genesis file.
func (n *Network) Validators(tb testing.TB) *types.ValidatorSet {
	tb.Helper()
	doc, err := n.Node(0).Home().Genesis()
	if err != nil {
		tb.Fatal(err)
	}
	var list []*types.Validator
	for _, v := range doc.Validators {
		list = append(list, types.NewValidator(v.PubKey, v.Power))
	}
	return types.NewValidatorSet(list)
}

// Client is a client of node i over HTTP that signs for every partner and
// checks proofs with headers of the other nodes.
func (n *Network) Client(tb testing.TB, i int) *client.Client {
	tb.Helper()
	c, err := client.Dial(tb.Context(), n.Node(i).RPC())
	if err != nil {
		tb.Fatal(err)
	}
	n.equip(tb, c, i)
	return c
}

// Over is Client over a connection to node i of the test's own, which may lie.
func (n *Network) Over(tb testing.TB, i int, rpc client.RPC) *client.Client {
	tb.Helper()
	c, err := client.Connect(tb.Context(), rpc)
	if err != nil {
		tb.Fatal(err)
	}
	n.equip(tb, c, i)
	return c
}

// equip gives a client of node i every partner's key and a light client.
func (n *Network) equip(tb testing.TB, c *client.Client, i int) {
	tb.Helper()
	n.Sign(tb, c)
	c.UseLight(n.Light(tb, i))
}

// Light is a light client that asks the nodes after i.
func (n *Network) Light(tb testing.TB, i int) *client.Light {
	tb.Helper()
	rpc := func(j int) client.RPC {
		r, err := client.DialRPC(n.Node(j % len(n.Nodes())).RPC())
		if err != nil {
			tb.Fatal(err)
		}
		return r
	}
	l, err := client.NewLight(tb.Context(), client.LightConfig{
		ChainID: n.ChainID(), Primary: rpc(i + 1), Witnesses: []client.RPC{rpc(i + 2)}, Validators: n.Validators(tb),
	})
	if err != nil {
		tb.Fatal(err)
	}
	return l
}

// Local is a client of node i in process that signs for every partner.
func (n *Network) Local(tb testing.TB, i int) *client.Client {
	tb.Helper()
	c, err := client.Connect(tb.Context(), local.New(n.Node(i).Local().Comet()))
	if err != nil {
		tb.Fatal(err)
	}
	n.Sign(tb, c)
	return c
}

// Sign lets a client sign for every partner.
func (n *Network) Sign(tb testing.TB, c *client.Client) {
	tb.Helper()
	for _, p := range n.World.Partners() {
		s, err := client.NewSigner(p.GLN, p.Private)
		if err != nil {
			tb.Fatal(err)
		}
		c.Use(s)
	}
}

// Must submits an op that has to be accepted.
func Must(tb testing.TB, c *client.Client, by *apptest.Partner, op app.Op) *client.Outcome {
	tb.Helper()
	out, err := c.Submit(tb.Context(), by.GLN, op, 0, app.EventHash{})
	if err == nil {
		err = out.Err()
	}
	if err != nil {
		tb.Fatalf("%s by %s: %v", op.Kind(), by.Name, err)
	}
	return out
}

// Planned fails the test when planning did.
func Planned[O any](tb testing.TB) func(op *O, err error) *O {
	return func(op *O, err error) *O {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
		return op
	}
}

// Register registers a product of the World.
func Register(gtin gs1.GTIN, level app.Level) *app.RegisterProduct {
	return &app.RegisterProduct{GTIN: gtin, ProductInfo: app.ProductInfo{Level: level, Name: "Aspirol"}}
}
