package epcis

// Header holds what the Standard Business Document Header says (XML), or the
// sender, receiver and instanceIdentifier keys (JSON-LD). What those keys cannot
// say is written in JSON-LD as the SBDH's own element, under its namespace.
type Header struct {
	Version      string
	Senders      []Identifier
	Receivers    []Identifier
	Standard     string
	TypeVersion  string
	InstanceID   string
	Type         string
	MultipleType string // "true", "false" or empty
	Created      string // as written; often without a time zone, so only kept
	HasSBDH      bool
	Parts        []Node // what else the SBDH holds: Manifest, BusinessScope
	Extensions   []Node // header elements of other namespaces
}

// Identifier names a partner in the header. ID is a GLN of 13 digits or an EPC
// URI (SGLN, PGLN) whatever the authority says.
type Identifier struct {
	Authority string // "GS1", "SGLN", "GLN" ... or empty
	ID        string
	Contacts  []Node // the SBDH's ContactInformation that follows it
}

// Sender returns the first sender's identifier, or "".
func (h *Header) Sender() string { return firstID(h.Senders) }

// Receiver returns the first receiver's identifier, or "".
func (h *Header) Receiver() string { return firstID(h.Receivers) }

func firstID(ids []Identifier) string {
	if len(ids) == 0 {
		return ""
	}
	return ids[0].ID
}

// key reads one of the keys that JSON-LD has in place of an SBDH, unless there is
// an SBDH too, which says more.
func (h *Header) key(name, value string) {
	if h.HasSBDH {
		return
	}
	switch name {
	case "sender":
		h.Senders = []Identifier{{ID: value}}
	case "receiver":
		h.Receivers = []Identifier{{ID: value}}
	case "instanceIdentifier":
		h.InstanceID = value
	}
}

const businessHeader = "StandardBusinessDocumentHeader"

// written tells whether there is anything for an SBDH to say.
func (h *Header) written() bool {
	return h.HasSBDH || len(h.Senders)+len(h.Receivers) > 0 || h.InstanceID != ""
}

// inKeys tells whether the keys sender, receiver and instanceIdentifier of
// JSON-LD say all that the header says.
func (h *Header) inKeys() bool {
	bare := func(ids []Identifier) bool {
		return len(ids) == 0 || len(ids) == 1 && ids[0].Authority == "" && len(ids[0].Contacts) == 0
	}
	return !h.HasSBDH && bare(h.Senders) && bare(h.Receivers) && len(h.Parts) == 0 &&
		h.Version+h.Standard+h.TypeVersion+h.Type+h.MultipleType+h.Created == ""
}

// sbdh returns the Standard Business Document Header as an element. Its schema
// wants every field there: complete fills in what the header leaves open.
func (h *Header) sbdh(d *Document, complete bool) Node {
	part := func(local, value, otherwise string) []Node {
		if value == "" && complete {
			value = otherwise
		}
		if value == "" && !complete {
			return nil
		}
		return []Node{{Name: Name{nsSBDH, local}, Value: value}}
	}
	root := Node{Name: Name{nsSBDH, businessHeader}, Children: part("HeaderVersion", h.Version, "1.0")}
	root.Children = appendPartners(root.Children, "Sender", h.Senders, complete)
	root.Children = appendPartners(root.Children, "Receiver", h.Receivers, complete)
	id := Node{Name: Name{nsSBDH, "DocumentIdentification"}}
	id.Children = append(id.Children, part("Standard", h.Standard, "EPCglobal")...)
	id.Children = append(id.Children, part("TypeVersion", h.TypeVersion, "1.0")...)
	id.Children = append(id.Children, part("InstanceIdentifier", h.InstanceID, "")...)
	id.Children = append(id.Children, part("Type", h.Type, "Events")...)
	if h.MultipleType != "" {
		id.Children = append(id.Children, part("MultipleType", h.MultipleType, "")...)
	}
	id.Children = append(id.Children, part("CreationDateAndTime", h.Created, d.CreationDate.Text)...)
	root.Children = append(root.Children, id)
	root.Children = append(root.Children, h.Parts...)
	return root
}

func appendPartners(to []Node, local string, ids []Identifier, complete bool) []Node {
	for _, id := range ids {
		n := Node{Name: Name{nsSBDH, "Identifier"}, Value: id.ID}
		if authority := id.Authority; authority != "" || complete {
			n.Children = []Node{{Name: Name{Local: "Authority"}, Attr: true, Value: or(authority, "GS1")}}
		}
		to = append(to, Node{Name: Name{nsSBDH, local}, Children: append([]Node{n}, id.Contacts...)})
	}
	return to
}
