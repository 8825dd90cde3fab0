package abci

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	abcitypes "github.com/cometbft/cometbft/abci/types"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/index"
	"github.com/pedigree-ledger/pedigree/state/proof"
)

// TestIndexNeverBlocks: an index that takes nothing costs consensus nothing,
// and has every block once it takes them again.
func TestIndexNeverBlocks(t *testing.T) {
	x := newFakeIndex()
	x.hold = make(chan struct{})
	c := newChain(t, func(c *chain) { c.cfg.OpenIndex = func(bool) (Index, error) { return x, nil } })
	const blocks = 5 * queueBlocks
	followed := false
	for i := range blocks {
		begin := time.Now()
		c.block(c.product(i + 1))
		if took := time.Since(begin); took > 5*time.Second {
			t.Fatalf("block %d took %s", i+1, took)
		}
		if i == blocks/2 {
			// The store that the index sees ends here; what came later
			// must come through the queue or from the next store.
			c.app.Follow(growing{c})
			followed = true
		}
	}
	if !followed || x.height != 0 {
		t.Fatalf("index at height %d while it was held", x.height)
	}
	if s := c.app.IndexStatus(); s.State == phaseReady {
		t.Errorf("status: got %+v, want not ready", s)
	}
	close(x.hold)
	waitFor(t, "the index has all blocks", func() bool { return x.Height() == blocks })
	waitFor(t, "the index is ready", func() bool { return c.app.IndexStatus().State == phaseReady })
	for i, b := range x.got {
		if b.Height != uint64(i+1) || b.Time != uint64(c.blocks[i].at.Unix()) {
			t.Fatalf("block %d of the index is of height %d, time %d", i+1, b.Height, b.Time)
		}
		if len(b.Txs) != 1 || b.Txs[0].Result.Code != app.CodeOK || b.Txs[0].Partner != c.w.Maker.GLN {
			t.Fatalf("block %d: %d txs, partner %s", i+1, len(b.Txs), b.Txs[0].Partner)
		}
	}
}

// growing is the chain's store while blocks are added by the test's goroutine:
// the index asks only for committed ones, and it is held until all are.
type growing struct{ c *chain }

func (g growing) Base() uint64                            { return 1 }
func (g growing) Height() uint64                          { return uint64(len(g.c.blocks)) }
func (g growing) Block(h uint64) ([][]byte, uint64, bool) { return g.c.store().Block(h) }

// TestReplayGivesTheSameBlocks compares what the index is told at commit with
// what is derived from the store, over kept versions and from genesis.
func TestReplayGivesTheSameBlocks(t *testing.T) {
	live := newFakeIndex()
	c := newChain(t, func(c *chain) {
		c.state.KeepVersions = 2
		c.cfg.OpenIndex = func(bool) (Index, error) { return live, nil }
	})
	c.app.Follow(c.store())
	c.story()
	waitFor(t, "the live index has all blocks", func() bool { return live.Height() == uint64(len(c.blocks)) })
	if err := c.cfg.State.Prune(t.Context()); err != nil {
		t.Fatal(err)
	}
	if oldest := c.cfg.State.Oldest(); oldest < 3 {
		t.Fatalf("version %d is kept: the test needs pruned ones", oldest)
	}
	rebuilt := newFakeIndex()
	c.cfg.OpenIndex = func(bool) (Index, error) { return rebuilt, nil }
	c.crash()
	c.app.Follow(c.store())
	waitFor(t, "the rebuilt index has all blocks", func() bool { return rebuilt.Height() == uint64(len(c.blocks)) })
	for i := range live.got {
		want, got := mustJSON(t, live.got[i]), mustJSON(t, rebuilt.got[i])
		if !bytes.Equal(got, want) {
			t.Errorf("block %d: derived\n%s\ntold\n%s", i+1, got, want)
		}
	}
	waitFor(t, "the scratch state is gone", func() bool {
		_, err := os.Stat(c.cfg.ScratchDir)
		return errors.Is(err, os.ErrNotExist)
	})
}

func mustJSON(t *testing.T, b index.Block) []byte {
	t.Helper()
	p, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestIndexFailsAndIsOpenedAnew: an index that cannot be opened, then one that
// fails, then one that works.
func TestIndexFailsAndIsOpenedAnew(t *testing.T) {
	broken, good := newFakeIndex(), newFakeIndex()
	broken.fail = errors.New("the disk is sick")
	opened := 0
	c := newChain(t, func(c *chain) {
		c.cfg.OpenIndex = func(bool) (Index, error) {
			opened++
			switch opened {
			case 1:
				return nil, errors.New("the directory is locked")
			case 2:
				return broken, nil
			}
			return good, nil
		}
	})
	c.story()
	c.app.Follow(c.store())
	waitFor(t, "the third index works", func() bool { return good.Height() == uint64(len(c.blocks)) })
	if opened != 3 {
		t.Errorf("the index was opened %d times, want 3", opened)
	}
}

func realIndex(c *chain) func(bool) (Index, error) {
	dir := c.t.TempDir()
	return func(bool) (Index, error) { return index.Open(index.Config{Dir: dir}) }
}

func (c *chain) query(path string, height int64, prove bool, data ...byte) *abcitypes.ResponseQuery {
	c.t.Helper()
	res, err := c.app.Query(c.t.Context(), &abcitypes.RequestQuery{Path: path, Height: height, Prove: prove, Data: data})
	if err != nil {
		c.t.Fatal(err)
	}
	return res
}

func TestQueries(t *testing.T) {
	c := newChain(t, func(c *chain) { c.cfg.OpenIndex = realIndex(c) })
	if res := c.query("/params", 0, true); QueryCode(res.Code) != QueryUnavailable {
		t.Errorf("before the first block: got %v", res)
	}
	c.story()
	c.app.Follow(c.store())
	waitFor(t, "the index is ready", func() bool { return c.app.IndexStatus().State == phaseReady })

	gtin := apptest.GTIN(0, c.w.Maker.Prefix, 1)
	path := app.BuildPath("/lot/{gtin}/{lot}", gtin.String(), "A")
	for _, height := range []int64{2, 3, 0} {
		res := c.query(path, height, true)
		at := height
		if at == 0 {
			at = c.height
		}
		if res.Code != 0 || res.Height != at || res.ProofOps == nil {
			t.Fatalf("height %d: got %v", height, res)
		}
		op := res.ProofOps.Ops[0]
		if op.Type != ProofType || !bytes.Equal(op.Key, res.Key) {
			t.Errorf("proof op: got %s %x", op.Type, op.Key)
		}
		if err := proof.Verify(c.hashes[at-1], res.Key, res.Value, op.Data); err != nil {
			t.Errorf("height %d: %v", height, err)
		}
		if plain := c.query(path, height, false); !bytes.Equal(plain.Value, res.Value) || plain.ProofOps != nil {
			t.Errorf("height %d without proof: got %v", height, plain)
		}
	}
	absent := c.query(app.BuildPath("/lot/{gtin}/{lot}", gtin.String(), "nope"), 0, true)
	if absent.Code != 0 || absent.Value != nil {
		t.Fatalf("absent: got %v", absent)
	}
	if err := proof.VerifyAbsence(c.hashes[c.height-1], absent.Key, absent.ProofOps.Ops[0].Data); err != nil {
		t.Errorf("absent: %v", err)
	}
	var place struct{ Key gs1.Key }
	res := c.query(app.BuildPath(app.PathPlace, string(apptest.Item(gtin, 7))), 0, false)
	if err := json.Unmarshal(res.Value, &place); err != nil || place.Key != apptest.Item(gtin, 7) {
		t.Errorf("place: got %v, %v", res, err)
	}
	var status app.IndexStatus
	if err := json.Unmarshal(c.query(app.PathIndexStatus, 0, false).Value, &status); err != nil || status.Height != uint64(c.height) || status.State != "ready" {
		t.Errorf("index status: got %+v, %v", status, err)
	}
}

func TestQueriesWithoutAnswer(t *testing.T) {
	c := newChain(t, func(c *chain) {
		c.state.KeepVersions = 1
		c.cfg.OpenIndex = realIndex(c)
	})
	c.story()
	c.app.Follow(c.store())
	waitFor(t, "the index is ready", func() bool { return c.app.IndexStatus().State == phaseReady })
	if err := c.cfg.State.Prune(t.Context()); err != nil {
		t.Fatal(err)
	}
	unknown := app.BuildPath(app.PathPlace, string(apptest.Item(apptest.GTIN(0, c.w.Maker.Prefix, 9), 1)))
	for _, tt := range []struct {
		path   string
		height int64
		data   string
		want   QueryCode
	}{
		{"/nothing", 0, "", QueryMalformed},
		{"", 0, "", QueryMalformed},
		{"/lot/123", 0, "", QueryMalformed},
		{"/product/123", 0, "", QueryMalformed},
		{"/params", 1, "", QueryNoHeight},
		{"/params", 99, "", QueryNoHeight},
		{unknown, 0, "", QueryNotFound},
		{app.BuildPath(app.PathPartnerHoldings, c.w.Maker.GLN.String()), 0, "{", QueryMalformed},
	} {
		for _, prove := range []bool{false, true} {
			res := c.query(tt.path, tt.height, prove, []byte(tt.data)...)
			if QueryCode(res.Code) != tt.want || res.Log == "" || res.Codespace != QueryCodespace {
				t.Errorf("%s at %d: got code %d %q, want %d", tt.path, tt.height, res.Code, res.Log, tt.want)
			}
		}
	}
	bare := newChain(t)
	bare.story()
	if res := bare.query(unknown, 0, false); QueryCode(res.Code) != QueryUnavailable {
		t.Errorf("a node without an index: got %v", res)
	}
	if s := bare.app.IndexStatus(); s.State != phaseFailed || s.Err == "" {
		t.Errorf("status without an index: got %+v", s)
	}
}

// TestIndexDeletedUnderTheNode: the directory goes away under a running index;
// the chain goes on, and the index comes back, away from what Badger may still
// be writing where the old one stood.
func TestIndexDeletedUnderTheNode(t *testing.T) {
	var dirs []string
	c := newChain(t, func(c *chain) {
		dirs = append(dirs, filepath.Join(c.t.TempDir(), "index"))
		c.cfg.OpenIndex = func(elsewhere bool) (Index, error) {
			if elsewhere {
				dirs = append(dirs, filepath.Join(c.t.TempDir(), "index"))
			}
			return index.Open(index.Config{Dir: dirs[len(dirs)-1]})
		}
	})
	c.app.Follow(growing{c})
	c.story()
	ready := func() bool {
		s := c.app.IndexStatus()
		return s.State == phaseReady && s.Height == uint64(c.height)
	}
	waitFor(t, "the index is ready", ready)
	if err := os.RemoveAll(dirs[0]); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		mustCode(t, c.block(c.product(20+i)), app.CodeOK)
	}
	waitFor(t, "the index is back", ready)
}

// TestIndexAdvisesTheMempool: serials that were commissioned are refused at the
// mempool in another lot too, though a block may hold them.
func TestIndexAdvisesTheMempool(t *testing.T) {
	c := newChain(t, func(c *chain) { c.cfg.OpenIndex = realIndex(c) })
	c.story()
	again, fresh := c.commission(1, "Z", 90, 95), c.commission(1, "Z", 900, 905)
	if got := c.check(abcitypes.CheckTxType_New, again); got != app.CodeOK {
		t.Errorf("without advice: got %s, want ok", got)
	}
	c.app.Follow(c.store())
	waitFor(t, "the index is ready", func() bool { return c.app.IndexStatus().State == phaseReady })
	if got := c.check(abcitypes.CheckTxType_New, again); got != app.CodeDuplicateKey {
		t.Errorf("commissioned before: got %s, want duplicate-key", got)
	}
	if got := c.check(abcitypes.CheckTxType_New, fresh); got != app.CodeOK {
		t.Errorf("fresh serials: got %s, want ok", got)
	}
	if !c.process(again) {
		t.Error("a proposal was refused on the index's advice")
	}
}
