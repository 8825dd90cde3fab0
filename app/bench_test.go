package app_test

import (
	"fmt"
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
)

// execute measures one tx on one state, again and again: decoded afresh, as in
// a block, with its signature checked beforehand (it is measured by itself).
// Writes go to a store that forgets them, so that the state stays.
func execute(b *testing.B, w *apptest.World, tx *app.Tx) {
	b.Helper()
	s := forgetful{w.Store}
	if res, err := app.Execute(s, w.Block, tx); err != nil || res.Code != app.CodeOK {
		b.Fatalf("%s: %s %s %v", tx.Op.Kind(), res.Code, res.Detail, err)
	}
	public := apptest.NewWorld(b).Partners()
	txs := make([]*app.Tx, b.N)
	for i := range txs {
		again, err := app.Decode(tx.Raw())
		if err != nil {
			b.Fatal(err)
		}
		for _, p := range public {
			if p.KeyID == tx.KeyID {
				again.VerifySignature(p.Public())
			}
		}
		txs[i] = again
	}
	b.ReportAllocs()
	b.ResetTimer()
	for i := range txs {
		if res, err := app.Execute(s, w.Block, txs[i]); err != nil || res.Code != app.CodeOK {
			b.Fatal(res.Code, err)
		}
	}
}

// forgetful reads a store and forgets what is written.
type forgetful struct{ *apptest.Store }

func (forgetful) Set([]byte, []byte) {}
func (forgetful) Delete([]byte)      {}

func benchWorld(b *testing.B) *apptest.World {
	b.Helper()
	w := apptest.NewWorld(b)
	w.CheckEvery = 0
	return w
}

// BenchmarkCommission validates and applies; roots are built anew each time.
func BenchmarkCommission(b *testing.B) {
	for _, n := range []int{1024, 10_000, app.MaxCommission} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			w := benchWorld(b)
			execute(b, w, w.Seal(w.Maker, apptest.Commission(w.Maker, w.Unit, "L1", 1, n)))
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "serials/s")
		})
	}
}

// BenchmarkDispense: one item out of a holding of n. The floor is 150 µs.
func BenchmarkDispense(b *testing.B) {
	for _, n := range []int{48, 1024} {
		b.Run(fmt.Sprint("1 of ", n), func(b *testing.B) {
			w := benchWorld(b)
			w.MustDo(w.Maker, apptest.Commission(w.Maker, w.Unit, "L1", 1, n))
			w.MustDo(w.Maker, w.Pack(w.Maker.SSCC(1), apptest.Items(w.Unit, 1, n)...))
			w.MustDo(w.Maker, w.Ship(w.Pharmacy, w.Maker.SSCC(1)))
			w.MustDo(w.Pharmacy, w.ReceiveAll(w.Pharmacy, 1))
			execute(b, w, w.Seal(w.Pharmacy, w.Dispense(apptest.Item(w.Unit, n/2))))
		})
	}
}

// BenchmarkPack: 48 items of a run of 1,024 into a new case.
func BenchmarkPack(b *testing.B) {
	w := benchWorld(b)
	w.MustDo(w.Maker, apptest.Commission(w.Maker, w.Unit, "L1", 1, 1024))
	execute(b, w, w.Seal(w.Maker, w.Pack(w.Maker.SSCC(1), apptest.Items(w.Unit, 1, 48)...)))
}

// BenchmarkShip: one pallet of 20 cases of 48.
func BenchmarkShip(b *testing.B) {
	w := benchWorld(b)
	w.MustDo(w.Maker, apptest.Commission(w.Maker, w.Unit, "L1", 1, 960))
	pallet := w.Maker.SSCC(100)
	for n := range 20 {
		w.MustDo(w.Maker, w.Pack(w.Maker.SSCC(n+1), apptest.Items(w.Unit, n*48+1, n*48+48)...))
		w.MustDo(w.Maker, w.Pack(pallet, w.Maker.SSCC(n+1)))
	}
	execute(b, w, w.Seal(w.Maker, w.Ship(w.Wholesaler, pallet)))
}

// BenchmarkDecode: the form of a Commission of 1,024 and of a Dispense.
func BenchmarkDecode(b *testing.B) {
	w := benchWorld(b)
	commission := w.Seal(w.Maker, apptest.Commission(w.Maker, w.Unit, "L1", 1, 1024))
	w.Execute(commission)
	dispense := w.Seal(w.Pharmacy, w.Dispense(apptest.Item(w.Unit, 500)))
	for _, tx := range []*app.Tx{commission, dispense} {
		b.Run(tx.Op.Kind().String(), func(b *testing.B) {
			b.SetBytes(int64(tx.Bytes()))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := app.Decode(tx.Raw()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkVerifySignature is what every tx costs besides.
func BenchmarkVerifySignature(b *testing.B) {
	w := benchWorld(b)
	tx := w.Seal(w.Maker, apptest.Commission(w.Maker, w.Unit, "L1", 1, 1))
	for b.Loop() {
		again, err := app.Decode(tx.Raw())
		if err != nil || !again.VerifySignature(w.Maker.Public()) {
			b.Fatal("not genuine")
		}
	}
}

// BenchmarkCheckInvariants: a whole state with contents.
func BenchmarkCheckInvariants(b *testing.B) {
	w := benchWorld(b)
	for n := range 10 {
		w.MustDo(w.Maker, apptest.Commission(w.Maker, w.Unit, "L1", n*10_000, n*10_000+9_999))
	}
	b.ResetTimer()
	for b.Loop() {
		if v := app.CheckInvariants(w.Store, w.Contents.Entries); len(v) > 0 {
			b.Fatal(v[0])
		}
	}
	b.ReportMetric(100_000*float64(b.N)/b.Elapsed().Seconds(), "serials/s")
}
