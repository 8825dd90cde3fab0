package lint

import (
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

// purePackages are functions of their arguments: every node must come to the
// same verdict and the same bytes (house rule 1).
func purePackages() []string { return append(leaves(), "app") }

// pureImports are the packages of the standard library that a pure package
// may import. What is not listed brings a clock (time), chance (math/rand,
// hash/maphash), the outside world (os, io, net, embed), floats (math), an
// order of its own (maps), or ways around the compiler (unsafe, reflect).
func pureImports() []string {
	return []string{
		"bytes", "cmp", "errors", "fmt", "iter", "math/bits", "net/url", "slices", "sort", "strconv", "strings", "unicode", "unicode/utf8",
		"crypto/ed25519", "crypto/sha256", "crypto/subtle",
		"encoding", "encoding/base64", "encoding/binary", "encoding/hex", "encoding/json",
	}
}

// impureFunctions are those of the packages above that do more than compute.
func impureFunctions() []string {
	return []string{"fmt.Print", "fmt.Printf", "fmt.Println", "fmt.Scan", "fmt.Scanf", "fmt.Scanln", "crypto/ed25519.GenerateKey"}
}

// memos are the files of pure packages that may import a package of the
// sync family, and why: to remember what a pure function gave, nothing else.
func memos() map[string]string {
	return map[string]string{
		"app/commission.go sync": "the roots that the op's serials yield, built once for mempool, proposal and block",
		"app/tx.go sync/atomic":  "whether the signature over the tx's own bytes was found good",
	}
}

// TestPurity checks the state machine and the leaves.
func TestPurity(t *testing.T) {
	var pure []*packages.Package
	for _, p := range modulePackages(t) {
		if slices.Contains(purePackages(), strings.TrimPrefix(p.PkgPath, module+"/")) {
			pure = append(pure, p)
		}
	}
	if len(pure) != len(purePackages()) {
		t.Errorf("found %d of %d pure packages", len(pure), len(purePackages()))
	}
	obey(t, checkPurity(pure, module, memos()))
}

// TestPurityBite proves that the rule can fail.
func TestPurityBite(t *testing.T) {
	pkgs := fixture(t, "purity")
	dir := "internal/lint/testdata/purity/"
	bite(t, pkgs, checkPurity(pkgs, module, map[string]string{dir + "memo.go sync": "a memo"}))

	stale := checkPurity(pkgs, module, map[string]string{dir + "memo.go sync": "a memo", dir + "gone.go sync": "a memo"})
	if !slices.ContainsFunc(stale, func(f finding) bool { return f.file == dir+"gone.go" }) {
		t.Errorf("a memo that no file needs was not reported; got %v", stale)
	}
}

// checkPurity reports what a pure package may not do.
func checkPurity(pkgs []*packages.Package, base string, memos map[string]string) []finding {
	var out []finding
	used := make(map[string]bool)
	for _, p := range pkgs {
		for _, name := range p.IgnoredFiles {
			out = append(out, finding{relative(name), 1, "a build constraint: a pure package is the same on every machine"})
		}
		for _, file := range p.Syntax {
			out = append(out, checkPureImports(p, file, base, memos, used)...)
			c := &purityChecker{p: p}
			ast.Inspect(file, c.visit)
			out = append(out, c.found...)
		}
		out = append(out, checkFloats(p)...)
	}
	for memo := range memos {
		if !used[memo] {
			file, _, _ := strings.Cut(memo, " ")
			out = append(out, finding{file, 1, "internal/lint allows a memo here that is gone: remove its line"})
		}
	}
	return out
}

func checkPureImports(p *packages.Package, file *ast.File, base string, memos map[string]string, used map[string]bool) []finding {
	var out []finding
	for _, spec := range file.Imports {
		imported := importPath(spec.Path.Value)
		memo := relative(p.Fset.Position(spec.Pos()).Filename) + " " + imported
		_, allowed := memos[memo]
		used[memo] = used[memo] || allowed
		if !allowed && !strings.HasPrefix(imported, base+"/") && !slices.Contains(pureImports(), imported) {
			out = append(out, at(p.Fset, spec.Pos(), "a pure package does not import %s", imported))
		}
	}
	return out
}

// purityChecker walks one file.
type purityChecker struct {
	p     *packages.Package
	found []finding
}

func (c *purityChecker) report(n ast.Node, what string) {
	c.found = append(c.found, at(c.p.Fset, n.Pos(), "a pure package has no %s", what))
}

func (c *purityChecker) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.GoStmt:
		c.report(n, "goroutine")
	case *ast.SelectStmt:
		c.report(n, "select")
	case *ast.ChanType, *ast.SendStmt:
		c.report(n, "channel")
	case *ast.UnaryExpr:
		if n.Op == token.ARROW {
			c.report(n, "channel")
		}
	case *ast.RangeStmt:
		if rangesOverMap(c.p.TypesInfo.TypeOf(n.X)) {
			c.report(n, "range over a map: its order differs from node to node")
		}
	case *ast.Ident:
		if fn, ok := c.p.TypesInfo.Uses[n].(*types.Func); ok && slices.Contains(impureFunctions(), fn.FullName()) {
			c.report(n, path.Base(fn.FullName()))
		}
	}
	return true
}

// rangesOverMap also sees a type parameter that may be a map.
func rangesOverMap(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Map:
		return true
	case *types.Interface:
		for i := range u.NumEmbeddeds() {
			union, ok := u.EmbeddedType(i).(*types.Union)
			for j := 0; ok && j < union.Len(); j++ {
				if rangesOverMap(union.Term(j).Type()) {
					return true
				}
			}
			if !ok && rangesOverMap(u.EmbeddedType(i)) {
				return true
			}
		}
	}
	return false
}

// checkFloats reports every expression whose value or type is a float, also
// those that only pass one on: x := f() has no float in its text.
func checkFloats(p *packages.Package) []finding {
	var out []finding
	for expr, tv := range p.TypesInfo.Types {
		if hasFloat(tv.Type) {
			out = append(out, at(p.Fset, expr.Pos(), "a pure package has no float"))
		}
	}
	for ident, obj := range p.TypesInfo.Defs {
		if _, isVar := obj.(*types.Var); isVar && hasFloat(obj.Type()) {
			out = append(out, at(p.Fset, ident.Pos(), "a pure package has no float"))
		}
	}
	return out
}

func hasFloat(t types.Type) bool {
	switch t := t.(type) {
	case *types.Alias:
		return hasFloat(types.Unalias(t))
	case *types.Named:
		basic, ok := t.Underlying().(*types.Basic)
		return ok && hasFloat(basic)
	case *types.Basic:
		return t.Info()&(types.IsFloat|types.IsComplex) != 0
	case *types.Pointer:
		return hasFloat(t.Elem())
	case *types.Slice:
		return hasFloat(t.Elem())
	case *types.Array:
		return hasFloat(t.Elem())
	case *types.Map:
		return hasFloat(t.Key()) || hasFloat(t.Elem())
	case *types.Tuple:
		for v := range t.Variables() {
			if hasFloat(v.Type()) {
				return true
			}
		}
	}
	return false
}
