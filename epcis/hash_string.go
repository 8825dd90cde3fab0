package epcis

import (
	"sort"
	"strings"
)

// hashNode is one key of the pre-hash string: name, value, keys below it. A pair
// has no name and two kids that keep their order.
type hashNode struct {
	name string
	text string
	kids []*hashNode
	pair bool
}

// property is one place in the canonical property order, with the order below it.
type property struct {
	name string
	sub  []property
}

func properties(names string) []property {
	var list []property
	for _, n := range strings.Fields(names) {
		list = append(list, property{name: n})
	}
	return list
}

// eventOrder is the canonical property order (CBV 2.0, event hash ID). Business
// transactions, sources and destinations are in it too, but sort by their text
// with everything that follows.
func eventOrder() []property {
	epc := properties("epc")
	quantity := []property{{"quantityElement", properties("epcClass quantity uom")}}
	id := properties("id")
	sensor := []property{{"sensorElement", []property{
		{"sensorMetadata", properties("time startTime endTime deviceID deviceMetadata rawData dataProcessingMethod bizRules")},
		{"sensorReport", properties("type exception deviceID deviceMetadata rawData dataProcessingMethod time microorganism " +
			"chemicalSubstance value component stringValue booleanValue hexBinaryValue uriValue minValue maxValue meanValue " +
			"sDev percRank percValue uom coordinateReferenceSystem")},
	}}}
	order := properties("eventTime eventTimeZoneOffset certificationInfo parentID")
	return append(order,
		property{"epcList", epc}, property{"inputEPCList", epc}, property{"childEPCs", epc},
		property{"quantityList", quantity}, property{"childQuantityList", quantity}, property{"inputQuantityList", quantity},
		property{"outputEPCList", epc}, property{"outputQuantityList", quantity},
		property{name: "action"}, property{name: "transformationID"}, property{name: "bizStep"}, property{name: "disposition"},
		property{"persistentDisposition", properties("set unset")}, property{"readPoint", id}, property{"bizLocation", id},
		property{"sensorElementList", sensor})
}

// orderedString writes n's kids in the given order and takes them out of n; what
// it leaves in n, the caller of the whole writes at the end.
func orderedString(n *hashNode, order []property) string {
	own := takeExtensions(n)
	var out strings.Builder
	for _, p := range order {
		var values []string
		kept := n.kids[:0]
		for _, k := range n.kids {
			if k.pair || k.name != p.name {
				kept = append(kept, k)
				continue
			}
			if s := orderedKid(k, p.sub); s != "" {
				values = append(values, s)
			}
			if len(k.kids) > 0 {
				kept = append(kept, k)
			}
		}
		n.kids = kept
		sort.Strings(values)
		for _, s := range values {
			out.WriteString(s)
		}
	}
	return out.String() + genericString(own)
}

func orderedKid(k *hashNode, sub []property) string {
	below := ""
	if sub != nil {
		below = orderedString(k, sub)
	}
	text := strings.TrimSpace(k.text)
	if text != "" {
		lower := strings.ToLower(k.name)
		if strings.Contains(lower, "time") && !strings.Contains(lower, "offset") {
			text = canonicalTimeText(text)
		} else {
			text = canonicalValue(text)
		}
		text = "=" + text
	}
	if text == "" && below == "" {
		return ""
	}
	return k.name + text + below
}

// takeExtensions removes and returns the kids that stand in a namespace ending
// with a slash, where n is a part of the standard and not the event itself: they
// follow the standard's own keys of that part. (In a namespace without a slash
// the reference leaves them for the end, and so does this.)
func takeExtensions(n *hashNode) []*hashNode {
	if len(n.kids) <= 1 {
		return nil
	}
	for _, k := range n.kids {
		if strings.Contains(k.name, "eventTime") || strings.Contains(k.name, "action") {
			return nil
		}
	}
	var own []*hashNode
	kept := n.kids[:0]
	for _, k := range n.kids {
		if !k.pair && strings.Contains(k.name, "{") && strings.Contains(k.name, "/}") {
			own = append(own, k)
		} else {
			kept = append(kept, k)
		}
	}
	n.kids = kept
	return own
}

// genericString writes kids and all below them, each level sorted by its text.
func genericString(kids []*hashNode) string {
	values := make([]string, 0, len(kids))
	sorted := true
	for _, k := range kids {
		if k.pair {
			values = append(values, genericString(k.kids))
			continue
		}
		if k.name == "bizTransaction" || k.name == "source" || k.name == "destination" {
			sorted = false
		}
		text := strings.TrimSpace(k.text)
		if text != "" {
			text = "=" + canonicalValue(text)
		}
		values = append(values, k.name+text+genericString(k.kids))
	}
	if sorted {
		sort.Strings(values)
	}
	return strings.Join(values, "")
}
