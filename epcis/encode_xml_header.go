package epcis

// written tells whether there is anything for an SBDH to say.
func (h *Header) written() bool {
	return h.HasSBDH || len(h.Senders)+len(h.Receivers) > 0 || h.InstanceID != ""
}

func (w *xmlWriter) header(d *Document) {
	w.group("EPCISHeader", func() {
		w.sbdh(d)
		if d.Query == nil || len(d.Events) > 0 {
			w.group("extension", func() { w.masterData(d.MasterData) })
		}
		w.nodes(d.Header.Extensions)
		w.statement(d.DSCSA)
	})
}

func (w *xmlWriter) sbdh(d *Document) {
	h := &d.Header
	if !h.written() {
		return
	}
	sb := func(local string) string { return w.prefixes.qualify(Name{nsSBDH, local}) }
	w.open(sb("StandardBusinessDocumentHeader"))
	w.leaf(sb("HeaderVersion"), or(h.Version, "1.0"))
	w.identifiers(sb("Sender"), h.Senders)
	w.identifiers(sb("Receiver"), h.Receivers)
	w.open(sb("DocumentIdentification"))
	w.leaf(sb("Standard"), or(h.Standard, "EPCglobal"))
	w.leaf(sb("TypeVersion"), or(h.TypeVersion, "1.0"))
	w.leaf(sb("InstanceIdentifier"), h.InstanceID)
	w.leaf(sb("Type"), or(h.Type, "Events"))
	w.leaf(sb("CreationDateAndTime"), or(h.Created, d.CreationDate.Text))
	w.close(sb("DocumentIdentification"))
	w.close(sb("StandardBusinessDocumentHeader"))
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func (w *xmlWriter) identifiers(tag string, ids []Identifier) {
	for _, id := range ids {
		w.open(tag)
		w.leaf(w.prefixes.qualify(Name{nsSBDH, "Identifier"}), id.ID, "Authority", or(id.Authority, "GS1"))
		w.close(tag)
	}
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
	affirmed := "false"
	if s.Affirmed {
		affirmed = "true"
	}
	w.leaf(w.prefixes.qualify(Name{nsHC, "affirmTransactionStatement"}), affirmed)
	w.leaf(w.prefixes.qualify(Name{nsHC, "legalNotice"}), s.LegalNotice)
	w.close(tag)
}
