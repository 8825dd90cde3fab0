package abci

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/index"
	"github.com/pedigree-ledger/pedigree/state"
)

// execution is a block that was executed over the version before it.
type execution struct {
	block   app.Block
	overlay *state.Overlay
	txs     []*app.Tx // nil where the bytes are no tx
	raws    [][]byte
	results []app.Result
}

// blockID names what an execution is a function of, beside the version it
// stands on: height, time and txs.
type blockID [sha256.Size]byte

func (e *execution) id() blockID {
	h := sha256.New()
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], e.block.Height)
	binary.BigEndian.PutUint64(b[8:], e.block.Time)
	h.Write(b[:])
	for i, tx := range e.txs {
		id := sha256.Sum256(nil)
		if tx != nil {
			id = tx.ID()
		} else {
			id = sha256.Sum256(e.raws[i])
		}
		h.Write(id[:])
	}
	return blockID(h.Sum(nil))
}

// run executes the txs that have no result yet. The error is this node's
// trouble.
func (e *execution) run() error {
	for i := len(e.results); i < len(e.txs); i++ {
		if _, err := e.execute(e.txs[i]); err != nil {
			return err
		}
	}
	return e.overlay.Err()
}

// execute executes one tx and keeps its result. Bytes that are no tx are
// refused in every node's view alike.
func (e *execution) execute(tx *app.Tx) (app.Result, error) {
	res := app.Result{Code: app.CodeMalformed, Detail: "the bytes are not a transaction"}
	if tx != nil {
		var err error
		if res, err = app.Execute(e.overlay, e.block, tx); err != nil {
			return res, err
		}
		if err := e.overlay.Err(); err != nil {
			return res, err
		}
	}
	e.results = append(e.results, res)
	return res, nil
}

// executeUnless executes the i-th tx, unless another execution of the same
// block has its result.
func (e *execution) executeUnless(done *execution, i int) (app.Result, error) {
	if done != nil && i < len(done.results) {
		return done.results[i], nil
	}
	return e.execute(e.txs[i])
}

// forIndex turns the execution into what the index takes. It must be called
// while the overlay is open.
func (e *execution) forIndex() index.Block {
	b := index.Block{Height: e.block.Height, Time: e.block.Time}
	if e.block.Height == 1 {
		e.overlay.Scan([]byte{byte(app.RecordPartner)}, func(key, value []byte) bool {
			b.Genesis = append(b.Genesis, app.Change{Key: bytes.Clone(key), Value: bytes.Clone(value)})
			return true
		})
	}
	partners := make(map[app.KeyID]gs1.GLN)
	for i, tx := range e.txs {
		if tx == nil {
			continue
		}
		gln, ok := partners[tx.KeyID]
		if !ok {
			if v, found := e.overlay.Get(app.KeyKey(tx.KeyID)); found {
				if key, err := app.DecodeKey(v); err == nil {
					gln = key.Partner
				}
			}
			partners[tx.KeyID] = gln
		}
		b.Txs = append(b.Txs, index.BlockTx{Tx: tx, Result: e.results[i], Partner: gln})
	}
	return b
}
