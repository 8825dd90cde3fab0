package main

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/pedigree-ledger/pedigree/node"
)

func newTestnetShow(env *environment) *cobra.Command {
	var dir string
	var i int
	c := &cobra.Command{
		Use:   "show",
		Short: "Print where a node of a network answers, for scripts",
		Long: `Prints the RPC address of one node of the network under --dir, and nothing else,
so that it can be put into a variable; with --output json the API's address too.
A network that was started again may answer elsewhere.`,
		Args: exactly(0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			home := node.Home(filepath.Join(dir, fmt.Sprintf("node%d", i)))
			s, err := home.Settings()
			if err != nil {
				return err
			}
			r := nodeReport{Home: string(home), RPC: "http://" + strings.TrimPrefix(s.RPC, "tcp://"), API: "http://" + s.API}
			return env.show(r, func(w io.Writer) { fmt.Fprintln(w, r.RPC) })
		},
	}
	c.Flags().StringVar(&dir, "dir", "pedigree-testnet", "where the nodes' homes are")
	c.Flags().IntVar(&i, "node", 0, "which node")
	return c
}
