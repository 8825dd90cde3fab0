package epcis

// beside writes what stood beside header and body.
func (w *jsonEncoder) beside(list []Node) jsonOut {
	var g gatherer
	for i := range list {
		n := &list[i]
		if n.Name.Local == "ignoreFields" {
			g.add(w.ownKey(n.Name), w.names(n.Children))
			continue
		}
		g.add(w.extensionKey(n), w.value(n))
	}
	return g.out
}

// extensionKey is ownKey with the mark of an XML attribute.
func (w *jsonEncoder) extensionKey(n *Node) string {
	if n.Attr {
		return "@" + w.ownKey(n.Name)
	}
	return w.ownKey(n.Name)
}

func (w *jsonEncoder) names(list []Node) []any {
	out := make([]any, 0, len(list))
	for _, n := range list {
		out = append(out, w.ownKey(n.Name))
	}
	return out
}

func (w *jsonEncoder) header(d *Document) jsonOut {
	var o jsonOut
	if len(d.MasterData) > 0 && d.Query == nil {
		o.set("epcisMasterData", jsonOut{{"vocabularyList", w.vocabularies(d)}})
	}
	if !d.Header.inKeys() {
		n := d.Header.sbdh(d, false)
		o.set(w.key(n.Name), w.value(&n))
	}
	o = append(o, w.extensions(d.Header.Extensions)...)
	if d.DSCSA.GuidelineVersion != "" {
		o.set(w.key(Name{nsHC, "guidelineVersion"}), d.DSCSA.GuidelineVersion)
	}
	if d.DSCSA.Present {
		o.set(w.key(Name{nsHC, "dscsaTransactionStatement"}), append(jsonOut{
			{w.key(Name{nsHC, "affirmTransactionStatement"}), d.DSCSA.Affirmed},
			{w.key(Name{nsHC, "legalNotice"}), d.DSCSA.LegalNotice},
		}, w.extensions(d.DSCSA.Extensions)...))
	}
	return o
}

func (w *jsonEncoder) vocabularies(d *Document) []any {
	var list []any
	for _, v := range d.MasterData {
		list = append(list, w.vocabulary(v))
	}
	return list
}

func (w *jsonEncoder) vocabulary(v Vocabulary) jsonOut {
	list := []any{}
	for _, e := range v.Elements {
		o := jsonOut{{"id", e.ID}}
		var attributes []any
		for _, a := range e.Attributes {
			n := Node{Value: a.Value, Children: a.Parts}
			attributes = append(attributes, jsonOut{{"id", a.ID}, {"attribute", w.value(&n)}})
		}
		o.list("attributes", attributes)
		o.list("children", texts(e.Children))
		o = append(o, w.extensions(e.Extensions)...)
		list = append(list, o)
	}
	return jsonOut{{"type", v.Type}, {"vocabularyElementList", list}}
}
