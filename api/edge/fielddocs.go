package edge

import (
	_ "embed" // the comments
	"encoding/json"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// fieldDocs are the comments of the types and fields in the description that
// carry no doc tag, as the source has them: those below api say nothing of HTTP.
// A test of package api writes the file and holds it to the source.
//
//go:embed fielddocs.json
var fieldDocs []byte

// explain fills in what the tags of a type leave open: the descriptions, from
// the comments in the source, and the words of enumerations.
func explain(types huma.Registry) {
	var docs map[string]string
	if err := json.Unmarshal(fieldDocs, &docs); err != nil {
		panic(err) // the file is written by a test, which reads it too
	}
	for name, s := range types.Map() {
		t := types.TypeFromRef("#/components/schemas/" + name)
		if s.Description == "" {
			s.Description = docs[docKey(t)]
		}
		for _, m := range membersOf(t) {
			if p := s.Properties[m.name()]; p != nil && p.Description == "" {
				p.Description = docs[docKey(m.of)+"."+m.field.Name]
			}
		}
	}
}

// docKey names a type in fieldDocs: its package below the module, and its name
// without arguments.
func docKey(t reflect.Type) string {
	name, _, _ := strings.Cut(t.Name(), "[")
	return strings.TrimPrefix(t.PkgPath(), "github.com/pedigree-ledger/pedigree/") + "." + name
}

// member is a field with the struct that declares it.
type member struct {
	of    reflect.Type
	field reflect.StructField
}

// membersOf lists the fields of a struct, then those of the structs embedded in
// it. reflect.VisibleFields leaves out a field that an embedded struct hides in
// Go and not in JSON.
func membersOf(t reflect.Type) []member {
	var out []member
	for level := []reflect.Type{t}; len(level) > 0; {
		var below []reflect.Type
		for _, of := range level {
			for i := range of.NumField() {
				f := of.Field(i)
				if to := pointedTo(f.Type); f.Anonymous && f.Tag.Get("json") == "" && to.Kind() == reflect.Struct {
					below = append(below, to)
					continue
				}
				out = append(out, member{of, f})
			}
		}
		level = below
	}
	return out
}

func pointedTo(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}

// name is the member's name in JSON.
func (m member) name() string {
	if name, _, _ := strings.Cut(m.field.Tag.Get("json"), ","); name != "" {
		return name
	}
	return m.field.Name
}
