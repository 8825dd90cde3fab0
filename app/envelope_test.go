package app_test

import (
	"crypto/ed25519"
	"errors"
	"math/rand"
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
)

// TestEnvelope provokes every code of the envelope and sees that nothing was
// written, not even a nonce.
func TestEnvelope(t *testing.T) {
	w := apptest.NewWorld(t)
	flip := func(raw []byte) []byte { raw[len(raw)-1] ^= 1; return raw }
	other := func(raw []byte) []byte { raw[40] ^= 1; return raw }
	for _, tc := range []struct {
		name    string
		want    app.Code
		options []apptest.Option
	}{
		{"another chain", app.CodeWrongChain, []apptest.Option{apptest.WithChain("other-1")}},
		{"no chain", app.CodeWrongChain, []apptest.Option{apptest.WithChain("")}},
		{"valid until the last block", app.CodeExpiredTx, []apptest.Option{apptest.WithValidUntil(w.Block.Height)}},
		{"valid for ever", app.CodeValidUntilTooFar, []apptest.Option{apptest.WithValidUntil(1 << 63)}},
		{"a key nobody has", app.CodeUnknownKey, []apptest.Option{apptest.WithKey(apptest.Key("nobody"))}},
		{"nonce zero is the next", app.CodeOK, nil},
		{"a nonce used", app.CodeNonceUsed, []apptest.Option{apptest.WithNonce(1)}},
		{"a nonce too far", app.CodeNonceTooFar, []apptest.Option{apptest.WithNonce(1 << 40)}},
		{"a signature bit", app.CodeBadSignature, []apptest.Option{apptest.Spoiled(flip)}},
		{"a key id bit", app.CodeUnknownKey, []apptest.Option{apptest.Spoiled(other)}},
		{"another's signature", app.CodeUnknownKey, []apptest.Option{apptest.WithKey(apptest.Key("consensus maker"))}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			before := w.Store.Clone()
			res := w.Do(w.Maker, apptest.Commission(w.Maker, w.Unit, "L1", 1, 4), tc.options...)
			if res.Code != tc.want {
				t.Fatalf("got %s (%s), want %s", res.Code, res.Detail, tc.want)
			}
			if d := before.Diff(w.Store); tc.want != app.CodeOK && len(d) > 0 {
				t.Errorf("it wrote %v", d)
			}
		})
	}
}

// TestMalformed: what is no tx never reaches validation.
func TestMalformed(t *testing.T) {
	w := apptest.NewWorld(t)
	raw := w.Seal(w.Maker, apptest.Commission(w.Maker, w.Unit, "L1", 1, 4)).Raw()
	for n := range raw {
		if _, err := app.Decode(raw[:n]); !errors.Is(err, app.CodeMalformed) {
			t.Fatalf("the first %d of %d bytes: got %v, want malformed", n, len(raw), err)
		}
	}
	if _, err := app.Decode(append(raw[:len(raw):len(raw)], 0)); !errors.Is(err, app.CodeMalformed) {
		t.Errorf("a byte more: got %v, want malformed", err)
	}
	if _, err := app.Decode(make([]byte, app.MaxTxBytes+1)); !errors.Is(err, app.CodeMalformed) {
		t.Errorf("too long: got %v, want malformed", err)
	}
}

// TestSignatureCoversEverything: no byte before the signature can change.
func TestSignatureCoversEverything(t *testing.T) {
	w := apptest.NewWorld(t)
	w.CheckEvery = 0
	raw := w.Seal(w.Maker, apptest.Commission(w.Maker, w.Unit, "L1", 1, 4)).Raw()
	for i := range raw {
		bad := append([]byte(nil), raw...)
		bad[i] ^= 0x10
		tx, err := app.Decode(bad)
		if err != nil {
			continue
		}
		if tx.VerifySignature(w.Maker.Public()) {
			t.Errorf("byte %d of %d may be changed", i, len(raw))
		}
	}
}

// TestKeyNotValid: before its time, after it, and for another purpose.
func TestKeyNotValid(t *testing.T) {
	for name, change := range map[string]func(k *app.Key, now uint64){
		"not yet":         func(k *app.Key, now uint64) { k.From = now + 11 },
		"no more":         func(k *app.Key, now uint64) { k.Until = now + 10 },
		"another purpose": func(k *app.Key, _ uint64) { k.Purpose = app.PurposeSealing },
	} {
		w := apptest.NewWorld(t)
		w.CheckEvery = 0 // a partner with no valid key breaks the registry
		raw, _ := w.Store.Get(app.KeyKey(w.Maker.KeyID))
		k, err := app.DecodeKey(raw)
		if err != nil {
			t.Fatal(err)
		}
		change(k, w.Block.Time)
		w.Store.Set(app.KeyKey(w.Maker.KeyID), app.EncodeKey(k))
		before := w.Store.Clone()
		res := w.Do(w.Maker, apptest.Commission(w.Maker, w.Unit, "L1", 1, 4))
		if res.Code != app.CodeKeyNotValid || len(before.Diff(w.Store)) > 0 {
			t.Errorf("%s: got %s and changes %v, want key-not-valid and none", name, res.Code, before.Diff(w.Store))
		}
	}
}

// TestRejectionSpendsNonce: an op that is refused cannot be sent again when
// the world has changed, and changed nothing itself.
func TestRejectionSpendsNonce(t *testing.T) {
	w := apptest.NewWorld(t)
	tx := w.Seal(w.Maker, apptest.Commission(w.Maker, w.Unit2, "L1", 1, 4))
	before := w.Store.Clone()
	if res := w.Execute(tx); res.Code != app.CodeNotLabeler {
		t.Fatalf("got %s, want not-labeler", res.Code)
	}
	if d := before.Diff(w.Store); len(d) != 1 || d[0][0] != 'k' {
		t.Errorf("got changes %v, want the key's record only", d)
	}
	if res := w.Execute(tx); res.Code != app.CodeNonceUsed {
		t.Errorf("got %s, want nonce-used", res.Code)
	}
}

// TestNonceEdges goes through every nonce around the edges of the window.
func TestNonceEdges(t *testing.T) {
	const h, window = 5000, app.NonceWindow
	k := app.NewKey(apptest.GLN("0614141", 0), apptest.Key("k").Public().(ed25519.PublicKey), 0)
	for n := uint64(0); n < h; n += window {
		k.UseNonce(n + 1)
	}
	k.UseNonce(h)
	used := map[uint64]bool{h: true, 4097: true}
	for n := uint64(0); n <= h+2*window; n++ {
		want := app.CodeOK
		switch {
		case n == 0 || n+window <= h:
			want = app.CodeNonceTooOld
		case n > h+window:
			want = app.CodeNonceTooFar
		case used[n]:
			want = app.CodeNonceUsed
		}
		if got := k.NonceCode(n); got != want {
			t.Fatalf("nonce %d, highest %d: got %s, want %s", n, h, got, want)
		}
	}
	k.Highest = ^uint64(0) - 3
	if got := k.NonceCode(^uint64(0)); got != app.CodeOK {
		t.Errorf("the last nonce: got %s, want ok", got)
	}
}

// TestNonceModel compares the window with a map of the nonces used.
func TestNonceModel(t *testing.T) {
	for seed := range int64(50) {
		r := rand.New(rand.NewSource(seed))
		k := app.NewKey(apptest.GLN("0614141", 0), apptest.Key("k").Public().(ed25519.PublicKey), 0)
		used, highest := map[uint64]bool{}, uint64(0)
		for range 600 {
			n := highest + uint64(r.Intn(60)) - uint64(min(int(highest), 40))
			if r.Intn(8) == 0 {
				n = highest + uint64(r.Intn(2*app.NonceWindow)) - min(highest, app.NonceWindow)
			}
			want := app.CodeOK
			switch {
			case n == 0 || n+app.NonceWindow <= highest:
				want = app.CodeNonceTooOld
			case n > highest+app.NonceWindow:
				want = app.CodeNonceTooFar
			case used[n]:
				want = app.CodeNonceUsed
			}
			if got := k.NonceCode(n); got != want {
				t.Fatalf("seed %d: nonce %d, highest %d: got %s, want %s", seed, n, highest, got, want)
			}
			if want == app.CodeOK {
				k.UseNonce(n)
				used[n], highest = true, max(highest, n)
			}
			back, err := app.DecodeKey(app.EncodeKey(k))
			if err != nil || back.NonceCode(n) != k.NonceCode(n) {
				t.Fatalf("seed %d: the record does not keep the window: %v", seed, err)
			}
		}
	}
}

// TestInFlight executes 1,000 txs of one key in any order: each once.
func TestInFlight(t *testing.T) {
	w := apptest.NewWorld(t)
	w.CheckEvery = 0
	var txs []*app.Tx
	for n := range 300 {
		txs = append(txs, w.Seal(w.Maker, apptest.Commission(w.Maker, w.Unit, "L1", n, n)))
	}
	r := rand.New(rand.NewSource(1))
	r.Shuffle(len(txs), func(i, j int) { txs[i], txs[j] = txs[j], txs[i] })
	for _, tx := range txs {
		if res := w.Execute(tx); res.Code != app.CodeOK {
			t.Fatalf("nonce %d: got %s, want ok", tx.Nonce, res.Code)
		}
	}
	for _, tx := range txs {
		if res := w.Execute(tx); res.Code != app.CodeNonceUsed {
			t.Fatalf("nonce %d again: got %s, want nonce-used", tx.Nonce, res.Code)
		}
	}
	w.CheckInvariants()
}

// TestMeter: a key's share of a block ends; others' do not.
func TestMeter(t *testing.T) {
	params := app.DefaultParams()
	params.QuotaOpenings = 1 << 14
	w := apptest.NewWorldWith(t, params)
	w.CheckEvery = 0
	m, err := app.NewMeter(w.Store)
	if err != nil {
		t.Fatal(err)
	}
	w.MustDo(w.Maker, apptest.Commission(w.Maker, w.Unit, "L1", 1, 1024))
	heavy := &app.Decommission{Openings: w.Openings(apptest.Items(w.Unit, 1, 1024)...)}
	for n := range 17 {
		rej := m.Admit(w.Seal(w.Maker, heavy))
		if full := n == 16; full != (rej != nil) || full && rej.Code != app.CodeQuotaExceeded {
			t.Fatalf("%d openings: got %v", (n+1)*1024, rej)
		}
	}
	if rej := m.Admit(w.Seal(w.Maker, &app.ClearMark{Key: apptest.Item(w.Unit, 1), Mark: 1, By: w.Maker.GLN})); rej != nil {
		t.Errorf("a refused tx counts nothing: got %v", rej)
	}
	if rej := m.Admit(w.Seal(w.Wholesaler, heavy)); rej != nil {
		t.Errorf("another key: got %v, want room", rej)
	}
	big := apptest.Commission(w.Maker2, w.Unit2, "L1", 1, app.MaxCommission)
	for n := 1; ; n++ {
		tx := w.Seal(w.Maker2, big)
		if rej := m.Admit(tx); rej != nil {
			if rej.Code != app.CodeQuotaExceeded || n != int(params.QuotaBytes)/tx.Bytes()+1 {
				t.Errorf("tx %d of %d bytes: got %v", n, tx.Bytes(), rej)
			}
			return
		}
	}
}

// TestCheckKeepsPipelines: Commission, Pack and Ship may be in flight
// together: the mempool, on committed state, refuses none of them.
func TestCheckKeepsPipelines(t *testing.T) {
	w := apptest.NewWorld(t)
	ahead := apptest.NewWorld(t) // where the submitter plans
	pallet := w.Maker.SSCC(1)
	var txs []*app.Tx
	plan := func(op app.Op) {
		txs = append(txs, ahead.Seal(ahead.Maker, op))
		if res := ahead.Execute(txs[len(txs)-1]); res.Code != app.CodeOK {
			t.Fatalf("plan %s: %s: %s", op.Kind(), res.Code, res.Detail)
		}
	}
	plan(&app.CommissionContainer{Location: w.Maker.GLN, Containers: []app.ContainerUse{{Key: pallet}}})
	plan(apptest.Commission(ahead.Maker, ahead.Unit, "L1", 1, 8))
	plan(ahead.Pack(pallet, apptest.Items(ahead.Unit, 1, 8)...))
	plan(ahead.Ship(ahead.Wholesaler, pallet))
	for i, tx := range txs {
		if rej, err := app.Check(w.Store, w.Block, tx); rej != nil || err != nil {
			t.Errorf("tx %d, %s: the mempool says %v, %v", i, tx.Op.Kind(), rej, err)
		}
	}
	w.Execute(txs[0])
	if rej, err := app.Check(w.Store, w.Block, txs[3]); rej != nil || err != nil {
		t.Errorf("shipping a container that a pending Pack fills: the mempool says %v, %v", rej, err)
	}
}
