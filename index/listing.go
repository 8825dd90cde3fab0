package index

import (
	"encoding/binary"
	"fmt"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// Entries returns the entries of a segment, which the caller checks against
// the segment's root. The error is a *NotFoundError when there is no such
// segment.
func (x *Index) Entries(holding app.HoldingID, segment uint32) ([]app.Entry, error) {
	return read(x, func(s *snapshot) ([]app.Entry, error) {
		there, err := s.view(segmentKey(holding, segment), func([]byte) error { return nil })
		if err != nil {
			return nil, err
		}
		if !there {
			return nil, s.notFound("segment %d of holding %s", segment, holding)
		}
		g, err := s.segment(holding, segment)
		if err != nil {
			return nil, err
		}
		return s.contents(g.Root)
	})
}

// CommissionSegments returns the segments that a commission of a lot made, in
// order.
func (x *Index) CommissionSegments(lot app.LotID, seq uint32) ([]app.CommissionSegment, error) {
	return read(x, func(s *snapshot) ([]app.CommissionSegment, error) {
		v, err := s.get(sequenceKey(lot, seq))
		if err != nil {
			return nil, err
		}
		if v == nil {
			return nil, s.notFound("commission %d of %s", seq, lot)
		}
		n, err := parseU32(v)
		if err != nil {
			return nil, err
		}
		c, err := s.commission(lot.GTIN, n)
		if err != nil {
			return nil, err
		}
		out := make([]app.CommissionSegment, 0, len(c.runs))
		for _, r := range c.runs {
			out = append(out, app.CommissionSegment{Holding: r.holding, Root: r.root, Count: r.count})
		}
		return out, nil
	})
}

// PartnerHoldings lists the outermost holdings that a partner owns or
// possesses: containers, and runs and loose holdings that are not empty.
func (x *Index) PartnerHoldings(gln gs1.GLN, page app.PageRequest) (*app.Page[app.HoldingSummary], error) {
	return list(x, app.PathPartnerHoldings, partnerPrefix(gln), 32, page, holdingSummary)
}

// LotHoldings lists the holdings that contain live items of a lot, at any
// depth: what stands in another is listed as well as the other.
func (x *Index) LotHoldings(lot app.LotID, page app.PageRequest) (*app.Page[app.HoldingSummary], error) {
	return list(x, app.PathLotHoldings, lotPrefix(lot), 33, page, holdingSummary)
}

// ShipmentHoldings lists the outermost holdings under way in a shipment.
func (x *Index) ShipmentHoldings(number uint64, page app.PageRequest) (*app.Page[app.HoldingSummary], error) {
	return list(x, app.PathShipmentHoldings, shipmentPrefix(number), 32, page, holdingSummary)
}

func holdingSummary(s *snapshot, suffix []byte) (out app.HoldingSummary, err error) {
	out.ID = app.HoldingID(suffix[:32])
	h, err := s.holding(out.ID)
	if err == nil && h == nil {
		err = fmt.Errorf("%w: holding %s", errRecordMissing, out.ID)
	}
	if err == nil {
		out.Holding = *h
	}
	return out, err
}

// PartnerShipments lists the shipments that a partner sends, receives, carries
// or, in a drop shipment, sells, newest first; status 0 is all of them.
func (x *Index) PartnerShipments(gln gs1.GLN, status app.ShipmentStatus, page app.PageRequest) (*app.Page[app.ShipmentSummary], error) {
	return list(x, app.PathPartnerShipments, partnerShipmentPrefix(gln, status), 8, page, shipmentSummary)
}

func shipmentSummary(s *snapshot, suffix []byte) (out app.ShipmentSummary, err error) {
	out.Number = ^binary.BigEndian.Uint64(suffix)
	found, err := s.view(shipmentKey(out.Number), func(v []byte) error {
		sh, err := app.DecodeShipment(v)
		if err == nil {
			out.Status, out.Shipment = sh.Status(), *sh
		}
		return err
	})
	if err == nil && !found {
		err = fmt.Errorf("%w: shipment %d", errRecordMissing, out.Number)
	}
	return out, err
}
