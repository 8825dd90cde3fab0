package abci

import (
	"bytes"
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	abcitypes "github.com/cometbft/cometbft/abci/types"
	dto "github.com/prometheus/client_model/go"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
)

func TestEmptyBlocksKeepTheAppHash(t *testing.T) {
	c := newChain(t)
	c.story()
	if !bytes.Equal(c.hashes[1], c.hashes[2]) {
		t.Errorf("an empty block changed the app hash from %x to %x", c.hashes[1], c.hashes[2])
	}
	for i := range c.hashes[1:] {
		if i != 1 && bytes.Equal(c.hashes[i], c.hashes[i+1]) {
			t.Errorf("block %d did not change the app hash", i+2)
		}
	}
}

// TestReplicaExecutesTheSame gives the decided blocks to a second node, which
// never saw them as proposals.
func TestReplicaExecutesTheSame(t *testing.T) {
	c := newChain(t)
	c.story()
	if got := count(t, c.app); got != 2*float64(len(c.blocks)) {
		t.Errorf("executions reused: got %v, want two a block", got)
	}
	other := newChain(t)
	for i, b := range c.blocks {
		other.decide(b.txs...)
		if !bytes.Equal(other.hashes[i], c.hashes[i]) {
			t.Fatalf("block %d: app hash %x, the proposer has %x", i+1, other.hashes[i], c.hashes[i])
		}
	}
	if got := count(t, other.app); got != 0 {
		t.Errorf("executions reused without proposals: got %v, want 0", got)
	}
}

func count(t *testing.T, a *App) float64 {
	t.Helper()
	var m dto.Metric
	if err := a.metrics.reused.Write(&m); err != nil {
		t.Fatal(err)
	}
	return m.GetCounter().GetValue()
}

func TestCrashBetweenFinalizeAndCommit(t *testing.T) {
	c := newChain(t)
	c.story()
	txs := [][]byte{c.commission(2, "D", 51, 90), c.product(3)}
	want := c.finalize(txs...)
	c.crash()
	info, err := c.app.Info(t.Context(), &abcitypes.RequestInfo{})
	if err != nil {
		t.Fatal(err)
	}
	if info.LastBlockHeight != c.height || !bytes.Equal(info.LastBlockAppHash, c.hashes[len(c.hashes)-1]) {
		t.Fatalf("after the crash: height %d hash %x, want %d %x", info.LastBlockHeight, info.LastBlockAppHash, c.height, c.hashes[len(c.hashes)-1])
	}
	if info.AppVersion != AppVersion {
		t.Errorf("app version: got %d, want %d", info.AppVersion, AppVersion)
	}
	got := c.finalize(txs...)
	if !bytes.Equal(got.AppHash, want.AppHash) {
		t.Errorf("replayed: app hash %x, want %x", got.AppHash, want.AppHash)
	}
	for i := range want.TxResults {
		if got.TxResults[i].String() != want.TxResults[i].String() {
			t.Errorf("replayed tx %d: got %v, want %v", i, got.TxResults[i], want.TxResults[i])
		}
	}
}

func TestCrashBeforeTheFirstCommit(t *testing.T) {
	c := newChain(t)
	tx := c.product(1)
	want := c.finalize(tx)
	c.crash()
	if info, err := c.app.Info(t.Context(), &abcitypes.RequestInfo{}); err != nil || info.LastBlockHeight != 0 || info.LastBlockAppHash != nil {
		t.Fatalf("got %v, %v; want height 0 without a hash", info, err)
	}
	if _, err := c.app.InitChain(t.Context(), c.initChain()); err != nil {
		t.Fatal(err)
	}
	if got := c.finalize(tx); !bytes.Equal(got.AppHash, want.AppHash) {
		t.Errorf("app hash %x, want %x", got.AppHash, want.AppHash)
	}
}

func TestCommitWithoutFinalize(t *testing.T) {
	c := newChain(t)
	if _, err := c.app.Commit(t.Context(), &abcitypes.RequestCommit{}); err == nil {
		t.Error("got no error")
	}
}

// spoil flips a bit of the last byte: the signature.
func spoil(raw []byte) []byte {
	raw[len(raw)-1] ^= 1
	return raw
}

func TestWhatNoBlockMayHold(t *testing.T) {
	c := newChain(t)
	good := c.product(1)
	used := c.product(2)
	mustCode(t, c.block(used), app.CodeOK)
	stranger := *c.w.Maker
	stranger.Private = apptest.Key("stranger")
	for name, tx := range map[string][]byte{
		"no tx":         []byte("hello"),
		"empty":         {},
		"bad signature": c.product(4, apptest.Spoiled(spoil)),
		"used nonce":    used,
		"expired":       c.product(5, apptest.WithValidUntil(uint64(c.height))),
		"other chain":   c.product(6, apptest.WithChain("elsewhere")),
		"unknown key":   c.product(7, apptest.WithKey(stranger.Private)),
		"nonce too far": c.product(8, apptest.WithNonce(1<<40)),
		"too far ahead": c.product(9, apptest.WithValidUntil(math.MaxUint32)),
	} {
		if c.process(good, tx) {
			t.Errorf("%s: the proposal was accepted", name)
		}
		if got := c.prepare(math.MaxInt32, tx, good); len(got) != 1 || !bytes.Equal(got[0], good) {
			t.Errorf("%s: our proposal has %d txs, want the good one only", name, len(got))
		}
	}
	if c.process(good, good) {
		t.Error("the same tx twice: the proposal was accepted")
	}
	if !c.process(good) {
		t.Error("a good proposal was refused after bad ones")
	}
}

func TestQuotaAndFairShares(t *testing.T) {
	c := newChain(t)
	var flood, others [][]byte
	for i := range 30 { // 100 KB each: the quota of 2 MiB ends after 20
		flood = append(flood, c.tx(c.w.Maker, apptest.Commission(c.w.Maker, c.w.Unit, "L", 15000*i, 15000*i+11000)))
	}
	for i := range 5 {
		others = append(others, c.tx(c.w.Maker2, &app.RegisterProduct{
			GTIN: apptest.GTIN(0, c.w.Maker2.Prefix, 10+i), ProductInfo: app.ProductInfo{Level: app.LevelUnit, Name: "x"},
		}))
	}
	slices.Reverse(others)
	all := append(slices.Clone(flood), others...)

	got := c.prepare(math.MaxInt32, all...)
	total := 0
	for _, tx := range got {
		total += len(tx)
	}
	if quota := int(app.DefaultParams().QuotaBytes); total > quota+len(others)*len(others[0]) || total < quota/2 {
		t.Errorf("the proposal has %d bytes with a quota of %d a key", total, quota)
	}
	if !c.process(got...) {
		t.Error("our own proposal is refused")
	}
	if c.process(flood...) {
		t.Error("a proposal beyond a key's quota was accepted")
	}

	// Room for two big ones: the small key is served nevertheless, in the
	// order of its nonces.
	small := c.prepare(int64(2*len(flood[0])+1000*len(others)), all...)
	var seen []uint64
	for _, raw := range small {
		tx, err := app.Decode(raw)
		if err != nil {
			t.Fatal(err)
		}
		if tx.KeyID == c.w.Maker2.KeyID {
			seen = append(seen, tx.Nonce)
		}
	}
	if len(seen) != len(others) || !slices.IsSorted(seen) {
		t.Errorf("nonces of the small key: got %v, want all %d ascending", seen, len(others))
	}
}

func (c *chain) check(kind abcitypes.CheckTxType, tx []byte) app.Code {
	c.t.Helper()
	res, err := c.app.CheckTx(c.t.Context(), &abcitypes.RequestCheckTx{Tx: tx, Type: kind})
	if err != nil {
		c.t.Fatal(err)
	}
	if (res.Code == 0) != (res.Log == "") {
		c.t.Errorf("code %d with log %q", res.Code, res.Log)
	}
	return app.Code(res.Code)
}

func TestCheckTx(t *testing.T) {
	c := newChain(t)
	const fresh, again = abcitypes.CheckTxType_New, abcitypes.CheckTxType_Recheck
	product, lot := c.product(1), c.commission(1, "A", 1, 10)
	for name, tt := range map[string]struct {
		tx   []byte
		want app.Code
	}{
		"no tx":               {[]byte("x"), app.CodeMalformed},
		"good":                {product, app.CodeOK},
		"needs a pending one": {lot, app.CodeOK},
		"bad signature":       {c.product(1, apptest.Spoiled(spoil)), app.CodeBadSignature},
	} {
		if got := c.check(fresh, tt.tx); got != tt.want {
			t.Errorf("%s: got %s, want %s", name, got, tt.want)
		}
	}
	tx, err := app.Decode(product)
	if err != nil {
		t.Fatal(err)
	}
	rival := c.product(2, apptest.WithNonce(tx.Nonce))
	short := c.product(3, apptest.WithValidUntil(uint64(c.height)+1))
	for _, raw := range [][]byte{rival, short} {
		if got := c.check(fresh, raw); got != app.CodeOK {
			t.Fatalf("before the block: got %s", got)
		}
	}
	mustCode(t, c.block(product), app.CodeOK)
	for name, tt := range map[string]struct {
		tx   []byte
		want app.Code
	}{
		"nonce used meanwhile": {rival, app.CodeNonceUsed},
		"too late":             {short, app.CodeExpiredTx},
		"still good":           {lot, app.CodeOK},
		"never seen":           {c.product(4), app.CodeOK},
	} {
		if got := c.check(again, tt.tx); got != tt.want {
			t.Errorf("recheck, %s: got %s, want %s", name, got, tt.want)
		}
	}
	if got := c.check(fresh, rival); got != app.CodeNonceUsed {
		t.Errorf("rival sent again: got %s, want nonce-used", got)
	}
}

// TestLeftOutTxLeavesTheMempool: what a proposal left out for its envelope is
// refused when it is asked about again.
func TestLeftOutTxLeavesTheMempool(t *testing.T) {
	c := newChain(t)
	bad := c.product(1, apptest.Spoiled(spoil))
	if got := c.prepare(math.MaxInt32, bad); len(got) != 0 {
		t.Fatalf("the proposal has %d txs, want none", len(got))
	}
	if got := c.check(abcitypes.CheckTxType_Recheck, bad); got != app.CodeBadSignature {
		t.Errorf("recheck: got %s, want bad-signature", got)
	}
}

func TestInitChainRefuses(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*abcitypes.RequestInitChain)
		want   string
	}{
		"chain":        {func(r *abcitypes.RequestInitChain) { r.ChainId = "x" }, "chain"},
		"height":       {func(r *abcitypes.RequestInitChain) { r.InitialHeight = 0 }, "initial height"},
		"json":         {func(r *abcitypes.RequestInitChain) { r.AppStateBytes = []byte("{") }, "app_state"},
		"too few":      {func(r *abcitypes.RequestInitChain) { r.Validators = r.Validators[1:] }, "not among the validators"},
		"too many":     {func(r *abcitypes.RequestInitChain) { r.Validators = append(r.Validators, r.Validators[0]) }, "5 validators and 4 members"},
		"unequal vote": {func(r *abcitypes.RequestInitChain) { r.Validators[2].Power = 11 }, "equal votes"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newChain(t)
			req := c.initChain()
			tt.change(req)
			_, err := c.app.InitChain(t.Context(), req)
			if !errors.Is(err, ErrGenesis) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want ErrGenesis with %q", err, tt.want)
			}
		})
	}
	c := newChain(t)
	c.story()
	if _, err := c.app.InitChain(t.Context(), c.initChain()); !errors.Is(err, ErrGenesis) {
		t.Errorf("on a state that has blocks: got %v, want ErrGenesis", err)
	}
	other := c.cfg
	other.ChainID = "elsewhere"
	if _, err := New(other); !errors.Is(err, ErrGenesis) {
		t.Errorf("a state of another chain: got %v, want ErrGenesis", err)
	}
}

// TestFailureIsNoVerdict closes the state under the adapter: what cannot be
// read must not become a result.
func TestFailureIsNoVerdict(t *testing.T) {
	c := newChain(t)
	c.story()
	tx := c.product(9)
	s := c.cfg.State
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, at := t.Context(), c.nextTime()
	if res, err := c.app.FinalizeBlock(ctx, &abcitypes.RequestFinalizeBlock{Txs: [][]byte{tx}, Height: c.height + 1, Time: at}); err == nil {
		t.Errorf("FinalizeBlock: got %v, want an error", res)
	}
	if res, err := c.app.ProcessProposal(ctx, &abcitypes.RequestProcessProposal{Txs: [][]byte{tx}, Height: c.height + 1, Time: at}); err == nil {
		t.Errorf("ProcessProposal: got %v, want an error", res)
	}
	if res, err := c.app.PrepareProposal(ctx, &abcitypes.RequestPrepareProposal{Txs: [][]byte{tx}, MaxTxBytes: 1 << 20, Height: c.height + 1, Time: at}); err == nil {
		t.Errorf("PrepareProposal: got %v, want an error", res)
	}
	if res, err := c.app.CheckTx(ctx, &abcitypes.RequestCheckTx{Tx: tx}); err == nil {
		t.Errorf("CheckTx: got %v, want an error", res)
	}
	if res, err := c.app.Query(ctx, &abcitypes.RequestQuery{Path: "/params", Prove: true}); err != nil || QueryCode(res.Code) != QueryUnavailable {
		t.Errorf("Query: got %v, %v; want unavailable", res, err)
	}
}

func TestRetainHeight(t *testing.T) {
	c := newChain(t, func(c *chain) { c.cfg.KeepBlocks = 3 })
	for i := range 6 {
		c.finalize()
		res, err := c.app.Commit(t.Context(), &abcitypes.RequestCommit{})
		if err != nil {
			t.Fatal(err)
		}
		c.height++
		c.at = c.at.Add(1)
		want := int64(max(0, i+1-3+1))
		if i < 3 {
			want = 0
		}
		if res.RetainHeight != want {
			t.Errorf("height %d: retain from %d, want %d", i+1, res.RetainHeight, want)
		}
	}
}

func TestStateSyncIsNotOffered(t *testing.T) {
	c := newChain(t)
	ctx := context.Background()
	list, err := c.app.ListSnapshots(ctx, nil)
	if err != nil || len(list.Snapshots) != 0 {
		t.Errorf("ListSnapshots: got %v, %v; want none", list, err)
	}
	offer, err := c.app.OfferSnapshot(ctx, nil)
	if err != nil || offer.Result == abcitypes.ResponseOfferSnapshot_ACCEPT {
		t.Errorf("OfferSnapshot: got %v, %v; want a refusal", offer, err)
	}
	chunk, err := c.app.ApplySnapshotChunk(ctx, nil)
	if err != nil || chunk.Result != abcitypes.ResponseApplySnapshotChunk_ABORT {
		t.Errorf("ApplySnapshotChunk: got %v, %v; want abort", chunk, err)
	}
	if load, err := c.app.LoadSnapshotChunk(ctx, nil); err != nil || len(load.Chunk) != 0 {
		t.Errorf("LoadSnapshotChunk: got %v, %v; want nothing", load, err)
	}
	if _, err := c.app.InsertTx(ctx, nil); err == nil {
		t.Error("InsertTx: got no error")
	}
	if _, err := c.app.ReapTxs(ctx, nil); err == nil {
		t.Error("ReapTxs: got no error")
	}
	ext, err := c.app.VerifyVoteExtension(ctx, nil)
	if err != nil || ext.IsAccepted() {
		t.Errorf("VerifyVoteExtension: got %v, %v; want a refusal", ext, err)
	}
}

// TestCommitFails: a version that could not be written is not announced, and
// the next start finds the one before.
func TestCommitFails(t *testing.T) {
	c := newChain(t)
	c.story()
	last := c.hashes[len(c.hashes)-1]
	c.finalize(c.product(9))
	if err := c.cfg.State.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := c.app.Commit(t.Context(), &abcitypes.RequestCommit{}); err == nil {
		t.Error("Commit: got no error")
	}
	if got := c.app.committed.Load().height; got != uint64(c.height) {
		t.Errorf("checks go by height %d, want %d", got, c.height)
	}
	c.open()
	if info, err := c.app.Info(t.Context(), nil); err != nil || !bytes.Equal(info.LastBlockAppHash, last) {
		t.Errorf("got %v, %v; want hash %x", info, err, last)
	}
}

// TestTxCacheForgets keeps what waits and drops what stands in a block.
func TestTxCacheForgets(t *testing.T) {
	c := newChain(t)
	cache := newTxCache(cacheBytes)
	raws := [][]byte{c.product(1), c.product(2), c.product(3)}
	var txs []*app.Tx
	for _, raw := range raws {
		tx, err := cache.decode(raw)
		if err != nil {
			t.Fatal(err)
		}
		txs = append(txs, tx)
	}
	cache.forget([]*app.Tx{txs[0], nil, txs[1]})
	for i, want := range []*app.Tx{nil, nil, txs[2]} {
		if got := cache.peek(raws[i]); got != want {
			t.Errorf("tx %d: got %v, want %v", i, got, want)
		}
	}
	if got := cache.kept.Bytes(); got != int64(txs[2].Bytes()) {
		t.Errorf("%d bytes are counted, want the %d of the one that is left", got, txs[2].Bytes())
	}
}

func TestTxCacheTellsTxsApart(t *testing.T) {
	c := newChain(t)
	a := c.commission(1, "A", 1, 100)
	room := len(a) + 2*len(c.product(1))
	cache := newTxCache(int64(room))
	b := bytes.Clone(a)
	b[len(b)/2] ^= 1 // between the ends that are hashed
	first, err := cache.decode(a)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := cache.decode(bytes.Clone(a)); err != nil || again != first {
		t.Errorf("the same bytes gave another tx: %v", err)
	}
	if got := cache.peek(b); got != nil {
		t.Error("other bytes gave the same tx")
	}
	if cache.hash(a) != cache.hash(b) {
		t.Fatal("the test needs two txs of one hash")
	}
	// What is used stays.
	for i := range 5 {
		if _, err := cache.decode(c.product(i + 1)); err != nil {
			t.Fatal(err)
		}
		if cache.peek(a) != first {
			t.Fatalf("forgotten after %d others though it was used", i+1)
		}
	}
	if n := cache.kept.Bytes(); n > int64(room) {
		t.Errorf("%d bytes are remembered, want at most %d", n, room)
	}
	if cache.peek(c.product(1)) != nil {
		t.Error("what nobody used is still remembered")
	}
}
