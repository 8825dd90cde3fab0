package proof

import (
	"crypto/sha256"
	"math/bits"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/merkle"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// txPath shows that a tx stands in a block: the siblings from the tx up to the
// data hash in the block's header. Left says of each sibling on which side it
// stands, so that a path has one form whatever else is in the block.
type txPath []txSibling

type txSibling struct {
	left bool
	hash merkle.Hash
}

// maxTxPath bounds a path: a block of four thousand million txs.
const maxTxPath = 32

// pathOfTx is the path of the i-th of a block's txs.
func pathOfTx(ids []app.TxID, i int) txPath {
	if len(ids) <= 1 {
		return nil
	}
	split := 1 << (bits.Len(uint(len(ids)-1)) - 1)
	if i < split {
		return append(pathOfTx(ids[:split], i), txSibling{false, rootOfTxs(ids[split:])})
	}
	return append(pathOfTx(ids[split:], i-split), txSibling{true, rootOfTxs(ids[:split])})
}

// rootOfTxs is the root of RFC 6962 over ids, of which there is at least one.
func rootOfTxs(ids []app.TxID) merkle.Hash {
	if len(ids) == 1 {
		return txLeaf(ids[0])
	}
	split := 1 << (bits.Len(uint(len(ids)-1)) - 1)
	return txInner(rootOfTxs(ids[:split]), rootOfTxs(ids[split:]))
}

// root is the data hash to which the path leads from a tx.
func (p txPath) root(id app.TxID) merkle.Hash {
	h := txLeaf(id)
	for i := range p {
		if p[i].left {
			h = txInner(p[i].hash, h)
		} else {
			h = txInner(h, p[i].hash)
		}
	}
	return h
}

func txLeaf(id app.TxID) merkle.Hash {
	return sha256.Sum256(append([]byte{0}, id[:]...))
}

func txInner(l, r merkle.Hash) merkle.Hash {
	return sha256.Sum256(append(append([]byte{1}, l[:]...), r[:]...))
}

func (p txPath) encode(e *wire.Encoder) {
	e.Uint8(uint8(len(p)))
	for i := range p {
		e.Bool(p[i].left)
		e.Raw(p[i].hash[:])
	}
}

func readTxPath(d *wire.Decoder) (p txPath) {
	n := int(d.Uint8())
	if n > maxTxPath {
		d.Fail("a path of a transaction has at most %d siblings, found %d", maxTxPath, n)
		return nil
	}
	for range n {
		s := txSibling{left: d.Bool()}
		d.Raw(s.hash[:])
		p = append(p, s)
	}
	return p
}
