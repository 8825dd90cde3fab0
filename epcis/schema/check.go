package schema

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/jacoelho/xsd"

	"github.com/pedigree-ledger/pedigree/epcis"
)

// What is reported of one document: at most so many findings of so many bytes.
const (
	maxFindings = 20
	maxReason   = 400
)

// Check holds a document of the given form to its schema and returns what is
// wrong with it, at most 20 findings in the order of the document, each with a
// line or a JSON pointer; none if it is valid. The error says that the set has
// no schema for that form.
//
// A document type declaration that declares nothing is passed over, as
// epcis.Decode does; one that does is reported for that alone. The work is
// bounded by the size of data, which the caller bounds.
func (s *Set) Check(format epcis.Format, data []byte) ([]epcis.Error, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	switch {
	case format == epcis.FormatJSON2 && s.json != nil:
		return checkJSON(s.json, data), nil
	case format == epcis.FormatXML1 && s.xml[xmlFiles()[0].space] != nil, format == epcis.FormatXML2 && s.xml[xmlFiles()[3].space] != nil:
		return s.checkXML(format, data), nil
	}
	return nil, fmt.Errorf("there is no schema for %s among the schemas given", format)
}

// checkXML takes the schema of the root element's namespace, and that of
// documents for a root that none describes: its finding then says so.
func (s *Set) checkXML(format epcis.Format, data []byte) []epcis.Error {
	space, data := prolog(lineEnds(data))
	engine := s.xml[space]
	if engine == nil {
		engine = s.xml[xmlFiles()[0].space]
		if format == epcis.FormatXML2 {
			engine = s.xml[xmlFiles()[3].space]
		}
	}
	return xmlFindings(engine.ValidateWithOptions(bytes.NewReader(data), xsd.ValidateOptions{MaxErrors: maxFindings}))
}

// lineEnds makes every end of a line a line feed, as a reader of XML must (XML
// 1.0, section 2.11). The validator would do it, but a carriage return alone
// before text makes version 0.1.0 of it read that text without end.
func lineEnds(data []byte) []byte {
	if bytes.IndexByte(data, '\r') < 0 {
		return data
	}
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	return bytes.ReplaceAll(data, []byte("\r"), []byte("\n"))
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
			out = append(out, epcis.Error{Reason: short(err.Error())})
			continue
		}
		out = append(out, epcis.Error{Line: one.Line, Field: short(strings.TrimPrefix(one.Path, "/")), Reason: short(one.Message)})
	}
	return out
}

// short bounds text that quotes the document.
func short(text string) string {
	if len(text) <= maxReason {
		return text
	}
	return strings.ToValidUTF8(text[:maxReason], "") + "..."
}
