package abci

import (
	"cmp"
	"container/heap"
	"context"
	"log/slog"
	"slices"
	"time"

	abcitypes "github.com/cometbft/cometbft/abci/types"
	cmttypes "github.com/cometbft/cometbft/types"

	"github.com/pedigree-ledger/pedigree/app"
)

// PrepareProposal chooses the txs of a block: those that may stand in one, at
// most each key's quota, the key with the fewest bytes so far first, and each
// key's in the order of their nonces. A tx that its op refuses stays: its nonce
// is used and its sender learns why.
//
// The share is fair among what CometBFT offers, which is the oldest txs of its
// mempool up to one block.
func (a *App) PrepareProposal(_ context.Context, req *abcitypes.RequestPrepareProposal) (*abcitypes.ResponsePrepareProposal, error) {
	defer a.metrics.observe(a.metrics.prepare, time.Now())
	e := a.execution(req.Height, req.Time, nil)
	meter, err := app.NewMeter(e.overlay)
	if err != nil {
		return nil, err
	}
	room := req.MaxTxBytes
	for queue := newFairQueue(a.txs.decodeAll(a.view(), req.Txs)); queue.Len() > 0; {
		tx := queue.first()
		size := cmttypes.ComputeProtoSizeForTxs(cmttypes.Txs{tx.Raw()})
		if size > room || meter.Admit(tx) != nil {
			heap.Pop(queue) // the key's later nonces wait with this one
			continue
		}
		queue.advance()
		taken, err := a.propose(e, tx)
		if err != nil {
			return nil, err
		}
		if taken {
			room -= size
			meter.Charge(tx, &e.results[len(e.results)-1])
		}
	}
	a.remember(e)
	return &abcitypes.ResponsePrepareProposal{Txs: e.raws}, nil
}

// propose executes tx and adds it to the block unless it may not stand in one;
// it then wrote nothing.
func (a *App) propose(e *execution, tx *app.Tx) (taken bool, err error) {
	res, err := e.execute(tx)
	if err != nil {
		return false, err
	}
	if res.Code.Envelope() {
		e.results = e.results[:len(e.results)-1]
		a.pending.leftOut(tx, &app.Rejection{Code: res.Code, Detail: res.Detail})
		return false, nil
	}
	e.txs = append(e.txs, tx)
	e.raws = append(e.raws, tx.Raw())
	return true, nil
}

// ProcessProposal executes a proposed block and accepts it unless it holds
// something that no block may: bytes that are no tx, a tx with a bad envelope,
// or more than a key's quota.
func (a *App) ProcessProposal(_ context.Context, req *abcitypes.RequestProcessProposal) (*abcitypes.ResponseProcessProposal, error) {
	defer a.metrics.observe(a.metrics.process, time.Now())
	e := a.execution(req.Height, req.Time, req.Txs)
	rejected, err := a.admit(e)
	if err != nil {
		return nil, err
	}
	if rejected == nil {
		rejected, err = a.judge(e, a.proposed[e.id()])
	}
	switch {
	case err != nil:
		return nil, err
	case rejected != nil:
		return a.rejectProposal(req, rejected), nil
	case a.proposed[e.id()] != nil:
		a.metrics.reused.Inc()
	default:
		a.remember(e)
	}
	return accept(), nil
}

// unfit is a tx that no block may hold, and why.
type unfit struct {
	tx  int
	why *app.Rejection
}

// admit judges what needs no execution: that the bytes are txs, and the quotas
// of what they say.
func (a *App) admit(e *execution) (*unfit, error) {
	meter, err := app.NewMeter(e.overlay)
	if err != nil {
		return nil, err
	}
	for i, tx := range e.txs {
		if tx == nil {
			return &unfit{i, &app.Rejection{Code: app.CodeMalformed}}, nil
		}
		if rej := meter.Admit(tx); rej != nil {
			return &unfit{i, rej}, nil //nolint:nilerr // a verdict on the block, not trouble of this node
		}
	}
	return nil, nil
}

// judge executes the block, unless another execution of it is done, and judges
// envelopes and the quotas of what the txs turn out to read.
func (a *App) judge(e, done *execution) (*unfit, error) {
	meter, err := app.NewMeter(e.overlay)
	if err != nil {
		return nil, err
	}
	for i, tx := range e.txs {
		if rej := meter.Admit(tx); rej != nil {
			return &unfit{i, rej}, nil //nolint:nilerr // a verdict on the block, not trouble of this node
		}
		res, err := e.executeUnless(done, i)
		if err != nil {
			return nil, err
		}
		if res.Code.Envelope() {
			return &unfit{i, &app.Rejection{Code: res.Code, Detail: res.Detail}}, nil
		}
		meter.Charge(tx, &res)
	}
	return nil, nil
}

func accept() *abcitypes.ResponseProcessProposal {
	return &abcitypes.ResponseProcessProposal{Status: abcitypes.ResponseProcessProposal_ACCEPT}
}

func (a *App) rejectProposal(req *abcitypes.RequestProcessProposal, u *unfit) *abcitypes.ResponseProcessProposal {
	a.metrics.refused.Inc()
	a.log.Warn("proposal refused", slog.Int64("height", req.Height), slog.String("proposer", hexBytes(req.ProposerAddress)),
		slog.Int("tx", u.tx), slog.String("reason", u.why.Error()))
	return &abcitypes.ResponseProcessProposal{Status: abcitypes.ResponseProcessProposal_REJECT}
}

// execution begins the execution of a block over the committed version.
func (a *App) execution(height int64, at time.Time, raws [][]byte) *execution {
	return &execution{
		block:   app.Block{ChainID: a.cfg.ChainID, Height: uint64(height), Time: uint64(at.Unix())},
		overlay: a.base(), raws: raws, txs: a.txs.decodeAll(a.view(), raws),
	}
}

// view is the committed state for checking signatures ahead.
func (a *App) view() app.View { return a.committed.Load().view }

// maxProposed bounds the executed proposals of one height: one a round, and
// each holds the writes of a block.
const maxProposed = 4

// remember keeps an executed proposal for ProcessProposal and FinalizeBlock.
func (a *App) remember(e *execution) {
	if len(a.proposed) >= maxProposed {
		clear(a.proposed)
	}
	a.proposed[e.id()] = e
}

// fairQueue gives txs in turns: the next is of the key with the fewest bytes
// given so far, the one that came first among equals; of one key, the lowest
// nonce first.
type fairQueue []*share

type share struct {
	txs   []*app.Tx
	given int
	rank  int // the order in which keys came
}

func newFairQueue(txs []*app.Tx) *fairQueue {
	byKey := make(map[app.KeyID]*share)
	var q fairQueue
	for _, tx := range txs {
		if tx == nil {
			continue
		}
		s := byKey[tx.KeyID]
		if s == nil {
			s = &share{rank: len(q)}
			byKey[tx.KeyID] = s
			q = append(q, s)
		}
		s.txs = append(s.txs, tx)
	}
	for _, s := range q {
		slices.SortStableFunc(s.txs, func(a, b *app.Tx) int { return cmp.Compare(a.Nonce, b.Nonce) })
	}
	heap.Init(&q)
	return &q
}

// first is the next tx; the queue must not be empty.
func (q *fairQueue) first() *app.Tx { return (*q)[0].txs[0] }

// advance takes the next tx.
func (q *fairQueue) advance() {
	s := (*q)[0]
	s.given += s.txs[0].Bytes()
	if s.txs = s.txs[1:]; len(s.txs) == 0 {
		heap.Pop(q)
	} else {
		heap.Fix(q, 0)
	}
}

// Len is the number of keys that have txs left.
func (q *fairQueue) Len() int { return len(*q) }

// Less orders the keys by what they were given.
func (q *fairQueue) Less(i, j int) bool {
	a, b := (*q)[i], (*q)[j]
	return cmp.Or(cmp.Compare(a.given, b.given), cmp.Compare(a.rank, b.rank)) < 0
}

// Swap is for package heap.
func (q *fairQueue) Swap(i, j int) { (*q)[i], (*q)[j] = (*q)[j], (*q)[i] }

// Push is for package heap.
func (q *fairQueue) Push(x any) {
	if s, ok := x.(*share); ok {
		*q = append(*q, s)
	}
}

// Pop is for package heap.
func (q *fairQueue) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}
