package app_test

import (
	"bytes"
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
)

// FuzzDecodeTx: whatever decodes encodes to the same bytes.
func FuzzDecodeTx(f *testing.F) {
	_, all := samples(f)
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

// FuzzExecute mutates the op of a valid tx, signs it again so that it gets
// past the envelope, and executes it on a populated state: no panic, no
// trouble of the node, no broken invariant.
func FuzzExecute(f *testing.F) {
	w, all := samples(f)
	for i, s := range all {
		f.Add(s.tx.Raw(), uint8(i))
	}
	partners := w.Partners()
	f.Fuzz(func(t *testing.T, raw []byte, who uint8) {
		tx, err := app.Decode(raw)
		if err != nil {
			return
		}
		p := partners[int(who)%len(partners)]
		again := &app.Tx{ChainID: apptest.ChainID, ValidUntil: w.Block.Height + 10, Nonce: 900, EventTime: w.Block.Time, For: tx.For, Op: tx.Op}
		if _, err := again.Seal(p.Private); err != nil {
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
	})
}

// FuzzRecord: whatever decodes as a record of some kind does so for one byte
// string only, and no decoder panics.
func FuzzRecord(f *testing.F) {
	w, _ := samples(f)
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
