package api_test

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestReferenceFields writes the comments of the types and fields in the
// description to a file that the edge carries, so that it says of a member what
// the source says of the field.
func TestReferenceFields(t *testing.T) {
	registry := whole(t).Description().Components.Schemas
	b := &book{sources: make(map[string]map[string]*typeSource), docs: make(map[string]string)}
	for name := range registry.Map() {
		b.enter(t, registry.TypeFromRef("#/components/schemas/"+name))
	}
	if len(b.docs) < 300 {
		t.Fatalf("only %d comments were found", len(b.docs))
	}
	var file bytes.Buffer
	e := json.NewEncoder(&file)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(b.docs); err != nil { // by key, ascending
		t.Fatal(err)
	}
	reference(t, filepath.Join("edge", "fielddocs.json"), file.Bytes())
}

// module is the path of ours.
const module = "github.com/pedigree-ledger/pedigree/"

// book collects comments.
type book struct {
	sources map[string]map[string]*typeSource // by package below the module, and type
	docs    map[string]string
}

// typeSource is a type as the source has it.
type typeSource struct {
	doc    string
	fields map[string]string // the comment of each that has one
}

// enter takes up a type of ours and those embedded in it.
func (b *book) enter(t *testing.T, of reflect.Type) {
	t.Helper()
	pkg, ours := strings.CutPrefix(of.PkgPath(), module)
	name, _, _ := strings.Cut(of.Name(), "[")
	key := pkg + "." + name
	if !ours || b.docs[key] != "" {
		return
	}
	if b.sources[pkg] == nil {
		b.sources[pkg] = readTypes(t, filepath.Join("..", filepath.FromSlash(pkg)))
	}
	source := b.sources[pkg][name]
	if source == nil {
		t.Fatalf("%s is not in the source", key)
	}
	names := make(map[string]string)
	for i := range of.NumField() {
		f := of.Field(i)
		names[f.Name], _, _ = strings.Cut(f.Tag.Get("json"), ",")
	}
	b.docs[key] = sentence(source.doc, name, strings.ToUpper(name[:1])+name[1:], names)
	for i := range of.NumField() {
		f := of.Field(i)
		doc := source.fields[f.Name]
		switch {
		case f.Anonymous && f.Tag.Get("json") == "":
			if embedded := indirect(f.Type); embedded.Kind() == reflect.Struct {
				b.enter(t, embedded)
			}
		case doc != "" && names[f.Name] != "" && names[f.Name] != "-" && f.Tag.Get("doc") == "":
			b.docs[key+"."+f.Name] = sentence(doc, f.Name, names[f.Name], names)
		}
	}
}

func indirect(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}

// sentence is a comment for those who know a thing by its name in JSON: that
// one stands where the comment begins with the Go name, and where it names a
// field. An acronym elsewhere is a word like others. What they do not see is
// left out: by which query of package app a thing is asked for.
func sentence(doc, name, member string, fields map[string]string) string {
	doc = strings.Join(strings.Fields(doc), " ")
	doc = regexp.MustCompile(`; [^.;]*\bPath[A-Z][^.;]*|[^.;]*\bPath[A-Z][^.;]*\.`).ReplaceAllString(doc, "")
	doc = regexp.MustCompile(`\bnil\b`).ReplaceAllString(doc, "absent")
	rest, named := strings.CutPrefix(doc, name)
	rest = regexp.MustCompile(`\b[A-Z]\w*\b`).ReplaceAllStringFunc(rest, func(word string) string {
		if to := fields[word]; to != "" && to != "-" && word != strings.ToUpper(word) {
			return to
		}
		return word
	})
	if named {
		return member + rest
	}
	return rest
}

// readTypes reads the types of the package in a folder.
func readTypes(t *testing.T, dir string) map[string]*typeSource {
	t.Helper()
	out := make(map[string]*typeSource)
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range slices.DeleteFunc(files, func(f string) bool { return strings.HasSuffix(f, "_test.go") }) {
		fset := token.NewFileSet()
		parsed, err := parser.ParseFile(fset, file, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range parsed.Decls {
			group, ok := d.(*ast.GenDecl)
			if !ok || group.Tok != token.TYPE {
				continue
			}
			for _, s := range group.Specs {
				spec := s.(*ast.TypeSpec)
				doc := spec.Doc
				if doc == nil && !group.Lparen.IsValid() {
					doc = group.Doc
				}
				out[spec.Name.Name] = &typeSource{doc.Text(), readFields(fset, spec)}
			}
		}
	}
	return out
}

// readFields reads the comments of a struct's fields. One without a comment has
// the one above it, if that names it and nothing stands between.
func readFields(fset *token.FileSet, spec *ast.TypeSpec) map[string]string {
	out := make(map[string]string)
	s, ok := spec.Type.(*ast.StructType)
	if !ok {
		return out
	}
	above, end := "", 0
	for _, f := range s.Fields.List {
		doc := f.Doc.Text() + f.Comment.Text()
		begin := fset.Position(f.Pos()).Line
		switch {
		case doc != "":
			above = doc
		case begin > end+1:
			above = ""
		}
		end = fset.Position(f.End()).Line
		for _, name := range f.Names {
			if doc != "" || regexp.MustCompile(`\b`+name.Name+`\b`).MatchString(above) {
				out[name.Name] = above
			}
		}
	}
	return out
}
