package epcis

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
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
