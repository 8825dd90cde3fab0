package app

import "github.com/pedigree-ledger/pedigree/internal/wire"

// Refuse turns down goods of a shipment before they are received: damaged, the
// wrong lot, not ordered. They are the shipper's all along, and its to move
// again: whole holdings, and entries opened out of others, items into one new
// loose holding, containers outermost. The consignee signs, a suspended one
// too. All says that nothing then remains open, and is checked.
//
// Codes: shipment-unknown, not-consignee, shipment-closed, has-parent,
// not-in-transit, event-too-early, those of opening entries, role-conflict,
// custody-differs, duplicate-key, too-many-lots, holding-exists, not-all.
type Refuse struct {
	Shipment uint64 `json:"shipment"`
	All      bool   `json:"all"`
	// Reason is for people, at most 80 bytes.
	Reason string `json:"reason,omitempty"`
	// Holdings are outermost holdings, strictly ascending, at most 1,024.
	Holdings []HoldingID `json:"holdings,omitempty"`
	// Loose numbers the loose holding of the items opened.
	Loose    uint32    `json:"loose"`
	Openings []Opening `json:"openings,omitempty"`
}

// Kind is KindRefuse.
func (*Refuse) Kind() Kind { return KindRefuse }

func (o *Refuse) opened() int { return countOpened(o.Openings) }

func (o *Refuse) encode(e *wire.Encoder) {
	e.Uint64(o.Shipment)
	e.Bool(o.All)
	e.String8(o.Reason)
	writeHoldingIDs(e, o.Holdings)
	e.Uint32(o.Loose)
	writeOpenings(e, o.Openings)
}

func (o *Refuse) decode(d *wire.Decoder) {
	o.Shipment, o.All, o.Reason, o.Holdings = d.Uint64(), d.Bool(), readText(d, maxReasonBytes), readHoldingIDs(d)
	o.Loose, o.Openings = d.Uint32(), readOpenings(d)
	if len(o.Holdings) == 0 && len(o.Openings) == 0 {
		d.Fail("at least one holding or item is refused")
	}
}

func (o *Refuse) validate(d *draft) error {
	s := d.shipments.get(o.Shipment)
	if s == nil {
		return reject(CodeShipmentUnknown, "shipment %d", o.Shipment)
	}
	if !d.actsFor(s.To) {
		return reject(CodeNotConsignee, "shipment %d goes to %s, signer %s", o.Shipment, s.To, d.by)
	}
	some, err := o.takeOut(d)
	if err != nil {
		return err
	}
	n, err := d.giveBack(o.Shipment, o.Holdings, o.All)
	if err != nil {
		return err
	}
	d.shipments.edit(o.Shipment).Refused += some + n
	d.emit(EventRefused, "shipment", num(o.Shipment), "to", s.To.String())
	return nil
}

// takeOut takes entries out of holdings of the shipment that are not refused
// whole, and returns how many items that was. They come under the custody that
// they had all along, the shipper's, on no shipment.
func (o *Refuse) takeOut(d *draft) (n uint64, err error) {
	if len(o.Openings) == 0 {
		return 0, nil
	}
	s := d.shipments.edit(o.Shipment)
	if s.Status() == ShipmentClosed {
		return 0, reject(CodeShipmentClosed, "shipment %d", o.Shipment)
	}
	opened, err := d.openAboard(o.Openings, o.Shipment, false)
	if err != nil {
		return 0, err
	}
	if err := noOverlap(o.Holdings, opened); err != nil {
		return 0, err
	}
	items, containers := split(opened)
	c := custody{}
	if len(items) > 0 {
		if c, err = itemsCustody(items); err != nil {
			return 0, err
		}
	}
	for i := range opened {
		t, count := &opened[i], uint64(1)
		if t.entry.IsContainer() {
			count = d.holdings.get(t.entry.Child).Live
		}
		if d.holdings.get(t.from.outermost()).Short {
			s.Short -= count
		} else {
			s.Open -= count
		}
		n += count
	}
	if err := d.takeOut(append(items, containers...), o.Loose, c); err != nil {
		return 0, err
	}
	return n, d.settle()
}

// giveBack takes holdings out of their shipment before they are received and
// returns how many items that was, for the caller to count as refused or
// voided: custody was the shipper's all along. all says that nothing may then
// remain open.
func (d *draft) giveBack(shipment uint64, holdings []HoldingID, all bool) (n uint64, err error) {
	s := d.shipments.edit(shipment)
	if len(holdings) > 0 && s.Status() == ShipmentClosed { // without: what was opened may have closed it
		return 0, reject(CodeShipmentClosed, "shipment %d", shipment)
	}
	for _, id := range holdings {
		if err := d.needAboard(id, shipment); err != nil {
			return 0, err
		}
		h := d.holdings.edit(id)
		if h.Short {
			s.Short -= h.Live
		} else {
			s.Open -= h.Live
		}
		n += h.Live
		d.leaveShipment(h)
		d.touch(id)
		d.raise(id, 0)
	}
	if all && (s.Open > 0 || s.OpenHoldings > 0) {
		return 0, reject(CodeNotAll, "shipment %d: %d items in %d holdings remain open", shipment, s.Open, s.OpenHoldings)
	}
	return n, nil
}
