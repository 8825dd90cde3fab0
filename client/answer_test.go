package client_test

import (
	"context"
	"errors"
	"testing"
	"time"

	abcitypes "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/crypto/ed25519"
	"github.com/cometbft/cometbft/libs/bytes"
	rpcclient "github.com/cometbft/cometbft/rpc/client"
	ctypes "github.com/cometbft/cometbft/rpc/core/types"
	"github.com/cometbft/cometbft/types"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/client/clienttest"
)

// halved is the connection to a node that answers what the test says.
type halved struct {
	commit     func() *ctypes.ResultCommit
	validators func() *ctypes.ResultValidators
	block      *ctypes.ResultBlock
	sent       *ctypes.ResultBroadcastTx
	query      *ctypes.ResultABCIQuery
}

func (h *halved) ABCIQueryWithOptions(context.Context, string, bytes.HexBytes, rpcclient.ABCIQueryOptions) (*ctypes.ResultABCIQuery, error) {
	return h.query, nil
}

func (h *halved) BroadcastTxSync(context.Context, types.Tx) (*ctypes.ResultBroadcastTx, error) {
	return h.sent, nil
}

func (h *halved) Block(context.Context, *int64) (*ctypes.ResultBlock, error) { return h.block, nil }

func (h *halved) Commit(context.Context, *int64) (*ctypes.ResultCommit, error) {
	return h.commit(), nil
}

func (h *halved) Validators(context.Context, *int64, *int, *int) (*ctypes.ResultValidators, error) {
	return h.validators(), nil
}

// whole is a node whose every header is the given one, and which answers
// nothing else.
func whole(lb *types.LightBlock) *halved {
	return &halved{
		commit: func() *ctypes.ResultCommit { return &ctypes.ResultCommit{SignedHeader: *lb.SignedHeader} },
		validators: func() *ctypes.ResultValidators {
			vals := lb.ValidatorSet.Copy().Validators
			return &ctypes.ResultValidators{Validators: vals, Total: len(vals)}
		},
	}
}

// TestHalfAnswers asks nodes whose answers lack a part: each is an error.
func TestHalfAnswers(t *testing.T) {
	chain := clienttest.NewChain(t)
	lb := chain.Validators.Sign(t, apptest.ChainID, 1, chain.World.Block.Time, make([]byte, 32))
	t.Run("headers", func(t *testing.T) { halfHeaders(t, lb) })
	t.Run("validators", func(t *testing.T) { halfValidators(t, lb) })
	t.Run("the rest", func(t *testing.T) { halfRest(t, chain, lb) })
}

// halfHeaders asks whatever needs a header.
func halfHeaders(t *testing.T, lb *types.LightBlock) {
	for name, broken := range map[string]*ctypes.ResultCommit{
		"nothing":           nil,
		"empty":             {},
		"no header":         {SignedHeader: types.SignedHeader{Commit: lb.Commit}},
		"no commit":         {SignedHeader: types.SignedHeader{Header: lb.Header}},
		"a height below 1":  {SignedHeader: types.SignedHeader{Header: &types.Header{Height: -1}, Commit: lb.Commit}},
		"nothing in either": {SignedHeader: types.SignedHeader{Header: &types.Header{}, Commit: &types.Commit{}}},
	} {
		t.Run(name, func(t *testing.T) {
			node := whole(lb)
			light, err := client.NewLight(t.Context(), client.LightConfig{ChainID: apptest.ChainID, Primary: node, Validators: lb.ValidatorSet, Period: forAges})
			if err != nil {
				t.Fatal(err)
			}
			c := client.New(apptest.ChainID, node)
			c.UseLight(light)
			node.commit = func() *ctypes.ResultCommit { return broken }
			for what, ask := range headerQuestions(c, node, lb) {
				if err := ask(t.Context()); err == nil {
					t.Errorf("%s: no error", what)
				}
			}
		})
	}
}

// forAges is a trust period that the headers of tests are within.
const forAges = 100 * 365 * 24 * time.Hour

// headerQuestions are the ways to ask for a header.
func headerQuestions(c *client.Client, node client.RPC, lb *types.LightBlock) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"Connect": func(ctx context.Context) error { _, err := client.Connect(ctx, node); return err },
		"Height":  func(ctx context.Context) error { _, err := c.Height(ctx); return err },
		"Head":    func(ctx context.Context) error { _, err := c.Head(ctx); return err },
		"Block":   func(ctx context.Context) error { _, err := c.Block(ctx, 1); return err },
		"PartnerAt": func(ctx context.Context) error {
			_, err := c.PartnerAt(ctx, apptest.GLN("9521001", 0), lb.Time)
			return err
		},
		"Query": func(ctx context.Context) error {
			_, err := client.Query(ctx, c, app.DecodePartner, "/partner/{gln}", apptest.GLN("9521001", 0).String())
			return err
		},
		"Follow": func(ctx context.Context) error {
			for _, err := range c.Follow(ctx, 1) {
				return err
			}
			return nil
		},
		"NewLight": func(ctx context.Context) error {
			ctx, cancel := context.WithCancel(ctx)
			cancel() // it would wait for the header
			_, err := client.NewLight(ctx, client.LightConfig{ChainID: apptest.ChainID, Primary: node, Validators: lb.ValidatorSet})
			return err
		},
	}
}

// halfValidators starts light clients from nodes that name validators badly.
func halfValidators(t *testing.T, lb *types.LightBlock) {
	for name, spoil := range map[string]func(*ctypes.ResultValidators) *ctypes.ResultValidators{
		"nothing": func(*ctypes.ResultValidators) *ctypes.ResultValidators { return nil },
		"none":    func(*ctypes.ResultValidators) *ctypes.ResultValidators { return &ctypes.ResultValidators{} },
		"a hole":  func(r *ctypes.ResultValidators) *ctypes.ResultValidators { r.Validators[1] = nil; return r },
		"no key":  func(r *ctypes.ResultValidators) *ctypes.ResultValidators { r.Validators[1].PubKey = nil; return r },
		"a short key": func(r *ctypes.ResultValidators) *ctypes.ResultValidators {
			r.Validators[1].PubKey = ed25519.PubKey{1}
			return r
		},
		"one twice": func(r *ctypes.ResultValidators) *ctypes.ResultValidators { r.Validators[1] = r.Validators[0]; return r },
	} {
		node := whole(lb)
		good := node.validators
		node.validators = func() *ctypes.ResultValidators { return spoil(good()) }
		if _, err := client.NewLight(t.Context(), client.LightConfig{ChainID: apptest.ChainID, Primary: node, Validators: lb.ValidatorSet, Period: forAges}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// halfRest asks for what is no header.
func halfRest(t *testing.T, chain *clienttest.Chain, lb *types.LightBlock) {
	node := whole(lb)
	c := client.New(apptest.ChainID, node)
	w := chain.World
	for _, block := range []*ctypes.ResultBlock{nil, {}, {Block: &types.Block{}}} {
		node.block = block
		if _, err := c.Block(t.Context(), 1); err == nil {
			t.Errorf("block %+v: no error", block)
		}
		if _, err := c.TxBody(t.Context(), &app.TxSummary{Height: 1}); err == nil {
			t.Errorf("a transaction of block %+v: no error", block)
		}
	}
	if _, err := c.Record(t.Context(), app.ParamsKey()); err == nil {
		t.Error("an empty answer to a query: no error")
	}
	if _, err := c.SubmitTx(t.Context(), w.Seal(w.Maker, apptest.Commission(w.Maker, w.Unit, "L1", 1, 1))); err == nil {
		t.Error("an empty answer to a transaction: no error")
	}
	for _, answer := range []string{`null`, `{}`, `{"chain":[]}`} {
		node.query = &ctypes.ResultABCIQuery{Response: abcitypes.ResponseQuery{Value: []byte(answer)}}
		if _, err := c.Inferred(t.Context(), w.Maker.SSCC(1)); err == nil || errors.Is(err, client.ErrNotFound) {
			t.Errorf("a place %s: got %v, want that the node is wrong", answer, err)
		}
	}
}
