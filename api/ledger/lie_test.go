package ledger_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	abcitypes "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/libs/bytes"
	rpcclient "github.com/cometbft/cometbft/rpc/client"
	ctypes "github.com/cometbft/cometbft/rpc/core/types"
	"github.com/danielgtaylor/huma/v2"

	"github.com/pedigree-ledger/pedigree/api/apitest"
	"github.com/pedigree-ledger/pedigree/api/ledger"
	"github.com/pedigree-ledger/pedigree/api/verification"
	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/client"
)

// liar is the connection to a node that lies, as the test says.
type liar struct {
	client.RPC
	answer atomic.Pointer[func(path string, r *abcitypes.ResponseQuery)]
	block  atomic.Bool // shows blocks without their txs
}

func (l *liar) ABCIQueryWithOptions(ctx context.Context, path string, data bytes.HexBytes, opts rpcclient.ABCIQueryOptions) (*ctypes.ResultABCIQuery, error) {
	res, err := l.RPC.ABCIQueryWithOptions(ctx, path, data, opts)
	if lie := l.answer.Load(); lie != nil && err == nil {
		(*lie)(path, &res.Response)
	}
	return res, err
}

func (l *liar) Block(ctx context.Context, height *int64) (*ctypes.ResultBlock, error) {
	res, err := l.RPC.Block(ctx, height)
	if l.block.Load() && err == nil && len(res.Block.Txs) > 0 {
		res.Block.Txs = res.Block.Txs[1:]
	}
	return res, err
}

// lying asks an edge whose node lies or lags.
func lying(t *testing.T, s *story) {
	w := s.World
	l := &liar{RPC: s.c.RPC()}
	c := s.Over(t, 0, l)
	srv := apitest.New(t, nil, func(a huma.API) {
		ledger.Register(a, ledger.Config{Client: c})
		verification.Register(a, verification.Config{Client: c})
	})
	tell := func(lie func(path string, r *abcitypes.ResponseQuery)) {
		if lie == nil {
			l.answer.Store(nil)
			return
		}
		l.answer.Store(&lie)
	}
	ask := func(path string, status int, words string) {
		t.Helper()
		if a := srv.Get(t, path); a.StatusCode != status || !strings.Contains(string(a.Body), words) {
			t.Errorf("%s: got %s %.500s, want %d %s", path, a.Status, a.Body, status, words)
		}
	}
	item := url.PathEscape(string(s.item(5)))
	tell(func(path string, r *abcitypes.ResponseQuery) {
		if strings.HasPrefix(path, "/record/") && len(r.Value) > 8 {
			r.Value = slices.Clone(r.Value)
			r.Value[len(r.Value)-1] ^= 1
		}
	})
	ask("/ledger/partners/"+w.Maker.GLN.String(), http.StatusBadGateway, "not passed on")
	ask("/ledger/lots/"+w.Unit.String()+"/L2?proof=true", http.StatusBadGateway, "not passed on")
	ask("/ledger/items/"+item, http.StatusBadGateway, "not passed on")
	ask("/verification/"+item, http.StatusBadGateway, "not passed on")

	tell(func(path string, r *abcitypes.ResponseQuery) {
		if strings.HasPrefix(path, "/record/") {
			r.Value, r.ProofOps = nil, nil // there is no such thing, it says
		}
	})
	ask("/ledger/shipments/1", http.StatusBadGateway, "not passed on")

	tell(nil)
	l.block.Store(true)
	steps, err := s.c.History(t.Context(), s.item(5), app.PageRequest{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	ask("/ledger/blocks/"+strconv.FormatUint(steps.Items[0].Height, 10), http.StatusBadGateway, "not passed on")
	l.block.Store(false)

	tell(func(path string, r *abcitypes.ResponseQuery) {
		if path == "/index-status" {
			r.Value = []byte(`{"height":1,"state":"failed","err":"disk full"}`)
		}
		if strings.HasPrefix(path, "/history/") {
			r.Code, r.Codespace, r.Log = 4, "pedigree-query", "the index is not open"
		}
	})
	ask("/ledger/items/"+item+"/history", http.StatusServiceUnavailable, "the index is not open")
	ask("/ledger/status", http.StatusOK, "disk full")
	ask("/ledger/partners/"+w.Maker.GLN.String(), http.StatusOK, `"name":"maker"`)
	tell(nil)
	ask("/ledger/items/"+item+"/history", http.StatusOK, "Commission")
}
