package proof

import (
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// Pedigree is what a verified file says: plain data, every field of it proved
// as of Height. The field tags are its JSON form.
type Pedigree struct {
	// Statement is what kind of thing is proved about the key.
	Statement StatementKind `json:"statement"`
	// Key is the key that was asked about.
	Key gs1.Key `json:"key"`
	// ChainID names the ledger.
	ChainID string `json:"chainId"`
	// Height is the height whose state this is; Time is the time of the
	// header after it, in which validators signed that state.
	Height uint64    `json:"height"`
	Time   time.Time `json:"time"`

	// Identity answers: does the ledger know this key, as the package or
	// document has it? Sellable answers: may it be sold or dispensed now by
	// whoever owns it? The two are independent questions.
	Identity Answer `json:"identity"`
	Sellable Answer `json:"sellable"`

	// Product is nil when the GTIN is unknown or the key is an SSCC's.
	Product *app.Product `json:"product,omitempty"`
	// Lots are the item's lot, or every lot with live items in a container.
	Lots []Lot `json:"lots,omitempty"`
	// AskedLot is the lot in which a serial is shown not to be; empty when
	// its product is unknown already, and for other statements.
	AskedLot string `json:"askedLot,omitempty"`
	// Commissioned is where an item was commissioned.
	Commissioned *Commissioned `json:"commissioned,omitempty"`
	// State is what became of the item; here for a container that exists.
	State app.State `json:"state"`
	// Chain leads from the innermost holding that concerns the key to the
	// outermost one. Empty when there is none.
	Chain []Holding `json:"chain,omitempty"`
	// Owner, Possessor and Location are those of the outermost holding.
	Owner     *Party  `json:"owner,omitempty"`
	Possessor *Party  `json:"possessor,omitempty"`
	Location  gs1.GLN `json:"location"`
	// Acquired is the shipment by which it last changed owner, 0 from the
	// labeler.
	Acquired uint64 `json:"acquired"`
	// Shipment is the one it is under way in, or nil.
	Shipment *app.ShipmentSummary `json:"shipment,omitempty"`
	// Marks are those on the key itself, nil when it bears none.
	Marks *app.Marks `json:"marks,omitempty"`
}

// Answer is yes or no with the reason in words and in the codes of the
// standards.
type Answer struct {
	// Yes is the answer.
	Yes bool `json:"yes"`
	// Reason says why, in words.
	Reason string `json:"reason"`
	// VRS is the verification failure reason or additional information of
	// the GS1 Lightweight Messaging Standard, or empty.
	VRS string `json:"vrs,omitempty"`
	// CBV is the CBV 2.0 disposition that says the same, or empty.
	CBV string `json:"cbv,omitempty"`
}

// Lot is a lot with how much of it is meant.
type Lot struct {
	app.LotID
	app.Lot
	// Items is 1 for an item, or the live items in the container.
	Items uint64 `json:"items"`
}

// Commissioned is a position of a CommissionRecord.
type Commissioned struct {
	// Sequence is the number of the CommissionRecord in the lot, from 0.
	Sequence uint32 `json:"sequence"`
	// Position counts over all entries of the Commission, from 0.
	Position uint32 `json:"position"`
	// Height is that of its block.
	Height uint64 `json:"height"`
}

// Holding is one holding of the chain.
type Holding struct {
	// ID is that of the holding.
	ID app.HoldingID `json:"id"`
	app.Holding
	// Marks are those on a container's key, when the rules make them count.
	Marks *app.Marks `json:"marks,omitempty"`
}

// Party is a partner and what the ledger has about it.
type Party struct {
	// GLN is the partner's.
	GLN gs1.GLN `json:"gln"`
	app.Partner
}

// Claim is what is printed on the package in hand; zero fields are not
// compared.
type Claim struct {
	Key    gs1.Key
	Lot    string
	Expiry gs1.Date
}

// Options are what the verifier asks of a file besides its truth.
type Options struct {
	// MaxAge is how old the header may be; 0 means any age.
	MaxAge time.Duration
	// Now is the time to judge age and expiry at; zero means the clock's.
	Now time.Time
	// Claim is compared with what is proved.
	Claim Claim
}
