package app

import (
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// ReceiveMode says how a Receive lists what arrived.
type ReceiveMode uint8

// The modes of a Receive (rule 4).
const (
	// ReceiveAll: the listed holdings are all that was open.
	ReceiveAll ReceiveMode = 1
	// ReceiveArrived: the listed holdings, and the entries opened out of
	// others, arrived; the rest stays open.
	ReceiveArrived ReceiveMode = 2
	// ReceiveAllBut: the listed holdings arrived without the entries
	// opened, which are short.
	ReceiveAllBut ReceiveMode = 3
)

// String is the mode's name.
func (m ReceiveMode) String() string {
	switch m {
	case ReceiveAll:
		return "all"
	case ReceiveArrived:
		return "arrived"
	case ReceiveAllBut:
		return "all-but"
	default:
		return "unknown"
	}
}

// MarshalText writes the mode's name.
func (m ReceiveMode) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// Receive accepts goods of a shipment (CBV receiving): with it both sides have
// signed, and the consignee owns and possesses them at Location. Scanned says
// that the contents were read one by one, not inferred from the containers.
// A suspended partner may still receive what is on the road (rule 11).
//
// Codes: shipment-unknown, not-consignee, shipment-closed, nothing-named,
// has-parent, not-in-transit, event-too-early, those of opening entries,
// role-conflict, custody-differs, duplicate-key, too-many-lots, holding-exists,
// not-all.
type Receive struct {
	Shipment uint64      `json:"shipment"`
	Mode     ReceiveMode `json:"mode"`
	Scanned  bool        `json:"scanned"`
	Location gs1.GLN     `json:"location"`
	// Holdings are outermost holdings, strictly ascending, at most 1,024.
	Holdings []HoldingID `json:"holdings,omitempty"`
	// Loose numbers the loose holding of the items opened.
	Loose    uint32    `json:"loose"`
	Openings []Opening `json:"openings,omitempty"`
}

// Kind is KindReceive.
func (*Receive) Kind() Kind { return KindReceive }

func (o *Receive) opened() int { return countOpened(o.Openings) }

func (o *Receive) encode(e *wire.Encoder) {
	e.Uint64(o.Shipment)
	e.Uint8(uint8(o.Mode))
	e.Bool(o.Scanned)
	e.Raw(o.Location[:])
	writeHoldingIDs(e, o.Holdings)
	e.Uint32(o.Loose)
	writeOpenings(e, o.Openings)
}

func (o *Receive) decode(d *wire.Decoder) {
	o.Shipment, o.Mode, o.Scanned, o.Location = d.Uint64(), ReceiveMode(d.Uint8()), d.Bool(), readGLN(d)
	o.Holdings, o.Loose, o.Openings = readHoldingIDs(d), d.Uint32(), readOpenings(d)
	if o.Mode < ReceiveAll || o.Mode > ReceiveAllBut {
		d.Fail("unknown mode %d", o.Mode)
	}
	if o.Mode == ReceiveAll && len(o.Openings) > 0 {
		d.Fail("mode all opens nothing")
	}
}

func (o *Receive) validate(d *draft) error {
	s := d.shipments.get(o.Shipment)
	if s == nil {
		return reject(CodeShipmentUnknown, "shipment %d", o.Shipment)
	}
	if !d.actsFor(s.To) {
		return reject(CodeNotConsignee, "shipment %d goes to %s, signer %s", o.Shipment, s.To, d.by)
	}
	if err := d.bothSign(s); err != nil {
		return err
	}
	if s.Status() == ShipmentClosed {
		return reject(CodeShipmentClosed, "shipment %d", o.Shipment)
	}
	if len(o.Holdings) == 0 && len(o.Openings) == 0 {
		return reject(CodeNothingNamed, "shipment %d", o.Shipment)
	}
	for _, id := range o.Holdings {
		if err := d.needAboard(id, o.Shipment); err != nil {
			return err
		}
	}
	opened, err := d.openAboard(o.Openings, o.Shipment, o.Mode == ReceiveArrived)
	if err != nil {
		return err
	}
	switch o.Mode {
	case ReceiveArrived:
		err = o.arrived(d, opened)
	case ReceiveAllBut:
		err = o.missing(d, opened)
	case ReceiveAll: // nothing is short
	}
	if err != nil {
		return err
	}
	return o.take(d)
}

// needAboard checks that an outermost holding is on the shipment.
func (d *draft) needAboard(id HoldingID, shipment uint64) error {
	h, err := d.needOutermost(id)
	if err != nil {
		return err
	}
	if h.Shipment != shipment {
		return reject(CodeNotInTransit, "holding %s is not on shipment %d", id, shipment)
	}
	return d.inTime(lineage{id})
}

// openAboard shows entries that stand in holdings of the shipment. Their
// custody is still the shipper's; arriving says that the consignee takes them.
func (d *draft) openAboard(openings []Opening, shipment uint64, arriving bool) ([]taken, error) {
	var out []taken
	for i := range openings {
		l, err := d.need(openings[i].Holding)
		if err != nil {
			return nil, err
		}
		if err := d.needAboard(l.outermost(), shipment); err != nil {
			return nil, err
		}
		items, err := d.show(&openings[i], l, want{containers: true, partial: true})
		if err != nil {
			return nil, err
		}
		c := d.custodyOf(l)
		keeper := c
		if arriving {
			keeper = d.receivedCustody(d.shipments.get(shipment), c)
		}
		c.holds |= d.markedAround(l, keeper)
		for j := range items {
			items[j].custody = c
		}
		out = append(out, items...)
	}
	return out, nil
}

// take receives the listed holdings and judges "all".
func (o *Receive) take(d *draft) error {
	if err := d.settle(); err != nil {
		return err
	}
	for _, id := range o.Holdings {
		if d.holdings.get(id).Shipment == 0 {
			continue // a loose holding of which every item was short
		}
		if err := d.receiveHolding(id, o.Location, false); err != nil {
			return err
		}
	}
	s := d.shipments.get(o.Shipment)
	if o.Mode == ReceiveAll && (s.Open > 0 || s.OpenHoldings > 0) {
		return reject(CodeNotAll, "shipment %d: %d items in %d holdings remain open", o.Shipment, s.Open, s.OpenHoldings)
	}
	return nil
}

// arrived receives entries opened out of holdings whose rest stays open.
func (o *Receive) arrived(d *draft, opened []taken) error {
	if err := noOverlap(o.Holdings, opened); err != nil {
		return err
	}
	if len(opened) == 0 {
		return nil
	}
	s := d.shipments.edit(o.Shipment)
	items, containers := split(opened)
	c := d.receivedCustody(s, custody{owner: opened[0].custody.owner})
	c.location = o.Location
	if len(items) > 0 { // containers keep the holds of what each was in
		c.holds = items[0].custody.holds
	}
	for i := range items {
		if items[i].custody.holds != c.holds {
			return reject(CodeCustodyDiffers, "items under different holds; receive them in two transactions")
		}
		items[i].shipment = o.Shipment
		if s.Purpose.ChangesOwner() {
			items[i].acquired = o.Shipment
		}
	}
	if err := d.takeOut(append(items, containers...), o.Loose, c); err != nil {
		return err
	}
	for i := range containers {
		d.aboard(containers[i].entry.Child, o.Shipment, d.holdings.get(containers[i].from.outermost()).Short)
		if err := d.receiveHolding(containers[i].entry.Child, o.Location, false); err != nil {
			return err
		}
	}
	d.emitReceived(o.Shipment, false)
	return nil
}

// aboard makes a container that was taken out of a holding of the shipment a
// holding of the shipment itself.
func (d *draft) aboard(id HoldingID, shipment uint64, short bool) {
	h := d.holdings.edit(id)
	h.Shipment, h.Short = shipment, short
	s := d.shipments.edit(shipment)
	if short {
		s.ShortHoldings++
	} else {
		s.OpenHoldings++
	}
}

// missing makes the entries opened out of the listed holdings short: items
// into one new loose holding, containers outermost, both still the shipper's
// and still on the shipment.
func (o *Receive) missing(d *draft, opened []taken) error {
	listed := make(map[HoldingID]bool, len(o.Holdings))
	for _, id := range o.Holdings {
		listed[id] = true
	}
	for i := range opened {
		if out := opened[i].from.outermost(); !listed[out] || d.holdings.get(out).Short {
			return reject(CodeNotInTransit, "%s is not inside a listed holding that is open", opened[i].entry.Key)
		}
	}
	if len(opened) == 0 {
		return nil
	}
	items, containers := split(opened)
	s := d.shipments.edit(o.Shipment)
	for i := range containers {
		n := d.holdings.get(containers[i].entry.Child).Live
		s.Open, s.Short = s.Open-n, s.Short+n
	}
	n := uint64(len(items))
	s.Open, s.Short = s.Open-n, s.Short+n
	if err := noOverlap(childrenOf(containers), opened); err != nil {
		return err
	}
	for i := range containers {
		if err := d.takeOut(containers[i:i+1], 0, containers[i].custody); err != nil {
			return err
		}
		d.aboard(containers[i].entry.Child, o.Shipment, true)
	}
	if len(items) == 0 {
		return nil
	}
	c, err := itemsCustody(items)
	if err != nil {
		return err
	}
	id, err := d.newLoose(items, o.Loose, c)
	if err != nil {
		return err
	}
	d.aboard(id, o.Shipment, true)
	return nil
}

// childrenOf lists the holdings behind container entries.
func childrenOf(containers []taken) []HoldingID {
	out := make([]HoldingID, len(containers))
	for i := range containers {
		out[i] = containers[i].entry.Child
	}
	return out
}

// receiveHolding brings an outermost holding of a shipment into the
// consignee's custody. inferred says that another op implied it.
func (d *draft) receiveHolding(id HoldingID, location gs1.GLN, inferred bool) error {
	h := d.holdings.edit(id)
	number := h.Shipment
	d.receiveItems(number, h.Short, h.Live)
	d.leaveShipment(h)
	s := d.shipments.get(number)
	c := d.receivedCustody(s, custody{owner: h.Owner})
	h.Owner, h.Possessor, h.Location = c.owner, c.possessor, location
	if s.Purpose.ChangesOwner() {
		h.Acquired = number
	}
	d.touch(id)
	d.raise(id, 0)
	d.emitReceived(number, inferred)
	return nil
}

// emitReceived announces a receipt, once per shipment and op.
func (d *draft) emitReceived(shipment uint64, inferred bool) {
	if d.received[shipment] {
		return
	}
	if d.received == nil {
		d.received = make(map[uint64]bool)
	}
	d.received[shipment] = true
	to := d.shipments.get(shipment).To.String()
	d.emit(EventReceived, "shipment", num(shipment), "to", to, "inferred", boolText(inferred))
}
