package epcis

// event writes one event in the element order of the 1.2 schema.
func (w *xmlWriter) event(e *Event) {
	wrappers := 0
	switch e.Type {
	case TransformationEvent:
		wrappers = 1
	case AssociationEvent:
		wrappers = 2
	}
	for i := 0; i < wrappers; i++ {
		w.open("extension")
	}
	attrs := w.attributes(e.Extensions)
	w.open(e.Type, attrs...)
	w.value("eventTime", e.Time.written())
	w.value("recordTime", e.RecordTime.written())
	w.value("eventTimeZoneOffset", e.TimeZoneOffset)
	w.group("baseExtension", func() {
		w.value("eventID", e.ID)
		w.declaration(e.Error)
	})
	switch e.Type {
	case ObjectEvent:
		w.epcs("epcList", e.EPCs, true)
	case AggregationEvent, AssociationEvent:
		w.value("parentID", e.ParentID)
		w.epcs("childEPCs", e.ChildEPCs, e.Type == AggregationEvent)
	case TransactionEvent:
		w.transactions(e.BizTransactions)
		w.value("parentID", e.ParentID)
		w.epcs("epcList", e.EPCs, true)
	case TransformationEvent:
		w.transformed(e)
	}
	w.context(e)
	w.close(e.Type)
	for i := 0; i < wrappers; i++ {
		w.close("extension")
	}
}

func (w *xmlWriter) transformed(e *Event) {
	w.epcs("inputEPCList", e.InputEPCs, false)
	w.quantities("inputQuantityList", e.InputQuantities)
	w.epcs("outputEPCList", e.OutputEPCs, false)
	w.quantities("outputQuantityList", e.OutputQuantities)
	w.value("transformationID", e.TransformationID)
}

// context writes the fields that all types share, then the extensions.
func (w *xmlWriter) context(e *Event) {
	w.value("action", e.Action)
	w.value("bizStep", w.word(bizSteps(), e.BizStep))
	w.value("disposition", w.word(dispositions(), e.Disposition))
	w.place("readPoint", e.ReadPoint)
	w.place("bizLocation", e.BizLocation)
	if e.Type != TransactionEvent {
		w.transactions(e.BizTransactions)
	}
	if e.Type == TransformationEvent {
		w.parties(e)
	}
	w.group("extension", func() {
		w.quantities("quantityList", e.Quantities)
		w.quantities("childQuantityList", e.ChildQuantities)
		if e.Type != TransformationEvent {
			w.parties(e)
		}
		w.group("extension", func() { w.later(e) })
	})
	w.named(e.Extensions)
}

func (w *xmlWriter) parties(e *Event) {
	w.endpoints("source", e.Sources)
	w.endpoints("destination", e.Destinations)
	w.group("ilmd", func() { w.nodes(e.ILMD) })
}

// later writes what came with EPCIS 2.0, and a vendor's elements of no
// namespace.
func (w *xmlWriter) later(e *Event) {
	w.persistent(e)
	w.sensors(e)
	for _, c := range e.Certifications {
		w.leaf("certificationInfo", c)
	}
	w.unnamed(e.Extensions)
}

func (w *xmlWriter) persistent(e *Event) {
	w.group("persistentDisposition", func() {
		for _, word := range e.PersistentDisposition.Unset {
			w.leaf("unset", w.word(dispositions(), word))
		}
		for _, word := range e.PersistentDisposition.Set {
			w.leaf("set", w.word(dispositions(), word))
		}
	})
}

func (w *xmlWriter) sensors(e *Event) {
	w.group("sensorElementList", func() { w.nodes(e.SensorElements) })
}

func (w *xmlWriter) attributes(list []Node) []string {
	var attrs []string
	for i := range list {
		if list[i].Attr {
			attrs = append(attrs, w.prefixes.qualify(list[i].Name), list[i].Value)
		}
	}
	return attrs
}

func (w *xmlWriter) epcs(tag string, list []string, always bool) {
	if len(list) == 0 {
		if always {
			w.leaf(tag, "")
		}
		return
	}
	w.open(tag)
	for _, epc := range list {
		w.leaf("epc", epc)
	}
	w.close(tag)
}

func (w *xmlWriter) quantities(tag string, list []Quantity) {
	w.group(tag, func() {
		for _, q := range list {
			w.open("quantityElement")
			w.leaf("epcClass", q.EPCClass)
			w.value("quantity", q.Amount)
			w.value("uom", q.UOM)
			w.close("quantityElement")
		}
	})
}

func (w *xmlWriter) place(tag string, p Place) {
	w.group(tag, func() {
		w.value("id", p.ID)
		w.foreign(p.Extensions)
	})
}

func (w *xmlWriter) transactions(list []BizTransaction) {
	w.group("bizTransactionList", func() {
		for _, t := range list {
			w.typed("bizTransaction", w.word(bizTransactionTypes(), t.Type), t.ID)
		}
	})
}

func (w *xmlWriter) endpoints(tag string, list []Endpoint) {
	w.group(tag+"List", func() {
		for _, p := range list {
			w.typed(tag, w.word(endpointTypes(), p.Type), p.ID)
		}
	})
}

func (w *xmlWriter) typed(tag, kind, id string) {
	if kind == "" {
		w.leaf(tag, id)
		return
	}
	w.leaf(tag, id, "type", kind)
}

func (w *xmlWriter) declaration(d *ErrorDeclaration) {
	if d == nil {
		return
	}
	w.open("errorDeclaration")
	w.value("declarationTime", d.Time.written())
	w.value("reason", w.word(errorReasons(), d.Reason))
	w.group("correctiveEventIDs", func() {
		for _, id := range d.CorrectiveIDs {
			w.leaf("correctiveEventID", id)
		}
	})
	w.nodes(d.Extensions)
	w.close("errorDeclaration")
}
