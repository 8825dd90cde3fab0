package epcis

import "slices"

func (e *Event) flag(local string) (value, ok bool) {
	n := find(e.Extensions, local, nsHC)
	if n == nil {
		return false, false
	}
	return isTrue(n.Value), true
}

func (e *Event) setFlag(local string, value bool) {
	e.setExtension(Node{Name: Name{nsHC, local}, Value: boolText(value)})
}

// setExtension puts n in the place of what has its name.
func (e *Event) setExtension(n Node) {
	kept := slices.DeleteFunc(slices.Clone(e.Extensions), func(old Node) bool { return old.Name == n.Name })
	e.Extensions = append(kept, n)
}

// DropShipment returns the gs1ushc:dropShipment flag of a shipping event (R1.3)
// and whether there is one.
func (e *Event) DropShipment() (drop, ok bool) { return e.flag("dropShipment") }

// SetDropShipment makes the event say whether it is a drop shipment.
func (e *Event) SetDropShipment(drop bool) { e.setFlag("dropShipment", drop) }

// ReceivedDirectPurchase tells whether the seller received a direct purchase
// statement from the wholesale distributor before it (R1.3), and whether the
// event says so at all.
func (e *Event) ReceivedDirectPurchase() (received, ok bool) { return e.flag(receivedDirect) }

// SetReceivedDirectPurchase makes the event say it.
func (e *Event) SetReceivedDirectPurchase(received bool) { e.setFlag(receivedDirect, received) }

const receivedDirect = "receivedDirectPurchaseFromPrevWhlsDist"

// TransactionDate returns gs1ushc:transactionDate as written, which R1.3 asks for
// when goods are shipped more than 24 hours after the transaction, or "".
func (e *Event) TransactionDate() string {
	if n := find(e.Extensions, "transactionDate", nsHC); n != nil {
		return n.Value
	}
	return ""
}

// SetTransactionDate makes the event name the day of the transaction,
// YYYY-MM-DD.
func (e *Event) SetTransactionDate(date string) {
	e.setExtension(Node{Name: Name{nsHC, "transactionDate"}, Value: date})
}
