package epcis

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// xmlScanner reads XML elements with their namespaces resolved. It stands on
// encoding/xml's raw tokens and checks what those leave open: matching end tags,
// declared prefixes, attributes given twice, depth.
type xmlScanner struct {
	dec      *xml.Decoder
	maxDepth int
	left     int         // how many more elements and attributes are allowed
	open     []xml.Name  // raw names of the open elements
	scopes   []int       // len(bindings) when each open element began
	bindings []Namespace // namespace declarations in force, inner last
	declared []Namespace // every binding ever seen, once per prefix
	rooted   bool
}

type tokenKind uint8

const (
	tokenEOF tokenKind = iota
	tokenStart
	tokenEnd
	tokenText
)

// maxAttributes bounds the work of finding an attribute given twice, maxBindings
// that of finding what a prefix stands for.
const (
	maxAttributes = 256
	maxBindings   = 512
)

func newXMLScanner(data []byte, opt Options) *xmlScanner {
	dec := xml.NewDecoder(bytes.NewReader(data))
	dec.CharsetReader = func(charset string, in io.Reader) (io.Reader, error) {
		if readsAsUTF8(charset, data) {
			return in, nil
		}
		return nil, &Error{Line: 1, Reason: fmt.Sprintf("declares encoding %q; write it in UTF-8", charset)}
	}
	return &xmlScanner{dec: dec, maxDepth: opt.MaxDepth, left: opt.MaxElements}
}

// readsAsUTF8 tells whether data, which are UTF-8, mean the same in the encoding
// they claim to have. Programs write utf-16 above text that they then send as
// UTF-8; the encodings of one byte a character agree with it on ASCII.
func readsAsUTF8(charset string, data []byte) bool {
	charset = strings.ToLower(charset)
	if charset == "utf-16" {
		return true
	}
	for _, prefix := range []string{"iso-8859-", "windows-125", "us-ascii", "ascii"} {
		if strings.HasPrefix(charset, prefix) {
			return !bytes.ContainsFunc(data, func(r rune) bool { return r >= utf8.RuneSelf })
		}
	}
	return false
}

func (s *xmlScanner) line() int {
	line, _ := s.dec.InputPos()
	return line
}

func (s *xmlScanner) fail(format string, args ...any) error {
	return &Error{Line: s.line(), Reason: fmt.Sprintf(format, args...)}
}

// next returns the next start tag (with its attributes as children), end tag or
// text; comments and processing instructions are skipped.
func (s *xmlScanner) next() (tokenKind, Node, error) {
	for {
		tok, err := s.dec.RawToken()
		if errors.Is(err, io.EOF) {
			return tokenEOF, Node{}, s.atEnd()
		}
		if err != nil {
			return tokenEOF, Node{}, s.syntax(err)
		}
		switch t := tok.(type) {
		case xml.Directive:
			if err := s.directive(t); err != nil {
				return tokenEOF, Node{}, err
			}
		case xml.CharData:
			if len(s.open) > 0 {
				return tokenText, Node{Value: string(t)}, nil
			}
			if len(bytes.TrimSpace(t)) > 0 {
				return tokenEOF, Node{}, s.fail("has text outside its root element")
			}
		case xml.StartElement:
			n, err := s.start(t)
			return tokenStart, n, err
		case xml.EndElement:
			return tokenEnd, Node{}, s.end(t)
		}
	}
}

// directive passes over a DOCTYPE that only names the root element or an
// address, which is not looked up: editors leave one. A DOCTYPE that declares
// anything, an entity say, is refused.
func (s *xmlScanner) directive(t xml.Directive) error {
	switch {
	case !bytes.HasPrefix(t, []byte("DOCTYPE ")) || s.rooted:
		return s.fail("is not well-formed XML: a <! directive that is no DOCTYPE before the first element")
	case bytes.ContainsAny(t, "[<"):
		return s.fail("has a DOCTYPE with declarations of its own; they are refused unread")
	}
	return nil
}

func (s *xmlScanner) syntax(err error) error {
	var se *xml.SyntaxError
	if errors.As(err, &se) && strings.HasSuffix(se.Msg, "unexpected EOF") {
		return &Error{Line: se.Line, Reason: "is not well-formed XML: it ends in the middle; the file seems cut off"}
	}
	if errors.As(err, &se) {
		return &Error{Line: se.Line, Reason: "is not well-formed XML: " + se.Msg}
	}
	return asError(err, s.line())
}

func (s *xmlScanner) atEnd() error {
	if len(s.open) > 0 {
		return s.fail("is not well-formed XML: it ends inside <%s>; the file seems cut off", rawName(s.open[len(s.open)-1]))
	}
	if !s.rooted {
		return s.fail("is not well-formed XML: it has no element")
	}
	return nil
}

func (s *xmlScanner) start(t xml.StartElement) (Node, error) {
	if len(s.open) == 0 && s.rooted {
		return Node{}, s.fail("is not well-formed XML: a second root element <%s>", rawName(t.Name))
	}
	if len(s.open) >= s.maxDepth {
		return Node{}, s.fail("nests elements deeper than %d", s.maxDepth)
	}
	if len(t.Attr) > maxAttributes {
		return Node{}, s.fail("has more than %d attributes on <%s>", maxAttributes, rawName(t.Name))
	}
	if s.left -= 1 + len(t.Attr); s.left < 0 {
		return Node{}, s.fail("has too many elements; split it into several documents")
	}
	s.rooted = true
	s.open = append(s.open, t.Name)
	s.scopes = append(s.scopes, len(s.bindings))
	for _, a := range t.Attr {
		if err := s.declare(a); err != nil {
			return Node{}, err
		}
	}
	n := Node{Line: s.line()}
	var err error
	if n.Name, err = s.resolve(t.Name, true); err != nil {
		return Node{}, err
	}
	return n, s.attributes(&n, t.Attr)
}

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

func (s *xmlScanner) end(t xml.EndElement) error {
	last := len(s.open) - 1
	if last < 0 {
		return s.fail("is not well-formed XML: </%s> closes nothing", rawName(t.Name))
	}
	if s.open[last] != t.Name {
		return s.fail("is not well-formed XML: <%s> is closed by </%s>", rawName(s.open[last]), rawName(t.Name))
	}
	s.bindings = s.bindings[:s.scopes[last]]
	s.open, s.scopes = s.open[:last], s.scopes[:last]
	return nil
}

// subtree reads on to the end of the element that start began and returns it
// whole.
func (s *xmlScanner) subtree(start Node) (Node, error) {
	var text strings.Builder
	elements := false
	for {
		kind, n, err := s.next()
		switch {
		case err != nil:
			return Node{}, err
		case kind == tokenText && !elements:
			text.WriteString(n.Value)
		case kind == tokenStart:
			elements = true
			child, err := s.subtree(n)
			if err != nil {
				return Node{}, err
			}
			start.Children = append(start.Children, child)
		case kind == tokenEnd:
			start.Value = strings.TrimSpace(text.String())
			return start, nil
		}
	}
}

func rawName(n xml.Name) string {
	if n.Space == "" {
		return n.Local
	}
	return n.Space + ":" + n.Local
}
