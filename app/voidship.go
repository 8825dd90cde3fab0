package app

import "github.com/pedigree-ledger/pedigree/internal/wire"

// VoidShip takes goods back out of a shipment before they are received (CBV
// void_shipping): the original stays on record. The shipper signs. All says
// that nothing then remains open, and is checked.
//
// Codes: shipment-unknown, not-shipper, shipment-closed, holding-unknown,
// has-parent, not-in-transit, event-too-early, not-all.
type VoidShip struct {
	Shipment uint64 `json:"shipment"`
	All      bool   `json:"all"`
	// Holdings are outermost holdings, strictly ascending, at most 1,024.
	Holdings []HoldingID `json:"holdings"`
}

// Kind is KindVoidShip.
func (*VoidShip) Kind() Kind { return KindVoidShip }

func (o *VoidShip) encode(e *wire.Encoder) {
	e.Uint64(o.Shipment)
	e.Bool(o.All)
	writeHoldingIDs(e, o.Holdings)
}

func (o *VoidShip) decode(d *wire.Decoder) {
	o.Shipment, o.All, o.Holdings = d.Uint64(), d.Bool(), readHoldingIDs(d)
	if len(o.Holdings) == 0 {
		d.Fail("at least one holding is voided")
	}
}

func (o *VoidShip) validate(d *draft) error {
	s := d.shipments.get(o.Shipment)
	if s == nil {
		return reject(CodeShipmentUnknown, "shipment %d", o.Shipment)
	}
	if !d.actsFor(s.From) {
		return reject(CodeNotShipper, "shipment %d is from %s, signer %s", o.Shipment, s.From, d.by)
	}
	n, err := d.giveBack(o.Shipment, o.Holdings, o.All)
	if err != nil {
		return err
	}
	d.shipments.edit(o.Shipment).Voided += n
	d.emit(EventVoided, "shipment", num(o.Shipment), "from", s.From.String())
	return nil
}
