package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/pedigree-ledger/pedigree/node"
)

func newStart(env *environment) *cobra.Command {
	var home, level string
	c := &cobra.Command{
		Use:   "start",
		Short: "Run a validator node until it is interrupted",
		Long: `Runs the node in --home until Ctrl-C or SIGTERM. What an operator must know
comes as one line each on standard error; --log-level debug adds consensus's own
lines. A node that can no longer follow the network stops with exit code 3 and
says why; nothing that was committed is lost.`,
		Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			log, err := newLogger(env, level)
			if err != nil {
				return err
			}
			// CometBFT takes relative paths for relative to its own root.
			if home, err = filepath.Abs(home); err != nil {
				return err
			}
			return runNode(c.Context(), env, node.Home(home), log)
		},
	}
	homeFlag(c, &home)
	c.Flags().StringVar(&level, "log-level", "info", "debug, info, warn or error")
	return c
}

// homeFlag adds --home.
func homeFlag(c *cobra.Command, home *string) {
	c.Flags().StringVar(home, "home", "pedigree-home", "the node's directory")
}

// newLogger logs to standard error.
func newLogger(env *environment, level string) (*slog.Logger, error) {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		return nil, usage("--log-level is debug, info, warn or error, found %q", level)
	}
	return slog.New(slog.NewTextHandler(env.stderr, &slog.HandlerOptions{Level: l})), nil
}

// nodeMemory is the memory that the Go runtime of a node aims to stay below:
// what is live under full load is a third of it.
const nodeMemory = 896 << 20

// nodeGarbage lets garbage grow to twice of what is live before it is
// collected, which halves the collector's work; nodeMemory bounds it.
const nodeGarbage = 200

// limitMemory sets the collector for a process of so many nodes. An operator's
// GOMEMLIMIT and GOGC stand instead.
func limitMemory(nodes int) {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(int64(nodes) * nodeMemory)
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(nodeGarbage)
	}
}

// runNode runs one node with the ledger until ctx ends or the node must stop.
func runNode(ctx context.Context, env *environment, home node.Home, log *slog.Logger) error {
	settings, err := home.Settings()
	if err != nil {
		return err
	}
	limitMemory(1)
	cfg := node.Config{Home: home, Settings: settings, Logger: log}
	if err := useLedger(&cfg); err != nil {
		return err
	}
	n, err := node.New(cfg)
	if err != nil {
		return err
	}
	if err := n.Start(); err != nil {
		return joinLine(err, n.Stop())
	}
	fmt.Fprintf(env.stderr, "pedigree: %s runs at height %d; RPC %s, HTTP %s\n", settings.Moniker, n.Height(), settings.RPC, settings.API)
	select {
	case <-ctx.Done():
		return n.Stop()
	case <-n.Done():
		return joinLine(n.Err(), n.Stop())
	}
}

// joinLine adds to a node's trouble what went wrong as it was stopped, on the
// same line: an operator reads one line.
func joinLine(err, stopping error) error {
	switch {
	case stopping == nil:
		return err
	case err == nil:
		return stopping
	}
	return fmt.Errorf("%w; and as it stopped: %s", err, oneLine(stopping.Error()))
}

// oneLine is the first line of a text.
func oneLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
