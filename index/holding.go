package index

import (
	"errors"
	"slices"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// Who put a holding into the list of a lot: its own record, or a 't' record
// beside it. They differ, so that a holding that becomes mixed may leave and
// enter the list in any order.
const (
	lotOfRecord  = 0
	lotOfContent = 1
)

var errShort = errors.New("the key is too short")

// holding takes in a holding's record: its copy, the lists it stands in, its
// parent over time and the step of its history.
func (w *batch) holding(at ref, id app.HoldingID, value []byte, c concerned) error {
	key := holdingKey(id)
	raw, err := w.get(key)
	if err != nil {
		return err
	}
	var old, now *app.Holding
	if raw != nil {
		if old, err = app.DecodeHolding(raw); err != nil {
			return err
		}
	}
	if value == nil {
		w.relist(id, old, nil)
		w.remove(key)
		return nil
	}
	if now, err = app.DecodeHolding(value); err != nil {
		return err
	}
	w.put(key, value)
	w.relist(id, old, now)
	if old == nil && now.Kind == app.KindContainer {
		w.put(append(containerPrefix(now.Key), u32(now.N)...), id[:])
	}
	w.step(at, id, old, now, c)
	return nil
}

// relist brings the lists up to date. What a record stood in follows from its
// previous value, so nothing else need remember it.
func (w *batch) relist(id app.HoldingID, old, now *app.Holding) {
	w.replace(listKeys(id, old), listKeys(id, now))
}

// replace takes keys out of lists and puts others into them.
func (w *batch) replace(before, after []string) {
	for _, k := range before {
		if !slices.Contains(after, k) {
			w.remove([]byte(k))
		}
	}
	for _, k := range after {
		if !slices.Contains(before, k) {
			w.mark([]byte(k))
		}
	}
}

// listKeys are the places of a holding in the lists. Partners' and shipments'
// lists name outermost holdings only; a run or loose holding that has nothing
// left in it is no longer a place, a container still is a thing.
func listKeys(id app.HoldingID, h *app.Holding) []string {
	if h == nil {
		return nil
	}
	var out []string
	if h.Parent.IsZero() {
		if h.Kind == app.KindContainer || h.Live > 0 || h.Children > 0 {
			out = append(out, string(append(partnerPrefix(h.Owner), id[:]...)))
			if h.Possessor != h.Owner {
				out = append(out, string(append(partnerPrefix(h.Possessor), id[:]...)))
			}
		}
		if h.Shipment != 0 {
			out = append(out, string(append(shipmentPrefix(h.Shipment), id[:]...)))
		}
	}
	if h.LotMode == app.LotOne {
		out = append(out, string(append(append(lotPrefix(h.Lot), id[:]...), lotOfRecord)))
	}
	return out
}

// Flags of a step.
const (
	// contentsOnly: the tx took something out of the holding or put something
	// into it, and changed nothing for what stayed.
	contentsOnly = 1 << 0
)

// step records that a tx concerned a holding.
func (w *batch) step(at ref, id app.HoldingID, old, now *app.Holding, c concerned) {
	var was app.Holding
	if old != nil {
		was = *old
	}
	if now.Parent != was.Parent {
		w.put(at.appendTo(parentPrefix(id)), now.Parent[:])
	}
	if now.Events == was.Events {
		return
	}
	flags := byte(0)
	if old != nil && c.moved[id] && sameCustody(&was, now) {
		flags |= contentsOnly
	}
	w.put(append(stepPrefix(id), u32(now.Events)...), append(at.appendTo(nil), flags))
}

// sameCustody reports whether nothing changed for what stays in a holding.
func sameCustody(a, b *app.Holding) bool {
	return a.Parent == b.Parent && a.Owner == b.Owner && a.Possessor == b.Possessor &&
		a.Location == b.Location && a.Shipment == b.Shipment && a.Short == b.Short && a.Holds == b.Holds
}

// shipment takes in a shipment's record: its copy, and the partners' lists.
func (w *batch) shipment(k, value []byte) error {
	key := keyOf(spaceShipment, k[1:])
	raw, err := w.get(key)
	if err != nil {
		return err
	}
	now, err := app.DecodeShipment(value)
	if err != nil {
		return err
	}
	var old *app.Shipment
	if raw != nil {
		if old, err = app.DecodeShipment(raw); err != nil {
			return err
		}
	}
	w.put(key, value)
	if len(k) != 9 {
		return errShort
	}
	inverted := invert(k[1:])
	for _, gln := range parties(now) {
		if old != nil && old.Status() == now.Status() {
			continue
		}
		if old != nil {
			w.remove(append(partnerShipmentPrefix(gln, old.Status()), inverted...))
		}
		w.mark(append(partnerShipmentPrefix(gln, now.Status()), inverted...))
		w.mark(append(partnerShipmentPrefix(gln, 0), inverted...))
	}
	return nil
}

// parties are the partners in whose lists a shipment stands: they never
// change.
func parties(s *app.Shipment) []gs1.GLN {
	out := []gs1.GLN{s.From}
	for _, gln := range []gs1.GLN{s.To, s.Carrier, s.Seller} {
		if !gln.IsZero() && !slices.Contains(out, gln) {
			out = append(out, gln)
		}
	}
	return out
}

// invert makes the greatest number sort first.
func invert(p []byte) []byte {
	out := make([]byte, len(p))
	for i := range p {
		out[i] = ^p[i]
	}
	return out
}
