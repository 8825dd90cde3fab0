package apptest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/app/merkle"
)

// Serial is the n-th serial: "S" and six digits, so that serials ascend with
// their numbers.
func Serial(n int) string { return fmt.Sprintf("S%06d", n) }

// Item is the key of the n-th serial of a product.
func Item(gtin gs1.GTIN, n int) gs1.Key { return gs1.ItemKey(gtin, Serial(n)) }

// Items are the keys of serials from to to, both included.
func Items(gtin gs1.GTIN, from, to int) []gs1.Key {
	var out []gs1.Key
	for n := from; n <= to; n++ {
		out = append(out, Item(gtin, n))
	}
	return out
}

// Commission is a Commission of serials from to to, both included, with expiry
// 2028-12-31, at the partner's own GLN.
func Commission(by *Partner, gtin gs1.GTIN, lot string, from, to int) *app.Commission {
	op := &app.Commission{GTIN: gtin, Lot: lot, Expiry: Date("2028-12-31"), Location: by.GLN}
	for n := from; n <= to; n++ {
		op.Serials = append(op.Serials, Serial(n))
	}
	return op
}

// Pack is a Pack of items and containers into the latest use of a container,
// or its first.
func (w *World) Pack(parent gs1.Key, things ...gs1.Key) *app.Pack {
	w.tb.Helper()
	n, _ := w.Contents.Use(parent)
	containers, items := w.split(things)
	return &app.Pack{Parent: parent, N: n, Children: containers, Openings: w.Openings(items...)}
}

// Unpack takes things out of the container that they stand in; none means all
// of it.
func (w *World) Unpack(container gs1.Key, things ...gs1.Key) *app.Unpack {
	w.tb.Helper()
	op := &app.Unpack{Container: w.Container(container), All: len(things) == 0}
	if op.All {
		op.Openings = w.OpenAll(op.Container)
	} else {
		op.Openings = w.Openings(things...)
	}
	op.Loose = w.NextLoose(op.Openings)
	return op
}

// Ship is a sale to a partner of items and containers.
func (w *World) Ship(to *Partner, things ...gs1.Key) *app.Ship {
	w.tb.Helper()
	containers, items := w.split(things)
	op := &app.Ship{
		Terms: app.Terms{
			To: to.GLN, ShipTo: to.GLN, Purpose: app.PurposeSale, Statement: true,
			TransactionDate: Date("2026-01-02"), Documents: []app.Document{{Kind: app.DocPO, ID: "PO-1"}},
		},
		Holdings: containers, Openings: w.Openings(items...),
	}
	op.Loose = w.NextLoose(op.Openings)
	return op
}

// Return gives items and containers back to a partner; reverses is the sale, or
// 0. What is inside the containers is shown.
func (w *World) Return(to *Partner, reverses uint64, things ...gs1.Key) *app.Return {
	w.tb.Helper()
	containers, items := w.split(things)
	op := &app.Return{
		Terms: app.Terms{
			To: to.GLN, ShipTo: to.GLN, Purpose: app.PurposeReturn, Statement: true,
			TransactionDate: Date("2026-01-02"), Documents: []app.Document{{Kind: app.DocRMA, ID: "RMA-1"}},
		},
		Reverses: reverses, Holdings: containers, Inside: w.Inside(containers...), Openings: w.Openings(items...),
	}
	op.Loose = w.NextLoose(op.Openings)
	return op
}

// Inside opens every live item in holdings, at any depth.
func (w *World) Inside(ids ...app.HoldingID) []app.Opening {
	w.tb.Helper()
	var items []app.Position
	for len(ids) > 0 {
		at := w.Live(ids[0])
		ids = ids[1:]
		for _, p := range at {
			entries, _ := w.Contents.Entries(p.Holding, p.Segment)
			if e := &entries[p.Position]; e.IsContainer() {
				ids = append(ids, e.Child)
			} else {
				items = append(items, p)
			}
		}
	}
	return w.Contents.Open(items...)
}

// ReceiveAll receives all that is open of a shipment, at the partner's own
// GLN.
func (w *World) ReceiveAll(by *Partner, shipment uint64) *app.Receive {
	w.tb.Helper()
	return &app.Receive{Shipment: shipment, Mode: app.ReceiveAll, Location: by.GLN, Holdings: w.Aboard(shipment, false)}
}

// Dispense dispenses items.
func (w *World) Dispense(items ...gs1.Key) *app.Dispense {
	w.tb.Helper()
	return &app.Dispense{Openings: w.Openings(items...)}
}

// Aboard lists the outermost holdings of a shipment, the open ones and, if
// asked for, the short ones, in the order that ops demand.
func (w *World) Aboard(shipment uint64, short bool) []app.HoldingID {
	w.tb.Helper()
	var out []app.HoldingID
	w.Store.Scan([]byte{byte(app.RecordHolding)}, func(key, value []byte) bool {
		h := must(app.DecodeHolding(value))
		if h.Shipment == shipment && (short || !h.Short) {
			out = append(out, app.HoldingID(key[1:]))
		}
		return true
	})
	return out
}

// NextLoose is the first free number of the loose holding that the items among
// the openings would make, when their owner or consignee moves them.
func (w *World) NextLoose(openings []app.Opening) uint32 {
	w.tb.Helper()
	return w.nextLoose(openings, w.Acquired)
}

// NextLooseAsIs is NextLoose for items that are reported short: they keep
// their acquired.
func (w *World) NextLooseAsIs(openings []app.Opening) uint32 {
	w.tb.Helper()
	return w.nextLoose(openings, w.AcquiredNow)
}

func (w *World) nextLoose(openings []app.Opening, acquired func(app.Position) uint64) uint32 {
	w.tb.Helper()
	var entries []app.Entry
	for i := range openings {
		o := &openings[i]
		for j := range o.Entries {
			if e := o.Entries[j]; !e.IsContainer() {
				e.Acquired = acquired(app.Position{Holding: o.Holding, Segment: o.Segment, Position: o.Positions[j]})
				entries = append(entries, e)
			}
		}
	}
	roots := rootsOf(entries)
	for n := uint32(0); ; n++ {
		if _, ok := w.Store.Get(app.HoldingKey(app.LooseID(roots, n))); !ok {
			return n
		}
	}
}

// rootsOf are the roots of the segments that new entries of one destination
// make: sorted by key, cut every 1,024.
func rootsOf(entries []app.Entry) []merkle.Hash {
	slices.SortFunc(entries, func(a, b app.Entry) int { return strings.Compare(string(a.Key), string(b.Key)) })
	var roots []merkle.Hash
	for chunk := range slices.Chunk(entries, merkle.SegmentSize) {
		roots = append(roots, app.EntriesRoot(chunk))
	}
	return roots
}

// split separates containers, as holdings, from items.
func (w *World) split(things []gs1.Key) (containers []app.HoldingID, items []gs1.Key) {
	w.tb.Helper()
	for _, k := range things {
		if _, ok := w.Contents.Use(k); ok {
			containers = append(containers, w.Container(k))
		} else {
			items = append(items, k)
		}
	}
	return SortIDs(containers), slices.Clone(items)
}
