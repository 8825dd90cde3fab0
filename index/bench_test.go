//go:build unix

package index

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// BenchmarkApplyCommission puts blocks of one full Commission into the index.
func BenchmarkApplyCommission(b *testing.B) {
	p := newPlant(b)
	x := open(b, Config{Dir: b.TempDir()})
	p.start(b, x)
	b.ReportAllocs()
	for range b.N {
		b.StopTimer()
		blk := p.block(b, app.MaxCommission)
		b.StartTimer()
		if err := x.Apply(blk); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*app.MaxCommission/b.Elapsed().Seconds(), "serials/s")
}

// BenchmarkPlace looks items up in a GTIN of many random serials.
func BenchmarkPlace(b *testing.B) {
	for _, millions := range []int{1, 5} {
		b.Run(fmt.Sprintf("%dM", millions), func(b *testing.B) { benchmarkPlace(b, millions) })
	}
}

func benchmarkPlace(b *testing.B, millions int) {
	p := newPlant(b)
	dir := b.TempDir()
	x := open(b, Config{Dir: dir})
	p.start(b, x)
	var keys []gs1.Key
	var slowest, total time.Duration
	blocks := millions * 1_000_000 / app.MaxCommission
	for range blocks {
		blk := p.block(b, app.MaxCommission)
		serials := blk.Txs[0].Tx.Op.(*app.Commission).Serials
		keys = append(keys, gs1.ItemKey(p.w.Unit, serials[p.rng.IntN(len(serials))]))
		begin := time.Now()
		if err := x.Apply(blk); err != nil {
			b.Fatal(err)
		}
		took := time.Since(begin)
		total, slowest = total+took, max(slowest, took)
	}
	x.merger.settle()
	b.Run("hit", func(b *testing.B) {
		for i := range b.N {
			if _, err := x.Place(keys[i%len(keys)]); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("miss", func(b *testing.B) {
		for range b.N {
			if _, err := x.Place(gs1.ItemKey(p.w.Unit, fmt.Sprintf("%011d", p.rng.Int64N(1e11)))); err == nil {
				b.Fatal("found what was never commissioned")
			}
		}
	})
	b.Run("commissioned", func(b *testing.B) {
		serials := p.block(b, app.MaxCommission).Txs[0].Tx.Op.(*app.Commission).Serials
		b.ResetTimer()
		for range b.N {
			if _, _, err := x.Commissioned(p.w.Unit, serials); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Logf("%d Commissions: apply mean %v, slowest %v; %.1f bytes a serial on disk",
		blocks, total/time.Duration(blocks), slowest, float64(diskBytes(dir))/float64(blocks*app.MaxCommission))
}

// diskBytes is the size of the tables and of the value log's written part.
func diskBytes(dir string) (n int64) {
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if info, e := d.Info(); err == nil && e == nil && d.Type().IsRegular() && filepath.Ext(d.Name()) != ".mem" {
			n += allocated(info)
		}
		return nil
	})
	return n
}

// allocated is what a file takes on disk: Badger's logs are sparse.
func allocated(info fs.FileInfo) int64 {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return st.Blocks * 512
	}
	return info.Size()
}
