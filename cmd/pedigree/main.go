// Command pedigree is the whole of Pedigree in one binary: a validator node,
// networks for trying it out, the partner's tools to capture events and ask
// for pedigrees, and the auditor's tools to replay and check.
//
// Exit codes are stable: 0 done; 1 the answer is no (a transaction refused, a
// proof that does not hold, a package not to be sold, a replay that diverges);
// 2 the command was called wrongly; 3 the command could not do its work (a
// node that cannot be reached, a file that cannot be read).
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// The exit codes.
const (
	exitOK      = 0
	exitNo      = 1
	exitUsage   = 2
	exitTrouble = 3
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// noError says that the work was done and the answer is no.
type noError struct{ err error }

func (e *noError) Error() string { return e.err.Error() }
func (e *noError) Unwrap() error { return e.err }

// no makes an error that ends in exit code 1.
func no(format string, args ...any) error { return &noError{fmt.Errorf(format, args...)} }

// usageError says that the command was called wrongly.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

// usage makes an error that ends in exit code 2.
func usage(format string, args ...any) error { return &usageError{fmt.Errorf(format, args...)} }

// run is main without the process: it never exits and never touches globals.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := newRoot(stdin, stdout, stderr)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	fmt.Fprintf(stderr, "pedigree: %v\n", err)
	var negative *noError
	var wrong *usageError
	switch {
	case errors.As(err, &negative):
		return exitNo
	case errors.As(err, &wrong):
		return exitUsage
	default:
		return exitTrouble
	}
}

func newRoot(stdin io.Reader, stdout, stderr io.Writer) *cobra.Command {
	env := &environment{stdin: stdin, stdout: stdout, stderr: stderr}
	root := &cobra.Command{
		Use:   "pedigree",
		Short: "An open ledger for prescription drugs",
		Long: `Pedigree is a ledger that manufacturers and wholesale distributors of
prescription drugs run together, each with an equal validator node. It records
what happens to every serialised package, enforces the rules of custody, and
proves every answer.

Begin with "pedigree demo": four nodes on this machine, a shipment from the
manufacturer to the patient, a proof, and a recall that stops a sale.

Exit codes: 0 done; 1 the answer is no; 2 wrong usage; 3 could not do it.`,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.PersistentFlags().StringVar(&env.format, "output", "text", "how to print results: text or json")
	root.PersistentPreRunE = func(*cobra.Command, []string) error { return env.check() }
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &usageError{err} })
	root.CompletionOptions.DisableDefaultCmd = true
	for _, group := range commandGroups() {
		root.AddGroup(&cobra.Group{ID: group.id, Title: group.title})
		for _, build := range group.commands {
			c := build(env)
			c.GroupID = group.id
			root.AddCommand(c)
		}
	}
	return root
}

// commandGroup is a heading of the help text with its commands.
type commandGroup struct {
	id, title string
	commands  []func(*environment) *cobra.Command
}

// exactly refuses a wrong number of arguments as wrong usage.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) != n {
			return usage("%s takes %s; see %s --help", c.CommandPath(), what, c.CommandPath())
		}
		return nil
	}
}
