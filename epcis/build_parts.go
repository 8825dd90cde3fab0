package epcis

import "strconv"

// place reads readPoint or bizLocation.
func (b *builder) place(n *Node, to *Place) error {
	if to.ID != "" {
		return b.fail(n, n.Name.Local, "is given twice")
	}
	return b.placeParts(n, n.Children, to)
}

func (b *builder) placeParts(n *Node, parts []Node, to *Place) error {
	for i := range parts {
		c := &parts[i]
		switch {
		case c.Name.Local == "id" && (c.Name.Space == "" || isEPCISSpace(c.Name.Space)):
			if c.Value == "" {
				continue // a place left open, as the XSDs allow
			}
			if err := b.isURI(c, n.Name.Local+" id", c.Value); err != nil {
				return err
			}
			to.ID = c.Value
		case c.Name.Space == "" && c.Name.Local == "extension":
			if err := b.placeParts(n, c.Children, to); err != nil {
				return err
			}
		default:
			to.Extensions = append(to.Extensions, *c)
		}
	}
	return nil
}

func (b *builder) transactions(n *Node) error {
	for i := range n.Children {
		c := &n.Children[i]
		field := n.Name.Local + " " + strconv.Itoa(i)
		if c.Name.Local != "bizTransaction" {
			return b.fail(c, field, "is %s: want bizTransaction", c.Name.Local)
		}
		t := BizTransaction{Type: c.ChildValue("type"), ID: c.Value}
		if t.ID == "" {
			return b.fail(c, field, "names no transaction")
		}
		if err := b.vocabularyWord(c, field+" type", bizTransactionTypes(), &t.Type); err != nil {
			return err
		}
		b.e.BizTransactions = append(b.e.BizTransactions, t)
	}
	return nil
}

func (b *builder) endpoints(n *Node, local string, to *[]Endpoint) error {
	for i := range n.Children {
		c := &n.Children[i]
		field := n.Name.Local + " " + strconv.Itoa(i)
		if c.Name.Local != local {
			return b.fail(c, field, "is %s: want %s", c.Name.Local, local)
		}
		p := Endpoint{Type: c.ChildValue("type"), ID: c.Value}
		if p.Type == "" {
			return b.fail(c, field+" type", "is missing: want owning_party, possessing_party, location or a URI")
		}
		if err := b.isURI(c, field+" "+local, p.ID); err != nil {
			return err
		}
		if err := b.vocabularyWord(c, field+" type", endpointTypes(), &p.Type); err != nil {
			return err
		}
		*to = append(*to, p)
	}
	return nil
}

func (b *builder) persistent(n *Node) error {
	for i := range n.Children {
		c := &n.Children[i]
		word := c.Value
		if err := b.vocabularyWord(c, n.Name.Local+" "+c.Name.Local, dispositions(), &word); err != nil {
			return err
		}
		switch c.Name.Local {
		case "set":
			b.e.PersistentDisposition.Set = append(b.e.PersistentDisposition.Set, word)
		case "unset":
			b.e.PersistentDisposition.Unset = append(b.e.PersistentDisposition.Unset, word)
		default:
			return b.fail(c, n.Name.Local+" "+c.Name.Local, "is unexpected: want set or unset")
		}
	}
	return nil
}

// sensors keeps sensor elements as trees, with their times checked and their
// vocabulary words written out as URIs.
func (b *builder) sensors(n *Node) error {
	for i := range n.Children {
		c := &n.Children[i]
		field := n.Name.Local + " " + strconv.Itoa(i)
		if c.Name.Local != "sensorElement" || c.Name.Space != "" {
			return b.fail(c, field, "is %s: want sensorElement", c.Name.Local)
		}
		if err := b.sensorParts(c.Children, field); err != nil {
			return err
		}
		b.e.SensorElements = append(b.e.SensorElements, *c)
	}
	return nil
}

// sensorParts reads the metadata and the reports of one sensor element.
func (b *builder) sensorParts(parts []Node, field string) error {
	reports := 0
	for i := range parts {
		part := &parts[i]
		if part.Name.Space != "" {
			continue
		}
		at := field + " " + part.Name.Local
		switch part.Name.Local {
		case "extension":
			return b.fail(part, at, "is unexpected: a sensor element has no extension wrapper")
		case "sensorReport":
			at += " " + strconv.Itoa(reports)
			reports++
		}
		for j := range part.Children {
			if err := b.sensorValue(&part.Children[j], at); err != nil {
				return err
			}
		}
		markAttributes(part.Children)
	}
	return nil
}

// markAttributes makes attributes of what can be one, as sensor data is written
// in XML: values without parts and with a name of their own.
func markAttributes(nodes []Node) {
	count := make(map[Name]int, len(nodes))
	for i := range nodes {
		count[nodes[i].Name]++
	}
	for i := range nodes {
		nodes[i].Attr = len(nodes[i].Children) == 0 && count[nodes[i].Name] == 1
	}
}

func (b *builder) sensorValue(n *Node, field string) error {
	if n.Name.Space != "" {
		return nil
	}
	switch n.Name.Local {
	case "time", "startTime", "endTime":
		if _, err := parseTime(n.Value); err != nil {
			return b.fail(n, field+" "+n.Name.Local, "%q %v", n.Value, err)
		}
	case "type", "exception":
		n.Value = expandBare(n.Value, nsVoc)
	case "component":
		n.Value = components().toWeb(components().short(n.Value))
	default:
		if isSensorNumber(n.Name.Local) && !isDouble(n.Value) {
			return b.fail(n, field+" "+n.Name.Local, "is %q: want a number that fits 64 bits", n.Value)
		}
	}
	return nil
}

// isSensorNumber tells whether a field of a sensor report is an xsd:double
// (EPCIS 2.0, section 7.3.7.4).
func isSensorNumber(field string) bool {
	switch field {
	case "value", "minValue", "maxValue", "meanValue", "sDev", "percRank", "percValue":
		return true
	}
	return false
}

// isDouble tells whether s is an xsd:double.
func isDouble(s string) bool {
	return isDecimal(s) || s == "INF" || s == "-INF" || s == "NaN"
}

func (b *builder) ilmd(n *Node) error {
	for i := range n.Children {
		c := &n.Children[i]
		if c.Name.Space == "" && c.Name.Local == "extension" {
			if err := b.ilmd(c); err != nil {
				return err
			}
			continue
		}
		b.e.ILMD = append(b.e.ILMD, *c)
	}
	if d := b.e.Expiry(); d != "" && !isDate(d) {
		return b.fail(n, "ilmd itemExpirationDate", "is %q: want YYYY-MM-DD", b.e.masterDatum("itemExpirationDate"))
	}
	return nil
}

func (b *builder) declaration(n *Node) error {
	if b.e.Error != nil {
		return b.fail(n, n.Name.Local, "is given twice")
	}
	d := &ErrorDeclaration{}
	b.e.Error = d
	return b.declarationParts(n, n.Children, d)
}

func (b *builder) declarationParts(n *Node, parts []Node, d *ErrorDeclaration) error {
	for i := range parts {
		c := &parts[i]
		if c.Name.Space != "" {
			d.Extensions = append(d.Extensions, *c)
			continue
		}
		if err := b.declarationPart(n, c, d); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) declarationPart(n, c *Node, d *ErrorDeclaration) error {
	field := n.Name.Local + " " + c.Name.Local
	switch c.Name.Local {
	case "declarationTime":
		t, err := parseTime(c.Value)
		if err != nil {
			return b.fail(c, field, "%q %v", c.Value, err)
		}
		d.Time = t
	case "reason":
		d.Reason = errorReasons().short(c.Value) // free text in some systems
	case "correctiveEventIDs":
		for _, id := range c.Children {
			d.CorrectiveIDs = append(d.CorrectiveIDs, id.Value)
		}
	case "extension":
		return b.declarationParts(n, c.Children, d)
	default:
		d.Extensions = append(d.Extensions, *c)
	}
	return nil
}
