// Package core has a line in the fixture's table that allows nothing.
package core

import (
	_ "strings"

	_ "golang.org/x/tools/go/packages" // want: outside the standard library it may import nothing

	_ "github.com/pedigree-ledger/pedigree/internal/lint/testdata/imports/coretest" // want: does not import what is for tests
	_ "github.com/pedigree-ledger/pedigree/internal/lint/testdata/imports/stray"    // want: of ours it may import nothing
)
