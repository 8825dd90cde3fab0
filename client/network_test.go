package client_test

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

// network is four real nodes in this process and the partners of an apptest
// World, whose members run them.
type network struct {
	*testnet.Network
	world *apptest.World
}

func startNetwork(t *testing.T) *network {
	t.Helper()
	w := apptest.NewWorld(t)
	n, err := testnet.New(testnet.Options{
		Dir: t.TempDir(), ChainID: "client-test",
		Genesis: func(members []testnet.Member) (json.RawMessage, error) {
			g := w.Genesis(app.DefaultParams())
			i := 0
			for j := range g.Partners {
				if g.Partners[j].Consensus != nil {
					g.Partners[j].Consensus = members[i].Identity.Consensus
					i++
				}
			}
			return json.Marshal(g)
		},
		Settings: func(_ int, s *node.Settings) {
			s.CommitTimeout = node.Duration(20 * time.Millisecond)
			s.EmptyBlocksInterval = node.Duration(2 * time.Second)
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
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := n.WaitHeight(ctx, 2); err != nil {
		t.Fatal(err)
	}
	return &network{n, w}
}

// genesisValidators are the validators of the genesis file.
func (n *network) genesisValidators(t *testing.T) *types.ValidatorSet {
	t.Helper()
	doc, err := n.Node(0).Home().Genesis()
	if err != nil {
		t.Fatal(err)
	}
	var list []*types.Validator
	for _, v := range doc.Validators {
		list = append(list, types.NewValidator(v.PubKey, v.Power))
	}
	return types.NewValidatorSet(list)
}

// client is a client of node i over HTTP that signs for every partner and
// checks proofs with headers of the other nodes.
func (n *network) client(t *testing.T, i int) *client.Client {
	t.Helper()
	c, err := client.Dial(t.Context(), n.Node(i).RPC())
	if err != nil {
		t.Fatal(err)
	}
	n.sign(t, c)
	c.UseLight(n.light(t, i))
	return c
}

// light is a light client that asks the nodes after i.
func (n *network) light(t *testing.T, i int) *client.Light {
	t.Helper()
	rpc := func(j int) client.RPC {
		r, err := client.DialRPC(n.Node(j % 4).RPC())
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	l, err := client.NewLight(t.Context(), client.LightConfig{
		ChainID: n.ChainID(), Primary: rpc(i + 1), Witnesses: []client.RPC{rpc(i + 2)}, Validators: n.genesisValidators(t),
	})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// local is a client of node i in process.
func (n *network) local(t *testing.T, i int) *client.Client {
	t.Helper()
	c, err := client.Connect(t.Context(), local.New(n.Node(i).Local().Comet()))
	if err != nil {
		t.Fatal(err)
	}
	n.sign(t, c)
	return c
}

func (n *network) sign(t *testing.T, c *client.Client) {
	t.Helper()
	for _, p := range n.world.Partners() {
		s, err := client.NewSigner(p.GLN, p.Private)
		if err != nil {
			t.Fatal(err)
		}
		c.Use(s)
	}
}

// must submits an op that has to be accepted.
func must(t *testing.T, c *client.Client, by *apptest.Partner, op app.Op) *client.Outcome {
	t.Helper()
	out, err := c.Submit(t.Context(), by.GLN, op, 0, app.EventHash{})
	if err != nil {
		t.Fatalf("%s by %s: %v", op.Kind(), by.Name, err)
	}
	if err := out.Err(); err != nil {
		t.Fatalf("%s by %s: %v", op.Kind(), by.Name, err)
	}
	return out
}

// planned fails the test when planning did.
func planned[O any](t *testing.T) func(op *O, err error) *O {
	return func(op *O, err error) *O {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return op
	}
}

func register(gtin gs1.GTIN, level app.Level) *app.RegisterProduct {
	return &app.RegisterProduct{GTIN: gtin, ProductInfo: app.ProductInfo{Level: level, Name: "Aspirol"}}
}
