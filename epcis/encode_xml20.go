package epcis

// EncodeXML20 writes the document as EPCIS 2.0 XML, in the element order of its
// schema. The schema's header has no place for elements of other namespaces, such
// as the DSCSA transaction statement: they stand after the body, where Decode
// finds them. Decode gives back events Equal to these.
//
// It fails on an event that Decode would refuse, with the same error.
func EncodeXML20(d *Document) ([]byte, error) { return EncodeXML20Words(d, CBVURN) }

// EncodeXML20Words is EncodeXML20 with the words of the CBV as asked for.
func EncodeXML20Words(d *Document, words CBVFormat) ([]byte, error) {
	return encodeXML(d, xmlVersion{"2.0", nsEPCIS2, nsQuery2, (*xmlWriter).event20, words, false})
}

// CBVFormat is the form in which XML has the words of the CBV: the header
// GS1-CBV-XML-Format of EPCIS 2.0. JSON-LD has them bare.
type CBVFormat uint8

// The forms of words in XML.
const (
	CBVURN    CBVFormat = iota // Always_URN: urn:epcglobal:cbv:bizstep:shipping
	CBVWebURI                  // Always_Web_URI: https://ref.gs1.org/cbv/BizStep-shipping
)

// String returns the value of the header that asks for f.
func (f CBVFormat) String() string {
	if f == CBVWebURI {
		return "Always_Web_URI"
	}
	return "Always_URN"
}

// ParseCBVFormat reads the header's value. Which form a document had is not
// kept, so Never_Translates means URNs, as no value and No_Preference do; false
// means that the value is none of the standard's.
func ParseCBVFormat(header string) (CBVFormat, bool) {
	switch header {
	case "Always_Web_URI":
		return CBVWebURI, true
	case "", "No_Preference", "Always_URN", "Never_Translates":
		return CBVURN, true
	}
	return CBVURN, false
}

// word writes a word of v in the form asked for.
func (w *xmlWriter) word(v vocabulary, word string) string {
	if w.words == CBVWebURI {
		return v.toWeb(word)
	}
	return v.toURN(word)
}

// event20 writes one event in the element order of the 2.0 schema.
func (w *xmlWriter) event20(e *Event) {
	w.open(e.Type, w.attributes(e.Extensions)...)
	w.value("eventTime", e.Time.written())
	w.value("recordTime", e.RecordTime.written())
	w.value("eventTimeZoneOffset", e.TimeZoneOffset)
	w.value("eventID", e.ID)
	w.declaration(e.Error)
	for _, c := range e.Certifications {
		w.leaf("certificationInfo", c)
	}
	w.what20(e)
	w.value("action", e.Action)
	w.value("bizStep", w.word(bizSteps(), e.BizStep))
	w.value("disposition", w.word(dispositions(), e.Disposition))
	w.place("readPoint", e.ReadPoint)
	w.place("bizLocation", e.BizLocation)
	if e.Type != TransactionEvent {
		w.transactions(e.BizTransactions)
	}
	w.quantities("quantityList", e.Quantities)
	if e.Type == AggregationEvent {
		w.quantities("childQuantityList", e.ChildQuantities)
	}
	w.endpoints("source", e.Sources)
	w.endpoints("destination", e.Destinations)
	w.sensors(e)
	w.persistent(e)
	w.group("ilmd", func() { w.nodes(e.ILMD) })
	w.group("extension", func() { w.unnamed(e.Extensions) })
	w.named(e.Extensions)
	w.close(e.Type)
}

// what20 writes what the event is about.
func (w *xmlWriter) what20(e *Event) {
	switch e.Type {
	case ObjectEvent:
		w.epcs("epcList", e.EPCs, len(e.Quantities) == 0)
	case AggregationEvent, AssociationEvent:
		w.value("parentID", e.ParentID)
		w.epcs("childEPCs", e.ChildEPCs, false)
		if e.Type == AssociationEvent {
			w.quantities("childQuantityList", e.ChildQuantities)
		}
	case TransactionEvent:
		w.transactions(e.BizTransactions)
		w.value("parentID", e.ParentID)
		w.epcs("epcList", e.EPCs, false)
	case TransformationEvent:
		w.transformed(e)
	}
}
