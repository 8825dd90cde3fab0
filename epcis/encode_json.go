package epcis

const standardContextURL = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"

// EncodeJSON20 writes the document as EPCIS 2.0 JSON-LD. ILMD of CBV is written
// with the standard's prefix cbvmda whichever of its two namespaces it had, so
// Digest stays the same and Hash may not. Decode gives back events Equal to
// these.
//
// It fails on an event that Decode would refuse, with the same error.
func EncodeJSON20(d *Document) ([]byte, error) {
	w, err := newJSONEncoder(d)
	if err != nil {
		return nil, err
	}
	body, header, carried := w.body(d), w.header(d), w.beside(d.Extensions)
	kind := "EPCISDocument"
	if d.Query != nil {
		kind = "EPCISQueryDocument"
		header, carried = nil, append(carried, header...)
	}
	var doc jsonOut
	doc.set("@context", w.contexts())
	doc.set("type", kind)
	doc.set("schemaVersion", "2.0")
	doc.text("creationDate", d.CreationDate.Text)
	doc.text("instanceIdentifier", d.Header.InstanceID)
	doc.text("sender", d.Header.Sender())
	doc.text("receiver", d.Header.Receiver())
	doc = append(doc, carried...)
	if len(header) > 0 {
		doc.set("epcisHeader", header)
	}
	doc.set("epcisBody", body)
	return printed(doc), nil
}

// EncodeEventJSON20 writes one event alone, with the @context that it needs, as
// the REST interface takes and gives one (EPCIS 2.0, POST /events). It uses the
// prefixes of namespaces where it can, and fails as EncodeJSON20 does.
func EncodeEventJSON20(e *Event, namespaces []Namespace) ([]byte, error) {
	w, err := newJSONEncoder(&Document{Events: []Event{*e}, Namespaces: namespaces})
	if err != nil {
		return nil, err
	}
	event := w.event(e)
	return printed(append(jsonOut{{"@context", w.contexts()}}, event...)), nil
}

func printed(doc jsonOut) []byte {
	var p jsonPrinter
	p.value(doc)
	p.buf.WriteByte('\n')
	return p.buf.Bytes()
}

// body writes epcisBody: the events, inside the results of a query if the
// document answers one.
func (w *jsonEncoder) body(d *Document) jsonOut {
	events := make([]any, 0, len(d.Events))
	for i := range d.Events {
		events = append(events, w.event(&d.Events[i]))
	}
	list := jsonOut{{"eventList", events}}
	if d.Query == nil {
		return list
	}
	list.list("vocabularyList", w.vocabularies(d))
	results := jsonOut{{"queryName", d.Query.QueryName}}
	results.text("subscriptionID", d.Query.SubscriptionID)
	results.set("resultsBody", list)
	return jsonOut{{"queryResults", results}}
}

// jsonEncoder turns the model into JSON values.
type jsonEncoder struct {
	prefixes *prefixes
}

func newJSONEncoder(d *Document) (*jsonEncoder, error) {
	w := &jsonEncoder{prefixes: jsonPrefixes(d)}
	return w, w.collect(d)
}

// jsonPrefixes reserves the terms of the standard's context: a document must not
// give them another meaning.
func jsonPrefixes(d *Document) *prefixes {
	p := &prefixes{declared: append([]Namespace{{"gs1ushc", nsHC}, {"noNamespace", nsNone}}, d.Namespaces...)}
	p.given = map[string]string{}
	p.reserved = map[string]bool{"id": true, "type": true, "comment": true}
	for _, n := range standardPrefixes() {
		p.given[n.URI] = n.Prefix
		p.reserved[n.Prefix] = true
	}
	p.given[nsMDA] = "cbvmda"
	return p
}

func (w *jsonEncoder) collect(d *Document) error {
	if err := checkEvents(d); err != nil {
		return err
	}
	if err := d.checkCarried(); err != nil {
		return err
	}
	for _, list := range d.carried() {
		w.prefixes.reserve(list)
	}
	for i := range d.Events {
		w.prefixes.reserveIdentifiers(&d.Events[i])
	}
	for _, v := range d.MasterData {
		for _, e := range v.Elements {
			for _, a := range e.Attributes {
				w.prefixes.reserveValue(a.ID)
			}
		}
	}
	return w.prefixes.err
}

// contexts is called last, when all prefixes in use are known.
func (w *jsonEncoder) contexts() []any {
	out := []any{standardContextURL}
	var own jsonOut
	for _, n := range w.prefixes.used {
		own.set(n.Prefix, n.URI)
	}
	if len(own) > 0 {
		out = append(out, own)
	}
	return out
}

// key returns the name with its prefix.
func (w *jsonEncoder) key(n Name) string {
	w.prefixes.use(n.Space)
	return w.prefixes.qualify(n)
}

// ownKey is key for places where a bare key would claim to be the standard's.
func (w *jsonEncoder) ownKey(n Name) string {
	if n.Space == "" {
		n.Space = nsNone
	}
	return w.key(n)
}

// value writes what a carried node holds.
func (w *jsonEncoder) value(n *Node) any {
	if len(n.Children) == 0 {
		return scalar(n)
	}
	var g gatherer
	for i := range n.Children {
		c := &n.Children[i]
		key := w.key(c.Name)
		if c.Attr && key != "context" {
			key = "@" + key
		}
		g.add(key, w.value(c))
	}
	g.out.text("#text", n.Value)
	return g.out
}

func scalar(n *Node) any {
	switch {
	case n.Kind == KindNumber:
		return number(n.Value)
	case n.Kind == KindBool && n.Value == "true":
		return true
	case n.Kind == KindBool && n.Value == "false":
		return false
	case n.Kind == KindNull && n.Value == "":
		return nil
	}
	return n.Value
}

func (w *jsonEncoder) extensions(list []Node) jsonOut {
	var g gatherer
	for i := range list {
		g.add(w.extensionKey(&list[i]), w.value(&list[i]))
	}
	return g.out
}
