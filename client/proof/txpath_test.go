package proof

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"testing"

	"github.com/cometbft/cometbft/types"

	"github.com/pedigree-ledger/pedigree/app"
)

// TestTxPath: the path of every tx leads to the data hash that CometBFT
// computes, and that of another tx does not.
func TestTxPath(t *testing.T) {
	for n := 1; n <= 20; n++ {
		var txs types.Txs
		var ids []app.TxID
		for i := range n {
			raw := fmt.Appendf(nil, "tx %d", i)
			txs, ids = append(txs, raw), append(ids, sha256.Sum256(raw))
		}
		for i := range n {
			root := pathOfTx(ids, i).root(ids[i])
			if !bytes.Equal(root[:], txs.Hash()) {
				t.Errorf("tx %d of %d: got %s, want %X", i, n, root, txs.Hash())
			}
			other := pathOfTx(ids, i).root(sha256.Sum256([]byte("other")))
			if bytes.Equal(other[:], txs.Hash()) {
				t.Errorf("tx %d of %d: another tx has its path", i, n)
			}
		}
	}
}
