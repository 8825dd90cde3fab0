// Package bundle gathers what a trading partner hands an inspector: the
// transaction information and the transaction statements (FD&C Act 581(26),
// (27)) of what it bought and sold in a time, or of every change of ownership
// of one item back to its manufacturer, in one file.
//
// Make asks a node and proves what it says: every shipment, product, lot and
// partner in the state of one height, against a header that the light client
// verified, and that every package was commissioned in its lot. Which packages were in a shipment,
// and that no shipment is left out, is the word of the node's index; their
// number is compared with the proved one. WriteXML, WriteJSON and WritePDF
// write the file. One bundle has one encoding in each form.
package bundle

import (
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// Side is which side of its transactions a partner was on.
type Side uint8

// The sides.
const (
	// SideBoth: what was bought and what was sold.
	SideBoth Side = 0
	// SideBought: the partner became the owner.
	SideBought Side = 1
	// SideSold: the partner was the owner.
	SideSold Side = 2
)

// Request says what is to be in a bundle: either a Partner with a time, or an
// Item.
type Request struct {
	// Partner is whose transactions are asked for. With an Item, only those
	// of the item that the partner took part in; zero means all of the item's.
	Partner gs1.GLN
	// Since and Until bound the time of shipping, the latter exclusive; zero
	// does not bound it.
	Since, Until time.Time
	// Side is bought, sold or both.
	Side Side
	// Item is the key of one item; empty means all that was shipped.
	Item gs1.Key
	// MaxTransactions bounds the changes of ownership, 0 means 100, at most
	// 1,000. A bundle that has no room for all says so in Cut.
	MaxTransactions int
	// MaxPackages bounds the packages listed in all transactions, 0 means
	// 2,000, at most 10,000.
	MaxPackages int
}

// Bundle is what was gathered and proved.
type Bundle struct {
	ChainID string `json:"chainId"`
	// Height is the height as of which the records are proved, Time that of
	// the header after it, in which the validators signed that state.
	Height uint64    `json:"height"`
	Time   time.Time `json:"time"`

	// Partner is who was asked about; nil for an item of anybody.
	Partner *Party    `json:"partner,omitempty"`
	Since   time.Time `json:"since,omitzero"`
	Until   time.Time `json:"until,omitzero"`
	Item    gs1.Key   `json:"item,omitempty"`

	// Transactions are newest first.
	Transactions []Transaction `json:"transactions"`
	// Cut says what there was no room for; nil when nothing is left out.
	Cut *Cut `json:"cut,omitempty"`

	times times
}

// Cut says what a bundle leaves out, and how to ask for it.
type Cut struct {
	// Transactions were left out, the oldest ones.
	Transactions int `json:"transactions"`
	// Until asks for them: the same request with this Until. Transactions
	// that were shipped in the second before it may be in both bundles.
	Until time.Time `json:"until,omitzero"`
	// Packages of the transactions in the bundle are not listed. A Request
	// with a higher MaxPackages, or for the transaction's time alone, lists
	// more.
	Packages uint64 `json:"packages"`
}

// Party is a trading partner as transaction information names it (FD&C Act
// 581(26)(I), (J)).
type Party struct {
	GLN gs1.GLN `json:"gln"`
	// Name and Address are as registered as of the bundle's height.
	Name    string `json:"name"`
	Address string `json:"address,omitempty"`

	prefixes []gs1.CompanyPrefix
}

// Transaction is one change of ownership. A drop shipment makes two of one
// shipment (FD&C Act 582(f)).
type Transaction struct {
	Shipment uint64          `json:"shipment"`
	Purpose  app.ShipPurpose `json:"purpose"`
	From     Party           `json:"from"`
	To       Party           `json:"to"`
	// Shipper and ShipTo are where the goods left and where they go.
	Shipper gs1.GLN `json:"shipper"`
	ShipTo  gs1.GLN `json:"shipTo"`
	// DropShipment: the goods went straight from the shipper to the consignee,
	// past a seller in between.
	DropShipment bool `json:"dropShipment,omitempty"`

	// Date is the date of the transaction, Shipped the time of shipping.
	Date      gs1.Date       `json:"date"`
	Shipped   time.Time      `json:"shipped"`
	Documents []app.Document `json:"documents,omitempty"`

	// Statement: the seller affirmed the transaction statement. Exemption
	// names why none was due, or why the edge is not ordinary.
	Statement bool          `json:"statement"`
	Exemption app.Exemption `json:"exemption,omitempty"`

	// Counts are of all packages of the shipment, also when Lines are of one
	// item only.
	Counts Counts             `json:"counts"`
	Status app.ShipmentStatus `json:"status"`

	// Lines are the packages by product and lot.
	Lines []Line `json:"lines"`
	// Unlisted is how many of the shipment's packages Lines have not, though
	// they were asked for; 0 for a whole list.
	Unlisted uint64 `json:"unlisted,omitempty"`

	containers []container
}

// Counts say what became of the packages of a shipment. Their sum is Shipped.
type Counts struct {
	Shipped  uint64 `json:"shipped"`
	Received uint64 `json:"received"`
	Refused  uint64 `json:"refused"`
	Short    uint64 `json:"short"`
	Voided   uint64 `json:"voided"`
	Open     uint64 `json:"open"`
}

// Line is the packages of one lot in a transaction.
type Line struct {
	Product Product `json:"product"`
	Lot     Lot     `json:"lot"`
	// Packages are ascending by key.
	Packages []Package `json:"packages"`
}

// Product is what transaction information says of a product (FD&C Act
// 581(26)(A) to (D)).
type Product struct {
	GTIN gs1.GTIN `json:"gtin"`
	// Manufacturer is the labeler as of the bundle's height.
	Manufacturer Party `json:"manufacturer"`
	app.ProductInfo
	// NDC is the code that applied on the day of the transaction, empty when
	// none was registered for it.
	NDC string `json:"ndc,omitempty"`

	prefixLen int
}

// Lot is what transaction information says of a lot, and what a reader must
// know of it as of the bundle's height.
type Lot struct {
	Lot    string   `json:"lot"`
	Expiry gs1.Date `json:"expiry"`
	// Exempt says why its packages bear no product identifier: then surrogate
	// serials stand for them.
	Exempt app.LotExemption `json:"exempt,omitempty"`
	// Recall is the recall that stands against the lot, nil when none is
	// open.
	Recall *app.Recall `json:"recall,omitempty"`
}

// Package is one package.
type Package struct {
	Key    gs1.Key `json:"key"`
	Serial string  `json:"serial"`
	// Surrogate: the package bears no serial, this one stands for it.
	Surrogate bool `json:"surrogate,omitempty"`
	// Proved: it is proved, as of Height, that it was commissioned in this
	// lot. Why says why not, empty otherwise.
	Proved bool   `json:"proved"`
	Why    string `json:"why,omitempty"`

	commission commissionID
}

// Identifier is the product identifier that the package of a line bears, and
// false for one that bears none.
func (l *Line) Identifier(p *Package) (gs1.ProductIdentifier, bool) {
	return gs1.ProductIdentifier{
		SGTIN: gs1.SGTIN{GTIN: l.Product.GTIN, Serial: p.Serial}, Lot: l.Lot.Lot, Expiry: l.Lot.Expiry,
	}, !p.Surrogate
}

// Listed counts the packages in the lines of a transaction.
func (t *Transaction) Listed() int {
	n := 0
	for i := range t.Lines {
		n += len(t.Lines[i].Packages)
	}
	return n
}

// Packages counts the packages listed in all transactions, and how many of them
// are proved.
func (b *Bundle) Packages() (listed, proved int) {
	for i := range b.Transactions {
		for j := range b.Transactions[i].Lines {
			l := &b.Transactions[i].Lines[j]
			listed += len(l.Packages)
			for k := range l.Packages {
				if l.Packages[k].Proved {
					proved++
				}
			}
		}
	}
	return listed, proved
}
