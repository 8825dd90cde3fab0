package epcis

import "strings"

// Name is the name of an element, attribute or key: a namespace and a local
// part. Space is empty for names of the EPCIS standard itself.
type Name struct {
	Space string
	Local string
}

// String returns the name as the event hash writes it: {namespace}local. A
// namespace that is only an undeclared JSON prefix stays one: prefix:local.
func (n Name) String() string {
	if n.Space == "" {
		return n.Local
	}
	if strings.IndexByte(n.Space, ':') == len(n.Space)-1 {
		return n.Space + n.Local
	}
	return "{" + n.Space + "}" + n.Local
}

// Kind is the JSON type that a Node's value had, so that writing JSON gives the
// same type back. XML knows only text.
type Kind uint8

// The kinds of a value.
const (
	KindText Kind = iota
	KindNumber
	KindBool
	KindNull
)

// Node is one element, attribute or JSON member that this package carries
// without a meaning of its own: ILMD content, sensor data, vendor extensions.
// Trees have the shape of EPCIS 2.0 XML whatever they were read from: an array
// is a run of siblings of one name.
type Node struct {
	Name     Name
	Attr     bool // an XML attribute, or a JSON key that starts with @
	Kind     Kind
	Value    string // text before the first child, white space trimmed
	Children []Node
	Line     int // where it began; 0 when made by a program
}

// Child returns the first child with that local name and no namespace, or nil.
func (n *Node) Child(local string) *Node {
	for i := range n.Children {
		c := &n.Children[i]
		if c.Name.Space == "" && c.Name.Local == local {
			return c
		}
	}
	return nil
}

// ChildValue returns the value of Child(local), or "".
func (n *Node) ChildValue(local string) string {
	if c := n.Child(local); c != nil {
		return c.Value
	}
	return ""
}

// find returns the first node of nodes with this local name in one of spaces.
func find(nodes []Node, local string, spaces ...string) *Node {
	for i := range nodes {
		if nodes[i].Name.Local != local {
			continue
		}
		for _, s := range spaces {
			if nodes[i].Name.Space == s {
				return &nodes[i]
			}
		}
	}
	return nil
}

// The namespaces that this package knows by name.
const (
	nsEPCIS1      = "urn:epcglobal:epcis:xsd:1"
	nsEPCIS2      = "urn:epcglobal:epcis:xsd:2"
	nsQuery1      = "urn:epcglobal:epcis-query:xsd:1"
	nsQuery2      = "urn:epcglobal:epcis-query:xsd:2"
	nsMasterData1 = "urn:epcglobal:epcis-masterdata:xsd:1"
	nsMasterData2 = "urn:epcglobal:epcis-masterdata:xsd:2"
	nsSBDH        = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
	nsXSI         = "http://www.w3.org/2001/XMLSchema-instance"
	nsXSD         = "http://www.w3.org/2001/XMLSchema"
	nsXML         = "http://www.w3.org/XML/1998/namespace"
	nsHC          = "http://epcis.gs1us.org/hc/ns"
	nsMDA         = "urn:epcglobal:cbv:mda"
	nsMDAColon    = "urn:epcglobal:cbv:mda:" // what the JSON-LD context gives for cbvmda
	nsVoc         = "https://gs1.org/voc/"
	nsCBV         = "https://ref.gs1.org/cbv/"
	nsEPCISVoc    = "https://ref.gs1.org/epcis/"

	// nsNone stands in JSON-LD for elements of no namespace that a vendor put
	// inside <extension>: a bare key would claim to be the standard's own.
	nsNone = "urn:pedigree:epcis:no-namespace:"
)

// typeOfValue is the attribute by which XML says what a value is.
func typeOfValue() Name { return Name{nsXSI, "type"} }

func isEPCISSpace(space string) bool {
	switch space {
	case nsEPCIS1, nsEPCIS2, nsQuery1, nsQuery2, nsMasterData1, nsMasterData2:
		return true
	}
	return false
}

// foldSpace gives the XML and the JSON-LD form of the CBV master data namespace
// one name (see Event.Digest).
func foldSpace(space string) string {
	if space == nsMDAColon {
		return nsMDA
	}
	return space
}

// isNCName tells whether s can be the local part of an XML name. Names that are
// not are refused when a document is read, so that each can be written in every
// form. Beyond ASCII it takes fewer letters than XML does.
func isNCName(s string) bool {
	for i, r := range s {
		switch {
		case r == '_', 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', r >= 0xC0 && r <= 0x24F && r != 0xD7 && r != 0xF7:
		case i > 0 && (r == '-' || r == '.' || '0' <= r && r <= '9'):
		default:
			return false
		}
	}
	return s != ""
}

// isXMLText tells whether every rune of s may stand in an XML document.
func isXMLText(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return !(r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r <= 0xD7FF ||
			r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= 0x10FFFF)
	})
}
