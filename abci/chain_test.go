package abci

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"math"
	"testing"
	"time"

	abcitypes "github.com/cometbft/cometbft/abci/types"
	cmtcrypto "github.com/cometbft/cometbft/proto/tendermint/crypto"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/index"
	"github.com/pedigree-ledger/pedigree/state"
)

// chain drives the adapter as CometBFT does, and is its block store.
type chain struct {
	t      *testing.T
	w      *apptest.World // founders and keys; its own state is not used
	cfg    Config
	state  state.Config
	app    *App
	height int64
	at     time.Time
	blocks []stored
	hashes [][]byte // app hash after each block
}

type stored struct {
	txs [][]byte
	at  time.Time
}

func newChain(t *testing.T, change ...func(*chain)) *chain {
	t.Helper()
	c := &chain{
		t: t, w: apptest.NewWorld(t), at: time.Unix(apptest.GenesisTime, 0).UTC(),
		state: state.Config{Dir: t.TempDir()},
	}
	genesis, err := json.Marshal(c.w.Genesis(app.DefaultParams()))
	if err != nil {
		t.Fatal(err)
	}
	c.cfg = Config{
		ChainID: apptest.ChainID, Genesis: genesis, GenesisTime: apptest.GenesisTime, ScratchDir: t.TempDir() + "/scratch",
		Now: func() time.Time { return c.at },
	}
	for _, f := range change {
		f(c)
	}
	c.open()
	t.Cleanup(func() { c.close() })
	if _, err := c.app.InitChain(t.Context(), c.initChain()); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *chain) open() {
	c.t.Helper()
	s, err := state.Open(c.state)
	if err != nil {
		c.t.Fatal(err)
	}
	c.cfg.State = s
	if c.app, err = New(c.cfg); err != nil {
		c.t.Fatal(err)
	}
}

func (c *chain) close() {
	if err := c.app.Close(); err != nil {
		c.t.Error(err)
	}
	if err := c.cfg.State.Close(); err != nil {
		c.t.Error(err)
	}
}

// crash closes the state without committing what is staged, and opens it anew.
func (c *chain) crash() {
	c.close()
	c.open()
}

func (c *chain) initChain() *abcitypes.RequestInitChain {
	req := &abcitypes.RequestInitChain{
		Time: c.at, ChainId: apptest.ChainID, AppStateBytes: c.cfg.Genesis, InitialHeight: 1,
	}
	for _, p := range c.w.Partners() {
		if p.Member {
			key := apptest.Key("consensus " + p.Name).Public().(ed25519.PublicKey)
			req.Validators = append(req.Validators, abcitypes.ValidatorUpdate{
				Power: 10, PubKey: cmtcrypto.PublicKey{Sum: &cmtcrypto.PublicKey_Ed25519{Ed25519: key}},
			})
		}
	}
	return req
}

// tx seals an op for the next block.
func (c *chain) tx(p *apptest.Partner, op app.Op, options ...apptest.Option) []byte {
	c.t.Helper()
	now := uint64(c.at.Unix())
	options = append([]apptest.Option{apptest.At(now), apptest.WithValidUntil(uint64(c.height) + 50)}, options...)
	return c.w.Seal(p, op, options...).Raw()
}

func (c *chain) product(n int, options ...apptest.Option) []byte {
	return c.tx(c.w.Maker, &app.RegisterProduct{
		GTIN: apptest.GTIN(0, c.w.Maker.Prefix, n),
		ProductInfo: app.ProductInfo{
			Level: app.LevelUnit, Name: fmt.Sprintf("Product %d", n), Form: "tablet", Strength: "10 mg", NetContent: "30",
			NDCs: []app.NDC{{Code: "61414-111-30", From: apptest.Date("2020-01-01")}},
		},
	}, options...)
}

func (c *chain) commission(n int, lot string, from, to int) []byte {
	return c.tx(c.w.Maker, apptest.Commission(&apptest.Partner{
		GLN: c.w.Maker.GLN, Prefix: c.w.Maker.Prefix,
	}, apptest.GTIN(0, c.w.Maker.Prefix, n), lot, from, to))
}

func (c *chain) prepare(maxBytes int64, txs ...[]byte) [][]byte {
	c.t.Helper()
	res, err := c.app.PrepareProposal(c.t.Context(), &abcitypes.RequestPrepareProposal{
		MaxTxBytes: maxBytes, Txs: txs, Height: c.height + 1, Time: c.nextTime(),
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return res.Txs
}

func (c *chain) process(txs ...[]byte) bool {
	c.t.Helper()
	res, err := c.app.ProcessProposal(c.t.Context(), &abcitypes.RequestProcessProposal{
		Txs: txs, Height: c.height + 1, Time: c.nextTime(),
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return res.IsAccepted()
}

func (c *chain) nextTime() time.Time { return c.at.Add(5 * time.Second) }

func (c *chain) finalize(txs ...[]byte) *abcitypes.ResponseFinalizeBlock {
	c.t.Helper()
	res, err := c.app.FinalizeBlock(c.t.Context(), &abcitypes.RequestFinalizeBlock{
		Txs: txs, Height: c.height + 1, Time: c.nextTime(),
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return res
}

func (c *chain) commit() {
	c.t.Helper()
	if _, err := c.app.Commit(c.t.Context(), &abcitypes.RequestCommit{}); err != nil {
		c.t.Fatal(err)
	}
}

// block decides a block as consensus does, from proposal to commit, and
// returns its results.
func (c *chain) block(txs ...[]byte) []*abcitypes.ExecTxResult {
	c.t.Helper()
	proposed := c.prepare(math.MaxInt32, txs...)
	if !c.process(proposed...) {
		c.t.Fatalf("height %d: our own proposal is refused", c.height+1)
	}
	return c.decide(proposed...)
}

// decide finalizes and commits a block that was decided without this node.
func (c *chain) decide(txs ...[]byte) []*abcitypes.ExecTxResult {
	c.t.Helper()
	res := c.finalize(txs...)
	c.commit()
	c.at = c.nextTime()
	c.height++
	c.blocks = append(c.blocks, stored{txs, c.at})
	c.hashes = append(c.hashes, bytes.Clone(res.AppHash))
	return res.TxResults
}

// mustCode checks the verdicts of a block.
func mustCode(t *testing.T, results []*abcitypes.ExecTxResult, want ...app.Code) {
	t.Helper()
	if len(results) != len(want) {
		t.Fatalf("got %d results, want %d", len(results), len(want))
	}
	for i, r := range results {
		if app.Code(r.Code) != want[i] {
			t.Errorf("tx %d: got %s (%s), want %s", i, app.Code(r.Code), r.Log, want[i])
		}
	}
}

// blocksOf is the chain's block store as the adapter sees it. Its contents must
// not grow while it is used.
type blocksOf struct{ blocks []stored }

func (c *chain) store() blocksOf { return blocksOf{c.blocks} }

func (b blocksOf) Base() uint64   { return 1 }
func (b blocksOf) Height() uint64 { return uint64(len(b.blocks)) }

func (b blocksOf) Block(height uint64) ([][]byte, uint64, bool) {
	if height < 1 || height > uint64(len(b.blocks)) {
		return nil, 0, false
	}
	s := b.blocks[height-1]
	return s.txs, uint64(s.at.Unix()), true
}

func waitFor(t *testing.T, what string, cond func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !cond() {
		select {
		case <-ctx.Done():
			t.Fatalf("%s: not after 20 s", what)
		case <-tick.C:
		}
	}
}

// story fills blocks with products, lots, refused txs and nothing.
func (c *chain) story() {
	c.t.Helper()
	mustCode(c.t, c.block(c.product(1), c.product(2)), app.CodeOK, app.CodeOK)
	mustCode(c.t, c.block(c.commission(1, "A", 1, 100), c.commission(2, "B", 1, 50)), app.CodeOK, app.CodeOK)
	mustCode(c.t, c.block())
	mustCode(c.t, c.block(c.commission(1, "A", 101, 200), c.product(1)), app.CodeOK, app.CodeProductExists)
	mustCode(c.t, c.block(c.commission(1, "C", 201, 300)), app.CodeOK)
}

// fakeIndex counts blocks; hold makes Apply wait, and fail makes it fail.
type fakeIndex struct {
	hold chan struct{} // Apply waits until it is closed; nil waits for nothing

	mu     chan struct{}
	height uint64
	got    []index.Block
	fail   error
}

func newFakeIndex() *fakeIndex { return &fakeIndex{mu: make(chan struct{}, 1)} }

func (x *fakeIndex) Apply(b index.Block) error {
	if x.hold != nil {
		<-x.hold
	}
	x.mu <- struct{}{}
	defer func() { <-x.mu }()
	switch {
	case x.fail != nil:
		return x.fail
	case b.Height <= x.height:
		return nil
	case b.Height != x.height+1:
		return &index.GapError{Height: x.height, Got: b.Height}
	}
	x.height, x.got = b.Height, append(x.got, b)
	return nil
}

func (x *fakeIndex) Height() uint64 {
	x.mu <- struct{}{}
	defer func() { <-x.mu }()
	return x.height
}

func (x *fakeIndex) Query(context.Context, string, []string, []byte) ([]byte, error) {
	return nil, &index.NotFoundError{What: "it", Height: x.Height()}
}

func (x *fakeIndex) Status() app.IndexStatus {
	return app.IndexStatus{Height: x.Height(), State: "ready"}
}

func (x *fakeIndex) Close() error { return nil }
