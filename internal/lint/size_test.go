package lint

import (
	"go/ast"
	"go/token"
	"go/types"
	"testing"

	"golang.org/x/tools/go/packages"
)

const (
	maxFunctionLines    = 70 // a screen
	maxInterfaceMethods = 5
)

// TestSize checks that functions fit a screen and interfaces stay small.
func TestSize(t *testing.T) {
	obey(t, checkFunctions(modulePackages(t), maxFunctionLines))
	obey(t, checkInterfaces(modulePackages(t), maxInterfaceMethods))
}

// TestSizeBite proves that the rules can fail, at smaller limits.
func TestSizeBite(t *testing.T) {
	pkgs := fixture(t, "size")
	bite(t, pkgs, append(checkFunctions(pkgs, 5), checkInterfaces(pkgs, 2)...))
}

// checkFunctions counts the lines from func to the closing brace, those that
// are only comment left out.
func checkFunctions(pkgs []*packages.Package, limit int) []finding {
	var out []finding
	for _, p := range pkgs {
		for _, file := range p.Syntax {
			for _, decl := range file.Decls {
				d, ok := decl.(*ast.FuncDecl)
				if !ok || ast.IsGenerated(file) {
					continue
				}
				if n := codeLines(p.Fset, file, d); n > limit {
					out = append(out, at(p.Fset, d.Pos(), "%s has %d lines, at most %d", d.Name.Name, n, limit))
				}
			}
		}
	}
	return out
}

func codeLines(fset *token.FileSet, file *ast.File, d *ast.FuncDecl) int {
	line := func(pos token.Pos) int { return fset.Position(pos).Line }
	code := make(map[int]bool)
	ast.Inspect(d, func(n ast.Node) bool {
		if n != nil {
			code[line(n.Pos())], code[line(n.End()-1)] = true, true
		}
		return true
	})
	lines := line(d.End()) - line(d.Pos()) + 1
	for _, group := range file.Comments {
		if group.Pos() < d.Pos() || group.Pos() > d.End() {
			continue
		}
		for l := line(group.Pos()); l <= line(group.End()); l++ {
			if !code[l] {
				lines--
			}
		}
	}
	return lines
}

// checkInterfaces counts the methods of every interface type that is written
// in the module, embedded ones included.
func checkInterfaces(pkgs []*packages.Package, limit int) []finding {
	var out []finding
	for _, p := range pkgs {
		for expr, tv := range p.TypesInfo.Types {
			if _, written := expr.(*ast.InterfaceType); !written {
				continue
			}
			if n := tv.Type.(*types.Interface).NumMethods(); n > limit {
				out = append(out, at(p.Fset, expr.Pos(), "an interface of %d methods, at most %d", n, limit))
			}
		}
	}
	return out
}
