package client

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	abcitypes "github.com/cometbft/cometbft/abci/types"
	rpcclient "github.com/cometbft/cometbft/rpc/client"
	"github.com/cometbft/cometbft/types"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/client/proof"
)

// The codespace of queries that got no answer and some of its codes; package
// abci, which a client does not import, lists them all.
const (
	queryCodespace   = "pedigree-query"
	queryMalformed   = 1
	queryNoHeight    = 2
	queryNotFound    = 3
	queryUnavailable = 4
)

// proofType is the type of the one proof op of a proven answer.
const proofType = "ics23:iavl"

// QueryError says why a node gave no answer.
type QueryError struct {
	Path string
	Code uint32
	Log  string
}

// Error names the query and the node's reason.
func (e *QueryError) Error() string { return fmt.Sprintf("query %s: %s", e.Path, e.Log) }

// Malformed reports whether the question made no sense to the node.
func (e *QueryError) Malformed() bool { return e.Code == queryMalformed }

// Gone reports whether the node does not have the state of the height that was
// asked for: it has pruned it, or has not come as far.
func (e *QueryError) Gone() bool { return e.Code == queryNoHeight }

// Is makes a QueryError of something unknown an ErrNotFound.
func (e *QueryError) Is(target error) bool { return target == ErrNotFound && e.Code == queryNotFound }

// readyPatience is how long a node may take to open its index, or to make its
// first block, before a query gives up.
const readyPatience = 5 * time.Second

// query asks the node, and waits a while for one that has only just started, or
// that has not come as far as those whose headers the question rests on.
func (c *Client) query(ctx context.Context, path string, data []byte, height uint64, prove bool) (r *abcitypes.ResponseQuery, err error) {
	until := time.Now().Add(readyPatience)
	there := false // the node has the height, or had it and has pruned it
	waitErr := await(ctx, func() (bool, error) {
		r, err = c.ask(ctx, path, data, height, prove)
		var refused *QueryError
		switch {
		case !errors.As(err, &refused), time.Now().After(until):
			return true, nil
		case refused.Code == queryNoHeight && !there:
			last, lastErr := c.latest(ctx)
			there = last > height // and it is asked once more
			return lastErr != nil, nil
		}
		return refused.Code != queryUnavailable, nil
	})
	if err == nil && waitErr != nil {
		err = waitErr
	}
	return r, err
}

// ask asks the node once, whatever it says.
func (c *Client) ask(ctx context.Context, path string, data []byte, height uint64, prove bool) (*abcitypes.ResponseQuery, error) {
	res, err := c.rpc.ABCIQueryWithOptions(ctx, path, data, rpcclient.ABCIQueryOptions{Height: int64(height), Prove: prove})
	if err != nil {
		return nil, fmt.Errorf("query %s: %w", path, err)
	}
	if res == nil {
		return nil, fmt.Errorf("query %s: the node gave an empty answer", path)
	}
	r := &res.Response
	if r.Code != 0 {
		return nil, &QueryError{Path: path, Code: r.Code, Log: r.Log}
	}
	c.heard(uint64(max(r.Height, 0)))
	return r, nil
}

// Record returns the record under a state key as the node has it now, nil when
// there is none. It is not proven: for planning.
func (c *Client) Record(ctx context.Context, key []byte) ([]byte, error) {
	r, err := c.query(ctx, recordPath(key), nil, 0, false)
	if err != nil || len(r.Value) == 0 {
		return nil, err
	}
	return r.Value, nil
}

// RecordAt is Record in the state after the block at a height that the node has
// told of. The error is a *QueryError that says Gone when the node has pruned
// that state.
func (c *Client) RecordAt(ctx context.Context, height uint64, key []byte) ([]byte, error) {
	r, err := c.ask(ctx, recordPath(key), nil, height, false)
	if err != nil || len(r.Value) == 0 {
		return nil, err
	}
	return r.Value, nil
}

func recordPath(key []byte) string { return app.BuildPath(app.PathRecord, hex.EncodeToString(key)) }

// read decodes a record that is not proven; nil when there is none.
func read[R any](ctx context.Context, c *Client, key []byte, decode func([]byte) (*R, error)) (*R, error) {
	raw, err := c.Record(ctx, key)
	if err != nil || raw == nil {
		return nil, err
	}
	return decode(raw)
}

// recordProof returns a record with its proof at a height, not checked.
func (c *Client) recordProof(ctx context.Context, height uint64, key []byte) (value, evidence []byte, err error) {
	r, err := c.query(ctx, recordPath(key), nil, height, true)
	if err != nil {
		return nil, nil, err
	}
	if r.ProofOps == nil || len(r.ProofOps.Ops) != 1 || r.ProofOps.Ops[0].Type != proofType {
		return nil, nil, fmt.Errorf("%w: query of record %x: the node gave no proof of type %s", proof.ErrInvalid, key, proofType)
	}
	if len(r.Value) > 0 {
		value = r.Value
	}
	return value, r.ProofOps.Ops[0].Data, nil
}

// Proven is a record, or its absence, that was proved.
type Proven[R any] struct {
	// Record is nil when it is proved that there is none.
	Record *R `json:"record"`
	// Height is the height whose state it is of, Time that of the header
	// after it.
	Height uint64    `json:"height"`
	Time   time.Time `json:"time"`
}

// Query returns a record proved against a header that the light client
// verified. path is a provable path of app.Queries with its arguments, and
// decode reads its records. There must be a light client: see UseLight.
func Query[R any](ctx context.Context, c *Client, decode func([]byte) (*R, error), path string, args ...string) (*Proven[R], error) {
	key, err := provableKey(path, args)
	if err != nil {
		return nil, err
	}
	return prove(ctx, c, key, decode)
}

// provableKey is the state key that a provable path with its arguments means.
func provableKey(path string, args []string) ([]byte, error) {
	q, parsed, err := app.MatchQuery(app.BuildPath(path, args...))
	if err != nil {
		return nil, err
	}
	if !q.Proven() {
		return nil, fmt.Errorf("query %s is a listing, and not proven", path)
	}
	return q.Key(parsed)
}

// proveAttempts is how often a proof is asked for again because the node has
// pruned the height meanwhile.
const proveAttempts = 3

func prove[R any](ctx context.Context, c *Client, key []byte, decode func([]byte) (*R, error)) (*Proven[R], error) {
	w, err := c.witness(ctx, key)
	if err != nil {
		return nil, err
	}
	return decoded(w, decode)
}

// witness returns a record with its proof, checked against the header on which
// answers rest now: see Tuning.
func (c *Client) witness(ctx context.Context, key []byte) (*witness, error) {
	for attempt := 1; ; attempt++ {
		at, err := c.tuned.Load().pins.get(ctx)
		if err != nil {
			return nil, err
		}
		w, err := c.witnessBy(ctx, at.block, key)
		var refused *QueryError
		if errors.As(err, &refused) && refused.Code == queryNoHeight && attempt < proveAttempts {
			continue
		}
		return w, err
	}
}

// settled is the height of a header that commits to everything that stands in
// a block by now: the next one, when the last block holds txs. Otherwise one
// would not find what one has just submitted.
func (c *Client) settled(ctx context.Context) (uint64, error) {
	head, err := signedHeader(ctx, c.rpc, nil)
	if err != nil {
		return 0, err
	}
	height := uint64(head.Height)
	c.heard(height)
	if height < 2 || !bytes.Equal(head.DataHash, types.Txs(nil).Hash()) {
		height++
	}
	return height, nil
}

// list asks for a listing and reads its JSON. The index must have come as far
// as what the client has heard of this node: otherwise one would not find what
// one has just submitted, or has seen in a block. That is this node's word: of
// what another node told, it may hear later.
func list[T any](ctx context.Context, c *Client, data []byte, path string, args ...string) (*T, error) {
	if err := c.indexHeard(ctx); err != nil {
		return nil, err
	}
	return listNow[T](ctx, c, data, path, args...)
}

// listNow is list without the wait.
func listNow[T any](ctx context.Context, c *Client, data []byte, path string, args ...string) (*T, error) {
	path = app.BuildPath(path, args...)
	r, err := c.query(ctx, path, data, 0, false)
	if err != nil {
		return nil, err
	}
	raise(&c.indexed, uint64(max(r.Height, 0)))
	out := new(T)
	if err := json.Unmarshal(r.Value, out); err != nil {
		return nil, fmt.Errorf("query %s: the answer cannot be read: %w", path, err)
	}
	return out, nil
}

// rebuilding is the state of an index that is far behind.
const rebuilding = "rebuilding"

// indexHeard waits a while for the node's index to have the last block that the
// client has heard of. An index that is away or being rebuilt, or takes longer,
// is asked all the same: it says itself what it can say.
func (c *Client) indexHeard(ctx context.Context) error {
	height := c.height.Load()
	if c.indexed.Load() >= height {
		return nil
	}
	until := time.Now().Add(readyPatience)
	err := await(ctx, func() (bool, error) {
		s, err := c.IndexStatus(ctx)
		if err != nil || s.Height == 0 || s.Err != "" || s.State == rebuilding {
			return true, nil //nolint:nilerr // the question itself will tell
		}
		return s.Height >= height || time.Now().After(until), nil
	})
	raise(&c.indexed, height) // once is enough
	return err
}
