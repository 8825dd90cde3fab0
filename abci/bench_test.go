package abci

import (
	"testing"

	"github.com/pedigree-ledger/pedigree/app/apptest"
)

// BenchmarkRecheck asks again about a tx of 100 KB that waits.
func BenchmarkRecheck(b *testing.B) {
	w := apptest.NewWorld(b)
	raw := w.Seal(w.Maker, apptest.Commission(w.Maker, w.Unit, "L", 0, 11000)).Raw()
	a := &App{txs: newTxCache(cacheBytes)}
	a.pending.reset()
	a.committed.Store(&committed{})
	if _, err := a.txs.decode(raw); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		if rej := a.recheck(raw); rej != nil {
			b.Fatal(rej)
		}
	}
}
