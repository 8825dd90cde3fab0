package abci

import (
	"bytes"
	"hash/maphash"
	"runtime"
	"sync"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/internal/lru"
)

// txCache remembers decoded txs by their bytes, so that a tx is decoded once
// and its signature checked once between the mempool and the block. It is a
// memo of a pure function: losing it costs time only. Safe for concurrent use.
type txCache struct {
	seed maphash.Seed
	kept *lru.Cache[uint64, *app.Tx]
}

// cacheBytes bounds what is remembered, in bytes of txs: it holds a full mempool
// of package node's, so that what waits there stays decoded. A decoded
// Commission takes some three times its bytes.
const cacheBytes = 64 << 20

// ends is how many bytes of each end of a tx make its hash: the header with
// key and nonce, and the signature. Equal ends are told apart by comparing.
const ends = 128

func newTxCache(bytes int64) *txCache {
	return &txCache{maphash.MakeSeed(), lru.New[uint64, *app.Tx](bytes)}
}

// decode returns the decoded tx; the error is a *app.Rejection.
func (c *txCache) decode(raw []byte) (*app.Tx, error) {
	h := c.hash(raw)
	if tx := c.get(h, raw); tx != nil {
		return tx, nil
	}
	tx, err := app.Decode(raw)
	if err != nil {
		return nil, err
	}
	c.kept.Put(h, tx, int64(tx.Bytes()))
	return tx, nil
}

// peek returns the tx if it is remembered, nil otherwise.
func (c *txCache) peek(raw []byte) *app.Tx { return c.get(c.hash(raw), raw) }

func (c *txCache) hash(raw []byte) uint64 {
	var h maphash.Hash
	h.SetSeed(c.seed)
	_, _ = h.Write(raw[:min(ends, len(raw))]) // never fails
	_, _ = h.Write(raw[max(0, len(raw)-ends):])
	return h.Sum64()
}

func (c *txCache) get(h uint64, raw []byte) *app.Tx {
	if tx, ok := c.kept.Get(h); ok && bytes.Equal(tx.Raw(), raw) {
		return tx
	}
	return nil
}

// forget drops txs of a block that is committed: nobody asks for them again, and
// decoded they are most of what an idle node would hold.
func (c *txCache) forget(txs []*app.Tx) {
	for _, tx := range txs {
		if tx != nil {
			c.kept.Remove(c.hash(tx.Raw()))
		}
	}
}

// decodeAll decodes the txs of a block on all cores; what cannot be decoded is
// nil. It checks the signatures as well, with the keys in view: a Tx remembers
// that its own is good. Nobody may write to view meanwhile.
func (c *txCache) decodeAll(view app.View, raws [][]byte) []*app.Tx {
	txs := make([]*app.Tx, len(raws))
	workers := min(runtime.GOMAXPROCS(0), len(raws))
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := w; i < len(raws); i += workers {
				tx, err := c.decode(raws[i])
				if err != nil {
					continue // nil says so; Execute is never reached
				}
				txs[i] = tx
				verifyEarly(view, tx)
			}
		})
	}
	wg.Wait()
	return txs
}

// verifyEarly checks a signature ahead of Execute, which then finds it checked.
// A key that the view does not know is left to Execute.
func verifyEarly(view app.View, tx *app.Tx) {
	if v, ok := view.Get(app.KeyKey(tx.KeyID)); ok {
		if key, err := app.DecodeKey(v); err == nil {
			tx.VerifySignature(key.Public)
		}
	}
}
