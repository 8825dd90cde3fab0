package epcis

import (
	"bytes"
	"encoding/xml"
)

// xmlWriter writes indented XML. It cannot fail once names have been collected.
type xmlWriter struct {
	buf      bytes.Buffer
	depth    int
	prefixes *prefixes
	words    CBVFormat
}

func (w *xmlWriter) indent() {
	for i := 0; i < w.depth; i++ {
		w.buf.WriteString("  ")
	}
}

func (w *xmlWriter) open(tag string, attrs ...string) {
	w.indent()
	w.tag(tag, attrs)
	w.buf.WriteString(">\n")
	w.depth++
}

func (w *xmlWriter) tag(tag string, attrs []string) {
	w.buf.WriteByte('<')
	w.buf.WriteString(tag)
	for i := 0; i+1 < len(attrs); i += 2 {
		w.buf.WriteByte(' ')
		w.buf.WriteString(attrs[i])
		w.buf.WriteString(`="`)
		w.text(attrs[i+1])
		w.buf.WriteByte('"')
	}
}

// close ends the element that open began with tag and perhaps attributes.
func (w *xmlWriter) close(tag string) {
	w.depth--
	w.indent()
	w.buf.WriteString("</" + tag + ">\n")
}

func (w *xmlWriter) text(s string) {
	_ = xml.EscapeText(&w.buf, []byte(s)) // a bytes.Buffer takes everything
}

// leaf writes one element with text, empty or not.
func (w *xmlWriter) leaf(tag, value string, attrs ...string) {
	w.indent()
	w.tag(tag, attrs)
	w.buf.WriteByte('>')
	w.text(value)
	w.buf.WriteString("</" + tag + ">\n")
}

// value writes one element unless value is empty.
func (w *xmlWriter) value(tag, value string) {
	if value != "" {
		w.leaf(tag, value)
	}
}

// group writes tag around what body writes, and nothing when that is nothing.
func (w *xmlWriter) group(tag string, body func()) {
	start := w.buf.Len()
	w.open(tag)
	inside := w.buf.Len()
	body()
	if w.buf.Len() == inside {
		w.buf.Truncate(start)
		w.depth--
		return
	}
	w.close(tag)
}

// node writes a carried tree.
func (w *xmlWriter) node(n *Node) {
	tag := w.prefixes.qualify(n.Name)
	var attrs []string
	var below []*Node
	for i := range n.Children {
		c := &n.Children[i]
		if c.Attr {
			attrs = append(attrs, w.prefixes.qualify(c.Name), c.Value)
		} else {
			below = append(below, c)
		}
	}
	if len(below) == 0 {
		w.leaf(tag, n.Value, attrs...)
		return
	}
	w.indent()
	w.tag(tag, attrs)
	w.buf.WriteByte('>')
	w.text(n.Value)
	w.buf.WriteByte('\n')
	w.depth++
	for _, c := range below {
		w.node(c)
	}
	w.close(tag)
}

func (w *xmlWriter) nodes(list []Node) {
	for i := range list {
		w.node(&list[i])
	}
}

// foreign writes what is not the standard's: elements of no namespace inside an
// extension element, where 1.x schemas have them, the others after it.
func (w *xmlWriter) foreign(list []Node) {
	w.group("extension", func() { w.unnamed(list) })
	w.named(list)
}

func (w *xmlWriter) named(list []Node) {
	for i := range list {
		if list[i].Name.Space != "" && !list[i].Attr {
			w.node(&list[i])
		}
	}
}

func (w *xmlWriter) unnamed(list []Node) {
	for i := range list {
		if list[i].Name.Space == "" && !list[i].Attr {
			w.node(&list[i])
		}
	}
}
