package edge

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// Section is the part of the API under one tag, for people to read.
type Section struct {
	Tag        string
	Operations []Entry
}

// Entry is an operation, for people to read.
type Entry struct {
	ID, Method, Path, Summary, Description string
	// Scope is what a caller needs; empty if the operation is open to all.
	Scope Scope
	// Public says that callers without a credential have that scope here.
	Public     bool
	Parameters []Field
	Bodies     []Body   // one for each media type that it takes
	Answers    []Answer // by status
	Example    string   // a command line
}

// Field is a parameter or a member of an object.
type Field struct {
	Name string
	// In is path, query or header; empty for a member.
	In, Type, Meaning string
	Required          bool
}

// Body is a media type with the type of what it carries.
type Body struct{ Media, Type string }

// Answer is what a status means, and what comes with it.
type Answer struct {
	Status, Meaning string
	Bodies          []Body
	Headers         []Field
}

// Reference returns every operation, by tag and path.
func (e *Edge) Reference() []Section {
	byTag := make(map[string][]Entry)
	doc := e.api.OpenAPI()
	for _, path := range slices.Sorted(maps.Keys(doc.Paths)) {
		for _, op := range methodsOf(doc.Paths[path]) {
			tag := "other"
			if len(op.Tags) > 0 {
				tag = op.Tags[0]
			}
			byTag[tag] = append(byTag[tag], entryOf(op))
		}
	}
	var out []Section
	for _, tag := range slices.Sorted(maps.Keys(byTag)) {
		out = append(out, Section{tag, byTag[tag]})
	}
	return out
}

// methodsOf lists the operations of a path.
func methodsOf(item *huma.PathItem) []*huma.Operation {
	all := []*huma.Operation{item.Get, item.Head, item.Post, item.Put, item.Patch, item.Delete, item.Options}
	return slices.DeleteFunc(all, func(op *huma.Operation) bool { return op == nil })
}

func entryOf(op *huma.Operation) Entry {
	scope, _ := scopeNeeded(op.Security)
	e := Entry{
		ID: op.OperationID, Method: op.Method, Path: op.Path, Summary: op.Summary, Description: op.Description,
		Scope: scope, Public: slices.ContainsFunc(op.Security, func(m map[string][]string) bool { return len(m) == 0 }),
	}
	for _, p := range op.Parameters {
		e.Parameters = append(e.Parameters, fieldOf(p.Name, p.In, p.Description, p.Schema, p.Required))
	}
	if op.RequestBody != nil {
		e.Bodies = bodiesOf(op.RequestBody.Content)
	}
	for _, status := range slices.Sorted(maps.Keys(op.Responses)) {
		r := op.Responses[status]
		a := Answer{Status: status, Meaning: r.Description, Bodies: bodiesOf(r.Content)}
		for _, name := range slices.Sorted(maps.Keys(r.Headers)) {
			h := r.Headers[name]
			a.Headers = append(a.Headers, fieldOf(name, "header", h.Description, h.Schema, false))
		}
		e.Answers = append(e.Answers, a)
	}
	e.Example = example(op)
	return e
}

func fieldOf(name, in, meaning string, s *huma.Schema, required bool) Field {
	if meaning == "" && s != nil {
		meaning = s.Description
	}
	return Field{Name: name, In: in, Type: typeName(s), Meaning: meaning, Required: required}
}

func bodiesOf(content map[string]*huma.MediaType) []Body {
	var out []Body
	for _, media := range slices.Sorted(maps.Keys(content)) {
		out = append(out, Body{media, typeName(content[media].Schema)})
	}
	return out
}

// typeName says in words what a schema takes.
func typeName(s *huma.Schema) string {
	switch {
	case s == nil:
		return ""
	case s.Ref != "":
		return s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]
	case s.Type == huma.TypeArray:
		return "list of " + typeName(s.Items)
	case len(s.Enum) > 0:
		return "one of " + enumeration(s.Enum)
	case s.Type == "":
		return "any"
	case s.Format != "":
		return s.Type + " (" + s.Format + ")"
	}
	return s.Type
}

func enumeration(values []any) string {
	var words []string
	for _, v := range values {
		if s, ok := v.(string); ok {
			words = append(words, s)
		}
	}
	return strings.Join(words, ", ")
}

// example is a command line that calls an operation.
func example(op *huma.Operation) string {
	var b strings.Builder
	b.WriteString("curl")
	if op.Method != http.MethodGet {
		b.WriteString(" -X " + op.Method)
	}
	if _, needed := scopeNeeded(op.Security); needed {
		b.WriteString(` -H "Authorization: Bearer $TOKEN"`)
	}
	if op.RequestBody != nil {
		media := bodiesOf(op.RequestBody.Content)
		if len(media) > 0 {
			b.WriteString(" -H 'Content-Type: " + media[0].Media + "' --data-binary @FILE")
		}
	}
	b.WriteString(` "$NODE` + op.Path + `"`)
	return b.String()
}
