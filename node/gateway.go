package node

import (
	"context"
	"errors"
	"runtime"

	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/gateway"
)

// startGateway serves the HTTP edge over a connection to this very node.
func (n *Node) startGateway() (stopper, error) {
	rpc := n.Local()
	g, err := gateway.Start(gateway.Config{
		Home: string(n.home), Listen: n.cfg.Settings.API, Settings: n.cfg.Settings.Gateway,
		Client: client.New(n.genesis.ChainID, rpc),
		// Consensus needs its share of the processors.
		Tuning: client.Tuning{AtOnce: runtime.GOMAXPROCS(0)},
		Trust:  func(ctx context.Context) (*client.Light, error) { return n.trust(ctx, rpc) },
		Live:   n.Err, Ready: n.Readiness, Registry: n.registry, Logger: n.log,
	})
	if err != nil {
		return nil, startError(n.home, err)
	}
	return g, nil
}

// trust makes a light client that begins with the last block this node has: it
// executed every block up to there itself.
func (n *Node) trust(ctx context.Context, rpc client.RPC) (*client.Light, error) {
	height := n.Height()
	if height == 0 {
		return nil, errors.New("waiting for the first block")
	}
	at := int64(height)
	commit, err := rpc.Commit(ctx, &at)
	if err != nil {
		return nil, err
	}
	return client.NewLight(ctx, client.LightConfig{
		ChainID: n.genesis.ChainID, Primary: rpc, Height: height, Hash: commit.Header.Hash(),
	})
}
