package epcis

import "fmt"

// Bounds of what is carried along, the same for reading and for writing: within
// them, whatever was read in one form can be written in every form and read
// again under the default Options.
const (
	maxCarriedDepth      = 24
	maxCarriedNamespaces = 200
	maxCarriedAttributes = 200
)

// carried lists every place of a document where nodes are carried.
func (d *Document) carried() [][]Node {
	lists := [][]Node{d.Extensions, d.Header.Extensions, d.Header.Parts, d.DSCSA.Extensions}
	for _, ids := range [][]Identifier{d.Header.Senders, d.Header.Receivers} {
		for _, id := range ids {
			lists = append(lists, id.Contacts)
		}
	}
	for _, v := range d.MasterData {
		for _, e := range v.Elements {
			lists = append(lists, e.Extensions)
			for _, a := range e.Attributes {
				lists = append(lists, a.Parts)
			}
		}
	}
	for i := range d.Events {
		e := &d.Events[i]
		lists = append(lists, e.ILMD, e.SensorElements, e.Extensions, e.ReadPoint.Extensions, e.BizLocation.Extensions)
		if e.Error != nil {
			lists = append(lists, e.Error.Extensions)
		}
	}
	return lists
}

// checkCarried holds what is carried to its bounds.
func (d *Document) checkCarried() error {
	spaces := make(map[string]bool)
	for _, list := range d.carried() {
		if err := checkCarried(list, 1, spaces); err != nil {
			return err
		}
	}
	return nil
}

func checkCarried(list []Node, depth int, spaces map[string]bool) error {
	attributes := 0
	for i := range list {
		n := &list[i]
		if n.Attr {
			attributes++
		}
		spaces[n.Name.Space] = true
		reason := ""
		switch {
		case depth > maxCarriedDepth:
			reason = fmt.Sprintf("is nested deeper than %d inside what is carried along", maxCarriedDepth)
		case attributes > maxCarriedAttributes:
			reason = fmt.Sprintf("is one of more than %d attributes of one element", maxCarriedAttributes)
		case len(spaces) > maxCarriedNamespaces:
			reason = fmt.Sprintf("stands in one of more than %d namespaces", maxCarriedNamespaces)
		}
		if reason != "" {
			return &Error{Line: n.Line, Field: n.Name.String(), Reason: reason}
		}
		if err := checkCarried(n.Children, depth+1, spaces); err != nil {
			return err
		}
	}
	return nil
}
