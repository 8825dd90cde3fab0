package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"
)

// benchOptions are the flags of the bench.
type benchOptions struct {
	serials      uint64
	naiveSerials uint64
	perTx        int
	seconds      int
	dir          string
	only         string
	profile      string
}

// benchReport is what the bench found; the figures of one run belong together,
// because the machine drifts from run to run.
type benchReport struct {
	Ours  *benchFigures `json:"ours,omitempty"`
	Naive *benchFigures `json:"naive,omitempty"`
	Empty *benchFigures `json:"empty,omitempty"`
	// SerialsOverNaive is ours over the naive ledger's serials per second.
	SerialsOverNaive float64 `json:"serialsOverNaive,omitempty"`
	// BytesOverEmpty is ours over the empty ledger's bytes per second.
	BytesOverEmpty float64 `json:"bytesOverEmpty,omitempty"`
}

func newBench(env *environment) *cobra.Command {
	var o benchOptions
	c := &cobra.Command{
		Use:   "bench",
		Short: "Measure a fresh four-validator network in this process, against two references",
		Long: `Drives a fresh network of four validators in this process with signed
Commission transactions, many in flight, and prints what it carries: serials and
bytes committed per second, block interval, commit latency at saturation and at a
tenth of it, bytes per serial on disk, and where the processor's time went.

Two references run on the same machine with the same transaction bytes:
  naive  one IAVL leaf per serial, over the same adapter
  empty  nothing is executed: what consensus alone can carry
Compare ratios; absolute figures drift with the machine.`,
		Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error { return runBench(c.Context(), env, o) },
	}
	c.AddCommand(newBenchVerify(env))
	c.Flags().Uint64Var(&o.serials, "serials", 5_000_000, "serials in the state before our ledger is measured")
	c.Flags().Uint64Var(&o.naiveSerials, "naive-serials", 200_000, "leaves in the state before the naive ledger is measured")
	c.Flags().IntVar(&o.perTx, "per-tx", 8192, "serials in one Commission, at most 16384")
	c.Flags().IntVar(&o.seconds, "seconds", 20, "how long each measurement lasts")
	c.Flags().StringVar(&o.dir, "dir", "", "where to make the networks (default: a temporary directory, removed afterwards)")
	c.Flags().StringVar(&o.profile, "profile", "", "also write cpu and heap profiles of each ledger to this directory")
	c.Flags().StringVar(&o.only, "only", "", "measure one ledger only: ours, naive or empty")
	return c
}

func (o *benchOptions) check() error {
	if o.perTx < 1 || o.perTx > 16384 {
		return usage("--per-tx is 1 to 16384, found %d", o.perTx)
	}
	if o.seconds < 1 {
		return usage("--seconds is at least 1, found %d", o.seconds)
	}
	if o.only != "" && o.only != "ours" && o.only != "naive" && o.only != "empty" {
		return usage("--only is ours, naive or empty, found %q", o.only)
	}
	return nil
}

func runBench(ctx context.Context, env *environment, o benchOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	remove, err := orTemporary(&o.dir, "pedigree-bench-")
	if err != nil {
		return err
	}
	defer remove()
	var report benchReport
	for _, l := range []struct {
		ledger benchLedger
		to     **benchFigures
	}{
		{emptyLedger(), &report.Empty},
		{naiveLedger(o.naiveSerials), &report.Naive},
		{ourLedger(o.serials), &report.Ours},
	} {
		if o.only != "" && o.only != l.ledger.name {
			continue
		}
		env.say("%s ledger: starting four validators", l.ledger.name)
		f, err := o.measure(ctx, env, l.ledger)
		if err != nil {
			return fmt.Errorf("bench: %s ledger: %w", l.ledger.name, err)
		}
		*l.to = f
		env.say("%s", f.line())
	}
	report.compare()
	return env.show(&report, report.text)
}

// measure measures one ledger: here when it is the only one, otherwise in a
// process of its own, so that none inherits another's memory.
func (o *benchOptions) measure(ctx context.Context, env *environment, l benchLedger) (*benchFigures, error) {
	dir := filepath.Join(o.dir, l.name)
	if o.only != "" {
		return measureLedger(ctx, env, *o, l, dir)
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, "bench", "--output", "json", "--only", l.name, "--dir", dir, "--profile", o.profile,
		"--serials", strconv.FormatUint(o.serials, 10), "--naive-serials", strconv.FormatUint(o.naiveSerials, 10),
		"--per-tx", strconv.Itoa(o.perTx), "--seconds", strconv.Itoa(o.seconds))
	cmd.Stderr = env.stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	out, err := cmd.Output()
	if err != nil {
		return nil, err
	}
	var r benchReport
	if err := json.Unmarshal(out, &r); err != nil {
		return nil, err
	}
	for _, f := range []*benchFigures{r.Ours, r.Naive, r.Empty} {
		if f != nil {
			return f, nil
		}
	}
	return nil, errors.New("it reported nothing")
}

// compare fills in the ratios.
func (r *benchReport) compare() {
	if r.Ours != nil && r.Naive != nil && r.Naive.SerialsPerSecond > 0 {
		r.SerialsOverNaive = r.Ours.SerialsPerSecond / r.Naive.SerialsPerSecond
	}
	if r.Ours != nil && r.Empty != nil && r.Empty.BytesPerSecond > 0 {
		r.BytesOverEmpty = r.Ours.BytesPerSecond / r.Empty.BytesPerSecond
	}
}

func (r *benchReport) text(w io.Writer) {
	fmt.Fprintf(w, "\nB/serial: on disk, per node, consensus's blocks included. MiB/node: peak memory that no file stands behind.\n")
	fmt.Fprintf(w, "%-8s %12s %10s %9s %9s %9s %9s %9s %9s %8s %8s\n", "ledger", "serials/s", "MB/s",
		"interval", "p50", "p99", "p50@10%", "p99@10%", "preload", "B/serial", "MiB/node")
	for _, f := range []*benchFigures{r.Empty, r.Naive, r.Ours} {
		if f != nil {
			fmt.Fprintln(w, f.row())
		}
	}
	if r.SerialsOverNaive > 0 {
		fmt.Fprintf(w, "\nours over naive, serials per second: %.1f times (floor 10)\n", r.SerialsOverNaive)
	}
	if r.BytesOverEmpty > 0 {
		fmt.Fprintf(w, "ours over empty, bytes per second: %.0f%% (floor 20%%)\n", 100*r.BytesOverEmpty)
	}
	if r.Ours != nil {
		fmt.Fprintf(w, "\nprocessor time by stage, ours, four nodes together:\n")
		for _, s := range r.Ours.Stages {
			fmt.Fprintf(w, "  %-18s %5.1f%%\n", s.Name, 100*s.Share)
		}
	}
}

// benchFigures are the figures of one ledger.
type benchFigures struct {
	Ledger           string       `json:"ledger"`
	Preloaded        uint64       `json:"preloadedSerials"`
	SerialsPerSecond float64      `json:"serialsPerSecond"`
	BytesPerSecond   float64      `json:"bytesPerSecond"`
	BlockInterval    float64      `json:"blockIntervalSeconds"`
	Saturated        benchLatency `json:"latencySaturated"`
	Tenth            benchLatency `json:"latencyAtATenth"`
	BytesPerSerial   float64      `json:"diskBytesPerSerial"`
	MiBPerNode       float64      `json:"peakMiBPerNode"`
	IndexLag         uint64       `json:"indexLagBlocks"`
	Stages           []benchStage `json:"stages"`
}

// benchLatency is from submission to the block being committed.
type benchLatency struct {
	P50 time.Duration `json:"p50"`
	P99 time.Duration `json:"p99"`
}

// benchStage is a share of the processor's time.
type benchStage struct {
	Name  string  `json:"name"`
	Share float64 `json:"share"`
}

func (f *benchFigures) line() string {
	return fmt.Sprintf("  %.0f serials/s, %.2f MB/s, a block every %.2f s, latency p50 %s; at a tenth of that rate p50 %s, p99 %s; index %d blocks behind",
		f.SerialsPerSecond, f.BytesPerSecond/1e6, f.BlockInterval, round(f.Saturated.P50), round(f.Tenth.P50), round(f.Tenth.P99), f.IndexLag)
}

func (f *benchFigures) row() string {
	return fmt.Sprintf("%-8s %12.0f %10.2f %8.2fs %9s %9s %9s %9s %9d %8.1f %8.0f", f.Ledger, f.SerialsPerSecond, f.BytesPerSecond/1e6,
		f.BlockInterval, round(f.Saturated.P50), round(f.Saturated.P99), round(f.Tenth.P50), round(f.Tenth.P99), f.Preloaded, f.BytesPerSerial, f.MiBPerNode)
}

// round prints a latency in milliseconds; "-" where nothing was measured.
func round(d time.Duration) string {
	if d == 0 {
		return "-"
	}
	return d.Round(time.Millisecond).String()
}
