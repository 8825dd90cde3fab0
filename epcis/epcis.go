// Package epcis reads and writes GS1 EPCIS documents: XML 1.x, XML 2.0 and
// JSON-LD 2.0.
//
// A document is what trading partners exchange: a header naming sender and
// receiver, master data about products and places, in the United States the
// DSCSA transaction statement, and a list of EPCIS events. This package turns
// each form into one model (Document, Event), writes that model back as XML 1.2,
// XML 2.0 or JSON-LD 2.0, and computes the event hash of the Core Business Vocabulary
// (CBV 2.0), by which partners recognize an event whatever its form.
//
// It knows no ledger op: what an event does to custody is decided elsewhere.
//
// Reading is lenient about the ways in which large vendors depart from the
// schemas (element order, missing or extra extension wrappers, a bare CBV word
// where a URN is due) and strict about meaning: an unknown action, a time
// without a zone, an XML prefix left undeclared or an unknown field in no
// namespace of its own is refused with the event, the line or JSON pointer, the
// field and the reason. What the standard lets anyone add in a namespace of his own is
// carried along, in order.
package epcis

// Format is the outer form in which a document was written.
type Format uint8

// The forms that Decode reads.
const (
	FormatUnknown Format = iota
	FormatXML1           // namespace urn:epcglobal:epcis:xsd:1, schema versions 1.0 to 1.2
	FormatXML2           // namespace urn:epcglobal:epcis:xsd:2
	FormatJSON2          // JSON-LD, schema version 2.0
)

// String returns the form's name as a person says it.
func (f Format) String() string {
	switch f {
	case FormatXML1:
		return "EPCIS 1.x XML"
	case FormatXML2:
		return "EPCIS 2.0 XML"
	case FormatJSON2:
		return "EPCIS 2.0 JSON-LD"
	default:
		return "unknown format"
	}
}

// Document is one EPCIS document in whatever form it came.
type Document struct {
	Format        Format
	SchemaVersion string // as written: "1.2", "2.0", "1"
	CreationDate  Time
	Header        Header
	MasterData    []Vocabulary
	DSCSA         DSCSA
	Events        []Event

	// Query is nil unless the document answers a query.
	Query *QueryResults

	// Extensions are elements or keys of other namespaces found beside header
	// and body, carried through.
	Extensions []Node
	// Ignored names the extension fields that the document says are not part
	// of an event's content, and so of its hash.
	Ignored []Name
	// Namespaces are the prefixes the document declared, in order of first
	// appearance; encoding uses them again.
	Namespaces []Namespace
}

// Namespace binds a prefix to a namespace name.
type Namespace struct {
	Prefix string
	URI    string
}
