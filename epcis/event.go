package epcis

import "fmt"

// The event types of EPCIS 2.0. QuantityEvent, deprecated since 1.1, is refused.
const (
	ObjectEvent         = "ObjectEvent"
	AggregationEvent    = "AggregationEvent"
	TransactionEvent    = "TransactionEvent"
	TransformationEvent = "TransformationEvent"
	AssociationEvent    = "AssociationEvent"
)

// The actions of EPCIS.
const (
	ActionAdd     = "ADD"
	ActionObserve = "OBSERVE"
	ActionDelete  = "DELETE"
)

// Event is one EPCIS event of any type. Fields that its type does not have are
// empty. Vocabulary words (BizStep, Disposition, types) hold the bare CBV word
// ("shipping") where CBV 2.0 knows it, else the URI as written.
type Event struct {
	Index   int    // place in the document, from 1; 0 when made by a program
	Line    int    // line on which it began
	Pointer string // JSON pointer of the event; empty for XML
	Format  Format // the form it was read from, which Hash follows

	Type           string
	ID             string // eventID
	Time           Time
	RecordTime     Time
	TimeZoneOffset string // "+hh:mm" or "-hh:mm": the local clock where it happened
	Certifications []string
	Error          *ErrorDeclaration

	Action           string
	ParentID         string
	EPCs             []string
	Quantities       []Quantity
	ChildEPCs        []string
	ChildQuantities  []Quantity
	InputEPCs        []string
	InputQuantities  []Quantity
	OutputEPCs       []string
	OutputQuantities []Quantity
	TransformationID string

	BizStep               string
	Disposition           string
	PersistentDisposition PersistentDisposition
	ReadPoint             Place
	BizLocation           Place
	BizTransactions       []BizTransaction
	Sources               []Endpoint
	Destinations          []Endpoint

	ILMD           []Node // instance/lot master data, all of it; see Lot and Expiry
	SensorElements []Node // sensorElement trees in the shape of XML 2.0
	Extensions     []Node // elements of other namespaces, in order

	// Ignored is Document.Ignored, kept with the event because its hash
	// leaves these fields out.
	Ignored []Name
}

// Quantity is an amount of a class of objects. Amount is a decimal number as
// written, or empty when only the class is known; UOM is a UN/CEFACT code, empty
// for a count.
type Quantity struct {
	EPCClass string
	Amount   string
	UOM      string
}

// Place is a read point or a business location.
type Place struct {
	ID         string
	Extensions []Node
}

// BizTransaction names a business document: Type "po", "desadv", "inv" ... or a
// URI or empty.
type BizTransaction struct {
	Type string
	ID   string
}

// Endpoint is one source or destination: Type "owning_party",
// "possessing_party", "location" or a URI.
type Endpoint struct {
	Type string
	ID   string
}

// PersistentDisposition sets and unsets dispositions that hold until changed
// (EPCIS 2.0).
type PersistentDisposition struct {
	Set   []string
	Unset []string
}

// ErrorDeclaration says that an earlier event of this content was wrong
// (EPCIS 2.0, section 7.4.1).
type ErrorDeclaration struct {
	Time          Time
	Reason        string // "did_not_occur", "incorrect_data", a URI or empty
	CorrectiveIDs []string
	Extensions    []Node
}

// Lot returns the lot number in the event's ILMD: cbvmda:lotNumber, or the older
// gs1ushc:lotNumber in the ILMD or on the event itself.
func (e *Event) Lot() string { return e.masterDatum("lotNumber") }

// Expiry returns the expiration date in the event's ILMD as YYYY-MM-DD, or "".
// It is found as Lot finds the lot; a time of day is cut off, as two vendors
// write one. Decode has refused anything else.
func (e *Event) Expiry() string {
	v := e.masterDatum("itemExpirationDate")
	if len(v) > 10 {
		v = v[:10]
	}
	return v
}

func (e *Event) masterDatum(local string) string {
	if n := find(e.ILMD, local, nsMDA, nsMDAColon, nsHC); n != nil {
		return n.Value
	}
	if n := find(e.Extensions, local, nsHC); n != nil {
		return n.Value
	}
	return ""
}

// SetLot makes the ILMD say this lot and expiration date (YYYY-MM-DD; either may
// be empty), replacing what it said of them before.
func (e *Event) SetLot(lot, expiry string) {
	kept := e.ILMD[:0:0]
	for _, n := range e.ILMD {
		if foldSpace(n.Name.Space) == nsMDA && (n.Name.Local == "lotNumber" || n.Name.Local == "itemExpirationDate") {
			continue
		}
		kept = append(kept, n)
	}
	if lot != "" {
		kept = append(kept, Node{Name: Name{nsMDA, "lotNumber"}, Value: lot})
	}
	if expiry != "" {
		kept = append(kept, Node{Name: Name{nsMDA, "itemExpirationDate"}, Value: expiry})
	}
	e.ILMD = kept
}

// Source returns the id of the first source of that type, or "".
func (e *Event) Source(kind string) string { return endpoint(e.Sources, kind) }

// Destination returns the id of the first destination of that type, or "".
func (e *Event) Destination(kind string) string { return endpoint(e.Destinations, kind) }

func endpoint(list []Endpoint, kind string) string {
	for _, p := range list {
		if p.Type == kind {
			return p.ID
		}
	}
	return ""
}

func isEventType(local string) bool {
	switch local {
	case ObjectEvent, AggregationEvent, TransactionEvent, TransformationEvent, AssociationEvent:
		return true
	}
	return false
}

func unknownEventType(got string) string {
	if got == "QuantityEvent" {
		return "is deprecated since EPCIS 1.1; send an ObjectEvent with a quantityList"
	}
	if got == "" {
		return "is missing: want an EPCIS event type"
	}
	return fmt.Sprintf("is not an EPCIS event type: want %s, %s, %s, %s or %s",
		ObjectEvent, AggregationEvent, TransactionEvent, TransformationEvent, AssociationEvent)
}
