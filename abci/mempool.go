package abci

import (
	"context"
	"errors"
	"sync"

	abcitypes "github.com/cometbft/cometbft/abci/types"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/index"
)

// CheckTx judges a tx for the mempool: its envelope, its form, and what no
// pending tx could cure (design 01, rule 13). After each block CometBFT asks
// again about everything that waits; that is answered from memory.
func (a *App) CheckTx(_ context.Context, req *abcitypes.RequestCheckTx) (*abcitypes.ResponseCheckTx, error) {
	if req.Type == abcitypes.CheckTxType_Recheck {
		return checked(req.Tx, a.recheck(req.Tx)), nil
	}
	tx, err := a.txs.decode(req.Tx)
	if err != nil {
		return checked(req.Tx, asRejection(err)), nil
	}
	c := a.committed.Load()
	rej, err := app.Check(c.view, a.next(c), tx)
	if err != nil {
		return nil, err
	}
	if rej == nil {
		rej = a.advise(tx)
	}
	return checked(req.Tx, rej), nil
}

// adviser is an Index that knows what was commissioned before.
type adviser interface {
	// Commissioned reports whether one of the ascending serials was
	// commissioned under the GTIN, and the first found.
	Commissioned(gtin gs1.GTIN, serials []string) (first string, found bool, err error)
}

var _ adviser = (*index.Index)(nil)

// advise refuses a Commission whose serials the index knows (design 01, rule
// 1). It is advice, to which no block is held: an index that lags, fails or is
// absent advises nothing.
func (a *App) advise(tx *app.Tx) *app.Rejection {
	op, ok := tx.Op.(*app.Commission)
	if !ok {
		return nil
	}
	x, _, _ := a.follower.current()
	known, ok := x.(adviser)
	if !ok {
		return nil
	}
	serial, found, err := known.Commissioned(op.GTIN, op.Serials)
	if err != nil || !found {
		return nil //nolint:nilerr // an index that fails advises nothing
	}
	return &app.Rejection{
		Code:   app.CodeDuplicateKey,
		Detail: "serial " + serial + " of GTIN " + op.GTIN.String() + " was commissioned before",
	}
}

// checked is the answer to CheckTx.
func checked(raw []byte, rej *app.Rejection) *abcitypes.ResponseCheckTx {
	res := &abcitypes.ResponseCheckTx{GasWanted: gas(raw), Codespace: Codespace}
	if rej != nil {
		res.Code, res.Log = uint32(rej.Code), rej.Error()
	}
	return res
}

// recheck refuses what can no longer stand in a block, so that it leaves the
// mempool. The rest of the envelope was judged when the tx came in; what has
// changed since is the height, the nonces that the last block used, and what
// this node left out of a proposal.
func (a *App) recheck(raw []byte) *app.Rejection {
	tx := a.txs.peek(raw)
	if tx == nil {
		return nil // a proposal will judge it
	}
	if next := a.committed.Load().height + 1; tx.ValidUntil < next {
		return &app.Rejection{Code: app.CodeExpiredTx, Detail: "it waited too long"}
	}
	return a.pending.judge(tx)
}

// pending knows which waiting txs have become hopeless.
type pending struct {
	mu sync.Mutex
	// stale are txs that a proposal left out for their envelope.
	stale map[app.TxID]*app.Rejection
	// used are the nonces that the last block used, highest the highest of
	// them by key.
	used    map[nonce]struct{}
	highest map[app.KeyID]uint64
}

type nonce struct {
	key app.KeyID
	n   uint64
}

func (p *pending) reset() {
	p.stale = make(map[app.TxID]*app.Rejection)
	p.used = make(map[nonce]struct{})
	p.highest = make(map[app.KeyID]uint64)
}

// judge returns why a waiting tx is hopeless, or nil.
func (p *pending) judge(tx *app.Tx) *app.Rejection {
	p.mu.Lock()
	defer p.mu.Unlock()
	if rej := p.stale[tx.ID()]; rej != nil {
		return rej
	}
	if _, ok := p.used[nonce{tx.KeyID, tx.Nonce}]; ok {
		return &app.Rejection{Code: app.CodeNonceUsed, Detail: "another transaction of the key used the nonce"}
	}
	if p.highest[tx.KeyID] >= tx.Nonce+app.NonceWindow {
		return &app.Rejection{Code: app.CodeNonceTooOld, Detail: "it waited too long"}
	}
	return nil
}

// leftOut notes a tx that a proposal left out for its envelope.
func (p *pending) leftOut(tx *app.Tx, rej *app.Rejection) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stale[tx.ID()] = rej
}

// committed notes the nonces that a block used. What the block before used is
// forgotten: everything that waited then has been asked about since.
func (p *pending) committed(e *execution) {
	p.mu.Lock()
	defer p.mu.Unlock()
	stale := p.stale
	p.reset()
	p.stale = stale
	for i, tx := range e.txs {
		if tx == nil || e.results[i].Code.Envelope() {
			continue
		}
		p.used[nonce{tx.KeyID, tx.Nonce}] = struct{}{}
		p.highest[tx.KeyID] = max(p.highest[tx.KeyID], tx.Nonce)
	}
	if len(p.stale) > maxStale {
		p.stale = make(map[app.TxID]*app.Rejection) // they will be left out again
	}
}

// maxStale bounds the txs remembered as left out.
const maxStale = 100_000

// InsertTx belongs to CometBFT's app mempool, which this application does not
// offer.
func (a *App) InsertTx(context.Context, *abcitypes.RequestInsertTx) (*abcitypes.ResponseInsertTx, error) {
	return nil, errAppMempool
}

// ReapTxs belongs to CometBFT's app mempool, which this application does not
// offer.
func (a *App) ReapTxs(context.Context, *abcitypes.RequestReapTxs) (*abcitypes.ResponseReapTxs, error) {
	return nil, errAppMempool
}

var errAppMempool = errors.New("abci: this application has no mempool of its own: set mempool to flood")
