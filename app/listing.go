package app

import (
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/app/merkle"
)

// The answers to listings, as JSON. They come from the index: nothing in them
// is proven until the records they name have been.

// Position names one position of a segment.
type Position struct {
	// Holding is the holding that the segment is in.
	Holding HoldingID `json:"holding"`
	// Segment is the number of the segment in it, from 0.
	Segment uint32 `json:"segment"`
	// Position counts in the segment, from 0 to 1,023.
	Position uint16 `json:"position"`
}

// Place is where a key is, as of Height; the answer to PathPlace.
type Place struct {
	// Key is the key that was asked about.
	Key gs1.Key `json:"key"`
	// Entry is the latest entry of the key; for a container that stands in
	// no other it is zero but for the key.
	Entry Entry `json:"entry"`
	// At is where that entry stands; zero for an outermost container.
	At Position `json:"at"`
	// State is what became of that position.
	State State `json:"state"`
	// Holding is the innermost holding that concerns the key: the one an
	// item is in, or the container's own, its latest use.
	Holding HoldingID `json:"holding"`
	// Chain leads from Holding to the outermost holding, both included.
	Chain []HoldingID `json:"chain"`
	// Commissions are where an item was commissioned: more than one means a
	// duplicate. Empty for a container.
	Commissions []CommissionedAt `json:"commissions,omitempty"`
	// Height is the last block that the answer takes in.
	Height uint64 `json:"height"`
}

// CommissionedAt is a position in a CommissionRecord.
type CommissionedAt struct {
	// Lot is the lot that the item was commissioned in.
	Lot LotID `json:"lot"`
	// Sequence is the number of the CommissionRecord in the lot, from 0.
	Sequence uint32 `json:"sequence"`
	// Position counts over all segments of the commission.
	Position uint32 `json:"position"`
	// At is the same position in the run.
	At Position `json:"at"`
}

// CommissionSegment is one segment of a commission, in order; the answer to
// PathCommissionSegments is a list of them.
type CommissionSegment struct {
	// Holding is the run that the segment is in.
	Holding HoldingID `json:"holding"`
	// Root is the Merkle root over its entries.
	Root merkle.Hash `json:"root"`
	// Count is how many positions it has, at most 1,024.
	Count uint16 `json:"count"`
}

// Step is one event of a history: a tx that touched the holding that the key
// was in at the time, or an outer one. PathHistory answers a Page of them.
type Step struct {
	TxSummary
	// Holding is the holding that the tx touched.
	Holding HoldingID `json:"holding"`
	// State is set when this tx changed the item's own position.
	State State `json:"state"`
	// Corrections declare this tx an error.
	Corrections []CorrectionSummary `json:"corrections,omitempty"`
}

// TxSummary is what the index keeps of a tx; the answer to PathTx. Its bytes
// are in the block.
type TxSummary struct {
	// ID is the hash of its bytes.
	ID TxID `json:"id"`
	// Height is that of its block, Index its place among the txs of it, from 0.
	Height uint64 `json:"height"`
	Index  uint32 `json:"index"`
	// Kind is the op's name.
	Kind string `json:"kind"`
	// Partner stands behind the tx; Agent is the one that signed on its
	// behalf, zero when it signed itself.
	Partner gs1.GLN `json:"partner"`
	Agent   gs1.GLN `json:"agent,omitzero"`
	// EventTime is when, by the signer, it happened, in seconds UTC.
	EventTime uint64 `json:"eventTime"`
	// EventHash is the hash of the EPCIS event behind it, or none.
	EventHash EventHash `json:"eventHash"`
	// Code is the verdict, 0 when it was accepted; CodeName is its name.
	Code     Code   `json:"code"`
	CodeName string `json:"codeName"`
	// Detail says why it was rejected, in words.
	Detail string `json:"detail,omitempty"`
	// Data is the result of an accepted op, such as the number of its shipment.
	Data []byte `json:"data,omitempty"`
}

// Content is one thing inside a holding; PathContents answers a Page of them,
// depth first.
type Content struct {
	// Entry is the thing: an item or a container.
	Entry Entry `json:"entry"`
	// At is where its entry stands.
	At Position `json:"at"`
	// State is what became of that position.
	State State `json:"state"`
	// Depth is 0 for what stands directly in the holding asked about.
	Depth int `json:"depth"`
}

// HoldingSummary is a holding with its id; the element of lists of holdings.
type HoldingSummary struct {
	// ID is that of the holding.
	ID HoldingID `json:"id"`
	Holding
}

// ShipmentSummary is a shipment with its number and status.
type ShipmentSummary struct {
	// Number is that of the shipment.
	Number uint64 `json:"number"`
	// Status follows from the counts.
	Status ShipmentStatus `json:"status"`
	Shipment
}

// RecallReach is one page of the partners that have a lot, with totals over all
// pages; the answer to PathRecallReach. Nothing of it is proven; the client
// proves it from the holdings.
type RecallReach struct {
	// Lot is the lot's record when there is or was a recall of it.
	Lot *Lot `json:"lot,omitempty"`
	// Items are the partners of this page.
	Items []RecallHolder `json:"items"`
	// Next is where the following page begins; absent on the last.
	Next string `json:"next,omitempty"`
	// Holders counts the partners that have live items of the lot, and
	// Acknowledged those that acknowledged the recall as it now stands.
	Holders      int `json:"holders"`
	Acknowledged int `json:"acknowledged"`
	// Live, OnRoad and OnHold are in items.
	Live   uint64 `json:"live"`
	OnRoad uint64 `json:"onRoad"`
	OnHold uint64 `json:"onHold"`
	// Height is the last block that the answer takes in.
	Height uint64 `json:"height"`
}

// RecallHolder is a partner that has live items of a lot, or acknowledged its
// recall.
type RecallHolder struct {
	// Partner is its GLN.
	Partner gs1.GLN `json:"partner"`
	// Live are the items of the lot that it has, in Holdings outermost
	// holdings. On their way to somebody they are still the shipper's.
	Live     uint64 `json:"live"`
	Holdings uint32 `json:"holdings"`
	// OnRoad of them are in shipments, open or short; OnHold are in outermost
	// holdings on hold.
	OnRoad uint64 `json:"onRoad"`
	OnHold uint64 `json:"onHold"`
	// Ack is what it acknowledged last, of this or an earlier recall.
	Ack *RecallAck `json:"ack,omitempty"`
}

// PartnerEnd is a partner with the end of its credential; PathPartners and
// PathExpiring answer a Page of them, ascending by that end.
type PartnerEnd struct {
	// GLN is that of the partner.
	GLN gs1.GLN `json:"gln"`
	// Until is when the credential ends, as an event time in seconds UTC,
	// exclusive.
	Until uint64 `json:"until"`
	// Ended: it has ended as of the time of the last block.
	Ended bool `json:"ended"`
	// Suspended: it may not begin anything new.
	Suspended bool `json:"suspended"`
}

// IndexStatus is how far a node's index is; the answer to PathIndexStatus.
type IndexStatus struct {
	// Height is the last block in the index.
	Height uint64 `json:"height"`
	// State is "ready", "catching up", "rebuilding" or "failed".
	State string `json:"state"`
	// Err says why, when it failed.
	Err string `json:"err,omitempty"`
}

// PageLimit is the most elements a page of a listing has.
const PageLimit = 1000

// PageRequest asks for a page; it travels as JSON in the query's data. The
// zero value is the first page of 100.
type PageRequest struct {
	Limit  int    `json:"limit,omitempty"`
	Cursor string `json:"cursor,omitempty"`
}

// Page is one page of a listing. Next is the cursor of the following page,
// empty on the last.
type Page[T any] struct {
	// Items are what is listed, in order.
	Items []T `json:"items"`
	// Next is where the following page begins; absent on the last.
	Next string `json:"next,omitempty"`
	// Height is the last block that the listing takes in.
	Height uint64 `json:"height"`
}
