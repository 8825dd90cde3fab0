package lint

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

// constantVars are package-level variables that hold what Go has no constant
// form for, and why each is one. Nothing may assign to them.
func constantVars() map[string]string {
	return map[string]string{
		"app.ops":   "THE list of ops, indexed by kind: two ops of one number do not compile",
		"app.codes": "THE list of codes, from which documentation and clients are made",
	}
}

// TestGlobals checks that no package runs or keeps anything of its own.
func TestGlobals(t *testing.T) {
	obey(t, checkGlobals(modulePackages(t), module, constantVars()))
}

// TestGlobalsBite proves that the rule can fail.
func TestGlobalsBite(t *testing.T) {
	pkgs := fixture(t, "globals")
	base := module + "/internal/lint/testdata"
	allowed := map[string]string{"globals.table": "a table", "globals.written": "a table that somebody writes"}
	bite(t, pkgs, checkGlobals(pkgs, base, allowed))

	allowed["globals.gone"] = "a table"
	found := checkGlobals(pkgs, base, allowed)
	if len(found) == 0 || !strings.Contains(found[len(found)-1].text, "globals.gone") {
		t.Errorf("an exception that nothing needs was not reported; got %v", found)
	}
}

// checkGlobals reports init functions, package-level variables that are not
// errors, embedded files or in the list, and assignments to any of them.
func checkGlobals(pkgs []*packages.Package, base string, allowed map[string]string) []finding {
	var out []finding
	used := make(map[string]bool)
	for _, p := range pkgs {
		path := strings.TrimPrefix(p.PkgPath, base+"/")
		for _, file := range p.Syntax {
			for _, decl := range file.Decls {
				switch d := decl.(type) {
				case *ast.FuncDecl:
					if d.Recv == nil && d.Name.Name == "init" {
						out = append(out, at(p.Fset, d.Pos(), "an init function: make it a call that somebody can read"))
					}
				case *ast.GenDecl:
					out = append(out, checkVars(p, path, d, allowed, used)...)
				}
			}
			out = append(out, checkAssignments(p, file)...)
		}
	}
	for name := range allowed {
		if !used[name] {
			out = append(out, finding{"internal/lint/globals_test.go", 1, "there is no variable " + name + " any more: remove its line"})
		}
	}
	return out
}

func checkVars(p *packages.Package, path string, d *ast.GenDecl, allowed map[string]string, used map[string]bool) []finding {
	if d.Tok != token.VAR || isEmbed(d.Doc) {
		return nil
	}
	var out []finding
	for _, s := range d.Specs {
		spec := s.(*ast.ValueSpec)
		for _, name := range spec.Names {
			full := path + "." + name.Name
			_, ok := allowed[full]
			used[full] = ok
			if !ok && name.Name != "_" && !isEmbed(spec.Doc) && !isError(p.TypesInfo.Defs[name]) {
				out = append(out, at(p.Fset, name.Pos(), "package-level variable %s: pass it, or make it a constant or a function", name.Name))
			}
		}
	}
	return out
}

// isEmbed: the variable holds a file that was compiled in.
func isEmbed(doc *ast.CommentGroup) bool {
	if doc == nil {
		return false
	}
	for _, c := range doc.List {
		if strings.HasPrefix(c.Text, "//go:embed ") {
			return true
		}
	}
	return false
}

// isError: the variable is an error sentinel.
func isError(obj types.Object) bool {
	return obj != nil && types.Identical(obj.Type(), types.Universe.Lookup("error").Type())
}

// checkAssignments reports every statement of a file that changes a
// package-level variable.
func checkAssignments(p *packages.Package, file *ast.File) []finding {
	var out []finding
	changed := func(e ast.Expr) {
		if v := rootVar(p.TypesInfo, e); v != nil && v.Pkg() != nil && v.Parent() == v.Pkg().Scope() {
			out = append(out, at(p.Fset, e.Pos(), "changes the package-level variable %s", v.Name()))
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, e := range n.Lhs {
				changed(e)
			}
		case *ast.IncDecStmt:
			changed(n.X)
		}
		return true
	})
	return out
}

// rootVar is the variable that an assignment to e changes: v for v, v.f, v[i].
func rootVar(info *types.Info, e ast.Expr) *types.Var {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		v, _ := info.Uses[e].(*types.Var)
		return v
	case *ast.IndexExpr:
		return rootVar(info, e.X)
	case *ast.SelectorExpr:
		if v, ok := info.Uses[e.Sel].(*types.Var); ok && !v.IsField() {
			return v // another package's variable
		}
		return rootVar(info, e.X)
	case *ast.StarExpr:
		return rootVar(info, e.X)
	}
	return nil
}
