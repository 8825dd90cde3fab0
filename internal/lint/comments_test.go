package lint

import (
	"go/ast"
	"go/token"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

// TestComments checks that every package and every exported name says what it
// is.
func TestComments(t *testing.T) { obey(t, checkComments(modulePackages(t))) }

// TestCommentsBite proves that the rule can fail.
func TestCommentsBite(t *testing.T) {
	pkgs := fixture(t, "comments")
	bite(t, pkgs, checkComments(pkgs))
}

// checkComments reports packages without exactly one package comment, and
// exported names whose comment is missing or does not start with the name.
func checkComments(pkgs []*packages.Package) []finding {
	var out []finding
	for _, p := range pkgs {
		out = append(out, checkPackageComment(p)...)
		for _, file := range p.Syntax {
			for _, decl := range file.Decls {
				switch d := decl.(type) {
				case *ast.FuncDecl:
					if d.Name.IsExported() && receiverIsExported(d) {
						out = append(out, checkComment(p, d.Name, d.Doc)...)
					}
				case *ast.GenDecl:
					out = append(out, checkSpecs(p, d)...)
				}
			}
		}
	}
	return out
}

func checkPackageComment(p *packages.Package) []finding {
	var commented []*ast.File
	for _, file := range p.Syntax {
		if file.Doc != nil {
			commented = append(commented, file)
		}
	}
	switch {
	case len(commented) == 0:
		return []finding{at(p.Fset, p.Syntax[0].Package, "package %s has no package comment", p.Name)}
	case len(commented) > 1:
		return []finding{at(p.Fset, commented[1].Package, "package %s has a second package comment", p.Name)}
	case p.Name != "main" && !strings.HasPrefix(commented[0].Doc.Text(), "Package "+p.Name+" "):
		return []finding{at(p.Fset, commented[0].Package, "the package comment does not start with %q", "Package "+p.Name)}
	}
	return nil
}

func receiverIsExported(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	t := d.Recv.List[0].Type
	for {
		switch u := t.(type) {
		case *ast.StarExpr:
			t = u.X
		case *ast.IndexExpr:
			t = u.X
		case *ast.IndexListExpr:
			t = u.X
		case *ast.Ident:
			return u.IsExported()
		default:
			return false
		}
	}
}

// checkSpecs looks at types, constants and variables. The comment of a group
// of constants or variables speaks for those that have none of their own.
func checkSpecs(p *packages.Package, d *ast.GenDecl) []finding {
	var out []finding
	for _, s := range d.Specs {
		switch spec := s.(type) {
		case *ast.TypeSpec:
			doc := spec.Doc
			if doc == nil && !d.Lparen.IsValid() {
				doc = d.Doc
			}
			if spec.Name.IsExported() {
				out = append(out, checkComment(p, spec.Name, doc)...)
			}
		case *ast.ValueSpec:
			out = append(out, checkValues(p, d, spec)...)
		}
	}
	return out
}

func checkValues(p *packages.Package, d *ast.GenDecl, spec *ast.ValueSpec) []finding {
	for _, name := range spec.Names {
		switch {
		case !name.IsExported():
		case spec.Doc != nil:
			return checkComment(p, name, spec.Doc)
		case d.Lparen.IsValid() && d.Doc != nil:
		case d.Lparen.IsValid():
			return checkComment(p, name, nil)
		default:
			return checkComment(p, name, d.Doc)
		}
	}
	return nil
}

// checkComment wants the comment to start with the name, an article allowed.
func checkComment(p *packages.Package, name *ast.Ident, doc *ast.CommentGroup) []finding {
	if doc == nil || strings.TrimSpace(doc.Text()) == "" {
		return []finding{at(p.Fset, name.Pos(), "exported %s has no comment", name.Name)}
	}
	text := doc.Text()
	for _, article := range []string{"A ", "An ", "The "} {
		text = strings.TrimPrefix(text, article)
	}
	rest, ok := strings.CutPrefix(text, name.Name)
	if !ok || rest != "" && token.IsIdentifier("x"+rest[:1]) {
		return []finding{at(p.Fset, name.Pos(), "the comment of %s does not start with its name", name.Name)}
	}
	return nil
}
