package epcis

import "strings"

// eventTree gives one JSON event the shape of its XML 2.0 form: lists get the
// element names that JSON leaves out.
type eventTree struct {
	reader *jsonReader
	ctx    *terms
	index  int
	at     string
}

func (t *eventTree) fail(v *jsonValue, field, reason string) error {
	return &Error{Event: t.index, Line: v.line, Pointer: t.at + "/" + strings.ReplaceAll(pointerEscape(field), " ", "/"), Field: field, Reason: reason}
}

func (t *eventTree) event(kind string, v *jsonValue) (Node, error) {
	n := Node{Name: Name{Local: kind}, Line: v.line}
	for i := range v.members {
		m := &v.members[i]
		if m.key == "type" || m.key == "@context" || isComment(m.key) || t.isAbsent(m) {
			continue
		}
		nodes, err := t.member(m)
		if err != nil {
			return Node{}, err
		}
		n.Children = append(n.Children, nodes...)
	}
	return n, nil
}

// isComment tells whether a bare key only speaks to people. rdfs:comment is
// carried, but the event hash leaves both out.
func isComment(key string) bool { return key == "comment" }

// isAbsent tells whether a key of the standard is only there to be null, as some
// serializers write what they do not have. To JSON-LD it is not there.
func (t *eventTree) isAbsent(m *jsonMember) bool {
	_, own := t.ctx.ownTerm(m.key)
	return m.value.kind == jsonNull && !own && !strings.Contains(m.key, ":")
}

// listItem gives the XML name of the items of a JSON list.
func listItem(key string) string {
	switch key {
	case "epcList", "childEPCs", "inputEPCList", "outputEPCList":
		return "epc"
	case "quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList":
		return "quantityElement"
	case "bizTransactionList":
		return "bizTransaction"
	case "sourceList":
		return "source"
	case "destinationList":
		return "destination"
	case "sensorElementList":
		return "sensorElement"
	}
	return ""
}

func (t *eventTree) member(m *jsonMember) ([]Node, error) {
	if item := listItem(m.key); item != "" {
		n, err := t.list(m.key, item, &m.value)
		return []Node{n}, err
	}
	switch m.key {
	case "errorDeclaration":
		n, err := t.declaration(&m.value)
		return []Node{n}, err
	case "readPoint", "bizLocation":
		if m.value.kind == jsonString {
			return []Node{t.place(m)}, nil
		}
		fallthrough
	case "ilmd", "persistentDisposition":
		if m.value.kind != jsonObject {
			return nil, t.fail(&m.value, m.key, "is "+m.value.kind.String()+": want an object")
		}
	}
	key, attr := strings.CutPrefix(m.key, "@")
	name, ctx, reason := t.ctx.member(key, &m.value)
	if reason != "" {
		return nil, t.fail(&m.value, m.key, reason)
	}
	nodes, err := t.nodes(ctx, name, &m.value, m.key)
	switch {
	case err != nil:
		return nil, err
	case attr && len(nodes) == 1 && len(nodes[0].Children) == 0:
		nodes[0].Attr = true
		return nodes, nil
	case m.key == "ilmd":
		return nodes, t.checkILMD(m, nodes)
	case name.Space == "" && strings.Contains(m.key, ":"):
		// A vendor's element of no namespace: in XML it stands behind <extension>.
		return []Node{{Name: Name{Local: "extension"}, Children: nodes, Line: m.value.line}}, nil
	}
	return nodes, nil
}

// place reads a place given by its identifier alone.
func (t *eventTree) place(m *jsonMember) Node {
	id := Node{Name: Name{Local: "id"}, Value: t.ctx.value(strings.TrimSpace(m.value.text)), Line: m.value.line}
	return Node{Name: Name{Local: m.key}, Line: m.value.line, Children: []Node{id}}
}

// checkILMD refuses bare keys: everything in ILMD belongs to some namespace.
func (t *eventTree) checkILMD(m *jsonMember, nodes []Node) error {
	for _, n := range nodes {
		for _, c := range n.Children {
			if c.Name.Space == "" && m.value.member(c.Name.Local) != nil {
				return t.fail(&m.value, "ilmd "+c.Name.Local, "has no namespace: want a prefix declared in @context, such as cbvmda:lotNumber")
			}
		}
	}
	return nil
}

func (t *eventTree) nodes(ctx *terms, name Name, v *jsonValue, field string) ([]Node, error) {
	nodes, err := t.reader.nodes(ctx, name, false, v, t.at+"/"+pointerEscape(field))
	if err != nil {
		asError(err, v.line).Event = t.index
	}
	return nodes, err
}

func (t *eventTree) list(key, item string, v *jsonValue) (Node, error) {
	n := Node{Name: Name{Local: key}, Line: v.line}
	items := v.items
	switch v.kind {
	case jsonArray:
	case jsonString, jsonObject:
		items = []jsonValue{*v} // to JSON-LD one value is a list of one
	case jsonNull, jsonBool, jsonNumber:
		return n, t.fail(v, key, "is "+v.kind.String()+": want an array")
	}
	for i := range items {
		child, err := t.item(key, item, &items[i])
		if err != nil {
			return n, err
		}
		n.Children = append(n.Children, child)
	}
	return n, nil
}
