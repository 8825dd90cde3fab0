package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/cometbft/cometbft/types"

	"github.com/pedigree-ledger/pedigree/node"
	"github.com/pedigree-ledger/pedigree/testnet"
)

// TestAuditTampered changes what an auditor is told, one thing at a time: the
// replay must name the height of the first divergence and the reason.
func TestAuditTampered(t *testing.T) {
	const height = 3
	home := stoppedChain(t, height+1)
	flip := func(p []byte) { p[0] ^= 1 }
	tests := []struct {
		name   string
		tamper func(b *types.Block, c *types.Commit)
		want   string
	}{
		{"nothing", func(*types.Block, *types.Commit) {}, ""},
		{"app hash", func(b *types.Block, _ *types.Commit) { flip(b.AppHash) }, "the block says the app hash is"},
		{"chain", func(b *types.Block, _ *types.Commit) { b.ChainID = "other" }, `the block is of chain "other"`},
		{"transactions", func(b *types.Block, _ *types.Commit) { b.Txs = append(b.Txs, []byte("extra")) }, "signatures do not hold"},
		{"time", func(b *types.Block, _ *types.Commit) { b.Time = b.Time.Add(time.Second) }, "signatures do not hold"},
		{"signature", func(_ *types.Block, c *types.Commit) { flip(c.Signatures[0].Signature) }, "signatures do not hold"},
		{"no votes", func(_ *types.Block, c *types.Commit) { c.Signatures[0] = types.NewCommitSigAbsent() }, "signatures do not hold"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			src, err := homeSource(home)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = src.close() }()
			honest := src.block
			src.block = func(ctx context.Context, h uint64) (*types.Block, *types.Commit, error) {
				b, c, err := honest(ctx, h)
				if err == nil && h == height {
					test.tamper(b, c)
				}
				return b, c, err
			}
			r, err := replayAll(t.Context(), src, func(uint64, uint64) {})
			if err != nil {
				t.Fatal(err)
			}
			checkDivergence(t, r, height, test.want)
		})
	}
	t.Run("state", func(t *testing.T) {
		src, err := homeSource(home)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = src.close() }()
		src.appHash = func(context.Context, uint64) ([]byte, error) { return []byte("another"), nil }
		r, err := replayAll(t.Context(), src, func(uint64, uint64) {})
		if err != nil {
			t.Fatal(err)
		}
		if want := "after height"; !strings.HasPrefix(r.Divergence, want) {
			t.Errorf("got divergence %q, want one that begins %q", r.Divergence, want)
		}
	})
}

func checkDivergence(t *testing.T, r *auditReport, height uint64, want string) {
	t.Helper()
	if want == "" {
		if r.Divergence != "" || r.To <= height {
			t.Errorf("got divergence %q at block %d, want none", r.Divergence, r.To)
		}
		return
	}
	if !strings.HasPrefix(r.Divergence, "height 3: ") || !strings.Contains(r.Divergence, want) || r.To != height-1 {
		t.Errorf("got divergence %q after block %d, want one at height %d with %q", r.Divergence, r.To, height, want)
	}
}

// stoppedChain makes a chain of some blocks by one validator, and returns its
// home.
func stoppedChain(t *testing.T, blocks uint64) node.Home {
	t.Helper()
	dir := t.TempDir()
	n, err := testnet.New(testnet.Options{
		Validators: 1, Dir: dir, Genesis: castGenesis(dir),
		Prepare: func(_ int, c *node.Config) error { return useLedger(c) },
		Settings: func(_ int, s *node.Settings) {
			s.EmptyBlocksInterval = node.Duration(50 * time.Millisecond)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := n.Start(ctx); err != nil {
		t.Fatal(err)
	}
	if err := n.WaitHeight(ctx, blocks); err != nil {
		t.Error(err)
	}
	if err := n.Stop(); err != nil {
		t.Fatal(err)
	}
	return n.Node(0).Home()
}
