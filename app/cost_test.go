package app_test

import (
	"testing"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// costBound is what a tx may cost at most, in records read and written: so
// much for any, so much for each of its bytes, and so much for each account of
// a lot that it reads in mixed holdings, which are counted apart and bounded
// (docs/spec/tx.md, "What a transaction may cost").
func costBound(bytes, lotsRead int) int { return 64 + bytes/2 + 8*lotsRead }

// cost counts the records that a tx reads and writes on a state, which stays
// as it is.
func cost(t testing.TB, s *apptest.Store, b app.Block, tx *app.Tx) (reads, writes int, res app.Result) {
	t.Helper()
	c := s.Clone()
	res, err := app.Execute(c, b, tx)
	if err != nil {
		t.Fatalf("%s: trouble of the node: %v", tx.Op.Kind(), err)
	}
	return c.Reads, c.Writes, res
}

// checkCost fails the test when a tx costs more than it may.
func checkCost(t testing.TB, tx *app.Tx, reads, writes int, res *app.Result) {
	t.Helper()
	if most := costBound(tx.Bytes(), res.LotsRead); reads+writes > most {
		t.Errorf("%s of %d bytes (%s, %d accounts of lots): %d reads and %d writes, together at most %d",
			tx.Op.Kind(), tx.Bytes(), res.Code, res.LotsRead, reads, writes, most)
	}
}

// TestCostOfManyLots is the worst that a tx can ask for: holdings of as many
// lots as there may be, named in 32 bytes each.
func TestCostOfManyLots(t *testing.T) {
	const lots, totes, most = 1024, 33, 32_768
	params := app.DefaultParams()
	params.MaxLots = lots
	w := apptest.NewWorldWith(t, params)
	w.CheckEvery = 0
	for n := range lots {
		w.MustDo(w.Maker, apptest.Commission(w.Maker, w.Unit, "L"+apptest.Serial(n), n*totes, n*totes+totes-1))
	}
	var all []gs1.Key
	for i := range totes {
		var items []gs1.Key
		for n := range lots {
			items = append(items, apptest.Item(w.Unit, n*totes+i))
		}
		w.MustDo(w.Maker, w.Pack(w.Maker.SSCC(i), items...))
		all = append(all, w.Maker.SSCC(i))
	}
	try := func(op app.Op, want app.Code) {
		t.Helper()
		w.Step(10)
		tx := w.Seal(w.Maker, op)
		before := time.Now()
		reads, writes, res := cost(t, w.Store, w.Block, tx)
		t.Logf("%s of %d bytes: %d accounts, %d reads, %d writes in %v", op.Kind(), tx.Bytes(), res.LotsRead, reads, writes, time.Since(before))
		if res.Code != want || res.LotsRead > most+1 {
			t.Errorf("%s: got %s (%s) and %d accounts of lots, want %s", op.Kind(), res.Code, res.Detail, res.LotsRead, want)
		}
		checkCost(t, tx, reads, writes, &res)
	}
	pallet := w.Maker.SSCC(totes)
	try(w.Ship(w.Wholesaler, all...), app.CodeTooManyLots)
	try(w.Ship(w.Wholesaler, all[:totes-1]...), app.CodeOK)
	try(w.Pack(pallet, all...), app.CodeTooManyLots)
	try(w.Pack(pallet, all[:totes-1]...), app.CodeOK)
	nest := &app.CommissionContainer{Location: w.Maker.GLN, Containers: []app.ContainerUse{
		{Key: w.Maker.SSCC(totes + 1)}, {Key: w.Maker.SSCC(totes + 2)}, {Key: w.Maker.SSCC(totes + 3)},
	}}
	w.MustDo(w.Maker, nest)
	w.MustDo(w.Maker, w.Pack(nest.Containers[1].Key, nest.Containers[0].Key))
	w.MustDo(w.Maker, w.Pack(nest.Containers[2].Key, nest.Containers[1].Key))
	try(w.Pack(nest.Containers[0].Key, all[0]), app.CodeOK)
	try(w.Pack(nest.Containers[0].Key, all[:totes-1]...), app.CodeOK)
	w.MustDo(w.Maker, w.Pack(pallet, all[:totes-1]...))
	try(w.Unpack(pallet), app.CodeOK)
	try(w.Pack(pallet, all[totes-1]), app.CodeOK)
	w.CheckInvariants()
}

// TestMeterChargesLots: what a tx reads of mixed holdings is counted once it is
// known, and keeps the key's next txs out.
func TestMeterChargesLots(t *testing.T) {
	w := apptest.NewWorld(t)
	m, err := app.NewMeter(w.Store)
	if err != nil {
		t.Fatal(err)
	}
	tx := w.Seal(w.Maker, apptest.Commission(w.Maker, w.Unit, "L1", 1, 1))
	for i := range 5 {
		rej := m.Admit(tx)
		if (rej != nil) != (i == 4) {
			t.Errorf("after %d charges: got %v", i, rej)
		}
		m.Charge(tx, &app.Result{LotsRead: 32_769})
	}
	if rej := m.Admit(w.Seal(w.Maker2, apptest.Commission(w.Maker2, w.Unit2, "L1", 1, 1))); rej != nil {
		t.Errorf("another key: %v", rej)
	}
}

// TestCostOfSamples: one op of every kind, at least, on the state it was made
// for.
func TestCostOfSamples(t *testing.T) {
	w := apptest.NewWorld(t)
	_, all := samples(t)
	for _, s := range all {
		block := app.Block{ChainID: apptest.ChainID, Height: s.tx.ValidUntil - 100, Time: s.tx.EventTime}
		reads, writes, res := cost(t, w.Store, block, s.tx)
		checkCost(t, s.tx, reads, writes, &res)
		if _, err := app.Execute(w.Store, block, s.tx); err != nil || res.Code != app.CodeOK {
			t.Fatalf("%s: %s %v", s.name, res.Code, err)
		}
	}
}
