package apptest

import (
	"crypto/ed25519"
	"slices"
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
)

// Option changes one thing about a Do.
type Option func(*attempt)

type attempt struct {
	tx      app.Tx
	private ed25519.PrivateKey
	stay    bool
	spoil   func(raw []byte) []byte
}

// At sets the event's time, in seconds UTC; otherwise it is block time.
func At(t uint64) Option { return func(a *attempt) { a.tx.EventTime = t } }

// WithNonce sets the nonce; otherwise it is the key's next.
func WithNonce(n uint64) Option { return func(a *attempt) { a.tx.Nonce = n } }

// WithEventHash sets the hash of the EPCIS event.
func WithEventHash(h app.EventHash) Option { return func(a *attempt) { a.tx.EventHash = h } }

// For signs on behalf of another partner.
func For(p *Partner) Option { return func(a *attempt) { a.tx.For = p.GLN } }

// WithValidUntil sets the last height; otherwise it is 100 blocks ahead.
func WithValidUntil(height uint64) Option { return func(a *attempt) { a.tx.ValidUntil = height } }

// WithChain sets the chain id.
func WithChain(id string) Option { return func(a *attempt) { a.tx.ChainID = id } }

// WithKey signs with another key.
func WithKey(private ed25519.PrivateKey) Option { return func(a *attempt) { a.private = private } }

// SameBlock executes in the present block and does not begin the next one.
func SameBlock() Option { return func(a *attempt) { a.stay = true } }

// Spoiled changes the sealed bytes before they are decoded.
func Spoiled(f func(raw []byte) []byte) Option { return func(a *attempt) { a.spoil = f } }

// Step begins the next block, seconds later.
func (w *World) Step(seconds uint64) {
	w.Block.Height++
	w.Block.Time += seconds
}

// Do begins the next block, ten seconds later, seals op as a tx of the
// partner, executes it and returns the verdict. It fails the test on trouble
// of the node, when the mempool's judgement contradicts the block's, when a
// refused tx changed more than its nonce, and when an invariant is broken.
func (w *World) Do(p *Partner, op app.Op, options ...Option) app.Result {
	w.tb.Helper()
	a := w.attempt(p, op, options)
	tx := w.seal(a)
	res := w.Execute(tx)
	if tx.KeyID == p.KeyID && !res.Code.Envelope() {
		p.nonce = max(p.nonce, tx.Nonce)
	}
	return res
}

// MustDo is Do for an op that has to be accepted.
func (w *World) MustDo(p *Partner, op app.Op, options ...Option) app.Result {
	w.tb.Helper()
	res := w.Do(p, op, options...)
	if res.Code != app.CodeOK {
		w.tb.Fatalf("%s by %s: refused, %s: %s", op.Kind(), p.Name, res.Code, res.Detail)
	}
	return res
}

// Refused is Do for an op that has to be refused with a code.
func (w *World) Refused(p *Partner, want app.Code, op app.Op, options ...Option) app.Result {
	w.tb.Helper()
	res := w.Do(p, op, options...)
	if res.Code != want {
		w.tb.Fatalf("%s by %s: got %s (%s), want %s", op.Kind(), p.Name, res.Code, res.Detail, want)
	}
	return res
}

// Seal makes the tx that Do would execute, without executing it. The nonce is
// spent.
func (w *World) Seal(p *Partner, op app.Op, options ...Option) *app.Tx {
	w.tb.Helper()
	a := w.attempt(p, op, append(slices.Clone(options), SameBlock()))
	tx := w.seal(a)
	p.nonce = max(p.nonce, tx.Nonce)
	return tx
}

func (w *World) attempt(p *Partner, op app.Op, options []Option) *attempt {
	a := &attempt{private: p.Private}
	a.tx = app.Tx{ChainID: ChainID, Nonce: p.nonce + 1, Op: op}
	for _, o := range options {
		o(a)
	}
	if !a.stay {
		w.Step(10)
	}
	if a.tx.EventTime == 0 {
		a.tx.EventTime = w.Block.Time
	}
	if a.tx.ValidUntil == 0 {
		a.tx.ValidUntil = w.Block.Height + 100
	}
	return a
}

func (w *World) seal(a *attempt) *app.Tx {
	w.tb.Helper()
	if w.Sealer != nil && a.spoil == nil {
		tx, err := w.Sealer(&a.tx, a.private)
		if err != nil {
			w.tb.Fatalf("seal %s: %v", a.tx.Op.Kind(), err)
		}
		return tx
	}
	raw, err := a.tx.Seal(a.private)
	if err != nil {
		w.tb.Fatalf("seal %s: %v", a.tx.Op.Kind(), err)
	}
	if a.spoil != nil {
		raw = a.spoil(slices.Clone(raw))
	}
	tx, err := app.Decode(raw)
	if err != nil {
		w.tb.Fatalf("decode %s: %v", a.tx.Op.Kind(), err)
	}
	return tx
}

// Execute is the second half of Do: it judges a tx in the present block.
func (w *World) Execute(tx *app.Tx) (res app.Result) {
	w.tb.Helper()
	if w.Executed != nil {
		defer func() { w.Executed(tx, &res) }()
	}
	early, err := app.Check(w.Store, w.Block, tx)
	if err != nil {
		w.tb.Fatalf("check %s: trouble of the node: %v", tx.Op.Kind(), err)
	}
	writes := w.Store.Writes
	res, err = app.Execute(w.Store, w.Block, tx)
	if err != nil {
		w.tb.Fatalf("execute %s: trouble of the node: %v", tx.Op.Kind(), err)
	}
	if early != nil && early.Code != res.Code {
		w.tb.Fatalf("%s: the mempool says %v, the block %s: %s", tx.Op.Kind(), early, res.Code, res.Detail)
	}
	w.checkWrites(&res, w.Store.Writes-writes)
	w.Contents.Feed(&res)
	if w.done++; w.CheckEvery > 0 && w.done%w.CheckEvery == 0 {
		w.CheckInvariants()
	}
	return res
}

// checkWrites holds a result to what it says it wrote.
func (w *World) checkWrites(res *app.Result, writes int) {
	w.tb.Helper()
	if writes != len(res.Changes) {
		w.tb.Fatalf("%s: %d writes, %d changes reported", res.Code, writes, len(res.Changes))
	}
	switch {
	case res.Code == app.CodeOK:
		return
	case res.Code.Envelope() && len(res.Changes) > 0:
		w.tb.Fatalf("%s: an envelope refusal wrote %d records", res.Code, len(res.Changes))
	case !res.Code.Envelope() && (len(res.Changes) != 1 || app.RecordKind(res.Changes[0].Key[0]) != app.RecordKey):
		w.tb.Fatalf("%s: a refusal writes its nonce only; it wrote %d records", res.Code, len(res.Changes))
	case len(res.Contents)+len(res.Moves)+len(res.Events)+len(res.Data) > 0:
		w.tb.Fatalf("%s: a refused tx reports effects", res.Code)
	}
}

// CheckInvariants fails the test when the state breaks a rule.
func (w *World) CheckInvariants() {
	w.tb.Helper()
	CheckInvariants(w.tb, w.Store, w.Contents)
}

// CheckInvariants fails the test when a state breaks a rule. contents may be
// nil.
func CheckInvariants(tb testing.TB, v app.View, contents *Contents) {
	tb.Helper()
	var entries app.ContentsFunc
	if contents != nil {
		entries = contents.Entries
	}
	found := app.CheckInvariants(v, entries)
	if err := v.Err(); err != nil {
		tb.Fatalf("check invariants: %v", err)
	}
	for i, f := range found {
		if i == 20 {
			tb.Errorf("and %d more", len(found)-i)
			break
		}
		tb.Error(f)
	}
	if len(found) > 0 {
		tb.FailNow()
	}
}
