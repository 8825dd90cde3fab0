package app_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
)

// What a fuzzer tries at random is here tried one by one, so that it is found
// at the desk and not by luck in CI: every byte of every sample changed in
// turn, left out, or said twice.

// mutants calls fn with every string that differs from p in one byte by one of
// a few changes. fn must not keep its argument.
func mutants(p []byte, fn func(q []byte)) {
	q := slices.Clone(p)
	for i, old := range p {
		for _, b := range [...]byte{0, 1, 0x7f, 0xff, old ^ 1, old ^ 0x80, old + 1, old - 1} {
			if b != old {
				q[i] = b
				fn(q)
			}
		}
		q[i] = old
	}
	for i := range p {
		fn(slices.Delete(slices.Clone(p), i, i+1))
		fn(slices.Insert(slices.Clone(p), i, p[i]))
	}
}

// TestMutatedOps: whatever one wrong byte makes of an op is refused, or has
// that one encoding, in bytes and through JSON.
func TestMutatedOps(t *testing.T) {
	_, all := fuzzState(t)
	tried, decoded := 0, 0
	for _, s := range all {
		body := app.EncodeOp(s.tx.Op)
		if testing.Short() && len(body) > 600 {
			continue
		}
		mutants(body, func(q []byte) {
			tried++
			op, err := app.DecodeOp(s.tx.Op.Kind(), q)
			if err != nil {
				return
			}
			if decoded++; !bytes.Equal(app.EncodeOp(op), q) {
				t.Errorf("%s: decoded from\n%x, encoded to\n%x", s.name, q, app.EncodeOp(op))
			}
			if decoded%64 == 0 { // JSON is slow
				checkJSON(t, op, q)
			}
		})
	}
	t.Logf("%d tried, %d decoded", tried, decoded)
}

// checkJSON takes an op through JSON and compares it with its bytes.
func checkJSON(t *testing.T, op app.Op, body []byte) {
	t.Helper()
	text, err := app.MarshalOp(op)
	if err != nil {
		t.Fatalf("%s: %v", op.Kind(), err)
	}
	said, err := app.UnmarshalOp(text)
	if err != nil {
		t.Fatalf("%s: %v: %s", op.Kind(), err, text)
	}
	if again := app.EncodeOp(said); !bytes.Equal(again, body) {
		t.Errorf("%s: through JSON\n%x became\n%x", op.Kind(), body, again)
	}
}

// TestMutatedRecords: the same for every record of a state.
func TestMutatedRecords(t *testing.T) {
	w, _ := fuzzState(t)
	tried, decoded := 0, 0
	for _, kind := range recordKinds() {
		seen := map[int]bool{} // one record of each size is enough
		w.Store.Scan([]byte{byte(kind)}, func(_, value []byte) bool {
			if seen[len(value)] {
				return true
			}
			seen[len(value)] = true
			mutants(value, func(q []byte) {
				tried++
				if again, err := app.Reencode(kind, q); err == nil {
					if decoded++; !bytes.Equal(again, q) {
						t.Errorf("record %c: decoded from\n%x, encoded to\n%x", kind, q, again)
					}
				}
			})
			return true
		})
	}
	t.Logf("%d tried, %d decoded", tried, decoded)
}

// TestMutatedTxs executes what one wrong byte makes of an op, signed by the
// same partner: no panic, no trouble of the node, no broken invariant, no more
// reading than its bytes allow.
func TestMutatedTxs(t *testing.T) {
	w, all := fuzzState(t)
	partners := w.Partners()
	tried, executed, accepted := 0, 0, 0
	for _, s := range all {
		by := max(0, slices.IndexFunc(partners, func(p *apptest.Partner) bool { return p.KeyID == s.tx.KeyID }))
		body := app.EncodeOp(s.tx.Op)
		if testing.Short() && len(body) > 300 {
			continue
		}
		mutants(body, func(q []byte) {
			if tried++; tried%3 != 0 { // neighbours are much alike
				return
			}
			op, err := app.DecodeOp(s.tx.Op.Kind(), bytes.Clone(q))
			if err != nil {
				return
			}
			executed++
			if executeMutant(t, w, partners[by], s, op) {
				accepted++
			}
		})
	}
	t.Logf("%d executed, %d accepted", executed, accepted)
}

// executeMutant executes an op in place of that of a sample, on a layer over
// the state, and reports whether it was accepted.
func executeMutant(t *testing.T, w *apptest.World, by *apptest.Partner, s sample, op app.Op) bool {
	t.Helper()
	tx, err := app.SealUnsigned(&app.Tx{
		ChainID: apptest.ChainID, ValidUntil: w.Block.Height + 10, Nonce: 900, EventTime: w.Block.Time, For: s.tx.For, Op: op,
	}, by.Public())
	if err != nil {
		t.Fatalf("%s: %v", s.name, err)
	}
	reads := w.Store.Reads
	l := newLayer(w.Store)
	res, err := app.Execute(l, w.Block, tx)
	if err != nil || res.Code.Envelope() {
		t.Fatalf("%s: %s %v of\n%x", s.name, res.Code, err, app.EncodeOp(op))
	}
	checkCost(t, tx, w.Store.Reads-reads, len(l.own), &res)
	if res.Code != app.CodeOK {
		return false
	}
	if found := app.CheckInvariants(l, nil); len(found) > 0 {
		t.Errorf("%s: %v after\n%x", s.name, found[0], app.EncodeOp(op))
	}
	return true
}
