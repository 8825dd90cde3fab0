package epcis

import (
	"bytes"
	"encoding/xml"
	"slices"
)

// EncodeXML12 writes the document as EPCIS 1.2 XML in the layout of the GS1 US
// DSCSA guideline. What 1.2 has no place for (sensor elements, persistent
// dispositions, certifications, AssociationEvent) goes where 1.2 lets later
// versions go: into extension elements. Decode gives back events Equal to these.
//
// It fails on an event that Decode would refuse, with the same error.
func EncodeXML12(d *Document) ([]byte, error) {
	return encodeXML(d, xmlVersion{"1.2", nsEPCIS1, nsQuery1, (*xmlWriter).event, CBVURN, true})
}

// xmlVersion is what differs between the versions of EPCIS XML.
type xmlVersion struct {
	number       string
	space, query string // namespaces of documents and of query documents
	event        func(*xmlWriter, *Event)
	words        CBVFormat
	headerOpen   bool // the schema lets the header hold elements of other namespaces
}

func encodeXML(d *Document, v xmlVersion) ([]byte, error) {
	w := &xmlWriter{prefixes: xmlPrefixes(d), words: v.words}
	if err := w.collect(d); err != nil {
		return nil, err
	}
	w.buf.WriteString(xml.Header)
	root := w.rootTag(d, v)
	w.header(d, v)
	w.open("EPCISBody")
	if d.Query != nil {
		w.results(d, v)
	} else if len(d.Events) > 0 || len(d.MasterData) == 0 {
		w.events(d, v)
	}
	w.close("EPCISBody")
	if v.headerOpen {
		w.foreign(d.Extensions)
	} else {
		w.foreign(slices.Concat(d.Header.Extensions, d.Extensions))
		w.statement(d.DSCSA)
	}
	w.close(root)
	return w.buf.Bytes(), nil
}

func (w *xmlWriter) events(d *Document, v xmlVersion) {
	w.open("EventList")
	for i := range d.Events {
		v.event(w, &d.Events[i])
	}
	w.close("EventList")
}

// results writes what a query found. The schema lets it be events or master
// data: master data beside events stand in the header.
func (w *xmlWriter) results(d *Document, v xmlVersion) {
	w.open("epcisq:QueryResults")
	w.leaf("queryName", d.Query.QueryName)
	w.value("subscriptionID", d.Query.SubscriptionID)
	w.open("resultsBody")
	if len(d.Events) == 0 && len(d.MasterData) > 0 {
		w.vocabularies(d.MasterData)
	} else {
		w.events(d, v)
	}
	w.close("resultsBody")
	w.close("epcisq:QueryResults")
}

// collect learns every namespace before the root tag declares them, and checks
// the events.
func (w *xmlWriter) collect(d *Document) error {
	if err := checkEvents(d); err != nil {
		return err
	}
	if err := d.checkCarried(); err != nil {
		return err
	}
	for _, list := range d.carried() {
		w.prefixes.walk(list)
	}
	if d.DSCSA.Present || d.DSCSA.GuidelineVersion != "" {
		w.prefixes.use(nsHC)
	}
	if d.Header.written() {
		w.prefixes.use(nsSBDH)
	}
	return w.prefixes.err
}

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

// rootTag opens the root element and returns its tag.
func (w *xmlWriter) rootTag(d *Document, v xmlVersion) string {
	tag, attrs := "epcis:EPCISDocument", []string{"xmlns:epcis", v.space}
	if d.Query != nil {
		tag, attrs = "epcisq:EPCISQueryDocument", []string{"xmlns:epcisq", v.query}
	}
	for _, n := range w.prefixes.used {
		attrs = append(attrs, "xmlns:"+n.Prefix, n.URI)
	}
	attrs = append(attrs, "schemaVersion", v.number)
	if d.CreationDate.Text != "" {
		attrs = append(attrs, "creationDate", d.CreationDate.Text)
	}
	w.open(tag, append(attrs, w.attributes(d.Extensions)...)...)
	return tag
}

func checkEvents(d *Document) error {
	for i := range d.Events {
		if err := checkEvent(&d.Events[i], i+1); err != nil {
			return err
		}
	}
	return nil
}

// checkEvent holds a program's event to the rules Decode applies.
func checkEvent(e *Event, index int) error {
	b := builder{index: index, e: *e, what: true}
	if e.Time.Text == "" && !e.Time.At.IsZero() {
		b.e.Time = NewTime(e.Time.At)
	}
	if !isEventType(e.Type) {
		return &Error{Event: index, Field: "type " + e.Type, Reason: unknownEventType(e.Type)}
	}
	return b.check(&Node{})
}
