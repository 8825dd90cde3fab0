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
		for member, f := range membersOf(t) {
			p := s.Properties[member]
			if p == nil {
				continue
			}
			if p.Description == "" {
				p.Description = docs[docKey(f.of)+"."+f.Name]
			}
			restrict(p, f.Type)
		}
	}
}

// docKey names a type in fieldDocs: its package below the module, and its name
// without arguments.
func docKey(t reflect.Type) string {
	name, _, _ := strings.Cut(t.Name(), "[")
	return strings.TrimPrefix(t.PkgPath(), "github.com/pedigree-ledger/pedigree/") + "." + name
}

// field is a field with the struct that declares it.
type field struct {
	reflect.StructField
	of reflect.Type
}

// membersOf are the fields of a struct and of those embedded in it, by their
// names in JSON. Of two with one name the outer one counts.
// reflect.VisibleFields leaves out what an embedded struct hides in Go and not
// in JSON.
func membersOf(t reflect.Type) map[string]field {
	out := make(map[string]field)
	for level := []reflect.Type{t}; len(level) > 0; {
		var below []reflect.Type
		for _, of := range level {
			for i := range of.NumField() {
				f := field{of.Field(i), of}
				if to := pointedTo(f.Type); f.Anonymous && f.Tag.Get("json") == "" && to.Kind() == reflect.Struct {
					below = append(below, to)
				} else if _, outer := out[f.member()]; f.IsExported() && !outer {
					out[f.member()] = f
				}
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

// member is the field's name in JSON.
func (f field) member() string {
	if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" {
		return name
	}
	return f.Name
}
