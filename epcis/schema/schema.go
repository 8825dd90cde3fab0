// Package schema holds documents to the schemas that GS1 publishes for EPCIS:
// the XSDs of 1.2 and 2.0 and the JSON Schema of 2.0.
//
// GS1 grants no right to pass its schema files on, so they are not part of this
// module: an operator who wants strict partners held to them downloads them and
// names the folder. Reading a document never needs them: package epcis checks
// what it relies on by itself.
package schema

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dlclark/regexp2"
	"github.com/jacoelho/xsd"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/pedigree-ledger/pedigree/epcis"
)

// maxFindings bounds what is reported of one document.
const maxFindings = 20

// Set are the schemas found in a folder. It may be used by many goroutines.
type Set struct {
	xml  map[epcis.Format]*xsd.Engine
	json *jsonschema.Schema
}

// Load compiles the schemas in dir and below, by the names under which GS1
// publishes them: EPCglobal-epcis-1_2.xsd and EPCglobal-epcis-2_0.xsd, each
// beside the files that it imports, and epcis-json-schema.json. Of several with
// one name the first in lexical order is taken. It fails if there is none at
// all, or one that cannot be compiled; a form without a schema is refused by
// Check.
func Load(dir string) (*Set, error) {
	found, err := find(dir)
	if err != nil {
		return nil, err
	}
	s := &Set{xml: make(map[epcis.Format]*xsd.Engine)}
	for _, form := range [...]struct {
		format epcis.Format
		file   string
	}{{epcis.FormatXML1, fileXML1}, {epcis.FormatXML2, fileXML2}} {
		path := found[form.file]
		if path == "" {
			continue
		}
		if s.xml[form.format], err = xsd.Compile(xsd.File(path)); err != nil {
			return nil, fmt.Errorf("schema %s: %w", path, err)
		}
	}
	if path := found[fileJSON]; path != "" {
		c := jsonschema.NewCompiler()
		c.UseRegexpEngine(compileRegexp)
		if s.json, err = c.Compile(path); err != nil {
			return nil, fmt.Errorf("schema %s: %w", path, err)
		}
	}
	if len(s.xml) == 0 && s.json == nil {
		return nil, fmt.Errorf("no EPCIS schema in %s: looked for %s, %s and %s", dir, fileXML1, fileXML2, fileJSON)
	}
	return s, nil
}

// The names of GS1's files.
const (
	fileXML1 = "EPCglobal-epcis-1_2.xsd"
	fileXML2 = "EPCglobal-epcis-2_0.xsd"
	fileJSON = "epcis-json-schema.json"
)

// find looks for GS1's files in dir and below.
func find(dir string) (map[string]string, error) {
	found := make(map[string]string)
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		switch name := entry.Name(); name {
		case fileXML1, fileXML2, fileJSON:
			if found[name] == "" && entry.Type().IsRegular() {
				found[name] = path
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("schemas: %w", err)
	}
	return found, nil
}

// patternTime bounds the match of one pattern: GS1's patterns look ahead, which
// can take long on text made for it.
const patternTime = 100 * time.Millisecond

// pattern is a regular expression as JSON Schema has them, of ECMA-262.
type pattern struct{ *regexp2.Regexp }

func compileRegexp(s string) (jsonschema.Regexp, error) {
	re, err := regexp2.Compile(s, regexp2.ECMAScript)
	if err != nil {
		return nil, err
	}
	re.MatchTimeout = patternTime
	return pattern{re}, nil
}

// MatchString reports whether s matches; what takes too long does not.
func (p pattern) MatchString(s string) bool {
	ok, err := p.Regexp.MatchString(s)
	return ok && err == nil
}

// Check holds a document of the given form to its schema and returns what is
// wrong with it, at most 20 findings in the order of the document; none if it
// is valid. The error says that the set has no schema for that form.
//
// GS1's XSDs are read without a document type declaration: a document that has
// one is reported for that alone.
func (s *Set) Check(format epcis.Format, data []byte) ([]epcis.Error, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if format == epcis.FormatJSON2 && s.json != nil {
		return checkJSON(s.json, data), nil
	}
	engine := s.xml[format]
	if engine == nil {
		return nil, fmt.Errorf("there is no schema for %s among the schemas given", format)
	}
	return xmlFindings(engine.ValidateWithOptions(bytes.NewReader(data), xsd.ValidateOptions{MaxErrors: maxFindings})), nil
}

// xmlFindings turns the validator's errors into findings.
func xmlFindings(err error) []epcis.Error {
	if err == nil {
		return nil
	}
	all := []error{err}
	var many xsd.Errors
	if errors.As(err, &many) {
		all = many
	}
	var out []epcis.Error
	for _, err := range all[:min(len(all), maxFindings)] {
		var one *xsd.Error
		if !errors.As(err, &one) {
			out = append(out, epcis.Error{Reason: err.Error()})
			continue
		}
		out = append(out, epcis.Error{Line: one.Line, Field: strings.TrimPrefix(one.Path, "/"), Reason: one.Message})
	}
	return out
}

func checkJSON(schema *jsonschema.Schema, data []byte) []epcis.Error {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return []epcis.Error{{Line: lineOf(data, err), Reason: err.Error()}}
	}
	var invalid *jsonschema.ValidationError
	if err := schema.Validate(doc); !errors.As(err, &invalid) {
		return nil
	}
	var out []epcis.Error
	for _, unit := range invalid.BasicOutput().Errors {
		if unit.Error != nil && len(out) < maxFindings {
			out = append(out, epcis.Error{Event: eventOf(unit.InstanceLocation), Pointer: unit.InstanceLocation, Reason: unit.Error.String()})
		}
	}
	return slices.CompactFunc(out, func(a, b epcis.Error) bool { return a.Pointer == b.Pointer && a.Reason == b.Reason })
}

// eventOf is the number of the event that a JSON pointer leads into, from 1, or
// 0.
func eventOf(pointer string) int {
	_, rest, ok := strings.Cut(pointer, "/eventList/")
	if !ok {
		return 0
	}
	first, _, _ := strings.Cut(rest, "/")
	n, err := strconv.Atoi(first)
	if err != nil {
		return 0
	}
	return n + 1
}

// lineOf is the line at which JSON stopped being JSON, or 0.
func lineOf(data []byte, err error) int {
	var bad *json.SyntaxError
	if !errors.As(err, &bad) || bad.Offset > int64(len(data)) {
		return 0
	}
	return 1 + bytes.Count(data[:bad.Offset], []byte("\n"))
}
