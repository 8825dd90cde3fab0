package testnet

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/node"
)

// signer makes txs of one member.
type signer struct {
	t      *testing.T
	n      *Network
	member Member
	nonce  atomic.Uint64
}

func (s *signer) seal(op app.Op, height uint64) []byte {
	s.t.Helper()
	tx := app.Tx{
		ChainID: s.n.ChainID(), ValidUntil: height + 1000, Nonce: s.nonce.Add(1),
		EventTime: uint64(time.Now().Unix()), Op: op,
	}
	raw, err := tx.Seal(s.member.Operations)
	if err != nil {
		s.t.Fatal(err)
	}
	return raw
}

func (s *signer) product(i int) *app.RegisterProduct {
	return &app.RegisterProduct{
		GTIN: apptest.GTIN(0, MemberPrefix(s.member.Index), i),
		ProductInfo: app.ProductInfo{
			Level: app.LevelUnit, Name: fmt.Sprintf("Product %d", i), Form: "tablet", Strength: "10 mg", NetContent: "30",
		},
	}
}

func (s *signer) commission(i int, lot string, first, last int) *app.Commission {
	gln, err := s.member.GLN()
	if err != nil {
		s.t.Fatal(err)
	}
	return apptest.Commission(&apptest.Partner{GLN: gln}, apptest.GTIN(0, MemberPrefix(s.member.Index), i), lot, first, last)
}

// broadcast sends a tx and returns the mempool's code.
func broadcast(t *testing.T, nd *Node, raw []byte) app.Code {
	t.Helper()
	body := fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":"broadcast_tx_sync","params":{"tx":%q}}`, base64.StdEncoding.EncodeToString(raw))
	var res struct {
		Result struct {
			Code uint32 `json:"code"`
			Log  string `json:"log"`
		} `json:"result"`
		Error any `json:"error"`
	}
	post(t, nd.RPC(), body, &res)
	if res.Error != nil {
		t.Fatalf("broadcast: %v", res.Error)
	}
	return app.Code(res.Result.Code)
}

// listing asks a node's index.
func listing(t *testing.T, nd *Node, path string, v any) error {
	t.Helper()
	body := fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":"abci_query","params":{"path":%q}}`, path)
	var res struct {
		Result struct {
			Response struct {
				Code  uint32 `json:"code"`
				Log   string `json:"log"`
				Value []byte `json:"value"`
			} `json:"response"`
		} `json:"result"`
	}
	post(t, nd.RPC(), body, &res)
	if res.Result.Response.Code != 0 {
		return errors.New(res.Result.Response.Log)
	}
	if err := json.Unmarshal(res.Result.Response.Value, v); err != nil {
		t.Fatalf("%s: %s: %v", path, res.Result.Response.Value, err)
	}
	return nil
}

// committed returns the code of a tx that a node's index knows.
func committed(t *testing.T, nd *Node, raw []byte) (app.Code, error) {
	t.Helper()
	tx, err := app.Decode(raw)
	if err != nil {
		t.Fatal(err)
	}
	id, err := tx.ID().MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	var s struct {
		Code app.Code `json:"code"`
	}
	err = listing(t, nd, app.BuildPath(app.PathTx, string(id)), &s)
	return s.Code, err
}

func (n *Network) awaitTx(ctx context.Context, t *testing.T, raw []byte, want app.Code) {
	t.Helper()
	err := poll(ctx, func() error {
		for i, nd := range n.nodes {
			if !nd.Running() {
				continue
			}
			code, err := committed(t, nd, raw)
			if err != nil {
				return fmt.Errorf("node %d: %w", i, err)
			}
			if code != want {
				t.Fatalf("node %d: code %s, want %s", i, code, want)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestLedgerInProcess(t *testing.T) {
	n, err := New(Options{
		Dir: t.TempDir(), Settings: quick, Genesis: LedgerGenesis(app.Params{}), Prepare: UseLedger,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = n.Stop() })
	ctx := within(t, 90*time.Second)
	if err := n.Start(ctx); err != nil {
		t.Fatal(err)
	}
	if err := n.WaitHeight(ctx, 2); err != nil {
		t.Fatal(err)
	}
	s := &signer{t: t, n: n, member: n.Members()[0]}
	raws := [][]byte{
		s.seal(s.product(1), 1), s.seal(s.commission(1, "A", 1000, 1499), 1), s.seal(s.commission(1, "B", 2000, 2499), 1),
	}
	for i, raw := range raws {
		if code := broadcast(t, n.Node(i), raw); code != app.CodeOK {
			t.Fatalf("tx %d: %s", i, code)
		}
		n.awaitTx(ctx, t, raw, app.CodeOK)
	}
	again := s.seal(s.commission(1, "A", 1000, 1499), 1)
	if code := broadcast(t, n.Node(1), again); code != app.CodeRunExists {
		t.Errorf("the same serials again: got %s, want run-exists", code)
	}
	t.Run("index deleted", func(t *testing.T) { deleteIndex(ctx, t, n, s) })
	t.Run("restart", func(t *testing.T) { restartLedger(ctx, t, n, raws) })
	sameAppHash(ctx, t, n)
}

// deleteIndex removes a node's index under it; every node commits the next tx,
// and that node's index comes back.
func deleteIndex(ctx context.Context, t *testing.T, n *Network, s *signer) {
	if err := os.RemoveAll(n.Node(2).Home().IndexDir()); err != nil {
		t.Fatal(err)
	}
	raw := s.seal(s.commission(1, "C", 3000, 3099), 1)
	if code := broadcast(t, n.Node(2), raw); code != app.CodeOK {
		t.Fatalf("got %s", code)
	}
	n.awaitTx(ctx, t, raw, app.CodeOK)
}

// restartLedger stops a node, deletes its index, and starts it again.
func restartLedger(ctx context.Context, t *testing.T, n *Network, raws [][]byte) {
	nd := n.Node(3)
	if err := nd.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(nd.Home().IndexDir()); err != nil {
		t.Fatal(err)
	}
	if err := nd.Start(ctx); err != nil {
		t.Fatal(err)
	}
	for _, raw := range raws {
		n.awaitTx(ctx, t, raw, app.CodeOK)
	}
	ready := func() error {
		if reasons := nd.Local().Readiness(); len(reasons) > 0 {
			return errors.New(strings.Join(reasons, "; "))
		}
		return nil
	}
	if err := poll(ctx, ready); err != nil {
		t.Error(err)
	}
}

// sameAppHash compares the app hash in the headers of all nodes at one height.
func sameAppHash(ctx context.Context, t *testing.T, n *Network) {
	t.Helper()
	h, err := n.Node(0).Height(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := n.WaitHeight(ctx, h); err != nil {
		t.Fatal(err)
	}
	want := n.Node(0).Local().Comet().BlockStore().LoadBlockMeta(int64(h)).Header.AppHash
	for i, nd := range n.Nodes() {
		if got := nd.Local().Comet().BlockStore().LoadBlockMeta(int64(h)).Header.AppHash; got.String() != want.String() {
			t.Errorf("node %d: app hash %s at height %d, node 0 has %s", i, got, h, want)
		}
	}
}

func TestLedgerGenesisNamesOthers(t *testing.T) {
	pharmacy := app.GenesisPartner{
		GLN: apptest.GLN("0870001", 0),
		PartnerInfo: app.PartnerInfo{
			Name: "Pharmacy", Roles: app.RoleDispenser, Prefixes: []gs1.CompanyPrefix{"0870001"},
			Credential: app.Credential{From: 631152000, Until: 2840140800},
		},
		Keys: []app.PublicKey{app.PublicKey(apptest.Key("pharmacy")[32:])},
	}
	n, err := New(Options{
		Dir: t.TempDir(), Validators: 2, Genesis: LedgerGenesis(app.DefaultParams(), pharmacy),
		Prepare: func(int, *node.Config) error { return errors.New("not started") },
	})
	if err != nil {
		t.Fatal(err)
	}
	doc, err := n.Node(1).Home().Genesis()
	if err != nil {
		t.Fatal(err)
	}
	g, err := app.ParseGenesis(doc.AppState)
	if err != nil {
		t.Fatal(err)
	}
	if len(g.Partners) != 3 || len(doc.Validators) != 2 {
		t.Errorf("got %d partners and %d validators, want 3 and 2", len(g.Partners), len(doc.Validators))
	}
	if err := n.Start(t.Context()); err == nil || !strings.Contains(err.Error(), "not started") {
		t.Errorf("Start: got %v, want what Prepare said", err)
	}
}
