package client_test

import (
	"testing"

	"github.com/cometbft/cometbft/types"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/client/networktest"
)

// network is four real nodes in this process and the partners of an apptest
// World, whose members run them.
type network struct {
	*networktest.Network
	world *apptest.World
}

func startNetwork(t *testing.T) *network {
	t.Helper()
	n := networktest.Start(t)
	return &network{n, n.World}
}

func (n *network) genesisValidators(t *testing.T) *types.ValidatorSet {
	t.Helper()
	return n.Validators(t)
}

func (n *network) client(t *testing.T, i int) *client.Client {
	t.Helper()
	return n.Client(t, i)
}

func (n *network) light(t *testing.T, i int) *client.Light {
	t.Helper()
	return n.Light(t, i)
}

func (n *network) local(t *testing.T, i int) *client.Client {
	t.Helper()
	return n.Local(t, i)
}

func must(t *testing.T, c *client.Client, by *apptest.Partner, op app.Op) *client.Outcome {
	t.Helper()
	return networktest.Must(t, c, by, op)
}

func planned[O any](t *testing.T) func(op *O, err error) *O {
	t.Helper()
	return networktest.Planned[O](t)
}

func register(gtin gs1.GTIN, level app.Level) *app.RegisterProduct {
	return networktest.Register(gtin, level)
}
