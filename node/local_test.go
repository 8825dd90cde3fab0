package node_test

import (
	"context"
	"errors"
	"testing"

	abcitypes "github.com/cometbft/cometbft/abci/types"
	rpcclient "github.com/cometbft/cometbft/rpc/client"

	"github.com/pedigree-ledger/pedigree/testnet"
)

// meeting answers a query when a second one has come meanwhile.
type meeting struct {
	abcitypes.Application
	met chan struct{}
}

func (m meeting) Query(ctx context.Context, req *abcitypes.RequestQuery) (*abcitypes.ResponseQuery, error) {
	select {
	case m.met <- struct{}{}:
	case <-m.met:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return &abcitypes.ResponseQuery{Value: []byte(req.Path), Height: req.Height}, nil
}

// TestLocalAsksAtOnce lets two queries wait for each other: through CometBFT's
// local client they would for ever. A node that has stopped says so.
func TestLocalAsksAtOnce(t *testing.T) {
	n := start(t, config(t, newHome(t, "direct"), meeting{testnet.NewCounter(), make(chan struct{})}))
	rpc := n.Local()
	answers := make(chan error, 2)
	for range 2 {
		go func() {
			res, err := rpc.ABCIQueryWithOptions(t.Context(), "/height", nil, rpcclient.ABCIQueryOptions{Height: 7})
			if err == nil && (string(res.Response.Value) != "/height" || res.Response.Height != 7) {
				err = errors.New("another answer than the application gave")
			}
			answers <- err
		}()
	}
	for range 2 {
		if err := <-answers; err != nil {
			t.Fatal(err)
		}
	}
	if err := n.Stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := rpc.ABCIQueryWithOptions(t.Context(), "/height", nil, rpcclient.ABCIQueryOptions{}); err == nil {
		t.Error("after the end: got an answer, want an error")
	}
}
