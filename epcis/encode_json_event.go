package epcis

import "strings"

func (w *jsonEncoder) event(e *Event) jsonOut {
	o := jsonOut{{"type", e.Type}}
	o.text("eventTime", e.Time.written())
	o.text("recordTime", e.RecordTime.written())
	o.text("eventTimeZoneOffset", e.TimeZoneOffset)
	o.text("eventID", e.ID)
	switch len(e.Certifications) {
	case 0:
	case 1:
		o.set("certificationInfo", e.Certifications[0])
	default:
		o.set("certificationInfo", texts(e.Certifications))
	}
	if e.Error != nil {
		o.set("errorDeclaration", w.declaration(e.Error))
	}
	w.what(&o, e)
	o.text("action", e.Action)
	o.text("bizStep", e.BizStep)
	o.text("disposition", e.Disposition)
	w.context(&o, e)
	return o
}

// what writes the objects the event is about. An ObjectEvent about nothing, a
// place being measured, says so with an empty list.
func (w *jsonEncoder) what(o *jsonOut, e *Event) {
	o.text("parentID", e.ParentID)
	if e.Type == ObjectEvent && len(e.EPCs)+len(e.Quantities)+len(e.SensorElements) == 0 {
		o.set("epcList", []any{})
	}
	o.list("epcList", texts(e.EPCs))
	o.list("childEPCs", texts(e.ChildEPCs))
	o.list("inputEPCList", texts(e.InputEPCs))
	o.list("outputEPCList", texts(e.OutputEPCs))
	o.list("quantityList", quantityObjects(e.Quantities))
	o.list("childQuantityList", quantityObjects(e.ChildQuantities))
	o.list("inputQuantityList", quantityObjects(e.InputQuantities))
	o.list("outputQuantityList", quantityObjects(e.OutputQuantities))
	o.text("transformationID", e.TransformationID)
}

func quantityObjects(list []Quantity) []any {
	var out []any
	for _, q := range list {
		o := jsonOut{{"epcClass", q.EPCClass}}
		if q.Amount != "" {
			o.set("quantity", number(q.Amount))
		}
		o.text("uom", q.UOM)
		out = append(out, o)
	}
	return out
}

func (w *jsonEncoder) context(o *jsonOut, e *Event) {
	w.place(o, "readPoint", e.ReadPoint)
	w.place(o, "bizLocation", e.BizLocation)
	var persistent jsonOut
	persistent.list("set", texts(e.PersistentDisposition.Set))
	persistent.list("unset", texts(e.PersistentDisposition.Unset))
	if len(persistent) > 0 {
		o.set("persistentDisposition", persistent)
	}
	var transactions []any
	for _, t := range e.BizTransactions {
		transactions = append(transactions, typedObject("bizTransaction", t.Type, t.ID))
	}
	o.list("bizTransactionList", transactions)
	o.list("sourceList", endpointObjects("source", e.Sources))
	o.list("destinationList", endpointObjects("destination", e.Destinations))
	var sensors []any
	for i := range e.SensorElements {
		sensors = append(sensors, w.sensorElement(&e.SensorElements[i]))
	}
	o.list("sensorElementList", sensors)
	if len(e.ILMD) > 0 {
		o.set("ilmd", w.extensions(e.ILMD))
	}
	*o = append(*o, w.extensions(e.Extensions)...)
}

func typedObject(name, kind, id string) jsonOut {
	var o jsonOut
	o.text("type", kind)
	o.set(name, id)
	return o
}

func endpointObjects(name string, list []Endpoint) []any {
	var out []any
	for _, p := range list {
		out = append(out, typedObject(name, p.Type, p.ID))
	}
	return out
}

func (w *jsonEncoder) place(o *jsonOut, key string, p Place) {
	var g gatherer
	g.out.text("id", p.ID)
	w.gather(&g, p.Extensions)
	if len(g.out) > 0 {
		o.set(key, g.out)
	}
}

func (w *jsonEncoder) declaration(d *ErrorDeclaration) jsonOut {
	var g gatherer
	g.out.text("declarationTime", d.Time.written())
	g.out.text("reason", d.Reason)
	g.out.list("correctiveEventIDs", texts(d.CorrectiveIDs))
	w.gather(&g, d.Extensions)
	return g.out
}

// gather adds nodes in a place where bare names are the sender's own.
func (w *jsonEncoder) gather(g *gatherer, nodes []Node) {
	for i := range nodes {
		g.add(w.key(nodes[i].Name), w.value(&nodes[i]))
	}
}

// sensorElement writes sensor data: attributes are plain keys here, and
// sensorReport is an array even of one.
func (w *jsonEncoder) sensorElement(n *Node) jsonOut {
	var g gatherer
	var reports []any
	for i := range n.Children {
		c := &n.Children[i]
		switch c.Name {
		case Name{Local: "sensorReport"}:
			reports = append(reports, w.sensorPart(c))
		case Name{Local: "sensorMetadata"}:
			g.add("sensorMetadata", w.sensorPart(c))
		default:
			g.add(w.key(c.Name), w.value(c))
		}
	}
	g.out.list("sensorReport", reports)
	return g.out
}

func (w *jsonEncoder) sensorPart(n *Node) jsonOut {
	var g gatherer
	for i := range n.Children {
		c := &n.Children[i]
		if c.Name.Space != "" || len(c.Children) > 0 {
			g.add(w.key(c.Name), w.value(c))
			continue
		}
		g.add(c.Name.Local, sensorScalar(c))
	}
	g.out.text("#text", n.Value)
	return g.out
}

func sensorScalar(n *Node) any {
	switch n.Name.Local {
	case "type", "exception":
		if word, ok := strings.CutPrefix(n.Value, nsVoc); ok && word != "" && !strings.Contains(word, ":") {
			return word
		}
	case "component":
		return components().short(n.Value)
	case "booleanValue":
		if n.Value == "true" || n.Value == "false" {
			return n.Value == "true"
		}
	}
	if isSensorNumber(n.Name.Local) {
		return number(n.Value)
	}
	return scalar(n)
}
