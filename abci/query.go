package abci

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	abcitypes "github.com/cometbft/cometbft/abci/types"
	cmtcrypto "github.com/cometbft/cometbft/proto/tendermint/crypto"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/index"
	"github.com/pedigree-ledger/pedigree/state"
)

// QueryCodespace is the codespace of queries that got no answer: Code is a
// QueryCode.
const QueryCodespace = "pedigree-query"

// QueryCode says why a query got no answer.
type QueryCode uint32

// The codes of queries. A record that is absent is an answer, with its proof.
const (
	QueryOK          QueryCode = 0
	QueryMalformed   QueryCode = 1 // no such query, or arguments that make no sense
	QueryNoHeight    QueryCode = 2 // the height is pruned or in the future
	QueryNotFound    QueryCode = 3 // the index knows no such thing
	QueryUnavailable QueryCode = 4 // the node has no working index, or no block yet
	QueryFailed      QueryCode = 5 // trouble of this node
)

// ProofType is the type of the one proof op of a proven answer: its key is the
// record's key and its data an ICS-23 commitment proof in protobuf form, against
// the root that is the app hash in the header of the height after the answer's.
const ProofType = "ics23:iavl"

// Query answers app.Queries. A provable query is answered from the state at
// req.Height, the last durable one if that is 0, with a proof of presence or
// absence if req.Prove; a listing by the index, with req.Data as its page
// request.
func (a *App) Query(ctx context.Context, req *abcitypes.RequestQuery) (*abcitypes.ResponseQuery, error) {
	q, args, err := app.MatchQuery(req.Path)
	if err != nil {
		return unanswered(QueryMalformed, err), nil
	}
	a.metrics.queries.WithLabelValues(q.Path).Inc()
	if !q.Proven() {
		return a.list(ctx, q, args, req.Data), nil
	}
	key, err := q.Key(args)
	if err != nil {
		return unanswered(QueryMalformed, fmt.Errorf("query %s: %w", q.Path, err)), nil
	}
	return a.lookUp(key, req), nil
}

// lookUp answers with one record of the state.
func (a *App) lookUp(key []byte, req *abcitypes.RequestQuery) *abcitypes.ResponseQuery {
	height := uint64(max(req.Height, 0))
	if height == 0 {
		height = a.state.Version()
	}
	if height == 0 {
		return unanswered(QueryUnavailable, errors.New("there is no block yet"))
	}
	res := &abcitypes.ResponseQuery{Key: key, Height: int64(height)}
	if !req.Prove {
		value, err := a.read(height, key)
		if err != nil {
			return unanswered(queryCode(err), err)
		}
		res.Value = value
		return res
	}
	value, proof, err := a.state.Prove(height, key)
	if err != nil {
		return unanswered(queryCode(err), err)
	}
	res.Value = value
	res.ProofOps = &cmtcrypto.ProofOps{Ops: []cmtcrypto.ProofOp{{Type: ProofType, Key: key, Data: proof}}}
	return res
}

func (a *App) read(height uint64, key []byte) ([]byte, error) {
	view, err := a.state.At(height)
	if err != nil {
		return nil, err
	}
	value, _ := view.Get(key)
	return value, errors.Join(view.Err(), view.Close())
}

// list answers from the index.
func (a *App) list(ctx context.Context, q *app.Query, args []string, data []byte) *abcitypes.ResponseQuery {
	if q.Path == app.PathIndexStatus {
		value, err := json.Marshal(a.IndexStatus())
		if err != nil {
			return unanswered(QueryFailed, err)
		}
		return &abcitypes.ResponseQuery{Value: value, Height: int64(a.follower.height())}
	}
	x, _, err := a.follower.current()
	if x == nil {
		return unanswered(QueryUnavailable, err)
	}
	value, err := x.Query(ctx, q.Path, args, data)
	if err != nil {
		return unanswered(queryCode(err), err)
	}
	return &abcitypes.ResponseQuery{Value: value, Height: int64(x.Height())}
}

func unanswered(code QueryCode, err error) *abcitypes.ResponseQuery {
	return &abcitypes.ResponseQuery{Code: uint32(code), Log: err.Error(), Codespace: QueryCodespace}
}

func queryCode(err error) QueryCode {
	var request *index.RequestError
	switch {
	case errors.Is(err, state.ErrPruned), errors.Is(err, state.ErrNoVersion):
		return QueryNoHeight
	case errors.Is(err, state.ErrEmpty), errors.Is(err, state.ErrClosed), errors.Is(err, index.ErrClosed):
		return QueryUnavailable
	case errors.Is(err, index.ErrNotFound):
		return QueryNotFound
	case errors.As(err, &request):
		return QueryMalformed
	}
	return QueryFailed
}
