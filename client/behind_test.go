package client_test

import (
	"context"
	"errors"
	"testing"

	abcitypes "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/libs/bytes"
	rpcclient "github.com/cometbft/cometbft/rpc/client"
	ctypes "github.com/cometbft/cometbft/rpc/core/types"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/client/networktest"
)

// late is a node that has not yet made the states whose headers others have
// signed: it refuses the first questions about each of them.
type late struct {
	client.RPC
	refusals int
	asked    map[int64]int
}

func (l *late) ABCIQueryWithOptions(ctx context.Context, path string, data bytes.HexBytes, opts rpcclient.ABCIQueryOptions) (*ctypes.ResultABCIQuery, error) {
	if opts.Height == 0 {
		return l.RPC.ABCIQueryWithOptions(ctx, path, data, opts)
	}
	if l.asked[opts.Height]++; l.asked[opts.Height] > l.refusals {
		return l.RPC.ABCIQueryWithOptions(ctx, path, data, opts)
	}
	return &ctypes.ResultABCIQuery{Response: abcitypes.ResponseQuery{Code: 2, Codespace: "pedigree-query", Log: "no such version"}}, nil
}

// Commit says that the node's last block is one that it has not executed, as
// long as it refuses.
func (l *late) Commit(ctx context.Context, height *int64) (*ctypes.ResultCommit, error) {
	if height == nil {
		for at, n := range l.asked {
			if n < l.refusals {
				return l.RPC.Commit(ctx, &at)
			}
		}
	}
	return l.RPC.Commit(ctx, height)
}

// TestNodeBehind asks a node for states that it makes after the others, which
// is waited for, and for one that it does not keep, which is not.
func TestNodeBehind(t *testing.T) {
	n := networktest.Start(t)
	w := n.World
	networktest.Must(t, n.Client(t, 0), w.Maker, networktest.Register(w.Unit, app.LevelUnit))
	for _, refusals := range []int{1, 5} {
		c := n.Over(t, 0, &late{RPC: n.Client(t, 0).RPC(), refusals: refusals, asked: map[int64]int{}})
		head, err := c.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		p, _, err := client.QueryProofAt(t.Context(), c, head.Height-1, app.DecodePartner, "/partner/{gln}", w.Maker.GLN.String())
		if err != nil || p.Record == nil || p.Height != head.Height-1 {
			t.Errorf("%d refusals: got %+v, %v", refusals, p, err)
		}
	}
	never := &late{RPC: n.Client(t, 0).RPC(), refusals: 1 << 20, asked: map[int64]int{}}
	c := n.Over(t, 0, &pruned{never})
	_, _, err := client.QueryProofAt(t.Context(), c, 1, app.DecodePartner, "/partner/{gln}", apptest.GLN(w.Maker.Prefix, 99).String())
	var refused *client.QueryError
	if !errors.As(err, &refused) || never.asked[1] != 2 {
		t.Errorf("a pruned height: got %v after %d questions, want the refusal after 2", err, never.asked[1])
	}
}

// pruned is a node that is not behind, and refuses.
type pruned struct{ *late }

func (p *pruned) Commit(ctx context.Context, height *int64) (*ctypes.ResultCommit, error) {
	return p.RPC.Commit(ctx, height)
}
