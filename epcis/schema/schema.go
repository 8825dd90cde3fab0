// Package schema holds documents to the schemas that GS1 publishes for EPCIS:
// the XSDs of 1.2 and 2.0 and the JSON Schema of 2.0.
//
// GS1 grants no right to pass its schema files on, so they are not part of this
// module: an operator who wants strict partners held to them downloads them and
// names the folder. Reading a document never needs them: package epcis checks
// what it relies on by itself.
package schema

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/dlclark/regexp2"
	"github.com/jacoelho/xsd"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Set are the schemas found in a folder. It may be used by many goroutines.
type Set struct {
	xml  map[string]*xsd.Engine // by target namespace
	json *jsonschema.Schema
}

// Load compiles the schemas in dir and below, by the names under which GS1
// publishes them: EPCglobal-epcis-1_2.xsd and EPCglobal-epcis-2_0.xsd, and the
// same with -query and -masterdata for query and master data documents, each
// beside the files that it imports, and epcis-json-schema.json. Of several with
// one name the first in lexical order is taken. It fails if there is none at
// all, or one that cannot be compiled; a form without a schema is refused by
// Check.
func Load(dir string) (*Set, error) {
	found, err := find(dir)
	if err != nil {
		return nil, err
	}
	s := &Set{xml: make(map[string]*xsd.Engine)}
	for _, f := range xmlFiles() {
		path := found[f.name]
		if path == "" {
			continue
		}
		if s.xml[f.space], err = xsd.Compile(xsd.File(path)); err != nil {
			return nil, fmt.Errorf("schema %s: %w", path, err)
		}
	}
	if path := found[fileJSON]; path != "" {
		c := jsonschema.NewCompiler()
		c.UseRegexpEngine(compileRegexp)
		c.RegisterFormat(&jsonschema.Format{Name: "uri", Validate: checkURI})
		if s.json, err = c.Compile(path); err != nil {
			return nil, fmt.Errorf("schema %s: %w", path, err)
		}
	}
	if len(s.xml) == 0 && s.json == nil {
		return nil, fmt.Errorf("no EPCIS schema in %s: looked for %s, %s and %s", dir, fileXML1, fileXML2, fileJSON)
	}
	return s, nil
}

// The names of GS1's main files.
const (
	fileXML1 = "EPCglobal-epcis-1_2.xsd"
	fileXML2 = "EPCglobal-epcis-2_0.xsd"
	fileJSON = "epcis-json-schema.json"
)

// xmlFile is one schema of GS1: its name, and the namespace of the root elements
// that it describes.
type xmlFile struct{ name, space string }

func xmlFiles() []xmlFile {
	return []xmlFile{
		{fileXML1, "urn:epcglobal:epcis:xsd:1"},
		{"EPCglobal-epcis-query-1_2.xsd", "urn:epcglobal:epcis-query:xsd:1"},
		{"EPCglobal-epcis-masterdata-1_2.xsd", "urn:epcglobal:epcis-masterdata:xsd:1"},
		{fileXML2, "urn:epcglobal:epcis:xsd:2"},
		{"EPCglobal-epcis-query-2_0.xsd", "urn:epcglobal:epcis-query:xsd:2"},
		{"EPCglobal-epcis-masterdata-2_0.xsd", "urn:epcglobal:epcis-masterdata:xsd:2"},
	}
}

// find looks for GS1's files in dir and below.
func find(dir string) (map[string]string, error) {
	found := map[string]string{fileJSON: ""}
	for _, f := range xmlFiles() {
		found[f.name] = ""
	}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if had, wanted := found[entry.Name()]; wanted && had == "" && entry.Type().IsRegular() {
			found[entry.Name()] = path
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

// checkURI is the format uri of JSON Schema, by which GS1's schema also means
// the blank nodes of JSON-LD (_:document1) that its own examples have.
func checkURI(v any) error {
	text, ok := v.(string)
	if !ok || strings.HasPrefix(text, "_:") {
		return nil
	}
	u, err := url.Parse(text)
	if err != nil {
		return err
	}
	if !u.IsAbs() {
		return errRelative
	}
	return nil
}

var errRelative = errors.New("has no scheme")
