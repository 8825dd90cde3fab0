package epcis

func (w *xmlWriter) header(d *Document, v xmlVersion) {
	w.group("EPCISHeader", func() {
		w.sbdh(d)
		if d.Query == nil || len(d.Events) > 0 {
			w.group("extension", func() { w.masterData(d.MasterData) })
		}
		if v.headerOpen {
			w.nodes(d.Header.Extensions)
			w.statement(d.DSCSA)
		}
	})
}

func (w *xmlWriter) sbdh(d *Document) {
	if d.Header.written() {
		n := d.Header.sbdh(d, true)
		w.node(&n)
	}
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func (w *xmlWriter) masterData(list []Vocabulary) {
	if len(list) == 0 {
		return
	}
	w.open("EPCISMasterData")
	w.vocabularies(list)
	w.close("EPCISMasterData")
}

func (w *xmlWriter) vocabularies(list []Vocabulary) {
	w.open("VocabularyList")
	for _, v := range list {
		w.open("Vocabulary", "type", v.Type)
		w.open("VocabularyElementList")
		for i := range v.Elements {
			w.vocabularyElement(&v.Elements[i])
		}
		w.close("VocabularyElementList")
		w.close("Vocabulary")
	}
	w.close("VocabularyList")
}

func (w *xmlWriter) vocabularyElement(e *VocabularyElement) {
	w.open("VocabularyElement", "id", e.ID)
	for _, a := range e.Attributes {
		n := Node{Name: Name{Local: "attribute"}, Value: a.Value, Children: []Node{{Name: Name{Local: "id"}, Attr: true, Value: a.ID}}}
		n.Children = append(n.Children, a.Parts...)
		w.node(&n)
	}
	w.group("children", func() {
		for _, id := range e.Children {
			w.leaf("id", id)
		}
	})
	w.foreign(e.Extensions)
	w.close("VocabularyElement")
}

func (w *xmlWriter) statement(s DSCSA) {
	if s.GuidelineVersion != "" {
		w.leaf(w.prefixes.qualify(Name{nsHC, "guidelineVersion"}), s.GuidelineVersion)
	}
	if !s.Present {
		return
	}
	tag := w.prefixes.qualify(Name{nsHC, "dscsaTransactionStatement"})
	w.open(tag)
	w.leaf(w.prefixes.qualify(Name{nsHC, "affirmTransactionStatement"}), boolText(s.Affirmed))
	w.leaf(w.prefixes.qualify(Name{nsHC, "legalNotice"}), s.LegalNotice)
	w.nodes(s.Extensions)
	w.close(tag)
}
