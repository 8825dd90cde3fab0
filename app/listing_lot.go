package app

import "github.com/pedigree-ledger/pedigree/app/gs1"

// LotSale is a shipment by which a partner sold items of a lot; PathLotSales
// answers a Page of them, ascending by customer, then by number. Of a drop
// shipment the wholesaler in between is the shipper's customer, and the
// consignee the wholesaler's.
type LotSale struct {
	// Customer is the partner that they were sold to.
	Customer gs1.GLN `json:"customer"`
	// Items are those of the lot that were shipped. What became of them is
	// in the shipment's counts, which are of all its lots together.
	Items uint64 `json:"items"`
	ShipmentSummary
}

// MadeLot is a lot that another one was repackaged into; PathLotsMadeFrom
// answers a Page of them, ascending by GTIN and lot.
type MadeLot struct {
	// Lot is the new lot.
	Lot LotID `json:"lot"`
	// By is the partner that repackaged.
	By gs1.GLN `json:"by"`
	// Used is how many packages of the old lot went into it, Made how many of
	// the new one came of them, together perhaps with packages of other lots.
	Used uint64 `json:"used"`
	Made uint64 `json:"made"`
}
