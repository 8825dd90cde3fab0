package epcis

import "strings"

// The vocabulary types of CBV master data that this package knows.
const (
	TypeEPCClass = "urn:epcglobal:epcis:vtype:EPCClass"
	TypeLocation = "urn:epcglobal:epcis:vtype:Location"
)

// mdaAttribute begins the ids of the CBV's attributes (CBV 1.2, section 9).
const mdaAttribute = "urn:epcglobal:cbv:mda#"

// Vocabulary is one list of master data: Type says of what.
type Vocabulary struct {
	Type     string
	Elements []VocabularyElement
}

// VocabularyElement is the master data of one product (ID an EPC pattern such as
// urn:epc:idpat:sgtin:0355154.094495.*) or one place or party (ID an SGLN).
type VocabularyElement struct {
	ID         string
	Attributes []Attribute
	Children   []string
	Extensions []Node // elements of other namespaces, in order
}

// Attribute is one attribute; ID is its URI as written, with JSON-LD's cbvmda:name
// spelled out as XML has it, urn:epcglobal:cbv:mda#name.
type Attribute struct {
	ID    string
	Value string
	Parts []Node // the value when it is not text
}

// Attribute returns the value of the CBV master data attribute with that name
// ("regulatedProductName"), whatever form its id has, or "".
func (v *VocabularyElement) Attribute(name string) string {
	for _, a := range v.Attributes {
		if attributeName(a.ID) == name {
			return a.Value
		}
	}
	return ""
}

// attributeName is what follows the last #, : or / of an attribute's id.
func attributeName(id string) string {
	return id[strings.LastIndexAny(id, "#:/")+1:]
}

// Elements returns the master data of one vocabulary type, in document order.
func (d *Document) Elements(vocabularyType string) []VocabularyElement {
	var all []VocabularyElement
	for _, v := range d.MasterData {
		if v.Type == vocabularyType {
			all = append(all, v.Elements...)
		}
	}
	return all
}

func (d *Document) readMasterData(n *Node) error {
	for i := range n.Children {
		if n.Children[i].Name.Local == "VocabularyList" {
			if err := d.readVocabularies(n.Children[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *Document) readVocabularies(list Node) error {
	for i := range list.Children {
		n := &list.Children[i]
		if n.Name.Local != "Vocabulary" {
			continue
		}
		v := Vocabulary{Type: n.ChildValue("type")}
		if v.Type == "" {
			return &Error{Line: n.Line, Field: "VocabularyList Vocabulary type", Reason: "is missing"}
		}
		for j := range n.Children {
			if n.Children[j].Name.Local != "VocabularyElementList" {
				continue
			}
			for k := range n.Children[j].Children {
				e, err := vocabularyElement(&n.Children[j].Children[k])
				if err != nil {
					return err
				}
				v.Elements = append(v.Elements, e)
			}
		}
		d.MasterData = append(d.MasterData, v)
	}
	return nil
}

func vocabularyElement(n *Node) (VocabularyElement, error) {
	e := VocabularyElement{ID: n.ChildValue("id")}
	if e.ID == "" {
		return e, &Error{Line: n.Line, Field: "VocabularyElement id", Reason: "is missing"}
	}
	for i := range n.Children {
		c := &n.Children[i]
		switch {
		case c.Attr:
		case c.Name.Local == "attribute":
			e.Attributes = append(e.Attributes, attribute(c))
		case c.Name.Local == "children":
			for _, id := range c.Children {
				e.Children = append(e.Children, id.Value)
			}
		case c.Name == Name{Local: "extension"}:
			e.Extensions = append(e.Extensions, c.Children...)
		default:
			e.Extensions = append(e.Extensions, *c)
		}
	}
	return e, nil
}

func attribute(n *Node) Attribute {
	a := Attribute{ID: n.ChildValue("id"), Value: n.Value}
	for _, c := range n.Children {
		if !c.Attr {
			a.Parts = append(a.Parts, c)
		}
	}
	return a
}
