package app

import (
	"slices"

	"github.com/pedigree-ledger/pedigree/internal/wire"
)

// OpenException says that a delivery, its data or master data do not fit, and
// asks a partner to resolve it (the PDG's exception message). Any active
// trading partner signs; a shipment that it names is one between the two. An
// exception blocks nothing. A response is due three business days from the
// block. Data is the number of the exception.
//
// Codes: those of acting, not-authorized, partner-unknown, shipment-unknown.
type OpenException struct {
	ExceptionTerms
}

// Kind is KindOpenException.
func (*OpenException) Kind() Kind { return KindOpenException }

func (o *OpenException) encode(e *wire.Encoder) { o.ExceptionTerms.encode(e) }

func (o *OpenException) decode(d *wire.Decoder) { o.ExceptionTerms = readExceptionTerms(d) }

func (o *OpenException) validate(d *draft) error {
	if err := d.active(anyTrader); err != nil {
		return err
	}
	if d.actsFor(o.Against) {
		return reject(CodeNotAuthorized, "an exception of %s against itself", d.by)
	}
	if d.partners.get(o.Against) == nil {
		return reject(CodePartnerUnknown, "partner %s", o.Against)
	}
	if err := o.checkShipment(d); err != nil {
		return err
	}
	n := d.nextNumber(nameExceptions)
	x := &Exception{
		By: d.by, ExceptionTerms: o.ExceptionTerms, Height: d.block.Height, Time: d.block.Time,
		Due: d.calendar().AddBusinessDays(d.block.Time, d.params.ExceptionBusinessDays),
	}
	d.exceptions.put(n, x)
	d.data = u64(n)
	d.emit(EventExceptionOpened, "number", num(n), "against", o.Against.String(), "type", o.Type.String())
	return nil
}

// checkShipment refuses a shipment that is not between the two partners: its
// sides and, in a drop shipment, the seller between them.
func (o *OpenException) checkShipment(d *draft) error {
	if o.Shipment == 0 {
		return nil
	}
	s := d.shipments.get(o.Shipment)
	if s == nil {
		return reject(CodeShipmentUnknown, "shipment %d", o.Shipment)
	}
	if parties := s.Owners(); !slices.Contains(parties, o.Against) || !slices.ContainsFunc(parties, d.actsFor) {
		return reject(CodeNotAuthorized, "shipment %d is from %s to %s, the exception is between %s and %s", o.Shipment, s.From, s.To, d.by, o.Against)
	}
	return nil
}
