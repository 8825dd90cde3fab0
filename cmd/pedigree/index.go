package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/cometbft/cometbft/store"
	"github.com/spf13/cobra"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/node"
)

func newIndex(env *environment) *cobra.Command {
	c := &cobra.Command{
		Use:   "index",
		Short: "Rebuild the index of a node, or ask how far it has come",
	}
	c.AddCommand(newIndexRebuild(env), newIndexStatus(env))
	return c
}

func newIndexRebuild(env *environment) *cobra.Command {
	var home string
	c := &cobra.Command{
		Use:   "rebuild",
		Short: "Delete the index of a stopped node and build it from the blocks",
		Long: `Deletes the index under --home and builds it again from the node's blocks. The
node must be stopped, and must keep all its blocks. Consensus never reads the
index: a node with a damaged one, or none, also rebuilds it by itself while it
runs. Interrupted, it goes on where it was when the node starts.`,
		Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error { return rebuildIndex(c.Context(), env, node.Home(home)) },
	}
	homeFlag(c, &home)
	return c
}

// indexReport says how far an index is.
type indexReport struct {
	app.IndexStatus
	// Ledger is the height of the last block.
	Ledger  uint64  `json:"ledger"`
	Seconds float64 `json:"seconds,omitempty"`
}

func (r *indexReport) text(w io.Writer) {
	fmt.Fprintf(w, "index %s at height %d of %d", r.State, r.Height, r.Ledger)
	if r.Seconds > 0 {
		fmt.Fprintf(w, ", %.1f s", r.Seconds)
	}
	fmt.Fprintln(w)
	if r.Err != "" {
		fmt.Fprintf(w, "  %s\n", r.Err)
	}
}

// rebuildIndex makes the index of a stopped node anew.
func rebuildIndex(ctx context.Context, env *environment, home node.Home) error {
	blocks, closeBlocks, err := wholeChain(home)
	if err != nil {
		return err
	}
	r, err := followBlocks(ctx, env, home, blocks)
	if err = errors.Join(err, closeBlocks()); err != nil {
		return err
	}
	return env.show(r, r.text)
}

// wholeChain opens the blocks of a stopped node that keeps all of them.
func wholeChain(home node.Home) (*store.BlockStore, func() error, error) {
	doc, err := home.Genesis()
	if err != nil {
		return nil, nil, err
	}
	blocks, closeBlocks, err := home.OpenBlocks()
	if err != nil {
		return nil, nil, err
	}
	if first := blocks.Base(); first > doc.InitialHeight {
		err := fmt.Errorf("%s keeps blocks from height %d on; all from %d are needed: use an archive node's", home, first, doc.InitialHeight)
		return nil, nil, errors.Join(err, closeBlocks())
	}
	return blocks, closeBlocks, nil
}

// followBlocks wipes the index and lets the ledger's own follower, which a
// running node has, build it.
func followBlocks(ctx context.Context, env *environment, home node.Home, blocks *store.BlockStore) (*indexReport, error) {
	settings, err := home.Settings()
	if err != nil {
		return nil, err
	}
	troubles := make(troubleLog, 1)
	cfg := node.Config{Home: home, Settings: settings, Logger: slog.New(troubles)}
	l, err := node.UseLedger(&cfg) // holds the state's lock: nobody else runs
	if err != nil {
		return nil, err
	}
	if err := os.RemoveAll(filepath.Dir(home.IndexDir())); err != nil {
		return nil, errors.Join(err, cfg.OnClose())
	}
	start := time.Now()
	bar := newProgress(env.stderr, "building the index")
	cfg.OnBlocks(storedBlocks{blocks})
	err = awaitIndex(ctx, l, troubles, bar)
	bar.end()
	r := &indexReport{IndexStatus: l.App.IndexStatus(), Ledger: l.State.Version(), Seconds: time.Since(start).Seconds()}
	return r, errors.Join(err, cfg.OnClose())
}

// awaitIndex waits until the index has the last block of the state.
func awaitIndex(ctx context.Context, l *node.Ledger, troubles troubleLog, bar *progress) error {
	const interval = 50 * time.Millisecond
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		s, last := l.App.IndexStatus(), l.State.Version()
		bar.set(s.Height, last)
		if s.State == "ready" && s.Height >= last {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("interrupted at height %d of %d; the node goes on from there when it starts", s.Height, last)
		case trouble := <-troubles:
			return errors.New(trouble)
		case <-tick.C:
		}
	}
}

// storedBlocks gives the index the blocks of a store; it is an abci.Blocks.
type storedBlocks struct{ store *store.BlockStore }

// Base is the height of the oldest block kept.
func (b storedBlocks) Base() uint64 { return uint64(b.store.Base()) }

// Height is the height of the newest block.
func (b storedBlocks) Height() uint64 { return uint64(b.store.Height()) }

// Block returns the txs of a block and its time in seconds UTC.
func (b storedBlocks) Block(height uint64) (txs [][]byte, time uint64, ok bool) {
	block := b.store.LoadBlock(int64(height))
	if block == nil {
		return nil, 0, false
	}
	for _, tx := range block.Txs {
		txs = append(txs, tx)
	}
	return txs, uint64(block.Time.Unix()), true
}

// troubleLog is a log that keeps the first error: the follower tries again for
// ever, as a running node must; here its first failure is the answer.
type troubleLog chan string

// Enabled takes errors only.
func (t troubleLog) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelError }

// Handle keeps what went wrong.
func (t troubleLog) Handle(_ context.Context, r slog.Record) error {
	text := r.Message
	r.Attrs(func(a slog.Attr) bool {
		text += ": " + a.Value.String()
		return true
	})
	select {
	case t <- text:
	default: // the first is kept
	}
	return nil
}

// WithAttrs is the same log.
func (t troubleLog) WithAttrs([]slog.Attr) slog.Handler { return t }

// WithGroup is the same log.
func (t troubleLog) WithGroup(string) slog.Handler { return t }

func newIndexStatus(env *environment) *cobra.Command {
	var a access
	c := &cobra.Command{
		Use:   "status",
		Short: "Ask a running node how far its index is",
		Long:  `Exit code 1 if the index is not ready: listings may be missing the last blocks.`,
		Args:  exactly(0, "no arguments"),
		RunE:  func(c *cobra.Command, _ []string) error { return indexStatus(c.Context(), env, &a) },
	}
	a.nodeFlag(c)
	return c
}

func indexStatus(ctx context.Context, env *environment, a *access) error {
	c, err := a.dial(ctx)
	if err != nil {
		return err
	}
	s, err := c.IndexStatus(ctx)
	if err != nil {
		return err
	}
	last, err := c.RPC().Commit(ctx, nil)
	if err != nil {
		return err
	}
	r := &indexReport{IndexStatus: *s, Ledger: uint64(last.Height)}
	if err := env.show(r, r.text); err != nil {
		return err
	}
	if s.State != "ready" {
		return no("the index is %s", s.State)
	}
	return nil
}
