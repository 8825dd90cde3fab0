package epcis

// readHeader reads EPCISHeader: the SBDH, the master data behind one or two
// extension wrappers, and the DSCSA statement.
func (d *Document) readHeader(n Node) error {
	for i := range n.Children {
		c := &n.Children[i]
		switch {
		case c.Name.Local == "StandardBusinessDocumentHeader":
			if err := d.Header.readSBDH(c); err != nil {
				return err
			}
		case c.Name.Local == "extension" && c.Name.Space == "":
			if err := d.readHeader(*c); err != nil {
				return err
			}
		case c.Name.Local == "EPCISMasterData" && (c.Name.Space == "" || isEPCISSpace(c.Name.Space)):
			if err := d.readMasterData(c); err != nil {
				return err
			}
		default:
			d.readStatement(*c)
		}
	}
	return nil
}

// readStatement reads one header element of another namespace. One sender uses
// the statement's name as the namespace itself, so the local name decides.
func (d *Document) readStatement(n Node) {
	switch n.Name.Local {
	case "guidelineVersion":
		d.DSCSA.GuidelineVersion = n.Value
	case "dscsaTransactionStatement":
		d.DSCSA.Present = true
		for _, c := range n.Children {
			switch c.Name.Local {
			case "affirmTransactionStatement":
				d.DSCSA.Affirmed = c.Value == "true" || c.Value == "1"
			case "legalNotice":
				d.DSCSA.LegalNotice = c.Value
			}
		}
	default:
		d.Header.Extensions = append(d.Header.Extensions, n)
	}
}

func (h *Header) readSBDH(n *Node) error {
	h.HasSBDH = true
	for i := range n.Children {
		c := &n.Children[i]
		switch c.Name.Local {
		case "HeaderVersion":
			h.Version = c.Value
		case "Sender":
			h.Senders = append(h.Senders, identifiers(c)...)
		case "Receiver":
			h.Receivers = append(h.Receivers, identifiers(c)...)
		case "DocumentIdentification":
			h.readIdentification(c)
		}
	}
	return nil
}

func (h *Header) readIdentification(n *Node) {
	for _, c := range n.Children {
		switch c.Name.Local {
		case "Standard":
			h.Standard = c.Value
		case "TypeVersion":
			h.TypeVersion = c.Value
		case "InstanceIdentifier":
			h.InstanceID = c.Value
		case "Type":
			h.Type = c.Value
		case "CreationDateAndTime":
			h.Created = c.Value
		}
	}
}

func identifiers(n *Node) []Identifier {
	var ids []Identifier
	for i := range n.Children {
		c := &n.Children[i]
		if c.Name.Local == "Identifier" {
			ids = append(ids, Identifier{Authority: c.ChildValue("Authority"), ID: c.Value})
		}
	}
	return ids
}
