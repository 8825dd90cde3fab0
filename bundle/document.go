package bundle

import (
	"io"
	"strconv"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/epcis"
)

// ownSpace is the namespace of what a bundle adds to an EPCIS document.
const ownSpace = "urn:pedigree:bundle"

// WriteXML writes the bundle as an EPCIS 1.2 document in the layout of the GS1
// US DSCSA guideline R1.3: sender and receiver, master data of products and
// places, the transaction statement in the header, and for each transaction the
// commissioning of its packages, with lot and expiry, the packing of its
// containers, and the shipping event. Sender and receiver are seller and buyer
// of the one transaction, or both the partner whose record it is.
func (b *Bundle) WriteXML(w io.Writer) error {
	doc, err := b.Document()
	if err != nil {
		return err
	}
	out, err := epcis.EncodeXML12(doc)
	if err != nil {
		return err
	}
	_, err = w.Write(out)
	return err
}

// WriteJSON writes the same as an EPCIS 2.0 document in JSON-LD.
func (b *Bundle) WriteJSON(w io.Writer) error {
	doc, err := b.Document()
	if err != nil {
		return err
	}
	out, err := epcis.EncodeJSON20(doc)
	if err != nil {
		return err
	}
	_, err = w.Write(out)
	return err
}

// Document is the bundle as an EPCIS document, oldest transaction first.
func (b *Bundle) Document() (*epcis.Document, error) {
	n := b.names()
	doc := &epcis.Document{
		SchemaVersion: "2.0", CreationDate: epcis.NewTime(b.Time),
		DSCSA:      epcis.DSCSA{GuidelineVersion: "GS1 US DSCSA R1.3"},
		Namespaces: []epcis.Namespace{{Prefix: "bundle", URI: ownSpace}},
	}
	if all, stated := b.Affirmed(); stated {
		doc.DSCSA.Present, doc.DSCSA.Affirmed, doc.DSCSA.LegalNotice = true, all, legalNotice
	}
	doc.Header = epcis.Header{HasSBDH: true, InstanceID: b.instance(), Created: doc.CreationDate.Text, Extensions: b.asOf()}
	from, to, err := b.ends(n)
	if err != nil {
		return nil, err
	}
	doc.Header.Senders = []epcis.Identifier{{Authority: "GS1", ID: from}}
	doc.Header.Receivers = []epcis.Identifier{{Authority: "GS1", ID: to}}
	if doc.MasterData, err = b.masterData(n); err != nil {
		return nil, err
	}
	e := &teller{b: b, n: n, told: make(map[gs1.Key]bool), packed: make(map[app.HoldingID]bool)}
	for i := len(b.Transactions) - 1; i >= 0; i-- {
		if err := e.transaction(doc, &b.Transactions[i]); err != nil {
			return nil, err
		}
	}
	return doc, nil
}

// instance names the document: what was asked, as of when.
func (b *Bundle) instance() string {
	s := b.ChainID + "-" + strconv.FormatUint(b.Height, 10)
	if b.Partner != nil {
		s += "-" + b.Partner.GLN.String()
	}
	if b.Item != "" {
		s += "-" + string(b.Item)
	}
	return s
}

// ends are the sender and receiver of the document.
func (b *Bundle) ends(n *names) (from, to string, err error) {
	var sender, receiver gs1.GLN
	switch {
	case len(b.Transactions) == 1:
		sender, receiver = b.Transactions[0].From.GLN, b.Transactions[0].To.GLN
	case b.Partner != nil:
		sender, receiver = b.Partner.GLN, b.Partner.GLN
	case len(b.Transactions) > 0: // an item of anybody: its first and last owner
		sender, receiver = b.Transactions[len(b.Transactions)-1].From.GLN, b.Transactions[0].To.GLN
	default:
		return "", "", nil
	}
	if from, err = n.site(sender); err != nil {
		return "", "", err
	}
	to, err = n.site(receiver)
	return from, to, err
}

// asOf says in the header as of which height the document is proved, and what
// is left out.
func (b *Bundle) asOf() []epcis.Node {
	out := []epcis.Node{
		own("chainId", b.ChainID), own("height", strconv.FormatUint(b.Height, 10)), own("asOf", epcis.NewTime(b.Time).Text),
	}
	if b.Cut != nil {
		out = append(out, own("leftOut", b.Cut.String()))
	}
	return out
}

func own(local, value string) epcis.Node {
	return epcis.Node{Name: epcis.Name{Space: ownSpace, Local: local}, Value: value}
}
