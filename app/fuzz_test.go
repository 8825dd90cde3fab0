package app_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// FuzzDecodeTx: whatever decodes encodes to the same bytes.
func FuzzDecodeTx(f *testing.F) {
	_, all := fuzzState(f)
	for _, s := range all {
		f.Add(s.tx.Raw())
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		tx, err := app.Decode(raw)
		if err != nil {
			return
		}
		if again := app.EncodeTx(tx); !bytes.Equal(raw, again) {
			t.Errorf("%s: decoded from\n%x, encoded to\n%x", tx.Op.Kind(), raw, again)
		}
		if _, err := app.MarshalOp(tx.Op); err != nil {
			t.Errorf("%s: %v", tx.Op.Kind(), err)
		}
	})
}

// FuzzOps: the same for the body of each kind of op, which also keeps its
// meaning on the way through JSON.
func FuzzOps(f *testing.F) {
	_, all := fuzzState(f)
	for _, s := range all {
		f.Add(uint16(s.tx.Op.Kind()), app.EncodeOp(s.tx.Op))
	}
	f.Fuzz(func(t *testing.T, kind uint16, body []byte) {
		op, err := app.DecodeOp(app.Kind(kind), body)
		if err != nil {
			return
		}
		if again := app.EncodeOp(op); !bytes.Equal(again, body) {
			t.Errorf("%s: decoded from\n%x, encoded to\n%x", op.Kind(), body, again)
		}
		checkJSON(t, op, body)
	})
}

// FuzzExecute mutates the op of a valid tx, signs it again so that it gets
// past the envelope, and executes it on a populated state: no panic, no
// trouble of the node, no broken invariant, no more reading than its bytes
// allow, and never a half of it: a second replica says the same.
func FuzzExecute(f *testing.F) {
	w, all := fuzzState(f)
	partners := w.Partners()
	for _, s := range all {
		who := slices.IndexFunc(partners, func(p *apptest.Partner) bool { return p.KeyID == s.tx.KeyID })
		f.Add(s.tx.Raw(), uint8(max(who, 0)), int16(0))
	}
	f.Fuzz(func(t *testing.T, raw []byte, who uint8, late int16) {
		tx, err := app.Decode(raw)
		if err != nil {
			return
		}
		p := partners[int(who)%len(partners)]
		again, err := app.SealUnsigned(&app.Tx{
			ChainID: apptest.ChainID, ValidUntil: w.Block.Height + 10, Nonce: 900,
			EventTime: uint64(int64(w.Block.Time) + int64(late)), For: tx.For, Op: tx.Op,
		}, p.Public())
		if err != nil {
			t.Fatalf("%s decodes and cannot be sealed: %v", tx.Op.Kind(), err)
		}
		s := w.Store.Clone()
		res, err := app.Execute(s, w.Block, again)
		if err != nil {
			t.Fatalf("%s: trouble of the node: %v", tx.Op.Kind(), err)
		}
		if res.Code.Envelope() {
			t.Fatalf("%s: %s", tx.Op.Kind(), res.Code)
		}
		checkCost(t, again, s.Reads, s.Writes, &res)
		if res.Code == app.CodeOK {
			apptest.CheckInvariants(t, s, nil)
		}
		newReplica(t, w.Store.Clone(), int64(len(raw)), true).run(w.Block, []executed{{w.Block, again, "", res.Code}}, s)
	})
}

// fuzzState is the state after the samples with more goods in every situation,
// and the txs of the samples with more that would be accepted now.
func fuzzState(t testing.TB) (*apptest.World, []sample) {
	t.Helper()
	w, all := samples(t)
	box, pallet, tote := w.Maker.SSCC(101), w.Maker.SSCC(102), w.Wholesaler.SSCC(101)
	at := func(n int) gs1.Key { return apptest.Item(w.UnitB, n) }
	for i, lot := range []string{"M1", "M2", "M3"} {
		w.MustDo(w.Maker, apptest.Commission(w.Maker, w.UnitB, lot, 3000+100*i, 3019+100*i))
	}
	w.MustDo(w.Maker, w.Pack(box, at(3000), at(3001), at(3100), at(3200))) // mixed
	w.MustDo(w.Maker, w.Pack(pallet, box))
	w.MustDo(w.Maker, &app.SetMark{Key: at(3001), Mark: app.MarkSuspect, Spot: app.Spot{Opening: w.Opening(at(3001))}})
	w.MustDo(w.Maker, w.Ship(w.Wholesaler, at(3002), at(3102), at(3202))) // mixed and loose
	sent := lastShipment(t, w)
	w.MustDo(w.Wholesaler, w.ReceiveAll(w.Wholesaler, sent))
	w.MustDo(w.Wholesaler, w.Pack(tote, at(3002), at(3102)))
	w.MustDo(w.Maker, w.Ship(w.Pharmacy, at(3003), at(3103)))
	under := lastShipment(t, w)
	w.Step(10)
	add := func(name string, by *apptest.Partner, op app.Op) {
		t.Helper()
		tx := w.Seal(by, op)
		if res, err := app.Execute(w.Store.Clone(), w.Block, tx); err != nil || res.Code != app.CodeOK {
			t.Fatalf("%s: %s %s %v", name, res.Code, res.Detail, err)
		}
		all = append(all, sample{name, tx})
	}
	add("pack", w.Maker, w.Pack(w.Maker.SSCC(103), at(3004), at(3104)))
	add("pack into mixed", w.Maker, w.Pack(box, at(3105)))
	add("pack inferred", w.Pharmacy, w.Pack(w.Pharmacy.SSCC(101), at(3003)))
	add("unpack mixed", w.Maker, w.Unpack(box, at(3000), at(3100)))
	add("unpack all", w.Maker, w.Unpack(pallet))
	add("ship mixed", w.Wholesaler, w.Ship(w.Pharmacy, tote))
	add("ship items", w.Wholesaler, w.Ship(w.Pharmacy, at(3202)))
	add("receive", w.Pharmacy, w.ReceiveAll(w.Pharmacy, under))
	add("void", w.Maker, &app.VoidShip{Shipment: under, All: true, Holdings: w.Aboard(under, false)})
	add("refuse", w.Pharmacy, &app.Refuse{Shipment: under, All: true, Reason: "late", Holdings: w.Aboard(under, false)})
	add("relocate", w.Maker, &app.Relocate{Possessor: w.Logistics.GLN, Location: w.Logistics.GLN, Holdings: w.Containers(pallet)})
	add("return", w.Wholesaler, w.Return(w.Maker, sent, tote, at(3202)))
	add("dispense inferred", w.Pharmacy, w.Dispense(at(3003)))
	add("quarantine", w.Maker, &app.Quarantine{Holdings: w.Containers(pallet)})
	add("mark located", w.Regulator, &app.SetMark{Key: at(3000), Mark: app.MarkStolen, Blocking: true, Spot: app.Spot{Opening: w.Opening(at(3000))}})
	add("clear", w.Maker, &app.ClearMark{Key: at(3001), Mark: app.MarkSuspect, By: w.Maker.GLN})
	return w, all
}

// lastShipment is the number of the shipment that began last.
func lastShipment(t testing.TB, w *apptest.World) uint64 {
	t.Helper()
	raw, _ := w.Store.Get(app.ShipmentCountKey())
	n, err := app.DecodeCount(raw)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// FuzzRecord: whatever decodes as a record of some kind does so for one byte
// string only, and no decoder panics.
func FuzzRecord(f *testing.F) {
	w, _ := fuzzState(f)
	for i, kind := range recordKinds() {
		w.Store.Scan([]byte{byte(kind)}, func(_, value []byte) bool {
			f.Add(uint8(i), value)
			return true
		})
	}
	f.Fuzz(func(t *testing.T, which uint8, value []byte) {
		again, err := app.Reencode(recordKinds()[int(which)%len(recordKinds())], value)
		if err == nil && !bytes.Equal(again, value) {
			t.Errorf("decoded from\n%x, encoded to\n%x", value, again)
		}
	})
}

// FuzzEntries: the same for the contents of a segment.
func FuzzEntries(f *testing.F) {
	f.Add(app.EncodeEntries([]app.Entry{{Key: "010061414100001221S1", Lot: "L1"}, {Key: "010061414100001221S2", Lot: "L1", Acquired: 4}}))
	f.Fuzz(func(t *testing.T, p []byte) {
		entries, err := app.DecodeEntries(p)
		if err == nil && !bytes.Equal(app.EncodeEntries(entries), p) {
			t.Errorf("decoded from\n%x, encoded to\n%x", p, app.EncodeEntries(entries))
		}
	})
}
