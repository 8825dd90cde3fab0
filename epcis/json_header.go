package epcis

import (
	"strconv"
	"strings"
)

func (r *jsonReader) header(ctx *terms, v *jsonValue) error {
	for i := range v.members {
		m := &v.members[i]
		if m.key != "epcisMasterData" {
			if err := r.extension(ctx, m, "/epcisHeader/"); err != nil {
				return err
			}
			continue
		}
		list := m.value.member("vocabularyList")
		if list == nil {
			continue
		}
		if err := r.vocabularies(ctx, list, "/epcisHeader/epcisMasterData/vocabularyList"); err != nil {
			return err
		}
	}
	return nil
}

func (r *jsonReader) vocabularies(ctx *terms, list *jsonValue, at string) error {
	for i := range list.items {
		if err := r.vocabulary(ctx, &list.items[i], at+"/"+strconv.Itoa(i)); err != nil {
			return err
		}
	}
	return nil
}

func (r *jsonReader) vocabulary(ctx *terms, v *jsonValue, at string) error {
	voc := Vocabulary{Type: v.memberText("type")}
	if voc.Type == "" {
		return &Error{Line: v.line, Pointer: at, Field: "type", Reason: "is missing"}
	}
	if list := v.member("vocabularyElementList"); list != nil {
		for i := range list.items {
			e, err := r.vocabularyElement(ctx, &list.items[i], at+"/vocabularyElementList/"+strconv.Itoa(i))
			if err != nil {
				return err
			}
			voc.Elements = append(voc.Elements, e)
		}
	}
	r.doc.MasterData = append(r.doc.MasterData, voc)
	return nil
}

func (r *jsonReader) vocabularyElement(ctx *terms, v *jsonValue, at string) (VocabularyElement, error) {
	e := VocabularyElement{ID: v.memberText("id")}
	if e.ID == "" {
		return e, &Error{Line: v.line, Pointer: at, Field: "id", Reason: "is missing"}
	}
	if list := v.member("attributes"); list != nil {
		for i := range list.items {
			a := Attribute{ID: attributeID(ctx, list.items[i].memberText("id"))}
			if value := list.items[i].member("attribute"); value != nil {
				a.Value = strings.TrimSpace(value.text)
				nodes, err := r.nodes(ctx, Name{Local: "attribute"}, false, value, at+"/attributes/"+strconv.Itoa(i))
				if err != nil {
					return e, err
				}
				if value.kind == jsonObject {
					a.Parts = nodes[0].Children
				}
			}
			e.Attributes = append(e.Attributes, a)
		}
	}
	if list := v.member("children"); list != nil {
		for _, c := range list.items {
			e.Children = append(e.Children, c.text)
		}
	}
	for i := range v.members {
		m := &v.members[i]
		switch m.key {
		case "id", "attributes", "children", "@context":
			continue
		}
		nodes, err := r.own(ctx, m, at)
		if err != nil {
			return e, err
		}
		e.Extensions = append(e.Extensions, nodes...)
	}
	return e, nil
}

// attributeID writes the CBV's attributes as XML does.
func attributeID(ctx *terms, id string) string {
	id = ctx.value(id)
	if name, ok := strings.CutPrefix(id, "cbvmda:"); ok {
		return mdaAttribute + name
	}
	return id
}

// own reads a member that is not the standard's.
func (r *jsonReader) own(ctx *terms, m *jsonMember, at string) ([]Node, error) {
	key, attr := strings.CutPrefix(m.key, "@")
	name, ctx, reason := ctx.member(key, &m.value)
	if reason != "" {
		return nil, &Error{Line: m.value.line, Pointer: at + "/" + pointerEscape(m.key), Field: m.key, Reason: reason}
	}
	return r.nodes(ctx, name, attr, &m.value, at+"/"+pointerEscape(m.key))
}
