package epcis

import (
	"fmt"
	"strconv"
	"strings"
)

// jsonReader turns JSON-LD into the trees that builder reads.
type jsonReader struct {
	doc *Document
	opt Options
}

func decodeJSON(data []byte, opt Options) (*Document, error) {
	root, err := scanJSON(data, opt)
	if err != nil {
		return nil, err
	}
	r := &jsonReader{doc: &Document{Format: FormatJSON2}, opt: opt}
	if err := r.root(&root); err != nil {
		return nil, err
	}
	r.doc.shareIgnored()
	if err := r.doc.checkCarried(); err != nil {
		return nil, err
	}
	return r.doc, nil
}

func (r *jsonReader) root(v *jsonValue) error {
	ctx := standardContext()
	if v.kind == jsonArray {
		return r.events(ctx, v, "")
	}
	ctx = ctx.extend(v.member("@context"))
	r.doc.Namespaces = append(r.doc.Namespaces, ctx.declared()...)
	switch kind := v.memberText("type"); {
	case kind == "EPCISDocument":
		return r.document(ctx, v)
	case kind == "EPCISQueryDocument":
		r.doc.query()
		return r.document(ctx, v)
	case isEventType(kind):
		return r.event(ctx, v, "")
	default:
		reason := "is missing: want EPCISDocument or an event type"
		if kind != "" {
			reason = fmt.Sprintf("is %q: want EPCISDocument or an event type", kind)
		}
		return &Error{Line: v.line, Pointer: "/type", Field: "type", Reason: reason}
	}
}

// declared lists the document's own prefixes; terms for single names stay out.
func (c *terms) declared() []Namespace {
	var own []Namespace
	if c.outer == nil {
		return nil
	}
	for _, t := range c.order {
		if isNCName(t.Prefix) && strings.Contains(t.URI, ":") && t.URI != nsNone && len(own) < 256 {
			own = append(own, t)
		}
	}
	return own
}

func (r *jsonReader) document(ctx *terms, v *jsonValue) error {
	d := r.doc
	if v.member("@context") == nil {
		return &Error{Line: v.line, Pointer: "/@context", Field: "@context", Reason: "is missing: without it no bare word has a meaning"}
	}
	for i := range v.members {
		m := &v.members[i]
		text := strings.TrimSpace(m.value.text)
		switch m.key {
		case "@context", "type", "id", "@id":
		case "schemaVersion":
			d.SchemaVersion = text
		case "creationDate":
			d.CreationDate, _ = parseTime(text)
			d.CreationDate.Text = text
		case "sender", "receiver", "instanceIdentifier":
			d.Header.key(m.key, text)
		case "epcisHeader":
			if err := r.header(ctx, &m.value); err != nil {
				return err
			}
		case "epcisBody":
			if err := r.body(ctx, &m.value, "/epcisBody"); err != nil {
				return err
			}
		default:
			if err := r.extension(ctx, m, "/"); err != nil {
				return err
			}
		}
	}
	return nil
}

// extension carries a document-level or header-level member of another
// namespace; the DSCSA statement may stand at either level.
func (r *jsonReader) extension(ctx *terms, m *jsonMember, at string) error {
	key, attr := strings.CutPrefix(m.key, "@")
	name, ctx, reason := ctx.member(key, &m.value)
	if reason == "" && name.Space == "" && !strings.Contains(key, ":") {
		reason = "is not a field of an EPCIS document"
	}
	if reason != "" {
		return &Error{Line: m.value.line, Pointer: at + pointerEscape(m.key), Field: m.key, Reason: reason}
	}
	if name.Local == "ignoreFields" {
		r.ignore(ctx, name, &m.value)
		return nil
	}
	nodes, err := r.nodes(ctx, name, attr, &m.value, at+pointerEscape(m.key))
	for _, n := range nodes {
		if at == "/" && !isHeaderPart(n.Name.Local) {
			r.doc.extend(n)
		} else {
			r.doc.readStatement(n)
		}
	}
	return err
}

// ignore reads the document's list of extension fields that are not content.
func (r *jsonReader) ignore(ctx *terms, name Name, v *jsonValue) {
	n := Node{Name: name, Line: v.line}
	for _, item := range v.items {
		if field, reason := ctx.name(item.text); reason == "" {
			n.Children = append(n.Children, Node{Name: field, Line: item.line})
		}
	}
	r.doc.extend(n)
}

// body looks for events under eventList, under one event, and under the results
// of a query.
func (r *jsonReader) body(ctx *terms, v *jsonValue, at string) error {
	for i := range v.members {
		m := &v.members[i]
		here := at + "/" + pointerEscape(m.key)
		var err error
		switch m.key {
		case "eventList":
			if m.value.kind != jsonArray {
				return &Error{Line: m.value.line, Pointer: here, Field: "eventList", Reason: "is " + m.value.kind.String() + ": want an array of events"}
			}
			err = r.events(ctx, &m.value, here)
		case "event":
			err = r.event(ctx, &m.value, here)
		case "queryResults", "resultsBody":
			err = r.body(ctx, &m.value, here)
		case "queryName", "subscriptionID":
			r.doc.label(m.key, strings.TrimSpace(m.value.text))
		case "vocabularyList":
			err = r.vocabularies(ctx, &m.value, here)
		default:
			name, reason := ctx.name(m.key)
			if name.Local == "ignoreFields" && name.Space != "" {
				r.ignore(ctx, name, &m.value)
			}
			if at == "/epcisBody" && (reason != "" || name.Space == "") {
				err = &Error{Line: m.value.line, Pointer: here, Field: m.key, Reason: "is not a field of epcisBody"}
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *jsonReader) events(ctx *terms, list *jsonValue, at string) error {
	for i := range list.items {
		if err := r.event(ctx, &list.items[i], at+"/"+strconv.Itoa(i)); err != nil {
			return err
		}
	}
	return nil
}

func (r *jsonReader) event(ctx *terms, v *jsonValue, at string) error {
	index := len(r.doc.Events) + 1
	if index > r.opt.MaxEvents {
		return &Error{Line: v.line, Pointer: at, Reason: fmt.Sprintf("has more than %d events", r.opt.MaxEvents)}
	}
	kind := v.memberText("type")
	if v.kind != jsonObject || !isEventType(kind) {
		return &Error{Event: index, Line: v.line, Pointer: at, Field: strings.TrimSpace("type " + kind), Reason: unknownEventType(kind)}
	}
	own := ctx.extend(v.member("@context"))
	if own != ctx && len(r.doc.Namespaces) < 256 {
		r.doc.Namespaces = append(r.doc.Namespaces, own.declared()...)
	}
	t := eventTree{reader: r, ctx: own, index: index, at: at}
	n, err := t.event(kind, v)
	if err != nil {
		return err
	}
	b := builder{index: index, pointer: at, format: FormatJSON2}
	e, err := b.event(n)
	if err != nil {
		return err
	}
	r.doc.Events = append(r.doc.Events, e)
	return nil
}
