package epcis

import (
	"encoding/xml"
	"strings"
)

// declare records a namespace declaration; other attributes are left alone.
func (s *xmlScanner) declare(a xml.Attr) error {
	prefix := ""
	switch {
	case a.Name.Space == "xmlns":
		prefix = a.Name.Local
		if a.Value == "" {
			return s.fail("is not well-formed XML: prefix %q is bound to nothing", prefix)
		}
	case a.Name.Space != "" || a.Name.Local != "xmlns":
		return nil
	}
	if len(s.bindings) == maxBindings {
		return s.fail("has more than %d namespace declarations in force", maxBindings)
	}
	b := Namespace{prefix, a.Value}
	s.bindings = append(s.bindings, b)
	if prefix == "" {
		return nil
	}
	for _, d := range s.declared {
		if d.Prefix == prefix {
			return nil
		}
	}
	if len(s.declared) < 256 {
		s.declared = append(s.declared, b)
	}
	return nil
}

func (s *xmlScanner) attributes(n *Node, attrs []xml.Attr) error {
	for _, a := range attrs {
		if a.Name.Space == "xmlns" || a.Name.Space == "" && a.Name.Local == "xmlns" {
			continue
		}
		name, err := s.resolve(a.Name, false)
		if err != nil {
			return err
		}
		if name.Space == nsXSI && (name.Local == "schemaLocation" || name.Local == "noNamespaceSchemaLocation") {
			continue
		}
		for i := range n.Children {
			if n.Children[i].Name == name {
				return s.fail("is not well-formed XML: attribute %s is given twice", rawName(a.Name))
			}
		}
		value := strings.TrimSpace(a.Value)
		if name == typeOfValue() {
			value = s.schemaType(value)
		}
		n.Children = append(n.Children, Node{Name: name, Attr: true, Value: value, Line: n.Line})
	}
	return nil
}

// resolve refuses every name that the writers could not write back.
func (s *xmlScanner) resolve(raw xml.Name, element bool) (Name, error) {
	if strings.Contains(raw.Local, ":") {
		return Name{}, s.fail("is not well-formed XML: the name %q has a colon too many", rawName(raw))
	}
	if !isNCName(raw.Local) {
		return Name{}, s.fail("has the name %q; want letters up to U+024F, digits, and _ - . after the first letter", rawName(raw))
	}
	if raw.Space == "" && !element {
		return Name{Local: raw.Local}, nil
	}
	if raw.Space == "xml" {
		return Name{nsXML, raw.Local}, nil
	}
	for i := len(s.bindings) - 1; i >= 0; i-- {
		if s.bindings[i].Prefix == raw.Space {
			return Name{s.bindings[i].URI, raw.Local}, nil
		}
	}
	if raw.Space == "" {
		return Name{Local: raw.Local}, nil
	}
	return Name{}, s.fail("is not well-formed XML: prefix %q of %q is not declared", raw.Space, rawName(raw))
}

// schemaType gives a type of XML Schema, which a document may call by any prefix,
// the prefix xsd, under which it is written again.
func (s *xmlScanner) schemaType(value string) string {
	prefix, local, ok := strings.Cut(value, ":")
	if !ok {
		prefix, local = "", value
	}
	for i := len(s.bindings) - 1; i >= 0; i-- {
		if s.bindings[i].Prefix != prefix {
			continue
		}
		if s.bindings[i].URI == nsXSD && isNCName(local) {
			return "xsd:" + local
		}
		break
	}
	return value
}

func rawName(n xml.Name) string {
	if n.Space == "" {
		return n.Local
	}
	return n.Space + ":" + n.Local
}
