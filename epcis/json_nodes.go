package epcis

import (
	"slices"
	"strings"
)

// nodes turns any JSON value into nodes called name: one for a value or an
// object, one per item for an array.
func (r *jsonReader) nodes(ctx *terms, name Name, attr bool, v *jsonValue, at string) ([]Node, error) {
	return r.appendNodes(nil, ctx, name, attr, v, at)
}

func (r *jsonReader) appendNodes(to []Node, ctx *terms, name Name, attr bool, v *jsonValue, at string) ([]Node, error) {
	switch v.kind {
	case jsonArray:
		to = slices.Grow(to, len(v.items))
		for i := range v.items {
			if v.items[i].kind == jsonArray {
				return nil, &Error{Line: v.line, Pointer: at, Field: name.Local, Reason: "is an array of arrays, which no other form of EPCIS can carry"}
			}
			var err error
			if to, err = r.appendNodes(to, ctx, name, false, &v.items[i], at); err != nil {
				return nil, err
			}
		}
		return to, nil
	case jsonObject:
		n, err := r.object(ctx, name, v, at)
		return append(to, n), err
	case jsonNull, jsonBool, jsonNumber, jsonString:
		return append(to, scalarNode(ctx, name, attr, v)), nil
	}
	return to, nil
}

func scalarNode(ctx *terms, name Name, attr bool, v *jsonValue) Node {
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
	case jsonArray, jsonObject: // not scalars
	}
	return n
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
		child, inner, reason := ctx.member(key, &m.value)
		if reason != "" {
			return n, &Error{Line: m.value.line, Pointer: at + "/" + pointerEscape(m.key), Field: m.key, Reason: reason}
		}
		below := at
		if m.value.kind >= jsonObject { // a value cannot be refused
			below += "/" + pointerEscape(m.key)
		}
		var err error
		if n.Children, err = r.appendNodes(n.Children, inner, child, attr, &m.value, below); err != nil {
			return n, err
		}
	}
	return n, nil
}
