package node_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	abcitypes "github.com/cometbft/cometbft/abci/types"

	"github.com/pedigree-ledger/pedigree/node"
	"github.com/pedigree-ledger/pedigree/testnet"
)

// newHome makes the home of a network of one.
func newHome(t *testing.T, chainID string) node.Home {
	t.Helper()
	h := node.Home(t.TempDir())
	id, err := node.Init(h, node.Settings{
		P2P: "tcp://127.0.0.1:0", RPC: "tcp://127.0.0.1:0", API: "127.0.0.1:0",
		EmptyBlocksInterval: node.Duration(10 * time.Millisecond), CommitTimeout: node.Duration(time.Millisecond),
	})
	if err != nil {
		t.Fatal(err)
	}
	setGenesis(t, h, id, chainID)
	return h
}

func setGenesis(t *testing.T, h node.Home, id node.Identity, chainID string) {
	t.Helper()
	doc, err := node.NewGenesis(chainID, time.Now(), []node.Validator{{Name: "one", Consensus: id.Consensus}}, []byte("{}"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := node.EncodeGenesis(doc)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.SetGenesis(p); err != nil {
		t.Fatal(err)
	}
}

func config(t *testing.T, h node.Home, app abcitypes.Application) node.Config {
	t.Helper()
	s, err := h.Settings()
	if err != nil {
		t.Fatal(err)
	}
	return node.Config{Home: h, Settings: s, App: app}
}

func start(t *testing.T, c node.Config) *node.Node {
	t.Helper()
	n, err := node.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = n.Stop() })
	if err := n.Start(); err != nil {
		t.Fatal(err)
	}
	return n
}

func waitHeight(t *testing.T, n *node.Node, height uint64) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for n.Height() < height {
		select {
		case <-ctx.Done():
			t.Fatalf("height %d after 30 s, want %d: %v", n.Height(), height, n.Err())
		case <-tick.C:
		}
	}
}

// oneLine checks an error that an operator reads.
func oneLine(t *testing.T, err error, kind error, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("got no error")
	}
	if kind != nil && !errors.Is(err, kind) {
		t.Errorf("got %v, want %v", err, kind)
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("got more than one line: %q", err)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("got %q, want it to say %q", err, w)
		}
	}
}

func TestRestart(t *testing.T) {
	h := newHome(t, "one")
	closed := 0
	c := config(t, h, testnet.NewCounter())
	c.OnClose = func() error { closed++; return nil }
	n := start(t, c)
	waitHeight(t, n, 3)
	if err := errors.Join(n.Stop(), n.Stop()); err != nil {
		t.Fatal(err)
	}
	if closed != 1 {
		t.Errorf("OnClose ran %d times, want once", closed)
	}
	before := n.Height()
	again := start(t, config(t, h, testnet.NewCounter()))
	waitHeight(t, again, before+2)
	if reasons := again.Readiness(); len(reasons) != 0 {
		t.Errorf("not ready: %q", reasons)
	}
	if err := again.Stop(); err != nil {
		t.Fatal(err)
	}
	if reasons := again.Readiness(); len(reasons) != 1 {
		t.Errorf("readiness after Stop: got %q, want one reason", reasons)
	}
}

func TestInitKeepsSecrets(t *testing.T) {
	h := newHome(t, "one")
	first, err := h.Identity()
	if err != nil {
		t.Fatal(err)
	}
	if again, err := node.Init(h, node.Settings{}); err != nil || again.NodeID != first.NodeID {
		t.Errorf("second Init: got %v, %v; want the same identity %v", again.NodeID, err, first.NodeID)
	}
	err = filepath.WalkDir(string(h), func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == string(h) {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 && !strings.HasSuffix(path, "LOCK") {
			t.Errorf("%s has mode %v, want nothing for others", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(string(h), "data", "priv_validator_state.json")); err != nil {
		t.Fatal(err)
	}
	_, err = node.Init(h, node.Settings{})
	oneLine(t, err, nil, "priv_validator_state.json", "sign twice")
	if _, err := node.New(node.Config{Home: h, App: testnet.NewCounter()}); err == nil {
		t.Error("New without the validator's state: got no error")
	}
}

func TestSettings(t *testing.T) {
	h := newHome(t, "one")
	for _, tt := range []struct{ file, want string }{
		{`{"monicker": "x"}`, "monicker"},
		{`{"mempool": "app"}`, "mempool"},
		{`{"commitTimeout": "100"}`, "missing unit"},
		{`{"emptyBlocksInterval": "2m"}`, "stale"},
		{`{`, "unexpected EOF"},
	} {
		if err := os.WriteFile(h.SettingsFile(), []byte(tt.file), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := h.Settings()
		oneLine(t, err, nil, tt.want)
	}
	_, err := node.Home(t.TempDir()).Settings()
	oneLine(t, err, nil, "run init")
}

func TestWrongGenesis(t *testing.T) {
	h := newHome(t, "one")
	c := config(t, h, testnet.NewCounter())
	n := start(t, c)
	waitHeight(t, n, 1)
	if err := n.Stop(); err != nil {
		t.Fatal(err)
	}
	id, err := h.Identity()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := node.NewGenesis("two", time.Now(), []node.Validator{{Name: "one", Consensus: id.Consensus}}, []byte("{}"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := node.EncodeGenesis(doc)
	if err != nil {
		t.Fatal(err)
	}
	oneLine(t, h.SetGenesis(p), node.ErrGenesis, "use a new home")
	if err := os.WriteFile(h.GenesisFile(), p, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = node.New(c)
	oneLine(t, err, node.ErrGenesis, "hash")

	// With the pin gone as well, the stores still know better.
	if err := os.Remove(filepath.Join(string(h), "config", "genesis.sha256")); err != nil {
		t.Fatal(err)
	}
	if err := h.SetGenesis(p); err != nil {
		t.Fatal(err)
	}
	_, err = node.New(c)
	oneLine(t, err, node.ErrGenesis, "stores")
}

func TestDamagedStore(t *testing.T) {
	h := newHome(t, "one")
	c := config(t, h, testnet.NewCounter())
	n := start(t, c)
	waitHeight(t, n, 2)
	if err := n.Stop(); err != nil {
		t.Fatal(err)
	}
	current := filepath.Join(string(h), "data", "comet", "blockstore.db", "CURRENT")
	for _, path := range []string{current, current + ".bak"} {
		if err := os.WriteFile(path, []byte("MANIFEST-999999\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, err := node.New(c)
	oneLine(t, err, nil, "damaged", "blockstore")
}

func TestHomeInUse(t *testing.T) {
	h := newHome(t, "one")
	c := config(t, h, testnet.NewCounter())
	n, err := node.New(c)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := node.New(c); !errors.Is(err, node.ErrLocked) {
		t.Errorf("second node in one home: got %v, want ErrLocked", err)
	}
	if err := n.Stop(); err != nil {
		t.Fatal(err)
	}
}

// failing is an application that cannot finalize the block at height.
type failing struct {
	*testnet.Counter
	height int64
}

func (f failing) FinalizeBlock(ctx context.Context, req *abcitypes.RequestFinalizeBlock) (*abcitypes.ResponseFinalizeBlock, error) {
	if req.Height >= f.height {
		return nil, errors.New("state: the disk is full: /data\nstack")
	}
	return f.Counter.FinalizeBlock(ctx, req)
}

func TestApplicationCannotGoOn(t *testing.T) {
	h := newHome(t, "one")
	c := config(t, h, failing{testnet.NewCounter(), 3})
	n := start(t, c)
	select {
	case <-n.Done():
	case <-time.After(30 * time.Second):
		t.Fatal("the node goes on after 30 s")
	}
	oneLine(t, n.Err(), nil, "the disk is full")
	if reasons := n.Readiness(); len(reasons) != 1 || !strings.Contains(reasons[0], "disk") {
		t.Errorf("readiness: got %q, want the reason", reasons)
	}
	if err := n.Stop(); err != nil {
		t.Fatal(err)
	}
	// While the reason lasts, the next start says it too.
	_, err := node.New(c)
	oneLine(t, err, nil, "the disk is full")
	again := start(t, config(t, h, testnet.NewCounter()))
	waitHeight(t, again, 5)
}
