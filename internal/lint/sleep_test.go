package lint

import (
	"go/ast"
	"go/token"
	"testing"
)

// TestNoSleep checks every Go file, tests included: whoever waits for a time
// is either too slow or flaky. Wait for the condition.
func TestNoSleep(t *testing.T) { obey(t, checkSleep(parseAll(t, root()))) }

// TestNoSleepBite proves that the rule can fail.
func TestNoSleepBite(t *testing.T) {
	pkgs := fixture(t, "sleep")
	bite(t, pkgs, checkSleep(parseAll(t, root()+"/internal/lint/testdata/sleep")))
}

// checkSleep finds uses of the sleeping function of package time, under
// whatever name the file imports the package.
func checkSleep(fset *token.FileSet, files []*ast.File) []finding {
	var out []finding
	for _, file := range files {
		name := ""
		for _, spec := range file.Imports {
			if importPath(spec.Path.Value) == "time" {
				name = "time"
				if spec.Name != nil {
					name = spec.Name.Name
				}
			}
		}
		if name == "." {
			out = append(out, at(fset, file.Package, "package time is imported without its name"))
		}
		ast.Inspect(file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok || sel.Sel.Name != "Sleep" {
				return true
			}
			if x, ok := sel.X.(*ast.Ident); ok && name != "" && x.Name == name {
				out = append(out, at(fset, sel.Pos(), "sleeps: wait for a condition, not for a time"))
			}
			return true
		})
	}
	return out
}
