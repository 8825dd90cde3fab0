package epcis

import "slices"

// eachIdentifier calls visit for each identifier of e that can be a GS1 key,
// after making e the only owner of what is changed.
func (e *Event) eachIdentifier(visit func(id *string)) {
	for _, id := range []*string{&e.ParentID, &e.TransformationID, &e.ReadPoint.ID, &e.BizLocation.ID} {
		visit(id)
	}
	for _, list := range []*[]string{&e.EPCs, &e.ChildEPCs, &e.InputEPCs, &e.OutputEPCs} {
		*list = slices.Clone(*list)
		for i := range *list {
			visit(&(*list)[i])
		}
	}
	for _, list := range []*[]Quantity{&e.Quantities, &e.ChildQuantities, &e.InputQuantities, &e.OutputQuantities} {
		*list = slices.Clone(*list)
		for i := range *list {
			visit(&(*list)[i].EPCClass)
		}
	}
	for _, list := range []*[]Endpoint{&e.Sources, &e.Destinations} {
		*list = slices.Clone(*list)
		for i := range *list {
			visit(&(*list)[i].ID)
		}
	}
	e.BizTransactions = slices.Clone(e.BizTransactions)
	for i := range e.BizTransactions {
		visit(&e.BizTransactions[i].ID)
	}
	e.SensorElements = eachDevice(e.SensorElements, visit)
}

// eachDevice copies sensor data and visits the identifiers of devices in it.
func eachDevice(nodes []Node, visit func(id *string)) []Node {
	out := slices.Clone(nodes)
	for i := range out {
		if out[i].Name == (Name{Local: "deviceID"}) {
			visit(&out[i].Value)
		}
		out[i].Children = eachDevice(out[i].Children, visit)
	}
	return out
}
