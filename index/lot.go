package index

import (
	"encoding/binary"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/internal/wire"
)

func salePrefix(seller gs1.GLN, lot app.LotID) []byte {
	return keyOf(spaceSale, seller[:], lot.GTIN[:], []byte{byte(len(lot.Lot))}, []byte(lot.Lot))
}

func madePrefix(lot app.LotID) []byte {
	return keyOf(spaceMadeFrom, lot.GTIN[:], []byte{byte(len(lot.Lot))}, []byte(lot.Lot))
}

// sales keeps which customer was sold how much of which lot by a Ship.
func (w *batch) sales(r *app.Result) error {
	number, ok := app.ShipmentNumber(r.Data)
	if len(r.Shipped) == 0 || !ok {
		return nil
	}
	raw, err := w.get(shipmentKey(number))
	if err != nil {
		return err
	}
	s, err := app.DecodeShipment(raw)
	if err != nil {
		return err
	}
	owners := s.Owners()
	for i := range owners[1:] {
		seller, customer := owners[i], owners[i+1]
		for _, l := range r.Shipped {
			key := append(salePrefix(seller, l.Lot), customer[:]...)
			w.put(append(key, u64(number)...), u64(l.Items))
		}
	}
	return nil
}

// LotSales lists the shipments by which a partner sold items of a lot, by
// customer.
func (x *Index) LotSales(seller gs1.GLN, lot app.LotID, page app.PageRequest) (*app.Page[app.LotSale], error) {
	prefix := salePrefix(seller, lot)
	const gln = len(gs1.GLN{})
	return list(x, app.PathLotSales, prefix, gln+8, page, func(s *snapshot, suffix []byte) (out app.LotSale, err error) {
		v, err := s.get(append(append([]byte{}, prefix...), suffix...))
		if err != nil {
			return out, err
		}
		if len(v) != 8 {
			return out, errShort
		}
		out.Customer, out.Items = gs1.GLN(suffix[:gln]), binary.BigEndian.Uint64(v)
		out.ShipmentSummary, err = shipmentSummary(s, invert(suffix[gln:]))
		return out, err
	})
}

// usedUp is what is kept of a lot that was made of another.
type usedUp struct {
	by           gs1.GLN
	used, result uint64
}

func (m *usedUp) encode() []byte { return keyOf(1, m.by[:], u64(m.used), u64(m.result)) }

func decodeMade(v []byte) (m usedUp, err error) {
	d := wire.NewDecoder(v)
	d.Version(1)
	d.Raw(m.by[:])
	m.used, m.result = d.Uint64(), d.Uint64()
	return m, d.Finish()
}

// repackaged keeps which lots were used for which by an accepted Repackage.
func (w *batch) repackaged(b *BlockTx) error {
	op, ok := b.Tx.Op.(*app.Repackage)
	if !ok || b.Result.Code != app.CodeOK {
		return nil //nolint:nilerr // a verdict, not trouble of this node
	}
	by, _ := b.behind()
	used := make(map[app.LotID]uint64)
	var lots []app.LotID
	for i := range op.Openings {
		for _, e := range op.Openings[i].Entries {
			lot := e.LotID()
			if used[lot]++; used[lot] == 1 {
				lots = append(lots, lot)
			}
		}
	}
	for _, lot := range lots {
		key := append(madePrefix(lot), op.Into.GTIN[:]...)
		key = append(key, op.Into.Lot...)
		if err := w.addMade(key, usedUp{by, used[lot], uint64(len(op.Into.Serials))}); err != nil {
			return err
		}
	}
	return nil
}

func (w *batch) addMade(key []byte, m usedUp) error {
	before, err := w.get(key)
	if err != nil {
		return err
	}
	if before != nil {
		old, err := decodeMade(before)
		if err != nil {
			return err
		}
		m.used, m.result = m.used+old.used, m.result+old.result
	}
	w.put(key, m.encode())
	return nil
}

// LotsMadeFrom lists the lots that a lot was repackaged into.
func (x *Index) LotsMadeFrom(lot app.LotID, page app.PageRequest) (*app.Page[app.MadeLot], error) {
	prefix := madePrefix(lot)
	return list(x, app.PathLotsMadeFrom, prefix, 0, page, func(s *snapshot, suffix []byte) (out app.MadeLot, err error) {
		if len(suffix) < len(gs1.GTIN{}) {
			return out, errShort
		}
		if out.Lot, err = app.ParseLotID(string(suffix[:14]), string(suffix[14:])); err != nil {
			return out, err
		}
		_, err = s.view(append(append([]byte{}, prefix...), suffix...), func(v []byte) error {
			m, err := decodeMade(v)
			out.By, out.Used, out.Made = m.by, m.used, m.result
			return err
		})
		return out, err
	})
}
