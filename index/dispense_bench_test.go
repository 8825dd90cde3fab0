package index

import (
	"testing"

	"github.com/pedigree-ledger/pedigree/app/apptest"
)

// BenchmarkApplyDispense puts blocks of a hundred Dispenses of one item each
// into the index.
func BenchmarkApplyDispense(b *testing.B) {
	const perBlock = 100
	l := newLedger(b)
	l.CheckEvery = 0
	x := open(b, Config{Dir: b.TempDir()})
	items := b.N * perBlock
	for from := 1; from <= items; from += 1000 {
		l.must(l.Maker, apptest.Commission(l.Maker, l.Unit, "L1", from, min(from+999, items)))
		l.must(l.Maker, l.Ship(l.Pharmacy, apptest.Items(l.Unit, from, min(from+999, items))...))
		l.must(l.Pharmacy, l.ReceiveAll(l.Pharmacy, uint64(from/1000+1)))
	}
	l.feed(x)
	for i := range items {
		op := l.Dispense(apptest.Item(l.Unit, i+1))
		if i%perBlock == 0 {
			l.must(l.Pharmacy, op)
		} else {
			l.also(l.Pharmacy, op)
		}
	}
	b.ResetTimer()
	l.feed(x)
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(items), "µs/dispense")
}
