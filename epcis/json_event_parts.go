package epcis

import "strings"

// typed reads {"type": ..., "source": ...} as a value with a type attribute.
func (t *eventTree) typed(key, item string, v *jsonValue, n *Node) error {
	if v.kind != jsonObject {
		return t.fail(v, key, "holds "+v.kind.String()+": want objects")
	}
	for i := range v.members {
		m := &v.members[i]
		switch {
		case m.value.kind != jsonString:
			return t.fail(&m.value, key+" "+m.key, "is "+m.value.kind.String()+": want a string")
		case m.key == item:
			n.Value = t.ctx.value(strings.TrimSpace(m.value.text))
		case m.key == "type":
			n.Children = append(n.Children, Node{Name: Name{Local: "type"}, Attr: true, Value: t.ctx.value(strings.TrimSpace(m.value.text)), Line: v.line})
		case !isComment(m.key) && m.key != "rdfs:comment":
			return t.fail(&m.value, key+" "+m.key, "is unexpected: want type and "+item)
		}
	}
	return nil
}

func (t *eventTree) declaration(v *jsonValue) (Node, error) {
	n := Node{Name: Name{Local: "errorDeclaration"}, Line: v.line}
	if v.kind != jsonObject {
		return n, t.fail(v, "errorDeclaration", "is "+v.kind.String()+": want an object")
	}
	for i := range v.members {
		m := &v.members[i]
		if m.key == "correctiveEventIDs" {
			ids := Node{Name: Name{Local: m.key}, Line: m.value.line}
			for _, id := range m.value.items {
				ids.Children = append(ids.Children, Node{Name: Name{Local: "correctiveEventID"}, Value: strings.TrimSpace(id.text), Line: id.line})
			}
			n.Children = append(n.Children, ids)
			continue
		}
		name, ctx, reason := t.ctx.member(m.key, &m.value)
		if reason != "" {
			return n, t.fail(&m.value, "errorDeclaration "+m.key, reason)
		}
		nodes, err := t.nodes(ctx, name, &m.value, "errorDeclaration "+m.key)
		if err != nil {
			return n, err
		}
		n.Children = append(n.Children, nodes...)
	}
	return n, nil
}

func (t *eventTree) item(key, item string, v *jsonValue) (Node, error) {
	n := Node{Name: Name{Local: item}, Line: v.line}
	switch item {
	case "epc":
		if v.kind != jsonString {
			return n, t.fail(v, key, "holds "+v.kind.String()+": want identifiers")
		}
		n.Value = t.ctx.value(strings.TrimSpace(v.text))
		return n, nil
	case "bizTransaction", "source", "destination":
		return n, t.typed(key, item, v, &n)
	}
	if v.kind != jsonObject {
		return n, t.fail(v, key, "holds "+v.kind.String()+": want objects")
	}
	if item == "quantityElement" {
		if q := v.member("quantity"); q != nil && q.kind != jsonNumber {
			return n, t.fail(q, key, "has a quantity that is "+q.kind.String()+": want a number")
		}
	}
	nodes, err := t.nodes(t.ctx, n.Name, v, key)
	if err != nil {
		return n, err
	}
	return nodes[0], nil
}
