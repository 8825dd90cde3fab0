package main

import (
	"context"
	"encoding/json"

	"github.com/cometbft/cometbft/rpc/client/local"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/testnet"
)

// indexLag is how many blocks the slowest node's index is behind its chain; 0
// for a ledger without an index.
func indexLag(net *testnet.Network) (lag uint64) {
	for _, n := range net.Nodes() {
		height := n.Local().Height()
		res, err := local.New(n.Local().Comet()).ABCIQuery(context.Background(), app.PathIndexStatus, nil)
		var s app.IndexStatus
		if err != nil || res.Response.Code != 0 || json.Unmarshal(res.Response.Value, &s) != nil {
			continue
		}
		lag = max(lag, height-min(height, s.Height))
	}
	return lag
}
