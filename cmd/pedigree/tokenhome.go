package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/pedigree-ledger/pedigree/gateway"
	"github.com/pedigree-ledger/pedigree/node"
)

// tokensFile is where the tokens stand.
type tokensFile struct{ home, file string }

func (f *tokensFile) flags(c *cobra.Command) {
	c.Flags().StringVar(&f.home, "home", "pedigree-home", "the directory of the node or gateway")
	c.Flags().StringVar(&f.file, "file", "", "the tokens file, when it belongs to no home here; the default is the one that the home's settings name")
}

// path is where the node or gateway of the home looks up who may call: a token
// in another file would open nothing, and nobody would be told.
func (f *tokensFile) path() (string, error) {
	if f.file != "" {
		return f.file, nil
	}
	s, err := edgeSettings(f.home)
	if err != nil {
		return "", err
	}
	return s.TokensFile(f.home), nil
}

// edgeSettings are those of the HTTP edge in a home of either kind.
func edgeSettings(home string) (gateway.Settings, error) {
	s, exists, err := gatewayHome(home).settings()
	if err != nil || exists {
		return s.Settings, err
	}
	_, err = os.Stat(node.Home(home).SettingsFile())
	if errors.Is(err, fs.ErrNotExist) {
		return gateway.Settings{}, fmt.Errorf("%s is no home of a node or a gateway: make a node's with pedigree init, "+
			"or a gateway's by starting pedigree gateway once; tokens are made after that, also while it runs", home)
	}
	n, err := node.Home(home).Settings()
	return n.Gateway, err
}
