package main

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/node"
	"github.com/pedigree-ledger/pedigree/testnet"
)

// verifyBenchOptions are the flags of the bench of verification.
type verifyBenchOptions struct {
	serials     uint64
	concurrency int
	seconds     int
	warm        int
	dir         string
	profile     string
	paceSeconds float64
}

// verifyBenchReport is what the bench of verification found.
type verifyBenchReport struct {
	Serials     int `json:"serials"`
	Concurrency int `json:"concurrency"`
	// Series are the ways to ask, the plain record query first.
	Series []*callFigures `json:"series"`
}

func newBenchVerify(env *environment) *cobra.Command {
	var o verifyBenchOptions
	c := &cobra.Command{
		Use:   "verify",
		Short: "Measure verification with proof beside a running node",
		Long: `Loads a fresh one-validator network in this process with serials, in cases on
pallets, some of them sold, then verifies random items, so many callers at a time,
while blocks go on, first through the library, then over HTTP with the proof in the
answer. Every verification builds the proof and checks it against a header that the
light client verified. The callers share the processors with the node, so they spend
little on what they get: one answer in 64 over HTTP is decoded whole and its proof
verified, the others are looked at for the word, the proof and its size.

The first line is one plain ICS-23 query of a record, proved and checked at the
same concurrency: the measure of the machine. Compare ratios; absolute figures
drift with the machine.`,
		Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error { return runBenchVerify(c.Context(), env, o) },
	}
	c.Flags().Uint64Var(&o.serials, "serials", 1_000_000, "serials on the ledger")
	c.Flags().IntVar(&o.concurrency, "concurrency", 64, "callers, each of whom asks again as soon as it was answered")
	c.Flags().IntVar(&o.seconds, "seconds", 20, "how long each measurement lasts")
	c.Flags().IntVar(&o.warm, "warm", 20, "seconds of the same before each measurement, as a gateway that has been up for a while")
	c.Flags().StringVar(&o.dir, "dir", "", "where to make the network (default: a temporary directory, removed afterwards)")
	c.Flags().StringVar(&o.profile, "profile", "", "also write cpu and heap profiles of each measurement to this directory")
	c.Flags().Float64Var(&o.paceSeconds, "pace", 0.5, "seconds between the transactions that keep blocks coming")
	return c
}

func (o *verifyBenchOptions) check() error {
	switch {
	case o.concurrency < 1:
		return usage("--concurrency is at least 1, found %d", o.concurrency)
	case o.seconds < 1:
		return usage("--seconds is at least 1, found %d", o.seconds)
	case o.warm < 0:
		return usage("--warm is at least 0, found %d", o.warm)
	case o.paceSeconds <= 0:
		return usage("--pace is above 0, found %g", o.paceSeconds)
	}
	return nil
}

func runBenchVerify(ctx context.Context, env *environment, o verifyBenchOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	remove, err := orTemporary(&o.dir, "pedigree-bench-")
	if err != nil {
		return err
	}
	defer remove()
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		return err
	}
	var refused atomic.Uint64
	var g *goods
	net, err := testnet.New(testnet.Options{
		Validators: 1, Dir: o.dir, ChainID: benchChain,
		Genesis: func(m []testnet.Member) (raw json.RawMessage, err error) {
			if g, err = newGoods(o.serials, m[0], key); err != nil {
				return nil, err
			}
			return testnet.LedgerGenesis(app.DefaultParams(), g.founder())(m)
		},
		Settings: func(_ int, s *node.Settings) { benchEdge(s) },
		Prepare: func(_ int, c *node.Config) error {
			if err := useLedger(c); err != nil {
				return err
			}
			c.App = watched{c.App, &refused}
			return nil
		},
	})
	if err != nil {
		return err
	}
	limitMemory(1)
	if err := net.Start(ctx); err != nil {
		return errors.Join(err, net.Stop())
	}
	r, err := verifyMeasured(ctx, env, o, net, g)
	if err == nil && refused.Load() > 0 {
		err = fmt.Errorf("bench: %d transactions were refused: the figures would be wrong", refused.Load())
	}
	if err := errors.Join(err, net.Stop()); err != nil {
		return err
	}
	return env.show(r, r.text)
}

func (r *verifyBenchReport) text(w io.Writer) {
	fmt.Fprintf(w, "\n%d serials, %d callers. CPU: of the whole process, for one call. tx: p99 from submission to the block.\n", r.Serials, r.Concurrency)
	fmt.Fprintf(w, "%-10s %8s %9s %9s %9s %9s %9s %9s %9s %9s %7s\n", "", "calls/s", "p50", "p90", "p99", "most", "CPU", "proof B", "interval", "tx", "MiB")
	for _, f := range r.Series {
		fmt.Fprintf(w, "%-10s %8.0f %9s %9s %9s %9s %9s %9.0f %8.2fs %9s %7.0f\n", f.Name, f.PerSecond, tenths(f.P50), tenths(f.P90), tenths(f.P99), tenths(f.Most),
			f.Processor.Round(time.Microsecond), f.ProofBytes, f.BlockInterval, round(f.Verdict.P99), f.MiB)
	}
}

// tenths prints a latency in tenths of milliseconds.
func tenths(d time.Duration) string { return fmt.Sprintf("%.1fms", float64(d.Microseconds())/1000) }
