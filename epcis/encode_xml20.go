package epcis

// EncodeXML20 writes the document as EPCIS 2.0 XML, in the element order of its
// schema. The schema's header has no place for header elements of other
// namespaces, such as the DSCSA transaction statement: they stand where 1.2 has
// them, which a validator reports and a reader finds. Decode gives back events
// Equal to these.
//
// It fails on an event that Decode would refuse, with the same error.
func EncodeXML20(d *Document) ([]byte, error) {
	return encodeXML(d, xmlVersion{"2.0", nsEPCIS2, nsQuery2, (*xmlWriter).event20})
}

// event20 writes one event in the element order of the 2.0 schema.
func (w *xmlWriter) event20(e *Event) {
	w.open(e.Type, w.attributes(e.Extensions)...)
	w.value("eventTime", e.Time.String())
	w.value("recordTime", e.RecordTime.String())
	w.value("eventTimeZoneOffset", e.TimeZoneOffset)
	w.value("eventID", e.ID)
	w.declaration(e.Error)
	for _, c := range e.Certifications {
		w.leaf("certificationInfo", c)
	}
	w.what20(e)
	w.value("action", e.Action)
	w.value("bizStep", bizSteps().toURN(e.BizStep))
	w.value("disposition", dispositions().toURN(e.Disposition))
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
	w.group("extension", func() { w.unnamed(e) })
	w.named(e)
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
