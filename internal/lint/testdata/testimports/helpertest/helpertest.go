// Package helpertest reaches into a command.
package helpertest

import (
	_ "testing"

	_ "github.com/pedigree-ledger/pedigree/internal/lint/testdata/testimports/cmd/tool" // want: a test imports the command
)
