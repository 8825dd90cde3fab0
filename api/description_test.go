package api_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/pedigree-ledger/pedigree/api"
	"github.com/pedigree-ledger/pedigree/api/edge"
	"github.com/pedigree-ledger/pedigree/api/events"
	"github.com/pedigree-ledger/pedigree/api/ledger"
	"github.com/pedigree-ledger/pedigree/api/verification"
	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/client"
	"github.com/pedigree-ledger/pedigree/subscription"
)

var update = flag.Bool("update", false, "write the reference page instead of comparing it")

// whole is an edge with every part that there is. It is described and not
// asked, so the parts have nothing behind them.
func whole(t *testing.T) *edge.Edge {
	t.Helper()
	c := client.New("reference", nil)
	e, err := api.Assemble(api.Config{
		Edge:     edge.Config{Version: "1"},
		Gatherer: prometheus.NewRegistry(),
		Parts: []func(huma.API){
			func(a huma.API) { verification.Register(a, verification.Config{Client: c}) },
			func(a huma.API) { ledger.Register(a, ledger.Config{Client: c}) },
			func(a huma.API) {
				events.Register(a, events.Config{Captures: &events.Captures{}, Dispatcher: &subscription.Dispatcher{}})
			},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// openToAll are the operations that need no scope.
func openToAll() []string {
	return []string{"describeJSON", "describeYAML", "readReference", "readLive", "readReady", "listResources"}
}

// TestOperations: every operation says what it is, who may call it, what it
// takes and what it answers.
func TestOperations(t *testing.T) {
	e, scopes := whole(t), make(map[edge.Scope]bool)
	for _, s := range edge.Scopes() {
		scopes[s.Scope] = true
	}
	n, open := 0, openToAll()
	for _, section := range e.Reference() {
		for _, op := range section.Operations {
			n++
			for _, wrong := range lacks(op) {
				t.Errorf("%s %s: %s", op.Method, op.Path, wrong)
			}
			i := slices.Index(open, op.ID)
			switch {
			case op.Scope == "" && i < 0:
				t.Errorf("%s %s is open to all and not in the list of those that are meant to be", op.Method, op.Path)
			case op.Scope != "" && (i >= 0 || !scopes[op.Scope]):
				t.Errorf("%s %s needs scope %q", op.Method, op.Path, op.Scope)
			case i >= 0:
				open = slices.Delete(open, i, i+1)
			}
		}
	}
	if len(open) > 0 {
		t.Errorf("no such operations: %v", open)
	}
	t.Logf("%d operations", n)
}

// lacks says what an operation does not tell.
func lacks(op edge.Entry) (wrong []string) {
	say := func(bad bool, format string, args ...any) {
		if bad {
			wrong = append(wrong, fmt.Sprintf(format, args...))
		}
	}
	say(op.ID == "", "no id")
	say(op.Summary == "" || strings.HasSuffix(op.Summary, "."), "the summary is %q: want words without a full stop", op.Summary)
	inPath := regexp.MustCompile(`\{(\w+)\}`).FindAllStringSubmatch(op.Path, -1)
	declared := 0
	for _, p := range op.Parameters {
		say(p.Meaning == "", "parameter %s is not explained", p.Name)
		if p.In == "path" {
			declared++
			say(!p.Required || !strings.Contains(op.Path, "{"+p.Name+"}"), "parameter %s is not in the path", p.Name)
		}
	}
	say(declared != len(inPath), "%d parameters in the path, %d declared", len(inPath), declared)
	good, bad := false, false
	for _, a := range op.Answers {
		good = good || a.Status[0] == '1' || a.Status[0] == '2' || a.Status[0] == '3'
		bad = bad || a.Status[0] == '4'
		say(a.Meaning == "", "answer %s is not explained", a.Status)
		for _, h := range a.Headers {
			say(h.Meaning == "", "header %s of answer %s is not explained", h.Name, a.Status)
		}
		for _, b := range a.Bodies {
			say(b.Type == "", "answer %s as %s has no type", a.Status, b.Media)
		}
	}
	say(!good || !bad, "want answers for success and for errors")
	return wrong
}

// TestFieldsExplained: every type says what it is, and every member of it, be it
// by a tag or by the comments in the source.
func TestFieldsExplained(t *testing.T) {
	registry, n := whole(t).Description().Components.Schemas, 0
	for name, s := range registry.Map() {
		unnamed := registry.TypeFromRef("#/components/schemas/"+name).Name() == "" // the body of one operation
		if s.Description == "" && !unnamed {
			t.Errorf("type %s is not explained", name)
		}
		for member, p := range s.Properties {
			n++
			if p.Description == "" {
				t.Errorf("%s.%s is not explained: write a comment on the field, then go test ./api -run TestReference -update", name, member)
			}
		}
	}
	if n < 900 {
		t.Errorf("only %d members were found", n)
	}
}

// TestWords: a member whose type is a number with names shows the names, which
// the type itself lists.
func TestWords(t *testing.T) {
	types := whole(t).Description().Components.Schemas.Map()
	enum := func(name, member string) string { return fmt.Sprint(types[name].Properties[member].Enum) }
	for _, tt := range []struct{ got, want string }{
		{enum("AppHolding", "kind"), "[run container loose]"},
		{enum("ShipmentSummary", "status"), "[open short closed]"},
		{enum("Pedigree", "statement"), "[item never-commissioned container]"},
		{fmt.Sprint(types["Delegation"].Properties["ops"].Items.Enum), fmt.Sprint(app.Kinds())},
		{enum("Party", "roles"), "[]"}, // a set of words
		{types["Party"].Properties["roles"].Pattern[:25], "^(manufacturer|repackager"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %s, want %s", tt.got, tt.want)
		}
	}
}

// TestOpenAPI holds the description to the schema of OpenAPI 3.1, and each type
// in it to JSON Schema 2020-12. A $ref that leads nowhere fails either.
func TestOpenAPI(t *testing.T) {
	raw, err := json.Marshal(whole(t).Description())
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	schema, err := c.Compile(filepath.Join("testdata", "openapi-3.1.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(doc); err != nil {
		t.Errorf("not OpenAPI 3.1: %v", err)
	}
	const url = "https://example.com/openapi.json"
	if err := c.AddResource(url, doc); err != nil {
		t.Fatal(err)
	}
	refs := 0
	each(doc, func(object map[string]any) {
		ref, ok := object["$ref"].(string)
		if !ok {
			return
		}
		refs++
		if _, err := c.Compile(url + ref); err != nil {
			t.Errorf("%s: %v", ref, err)
		}
	})
	types := doc.(map[string]any)["components"].(map[string]any)["schemas"].(map[string]any)
	for name := range types {
		if _, err := c.Compile(url + "#/components/schemas/" + name); err != nil {
			t.Errorf("type %s: %v", name, err)
		}
	}
	t.Logf("%d types, %d references", len(types), refs)
	// The check itself can fail.
	doc.(map[string]any)["paths"].(map[string]any)["no slash"] = map[string]any{}
	if schema.Validate(doc) == nil {
		t.Error("a path without a slash was taken for OpenAPI")
	}
}

// each calls f for every object in a JSON value.
func each(v any, f func(map[string]any)) {
	switch v := v.(type) {
	case map[string]any:
		f(v)
		for _, member := range v {
			each(member, f)
		}
	case []any:
		for _, element := range v {
			each(element, f)
		}
	}
}

// TestReferenceHTTP writes docs/reference/http.md from the description.
func TestReferenceHTTP(t *testing.T) {
	var b strings.Builder
	b.WriteString(`<!-- Written by go test ./api -run TestReference -update. Edit the operations in api instead. -->

# HTTP API

Every operation of a node's or gateway's HTTP edge, made from the same description that it serves as OpenAPI 3.1 at
` + "`/openapi.json`" + ` and for people at ` + "`/docs`" + `. Errors are problems (RFC 9457), in XML for who prefers that in Accept, and without a body on the paths of the
verification messages, as their standard has it. A key in a path is anything that names it: brackets, a
scan, an EPC URI or a Digital Link, with each slash escaped as ` + "`%2F`" + `.

## Scopes

What a token or client certificate allows; ` + "`pedigree token create`" + ` makes one. With the setting ` + "`publicReads`" + ` everybody has
read and verify.

| Scope | Allows to |
|---|---|
`)
	for _, s := range edge.Scopes() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", s.Scope, s.Meaning)
	}
	for _, section := range whole(t).Reference() {
		fmt.Fprintf(&b, "\n## %s\n\n| Operation | Scope | What it does |\n|---|---|---|\n", section.Tag)
		for _, op := range section.Operations {
			scope := "open to all"
			if op.Scope != "" {
				scope = "`" + string(op.Scope) + "`"
			}
			fmt.Fprintf(&b, "| `%s %s` | %s | %s |\n", op.Method, op.Path, scope, op.Summary+parameters(op))
		}
	}
	b.WriteString("\n## Problems\n\nThe kinds that the edge itself gives, by the last part of `urn:pedigree:problem:`. A rejection by the ledger is\n" +
		"`urn:pedigree:code:` and its [code](codes.md).\n\n| Kind | Status | Meaning | What to do |\n|---|---|---|---|\n")
	for _, k := range edge.Kinds() {
		fmt.Fprintf(&b, "| `%s` | %d | %s | %s |\n", k.Kind, k.Status, k.Meaning, k.Advice)
	}
	reference(t, filepath.Join("..", "docs", "reference", "http.md"), []byte(b.String()))
}

// parameters lists an operation's query parameters.
func parameters(op edge.Entry) string {
	var names []string
	for _, p := range op.Parameters {
		if p.In == "query" {
			names = append(names, "`"+p.Name+"`")
		}
	}
	if len(names) == 0 {
		return ""
	}
	return ". Query: " + strings.Join(names, ", ")
}

// reference compares a generated page with what stands in docs/reference, or
// writes it.
func reference(t *testing.T, path string, want []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s is stale (%v): write it with go test ./api -run TestReference -update, and read the difference", path, err)
	}
}
