package epcis

import (
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
