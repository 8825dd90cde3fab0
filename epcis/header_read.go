package epcis

// readHeader reads EPCISHeader: the SBDH, the master data behind one or two
// extension wrappers, and the DSCSA statement.
func (d *Document) readHeader(n Node) error {
	for i := range n.Children {
		c := &n.Children[i]
		switch {
		case c.Name.Local == businessHeader:
			d.Header.readSBDH(c)
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

// isHeaderPart tells whether an element is understood as a part of the header,
// which in JSON-LD may stand beside it.
func isHeaderPart(local string) bool {
	return local == "guidelineVersion" || local == "dscsaTransactionStatement" || local == businessHeader
}

// readStatement reads one header element of another namespace. One sender uses
// the statement's name as the namespace itself, so the local name decides.
func (d *Document) readStatement(n Node) {
	switch n.Name.Local {
	case "guidelineVersion":
		d.DSCSA.GuidelineVersion = n.Value
	case businessHeader:
		d.Header.readSBDH(&n)
	case "dscsaTransactionStatement":
		d.DSCSA.Present = true
		for _, c := range n.Children {
			switch c.Name.Local {
			case "affirmTransactionStatement":
				d.DSCSA.Affirmed = isTrue(c.Value)
			case "legalNotice":
				d.DSCSA.LegalNotice = c.Value
			default:
				d.DSCSA.Extensions = append(d.DSCSA.Extensions, c)
			}
		}
	default:
		d.Header.Extensions = append(d.Header.Extensions, n)
	}
}

// readSBDH reads the Standard Business Document Header, which says more than
// keys that stand beside it in JSON-LD.
func (h *Header) readSBDH(n *Node) {
	h.HasSBDH, h.Senders, h.Receivers = true, nil, nil
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
		default:
			h.Parts = append(h.Parts, *c)
		}
	}
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
		case "MultipleType":
			h.MultipleType = c.Value
		case "CreationDateAndTime":
			h.Created = c.Value
		}
	}
}

// identifiers reads one Sender or Receiver.
func identifiers(n *Node) []Identifier {
	var ids []Identifier
	for i := range n.Children {
		c := &n.Children[i]
		switch {
		case c.Name.Local == "Identifier":
			ids = append(ids, Identifier{Authority: c.ChildValue("Authority"), ID: c.Value})
		case len(ids) > 0:
			ids[len(ids)-1].Contacts = append(ids[len(ids)-1].Contacts, *c)
		}
	}
	return ids
}
