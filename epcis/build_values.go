package epcis

import (
	"slices"
	"strconv"
	"strings"
)

func (b *builder) once(n *Node, to *string) error {
	if *to != "" {
		return b.fail(n, n.Name.Local, "is given twice")
	}
	if len(n.Children) > 0 {
		return b.fail(n, n.Name.Local, "has parts: want one value")
	}
	*to = n.Value
	return nil
}

func (b *builder) instant(n *Node, to *Time) error {
	var text string
	if err := b.once(n, &text); err != nil {
		return err
	}
	if to.Text != "" {
		return b.fail(n, n.Name.Local, "is given twice")
	}
	t, err := parseTime(text)
	if err != nil {
		return b.fail(n, n.Name.Local, "%q %v", text, err)
	}
	*to = t
	return nil
}

// identifier reads one that may be absent, which some systems write as empty.
func (b *builder) identifier(n *Node, to *string) error {
	if err := b.once(n, to); err != nil || n.Value == "" {
		return err
	}
	return b.isURI(n, n.Name.Local, *to)
}

// isURI demands a scheme: everything EPCIS identifies, it identifies by a URI.
func (b *builder) isURI(n *Node, field, text string) error {
	if isURIText(text) {
		return nil
	}
	if text == "" {
		return b.fail(n, field, "is empty: want a URI such as urn:epc:id:sgtin:0355154.094495.100")
	}
	return b.fail(n, field, "is %q: want a URI such as urn:epc:id:sgtin:0355154.094495.100", text)
}

func isURIText(text string) bool {
	return strings.IndexByte(text, ':') > 0 && !strings.ContainsAny(text, " \t\r\n")
}

func (b *builder) word(n *Node, v vocabulary, to *string) error {
	if err := b.once(n, to); err != nil {
		return err
	}
	return b.vocabularyWord(n, n.Name.Local, v, to)
}

func (b *builder) vocabularyWord(n *Node, field string, v vocabulary, to *string) error {
	if *to == "" {
		return nil
	}
	*to = v.short(*to)
	if !v.has(*to) && strings.IndexByte(*to, ':') <= 0 {
		return b.fail(n, field, "is %q: neither a word of CBV 2.0 nor a URI", *to)
	}
	return nil
}

func (b *builder) epcs(n *Node, to *[]string) error {
	*to = slices.Grow(*to, len(n.Children))
	for i := range n.Children {
		c := &n.Children[i]
		if c.Name.Local != "epc" {
			return b.fail(c, n.Name.Local+" "+c.Name.Local, "is unexpected: want epc")
		}
		if !isURIText(c.Value) {
			return b.isURI(c, n.Name.Local+" "+strconv.Itoa(i), c.Value)
		}
		*to = append(*to, c.Value)
	}
	return nil
}

func (b *builder) quantities(n *Node, to *[]Quantity) error {
	for i := range n.Children {
		c := &n.Children[i]
		field := n.Name.Local + " " + strconv.Itoa(i)
		if c.Name.Local != "quantityElement" {
			return b.fail(c, field, "is %s: want quantityElement", c.Name.Local)
		}
		var q Quantity
		for j := range c.Children {
			p := &c.Children[j]
			switch p.Name.Local {
			case "epcClass":
				q.EPCClass = p.Value
			case "quantity":
				q.Amount = p.Value
			case "uom":
				q.UOM = p.Value
			default:
				return b.fail(p, field+" "+p.Name.Local, "is not a field of a quantity element")
			}
		}
		if err := b.isURI(c, field+" epcClass", q.EPCClass); err != nil {
			return err
		}
		if q.Amount != "" && !isDecimal(q.Amount) {
			return b.fail(c, field+" quantity", "is %q: want a decimal number", q.Amount)
		}
		*to = append(*to, q)
	}
	return nil
}

// isDecimal tells whether s is an xsd:decimal, or one with an exponent, as JSON
// may write it.
func isDecimal(s string) bool {
	_, ok := canonicalNumber(s)
	return ok && strings.Trim(s, "+-.0123456789eE") == ""
}
