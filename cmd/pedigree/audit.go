package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/pedigree-ledger/pedigree/node"
)

func newAudit(env *environment) *cobra.Command {
	c := &cobra.Command{
		Use:   "audit",
		Short: "Check a network's whole history without trusting anyone",
	}
	c.AddCommand(newAuditReplay(env))
	return c
}

// auditReport is what a replay found.
type auditReport struct {
	ChainID string `json:"chainId"`
	// Genesis is the hash of the validators that the genesis names, for
	// comparing with what another member trusts.
	Genesis string  `json:"genesisValidators"`
	From    uint64  `json:"from"`
	To      uint64  `json:"to"`
	Txs     uint64  `json:"txs"`
	Refused uint64  `json:"refused"`
	AppHash string  `json:"appHash"`
	Seconds float64 `json:"seconds"`
	// Divergence is empty when every block agreed.
	Divergence string `json:"divergence,omitempty"`
}

func newAuditReplay(env *environment) *cobra.Command {
	var home, from, genesis string
	c := &cobra.Command{
		Use:   "replay (--home DIR | --from RPC)",
		Short: "Execute every block again from genesis and compare",
		Long: `Executes every block from genesis in a fresh state and checks, at each height,
the signatures of more than two thirds of the validators, the results and the app
hash. It stops at the first divergence, says where it is, and exits with code 1.

--home reads the blocks of a node on this machine that does not run; --from asks
any node's RPC. With --from, give the genesis you trust with --genesis; without
it the node's own is used and its hash printed, for you to compare.`,
		Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			src, err := openAuditSource(c.Context(), home, from, genesis)
			if err != nil {
				return err
			}
			return errors.Join(auditReplay(c.Context(), env, src), src.close())
		},
	}
	c.Flags().StringVar(&home, "home", "", "a node's directory")
	c.Flags().StringVar(&from, "from", "", "a node's RPC, such as http://127.0.0.1:26657")
	c.Flags().StringVar(&genesis, "genesis", "", "the genesis file to trust, with --from")
	return c
}

func openAuditSource(ctx context.Context, home, from, genesis string) (*auditSource, error) {
	switch {
	case (home == "") == (from == ""):
		return nil, usage("give either --home or --from")
	case home != "":
		return homeSource(node.Home(home))
	default:
		return rpcSource(ctx, from, genesis)
	}
}

// auditReplay replays what a source has and reports.
func auditReplay(ctx context.Context, env *environment, src *auditSource) error {
	bar := newProgress(env.stderr, "replaying blocks")
	report, err := replayAll(ctx, src, bar.set)
	bar.end()
	if err != nil {
		return err
	}
	if err := env.show(report, report.text); err != nil {
		return err
	}
	if report.Divergence != "" {
		return no("the history diverges: %s", report.Divergence)
	}
	return nil
}

func (r *auditReport) text(w io.Writer) {
	if r.Divergence != "" {
		fmt.Fprintf(w, "divergence: %s\n", r.Divergence)
		return
	}
	fmt.Fprintf(w, "%s: blocks %d to %d, %d transactions (%d refused), %.1f s\n", r.ChainID, r.From, r.To, r.Txs, r.Refused, r.Seconds)
	fmt.Fprintf(w, "genesis validators %s\n", r.Genesis)
	fmt.Fprintf(w, "every signature, result and app hash agrees; app hash %s\n", r.AppHash)
}

// replayAll executes every block of a source in a state of its own.
func replayAll(ctx context.Context, src *auditSource, progress func(done, total uint64)) (*auditReport, error) {
	dir, err := os.MkdirTemp("", "pedigree-audit-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	r, err := newReplayer(ctx, src, filepath.Join(dir, "state"))
	if err != nil {
		return nil, err
	}
	start := time.Now()
	report := &auditReport{
		ChainID: src.genesis.ChainID, From: uint64(src.genesis.InitialHeight),
		Genesis: fmt.Sprintf("%X", genesisValidators(src.genesis).Hash()),
	}
	diverged, err := r.all(ctx, report, progress)
	if err != nil {
		return nil, errors.Join(err, r.close())
	}
	if diverged != nil {
		report.Divergence = diverged.Error()
	}
	report.Txs, report.Refused = r.txs, r.refused
	report.AppHash, report.Seconds = fmt.Sprintf("%X", r.chain.AppHash), time.Since(start).Seconds()
	return report, r.close()
}

// all steps through the blocks until the last or the first divergence.
func (r *replayer) all(ctx context.Context, report *auditReport, progress func(done, total uint64)) (diverged, err error) {
	for h := report.From; h <= r.src.height; h++ {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("interrupted at height %d of %d", h, r.src.height)
		}
		diverged, err := r.step(ctx, h)
		if err != nil {
			return nil, err
		}
		if diverged != nil {
			return fmt.Errorf("height %d: %s", h, oneLine(diverged.Error())), nil
		}
		report.To = h
		progress(h, r.src.height)
	}
	diverged, err = r.last(ctx, r.src.height)
	if diverged != nil {
		diverged = fmt.Errorf("after height %d: %w", r.src.height, diverged)
	}
	return diverged, err
}
