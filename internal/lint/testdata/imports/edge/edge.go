// Package edge may import core and one package of others.
package edge

import (
	_ "golang.org/x/tools/go/ast/astutil"

	_ "golang.org/x/tools/go/packages" // want: outside the standard library it may import golang.org/x/tools/go/ast

	_ "github.com/pedigree-ledger/pedigree/internal/lint/testdata/imports/core"
)
