package app_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
)

const generated = "<!-- Written by go test ./app -update. Edit the comments and tables in package app instead. -->\n\n"

func reference(t *testing.T, name, text string) {
	t.Helper()
	golden(t, filepath.Join("..", "docs", "reference", name), []byte(generated+strings.TrimSpace(text)+"\n"))
}

// TestReferenceCodes writes docs/reference/codes.md.
func TestReferenceCodes(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Codes\n\nThe verdict on a transaction: 0 is accepted, anything else says why not. Numbers and names never change.\n")
	b.WriteString("*Final*: no pending transaction could cure it, so the mempool refuses it at once. A code of the envelope (1xx)\n")
	b.WriteString("writes nothing; any other refusal spends the transaction's nonce and changes nothing else. *VRS* is the word of a\n")
	b.WriteString("verification response for it, *CBV* the disposition of an EPCIS event, where the standards have one.\n")
	groups := map[uint32]string{
		0: "Accepted", 1: "1xx: not a transaction of this network", 2: "2xx: who", 3: "3xx: what", 4: "4xx: when and where", 5: "5xx: rules of the consortium",
	}
	codes := app.Codes()
	slices.Sort(codes)
	last := ^uint32(0)
	for _, c := range codes {
		if g := uint32(c) / 100; g != last {
			fmt.Fprintf(&b, "\n## %s\n\n| Code | Name | Meaning | What to do | Final | VRS | CBV |\n|---|---|---|---|---|---|---|\n", groups[g])
			last = g
		}
		final := ""
		if c.Final() {
			final = "yes"
		}
		terms := c.Terms()
		fmt.Fprintf(&b, "| %d | `%s` | %s | %s | %s | %s | %s |\n", uint32(c), c, c.Meaning(), c.Advice(), final, terms.VRS, terms.Disposition)
	}
	reference(t, "codes.md", b.String())
}

// TestReferenceEvents writes docs/reference/events.md.
func TestReferenceEvents(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Events\n\nWhat a block announces to subscribers, by CometBFT's `/subscribe`: filter on `type.attribute`, for example\n")
	b.WriteString("`shipped.to = '0860001000009'`. Events are announcements; what is proved is in the tree.\n\n")
	b.WriteString("| Type | When | Attributes |\n|---|---|---|\n")
	docs := constComments(t, "event.go")
	for _, e := range app.EventTypes() {
		doc := docs[string(e.Type)]
		if doc == "" {
			t.Errorf("event %s has no comment", e.Type)
		}
		when, _, _ := strings.Cut(doc, ". ")
		_, when, _ = strings.Cut(when, ": ")
		fmt.Fprintf(&b, "| `%s` | %s | `%s` |\n", e.Type, strings.TrimSuffix(when, "."), strings.Join(e.Attributes, "`, `"))
	}
	reference(t, "events.md", b.String())
}

// TestReferenceQueries writes docs/reference/queries.md.
func TestReferenceQueries(t *testing.T) {
	var proven, listings strings.Builder
	for _, q := range app.Queries() {
		b := &listings
		if q.Proven() {
			b = &proven
		}
		fmt.Fprintf(b, "| `%s` | %s |\n", q.Path, q.Doc)
	}
	const head = "| Path | Answers |\n|---|---|\n"
	reference(t, "queries.md", `
# Queries

The path of an ABCI query and of an HTTP route. Each argument in braces is percent-encoded, because lots and serials
may contain a slash.

## Proven

The answer is a record of the state tree as it is stored, with an ICS-23 proof of its presence, or of its absence, at a
height.

`+head+proven.String()+`
## Listings

The answer comes from a node's index, as JSON, and is not proven; what it names can be proved record by record. A list is
an answer in pages: `+"`items`, `next`, `height`"+`; ask for one with `+"`limit` (at most "+fmt.Sprint(app.PageLimit)+") and `cursor`"+` in the query's data.

`+head+listings.String())
}

// TestReferenceParameters writes docs/reference/parameters.md.
func TestReferenceParameters(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Parameters\n\nThe numbers that every node agrees on, kept in the tree. They are set in the genesis under `params`; a field that is\n")
	b.WriteString("absent or zero takes its default.\n\n| Name | Default | Meaning |\n|---|---|---|\n")
	def := reflect.ValueOf(app.DefaultParams())
	for _, f := range fields(t, "Params") {
		fmt.Fprintf(&b, "| `%s` | %d | %s |\n", f.json, def.FieldByName(f.name).Uint(), f.doc)
	}
	b.WriteString("\n## Calendar\n\nThe business days that clocks are counted in, in the genesis under `calendar`, and in the tree (`/calendar`). Absent, it\n")
	c := app.DefaultCalendar()
	fmt.Fprintf(&b, "is an offset of %d minutes, federal holidays %v, and nothing else closed.\n\n| Name | Type | Meaning |\n|---|---|---|\n", c.UTCOffsetMinutes, c.Federal)
	for _, f := range fields(t, "Calendar") {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", f.json, f.typ, f.doc)
	}
	reference(t, "parameters.md", b.String())
}

// TestReferenceOperations writes docs/reference/operations.md from the
// comments on the ops.
func TestReferenceOperations(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Operations\n\nWhat a transaction may ask for; one op each. The JSON of an op is for people: what is signed is its binary form\n")
	b.WriteString("(`docs/spec/tx.md`). Any op may also give " + codeList(timeCodes()) + "; one that is signed on\n" +
		"behalf of another partner also `not-delegated`, and `suspended` or `credential` for the partner that signs.\n\n")
	for _, g := range codeGroups() {
		fmt.Fprintf(&b, "*%s* are %s.\n\n", strings.ToUpper(g.name[:1])+g.name[1:], codeList(g.codes))
	}
	for _, k := range app.Kinds() {
		op, _ := app.NewOp(k)
		name := reflect.TypeOf(op).Elem().Name()
		fmt.Fprintf(&b, "## %s (%d)\n\n", k, uint16(k))
		for _, paragraph := range strings.Split(strings.TrimSpace(typeComment(t, name)), "\n\n") {
			b.WriteString(strings.ReplaceAll(paragraph, "\n", " ") + "\n\n")
		}
		b.WriteString("| Field | Type | |\n|---|---|---|\n")
		for _, f := range fields(t, name) {
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", f.json, f.typ, f.doc)
		}
		b.WriteString("\n")
	}
	b.WriteString("## Shared parts\n\n")
	for _, name := range []string{"Opening", "Entry", "Scope", "Spot", "CommissionedIn", "Terms", "ContainerUse", "ProductInfo", "PartnerInfo", "Credential", "NDC", "Document", "TraceTerms", "ErrorTerms", "ExceptionTerms", "ResponseTerms"} {
		fmt.Fprintf(&b, "### %s\n\n%s\n\n| Field | Type | |\n|---|---|---|\n", name, strings.ReplaceAll(strings.TrimSpace(typeComment(t, name)), "\n", " "))
		for _, f := range fields(t, name) {
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", f.json, f.typ, f.doc)
		}
		b.WriteString("\n")
	}
	reference(t, "operations.md", b.String())
}

// codeGroup is a phrase that ops' comments use for several codes.
type codeGroup struct {
	name  string
	codes []app.Code
}

func codeGroups() []codeGroup {
	return []codeGroup{
		{"those of acting", []app.Code{app.CodeSuspended, app.CodeRoleMissing, app.CodeCredential}},
		{"those of claiming goods", []app.Code{app.CodeHoldingUnknown, app.CodeInTransit, app.CodeEventTooEarly}},
		{"those of opening entries", []app.Code{
			app.CodeHoldingUnknown, app.CodeSegmentUnknown, app.CodeOpeningInvalid, app.CodeMoved, app.CodeEnded,
		}},
	}
}

func timeCodes() []app.Code { return []app.Code{app.CodeEventInFuture, app.CodeEventTooOld} }

// commonCodes are those that any op may give, without listing them.
func commonCodes() []app.Code { return append(timeCodes(), app.CodeNotDelegated) }

func codeList(codes []app.Code) string {
	var out []string
	for _, c := range codes {
		out = append(out, "`"+c.String()+"`")
	}
	return strings.Join(out, ", ")
}

// codesOf are the codes that an op's comment says it may give.
func codesOf(t *testing.T, k app.Kind) map[app.Code]bool {
	t.Helper()
	op, _ := app.NewOp(k)
	doc := strings.ReplaceAll(typeComment(t, reflect.TypeOf(op).Elem().Name()), "\n", " ")
	_, list, ok := strings.Cut(doc, "Codes: ")
	if !ok {
		t.Errorf("%s: its comment lists no codes", k)
	}
	out := map[app.Code]bool{}
	for _, c := range commonCodes() {
		out[c] = true
	}
	for _, g := range codeGroups() {
		if strings.Contains(list, g.name) {
			list = strings.ReplaceAll(list, g.name, "")
			for _, c := range g.codes {
				out[c] = true
			}
		}
	}
	for _, name := range regexp.MustCompile(`[a-z][a-z-]+[a-z]`).FindAllString(list, -1) {
		if c, ok := app.CodeByName(name); ok {
			out[c] = true
		} else {
			t.Errorf("%s: its comment lists %q, which is no code", k, name)
		}
	}
	return out
}

type field struct{ name, json, typ, doc string }

// fields lists the exported fields of a struct with their comments; those of
// an embedded struct are named as that struct.
func fields(t *testing.T, name string) (out []field) {
	t.Helper()
	spec := typeSpec(t, name)
	for _, f := range spec.Type.(*ast.StructType).Fields.List {
		typ := typeName(f.Type)
		doc := strings.TrimSpace(strings.ReplaceAll(f.Doc.Text(), "\n", " "))
		if len(f.Names) == 0 {
			out = append(out, field{typ, "(fields of " + typ + ")", typ, doc})
			continue
		}
		for _, n := range f.Names {
			if n.IsExported() {
				json := n.Name
				if f.Tag != nil {
					json, _, _ = strings.Cut(reflect.StructTag(strings.Trim(f.Tag.Value, "`")).Get("json"), ",")
				}
				out = append(out, field{n.Name, json, typ, doc})
			}
		}
	}
	return out
}

func typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	case *ast.StarExpr:
		return typeName(e.X) + " or none"
	case *ast.ArrayType:
		return "list of " + typeName(e.Elt)
	default:
		return fmt.Sprintf("%T", e)
	}
}

func sources(t *testing.T) []*ast.File {
	t.Helper()
	var out []*ast.File
	paths, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range paths {
		if strings.HasSuffix(p, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), p, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		f.Name.Name = p // whoever asks wants the file, not the package
		out = append(out, f)
	}
	return out
}

func typeSpec(t *testing.T, name string) *ast.TypeSpec {
	t.Helper()
	spec, _ := findType(t, name)
	return spec
}

func typeComment(t *testing.T, name string) string {
	t.Helper()
	_, doc := findType(t, name)
	return doc
}

func findType(t *testing.T, name string) (*ast.TypeSpec, string) {
	t.Helper()
	for _, f := range sources(t) {
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.TYPE {
				continue
			}
			for _, s := range g.Specs {
				if spec := s.(*ast.TypeSpec); spec.Name.Name == name {
					return spec, g.Doc.Text() + spec.Doc.Text()
				}
			}
		}
	}
	t.Fatalf("there is no type %s", name)
	return nil, ""
}

// constComments are the comments on string constants of a file, by value.
func constComments(t *testing.T, file string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, f := range sources(t) {
		if f.Name.Name != file {
			continue
		}
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.CONST {
				continue
			}
			for _, s := range g.Specs {
				v := s.(*ast.ValueSpec)
				if lit, ok := v.Values[0].(*ast.BasicLit); ok {
					out[strings.Trim(lit.Value, `"`)] = strings.ReplaceAll(v.Doc.Text(), "\n", " ")
				}
			}
		}
	}
	return out
}
