package epcis

import "strings"

// DSCSA is the transaction statement that the GS1 US DSCSA guideline puts into
// the header (R1.2 and R1.3).
type DSCSA struct {
	Present          bool   // a statement was found at all
	Affirmed         bool   // affirmTransactionStatement was true
	LegalNotice      string // the sentence itself
	GuidelineVersion string // "GS1 US DSCSA R1.3", or empty before R1.3
	Extensions       []Node // what else the statement holds
}

// Release is a release of the GS1 US DSCSA guideline, which partners move to at
// different times.
type Release uint8

// The releases. The zero value is the older one, which does not say what it is.
const (
	R12 Release = iota
	R13
)

// Release tells the release a document was written by: R1.3 and later name
// themselves.
func (s *DSCSA) Release() Release {
	if s.GuidelineVersion == "" || strings.HasSuffix(s.GuidelineVersion, "R1.2") {
		return R12
	}
	return R13
}

// NewStatement returns the affirmed transaction statement as a release has it.
func NewStatement(r Release) DSCSA {
	s := DSCSA{Present: true, Affirmed: true, LegalNotice: "Seller has complied with each applicable subsection of FDCA Sec. 581(27)(A)-(G)."}
	if r == R13 {
		s.GuidelineVersion = "GS1 US DSCSA R1.3"
	}
	return s
}

// Authority returns the authority that a release writes over a partner's
// identifier in the header.
func (r Release) Authority() string {
	if r == R13 {
		return "GS1"
	}
	return "GLN"
}

// NDCTypeCode returns the type code that a release writes beside an NDC in master
// data. R1.3 writes the NDC with its dashes, R1.2 its 11 digits.
func (r Release) NDCTypeCode() string {
	if r == R13 {
		return "US_FDA_NDC"
	}
	return "FDA_NDC_11"
}

// NDC returns what a product's master data give as its NDC, by the type code of
// either release, or "". It is as written: one vendor writes GTINs there.
func (v *VocabularyElement) NDC() string {
	switch v.Attribute("additionalTradeItemIdentificationTypeCode") {
	case R12.NDCTypeCode(), R13.NDCTypeCode():
		return v.Attribute("additionalTradeItemIdentification")
	}
	return ""
}

// The qualifiers of a direct purchase in R1.3.
const (
	EntirelyDirect  = "ENTIRELY_DIRECT"
	PartiallyDirect = "PARTIALLY_DIRECT"
)

// DirectPurchase is what a wholesale distributor states of goods it bought from
// the manufacturer, the manufacturer's exclusive distributor or a repackager
// (FDCA 582(c)(1)(A)(ii)).
type DirectPurchase struct {
	Direct    bool     // all or some of the goods were bought so
	Qualifier string   // EntirelyDirect or PartiallyDirect; empty in R1.2, which has only the flag
	Statement string   // directPurchaseStatement, the sentence itself (R1.3)
	Indirect  []string // indirectPurchaseEPCs: the goods that were not (R1.3)
}

// DirectPurchase returns what a shipping event states of its goods' purchase, in
// the form of either release, and whether it states anything.
func (e *Event) DirectPurchase() (DirectPurchase, bool) {
	n := find(e.Extensions, "directPurchase", nsHC)
	if n == nil {
		return DirectPurchase{}, false
	}
	p := DirectPurchase{Direct: isTrue(n.Value)}
	for _, c := range n.Children {
		switch c.Name.Local {
		case "qualifier":
			p.Qualifier = c.Value
			p.Direct = c.Value == EntirelyDirect || c.Value == PartiallyDirect
		case "directPurchaseStatement":
			p.Statement = c.Value
		case "indirectPurchaseEPCs":
			p.Indirect = append(p.Indirect, leaves(&c)...)
		}
	}
	return p, true
}

// SetDirectPurchase makes the event state p in the form of a release. R1.2 has
// the flag alone.
func (e *Event) SetDirectPurchase(p DirectPurchase, r Release) {
	n := Node{Name: Name{nsHC, "directPurchase"}}
	if r == R12 || p.Qualifier == "" {
		n.Value = boolText(p.Direct)
		e.setExtension(n)
		return
	}
	n.Children = []Node{{Name: Name{Local: "qualifier"}, Attr: true, Value: p.Qualifier}}
	if p.Statement != "" {
		n.Children = append(n.Children, Node{Name: Name{nsHC, "directPurchaseStatement"}, Value: p.Statement})
	}
	if len(p.Indirect) > 0 {
		list := Node{Name: Name{nsHC, "indirectPurchaseEPCs"}}
		for _, epc := range p.Indirect {
			list.Children = append(list.Children, Node{Name: Name{nsHC, "epc"}, Value: epc})
		}
		n.Children = append(n.Children, list)
	}
	e.setExtension(n)
}

// isTrue reads an xsd:boolean.
func isTrue(text string) bool { return text == "true" || text == "1" }

func boolText(value bool) string {
	if value {
		return "true"
	}
	return "false"
}

// leaves returns the values at the bottom of a tree, in order.
func leaves(n *Node) []string {
	if len(n.Children) == 0 {
		return []string{n.Value}
	}
	var out []string
	for i := range n.Children {
		out = append(out, leaves(&n.Children[i])...)
	}
	return out
}
