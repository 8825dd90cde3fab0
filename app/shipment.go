package app

import (
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// ShipPurpose is why goods are shipped.
type ShipPurpose uint8

// The purposes of a shipment.
const (
	// PurposeSale changes the owner on receipt: a DSCSA transaction.
	PurposeSale ShipPurpose = 1
	// PurposeReturn goes back along a sale, or to the labeler.
	PurposeReturn ShipPurpose = 2
)

// String is the purpose's name.
func (p ShipPurpose) String() string {
	switch p {
	case PurposeSale:
		return "sale"
	case PurposeReturn:
		return "return"
	default:
		return "unknown"
	}
}

// MarshalText writes the purpose's name.
func (p ShipPurpose) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// ChangesOwner reports whether receipt makes the consignee the owner.
func (p ShipPurpose) ChangesOwner() bool { return p == PurposeSale || p == PurposeReturn }

// DocumentKind is a CBV business transaction type.
type DocumentKind uint8

// The business transaction types of CBV 2.0 that shipments carry.
const (
	DocPO       DocumentKind = 1
	DocDespatch DocumentKind = 2
	DocInvoice  DocumentKind = 3
	DocBOL      DocumentKind = 4
	DocRMA      DocumentKind = 5
	DocOther    DocumentKind = 6

	documentKinds = 7
)

// String is the CBV word.
func (k DocumentKind) String() string {
	names := [documentKinds]string{"", "po", "desadv", "inv", "bol", "rma", "other"}
	if k == 0 || k >= documentKinds {
		return "unknown"
	}
	return names[k]
}

// MarshalText writes the CBV word.
func (k DocumentKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// DocumentKindByName finds a kind by its CBV word; DocOther for words that
// shipments do not treat specially.
func DocumentKindByName(name string) DocumentKind {
	for i := DocPO; i < documentKinds; i++ {
		if i.String() == name {
			return i
		}
	}
	return DocOther
}

// Document is a business document that a shipment refers to.
type Document struct {
	// Kind is its business transaction type, as CBV 2.0 names it.
	Kind DocumentKind `json:"kind"`
	// ID is its identifier as exchanged, at most 100 bytes.
	ID string `json:"id"`
}

const (
	maxDocuments  = 8
	maxDocIDBytes = 100
)

// Terms are what the shipper says about a shipment: the transaction
// information and statement that do not follow from the goods (FD&C Act
// 581(26), (27)).
type Terms struct {
	// To is the consignee.
	To gs1.GLN `json:"to"`
	// ShipTo is the site it goes to; the consignee's own GLN if not another.
	ShipTo gs1.GLN `json:"shipTo"`
	// Carrier is the GLN of who carries the goods; empty when none is named.
	Carrier gs1.GLN `json:"carrier"`
	// Seller is, in a drop shipment (FD&C Act 582(f)), the wholesaler that
	// buys from the shipper and sells to the consignee while the goods go
	// straight from one to the other; zero otherwise.
	Seller gs1.GLN `json:"seller,omitzero"`
	// Purpose is why the goods are shipped.
	Purpose ShipPurpose `json:"purpose"`
	// Exemption is named instead of the statement, or for an edge that is not
	// ordinary.
	Exemption Exemption `json:"exemption,omitempty"`
	// Documents are the business documents that belong to it, at most 8.
	Documents []Document `json:"documents,omitempty"`
	// TransactionDate is the date of the change of ownership agreed on.
	TransactionDate gs1.Date `json:"transactionDate"`
	// Statement: the shipper affirms the transaction statement.
	Statement bool `json:"statement"`
}

// ShipmentStatus is derived from the counts.
type ShipmentStatus uint8

// The statuses.
const (
	// ShipmentOpen: something is on its way.
	ShipmentOpen ShipmentStatus = 1
	// ShipmentShort: nothing is on its way but something is missing.
	ShipmentShort ShipmentStatus = 2
	// ShipmentClosed: all of it was received, refused or voided.
	ShipmentClosed ShipmentStatus = 3
)

// String is the status's name.
func (s ShipmentStatus) String() string {
	switch s {
	case ShipmentOpen:
		return "open"
	case ShipmentShort:
		return "short"
	case ShipmentClosed:
		return "closed"
	default:
		return "unknown"
	}
}

// MarshalText writes the status's name.
func (s ShipmentStatus) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Shipment is the record of a change of ownership under way ('s'). Which
// holdings belong to it stands in the holdings. Items: Shipped = Received +
// Refused + Short + Voided + Open (rule 12). At most 1,100 bytes.
type Shipment struct {
	// From is the partner that shipped.
	From gs1.GLN `json:"from"`
	// Agent is the partner that signed on behalf of From; zero when From
	// signed itself.
	Agent gs1.GLN `json:"agent,omitzero"`
	Terms
	// Reverses is the sale that a return reverses, 0 otherwise.
	Reverses uint64 `json:"reverses,omitempty"`
	// Time is the shipping event's time; Height the block's.
	Time   uint64 `json:"time"`
	Height uint64 `json:"height"`

	// Shipped counts the items that were shipped, Received, Refused, Short and
	// Voided what became of them, and Open those still on their way.
	Shipped  uint64 `json:"shipped"`
	Received uint64 `json:"received"`
	Refused  uint64 `json:"refused"`
	Short    uint64 `json:"short"`
	Voided   uint64 `json:"voided"`
	Open     uint64 `json:"open"`
	// OpenHoldings and ShortHoldings count outermost holdings still in it.
	OpenHoldings  uint32 `json:"openHoldings"`
	ShortHoldings uint32 `json:"shortHoldings"`
}

// Nonsaleable reports whether the goods go back as what may not be sold again.
func (s *Shipment) Nonsaleable() bool {
	return s.Purpose == PurposeReturn && s.Exemption == ExemptNonsaleable
}

// Status is derived from what is open and short.
func (s *Shipment) Status() ShipmentStatus {
	switch {
	case s.OpenHoldings > 0 || s.Open > 0:
		return ShipmentOpen
	case s.ShortHoldings > 0 || s.Short > 0:
		return ShipmentShort
	default:
		return ShipmentClosed
	}
}

// SoldBy is the partner from which the consignee acquires the goods: the
// seller of a drop shipment, otherwise the shipper.
func (s *Shipment) SoldBy() gs1.GLN {
	if !s.Seller.IsZero() {
		return s.Seller
	}
	return s.From
}

// Owners are the partners through whose hands ownership passes, in order: each
// with the next is one change of ownership and has transaction information of
// its own (FD&C Act 581(26)). Two, or three in a drop shipment.
func (s *Shipment) Owners() []gs1.GLN {
	if s.Seller.IsZero() {
		return []gs1.GLN{s.From, s.To}
	}
	return []gs1.GLN{s.From, s.Seller, s.To}
}

func (t *Terms) encode(e *wire.Encoder) {
	e.Raw(t.To[:])
	e.Raw(t.ShipTo[:])
	writeOptionalGLN(e, t.Carrier)
	writeOptionalGLN(e, t.Seller)
	e.Uint8(uint8(t.Purpose))
	e.Uint8(uint8(t.Exemption))
	e.Count(len(t.Documents))
	for _, doc := range t.Documents {
		e.Uint8(uint8(doc.Kind))
		e.String8(doc.ID)
	}
	e.Uint32(uint32(t.TransactionDate))
	e.Bool(t.Statement)
}

func readTerms(d *wire.Decoder) (t Terms) {
	t.To, t.ShipTo, t.Carrier, t.Seller = readGLN(d), readGLN(d), readOptionalGLN(d), readOptionalGLN(d)
	t.Purpose, t.Exemption = ShipPurpose(d.Uint8()), Exemption(d.Uint8())
	if t.Purpose != PurposeSale && t.Purpose != PurposeReturn {
		d.Fail("unknown purpose %d", t.Purpose)
	}
	if t.Exemption >= exemptions {
		d.Fail("unknown exemption %d", uint8(t.Exemption))
	}
	n := d.Count(maxDocuments, 2)
	for range n {
		doc := Document{DocumentKind(d.Uint8()), readText(d, maxDocIDBytes)}
		if doc.Kind == 0 || doc.Kind >= documentKinds {
			d.Fail("unknown kind of document %d", doc.Kind)
		}
		t.Documents = append(t.Documents, doc)
	}
	t.TransactionDate, t.Statement = readDate(d), d.Bool()
	return t
}

func (s *Shipment) encode() []byte {
	e := wire.NewEncoder(320)
	e.Uint8(1)
	e.Raw(s.From[:])
	writeOptionalGLN(e, s.Agent)
	s.Terms.encode(e)
	for _, v := range [...]uint64{s.Reverses, s.Time, s.Height, s.Shipped, s.Received, s.Refused, s.Short, s.Voided, s.Open} {
		e.Uint64(v)
	}
	e.Uint32(s.OpenHoldings)
	e.Uint32(s.ShortHoldings)
	return e.Bytes()
}

// DecodeShipment reads the value of a shipment record.
func DecodeShipment(v []byte) (*Shipment, error) {
	d := wire.NewDecoder(v)
	d.Version(1)
	s := &Shipment{From: readGLN(d), Agent: readOptionalGLN(d), Terms: readTerms(d)}
	for _, p := range [...]*uint64{&s.Reverses, &s.Time, &s.Height, &s.Shipped, &s.Received, &s.Refused, &s.Short, &s.Voided, &s.Open} {
		*p = d.Uint64()
	}
	s.OpenHoldings, s.ShortHoldings = d.Uint32(), d.Uint32()
	if s.Reverses != 0 && s.Purpose != PurposeReturn {
		d.Fail("a %s reverses nothing, found %d", s.Purpose, s.Reverses)
	}
	if !s.Seller.IsZero() && s.Purpose != PurposeSale {
		d.Fail("a %s has no seller in between, found %s", s.Purpose, s.Seller)
	}
	return s, d.Finish()
}
