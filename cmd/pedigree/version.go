package main

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	cmtversion "github.com/cometbft/cometbft/version"
	"github.com/spf13/cobra"
)

// release is the version of the ledger and its tools.
const release = "0.1.0"

// versions are the versions of what is in the binary.
type versions struct {
	Pedigree string `json:"pedigree"`
	Commit   string `json:"commit,omitempty"`
	Go       string `json:"go"`
	CometBFT string `json:"cometbft"`
	IAVL     string `json:"iavl"`
	Badger   string `json:"badger"`
	ABCI     string `json:"abci"`
}

func newVersion(env *environment) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the versions of pedigree and of what it is built on",
		Args:  exactly(0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			v := readVersions()
			return env.show(v, func(w io.Writer) {
				fmt.Fprintf(w, "pedigree %s\n", v.Pedigree)
				if v.Commit != "" {
					fmt.Fprintf(w, "commit   %s\n", v.Commit)
				}
				fmt.Fprintf(w, "go       %s\ncometbft %s (ABCI %s)\niavl     %s\nbadger   %s\n", v.Go, v.CometBFT, v.ABCI, v.IAVL, v.Badger)
			})
		},
	}
}

// readVersions asks the build information for module versions.
func readVersions() versions {
	v := versions{Pedigree: release, Go: runtime.Version(), ABCI: cmtversion.ABCISemVer}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	for _, m := range info.Deps {
		switch m.Path {
		case "github.com/cometbft/cometbft":
			v.CometBFT = m.Version
		case "github.com/cosmos/iavl":
			v.IAVL = m.Version
		case "github.com/dgraph-io/badger/v4":
			v.Badger = m.Version
		}
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			v.Commit = s.Value
		}
	}
	return v
}
