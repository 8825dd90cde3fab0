package epcis

import "strings"

// nodes turns any JSON value into nodes called name: one for a value or an
// object, one per item for an array.
func (r *jsonReader) nodes(ctx *terms, name Name, attr bool, v *jsonValue, at string) ([]Node, error) {
	switch v.kind {
	case jsonArray:
		var all []Node
		for i := range v.items {
			if v.items[i].kind == jsonArray {
				return nil, &Error{Line: v.line, Pointer: at, Field: name.Local, Reason: "is an array of arrays, which no other form of EPCIS can carry"}
			}
			nodes, err := r.nodes(ctx, name, false, &v.items[i], at)
			if err != nil {
				return nil, err
			}
			all = append(all, nodes...)
		}
		return all, nil
	case jsonObject:
		n, err := r.object(ctx, name, v, at)
		return []Node{n}, err
	case jsonNull, jsonBool, jsonNumber, jsonString: // below
	}
	n := Node{Name: name, Attr: attr, Value: strings.TrimSpace(v.text), Line: v.line}
	switch v.kind {
	case jsonNumber:
		n.Kind = KindNumber
	case jsonBool:
		n.Kind = KindBool
	case jsonNull:
		n.Kind = KindNull
	case jsonString:
		n.Value = ctx.value(n.Value)
	case jsonArray, jsonObject: // above
	}
	return []Node{n}, nil
}

func (r *jsonReader) object(ctx *terms, name Name, v *jsonValue, at string) (Node, error) {
	n := Node{Name: name, Line: v.line}
	ctx = ctx.extend(v.member("@context"))
	for i := range v.members {
		m := &v.members[i]
		switch {
		case m.key == "@context", strings.HasPrefix(m.key, xmlnsKey):
			continue
		case m.key == "#text" && m.value.kind < jsonObject:
			n.Value = strings.TrimSpace(m.value.text)
			continue
		}
		key, attr := strings.CutPrefix(m.key, "@")
		child, inner, reason := ctx.member(&jsonMember{key, m.value})
		if reason != "" {
			return n, &Error{Line: m.value.line, Pointer: at + "/" + pointerEscape(m.key), Field: m.key, Reason: reason}
		}
		nodes, err := r.nodes(inner, child, attr, &m.value, at+"/"+pointerEscape(m.key))
		if err != nil {
			return n, err
		}
		n.Children = append(n.Children, nodes...)
	}
	return n, nil
}
