package apptest

import (
	"slices"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// Where is the position of an item, wherever it is; it fails the test when
// the key was never an entry.
func (w *World) Where(key gs1.Key) app.Position {
	at, ok := w.Contents.Where(key)
	if !ok {
		w.tb.Fatalf("%s was never put anywhere", key)
	}
	return at
}

// Commissioned is the position of an item in the run it was commissioned in.
func (w *World) Commissioned(key gs1.Key) app.Position {
	w.tb.Helper()
	at, ok := w.Contents.first[key]
	if !ok {
		w.tb.Fatalf("%s was never commissioned", key)
	}
	return at
}

// Openings opens keys where they are now, in the order that ops demand.
func (w *World) Openings(keys ...gs1.Key) []app.Opening {
	w.tb.Helper()
	at := make([]app.Position, len(keys))
	for i, k := range keys {
		at[i] = w.Where(k)
	}
	return w.Contents.Open(at...)
}

// Opening opens one key where it is now.
func (w *World) Opening(key gs1.Key) *app.Opening {
	w.tb.Helper()
	return &w.Openings(key)[0]
}

// OpenAll opens everything that stands directly in a holding: items here or
// partial and child containers.
func (w *World) OpenAll(id app.HoldingID) []app.Opening {
	w.tb.Helper()
	return w.Contents.Open(w.Live(id)...)
}

// Live lists the positions of what stands directly in a holding.
func (w *World) Live(id app.HoldingID) []app.Position {
	w.tb.Helper()
	var out []app.Position
	for n := range w.Holding(id).Segments {
		s := w.Segment(id, n)
		for i := range s.Count {
			if s.State(i).Live() {
				out = append(out, app.Position{Holding: id, Segment: n, Position: i})
			}
		}
	}
	return out
}

// Container is the holding of the latest use of a container's key.
func (w *World) Container(key gs1.Key) app.HoldingID {
	w.tb.Helper()
	n, ok := w.Contents.Use(key)
	if !ok {
		w.tb.Fatalf("%s was never a container", key)
	}
	return app.ContainerID(key, n)
}

// Containers are the holdings of containers' keys, in the order that ops
// demand.
func (w *World) Containers(keys ...gs1.Key) []app.HoldingID {
	w.tb.Helper()
	var ids []app.HoldingID
	for _, k := range keys {
		ids = append(ids, w.Container(k))
	}
	return SortIDs(ids)
}

// SortIDs sorts ids as ops demand, each once, and returns them.
func SortIDs(ids []app.HoldingID) []app.HoldingID {
	slices.SortFunc(ids, func(a, b app.HoldingID) int { return slices.Compare(a[:], b[:]) })
	return slices.Compact(ids)
}

// Outermost is the last of the holdings that a key is in: for an item from where
// its entry is, for a container from its latest use.
func (w *World) Outermost(key gs1.Key) app.HoldingID {
	var id app.HoldingID
	if _, ok := w.Contents.Use(key); ok {
		id = w.Container(key)
	} else {
		id = w.Where(key).Holding
	}
	for {
		h := w.Holding(id)
		if h.Parent.IsZero() {
			return id
		}
		id = h.Parent
	}
}

// Holding reads a holding that must exist.
func (w *World) Holding(id app.HoldingID) *app.Holding {
	return read(w, app.HoldingKey(id), app.DecodeHolding)
}

// Segment reads a segment that must exist.
func (w *World) Segment(id app.HoldingID, n uint32) *app.Segment {
	return read(w, app.SegmentKey(id, n), app.DecodeSegment)
}

// Lot reads a lot that must exist.
func (w *World) Lot(lot app.LotID) *app.Lot {
	w.tb.Helper()
	return read(w, app.LotKey(lot), app.DecodeLot)
}

// Shipment reads a shipment that must exist.
func (w *World) Shipment(n uint64) *app.Shipment {
	w.tb.Helper()
	return read(w, app.ShipmentKey(n), app.DecodeShipment)
}

// Marks reads the marks on a key, or nil.
func (w *World) Marks(key gs1.Key) *app.Marks {
	w.tb.Helper()
	if _, ok := w.Store.Get(app.MarksKey(key)); !ok {
		return nil
	}
	return read(w, app.MarksKey(key), app.DecodeMarks)
}

// decoded is a record that was read before: good for as long as the same bytes,
// which nobody changes in place, are in the Store.
type decoded struct {
	raw []byte
	rec any
}

func read[R any](w *World, key []byte, decode func([]byte) (*R, error)) *R {
	raw, ok := w.Store.Get(key)
	if !ok {
		w.tb.Fatalf("there is no record %s", describe(string(key)))
	}
	if c, ok := w.decoded[string(key)]; ok && len(c.raw) == len(raw) && len(raw) > 0 && &c.raw[0] == &raw[0] {
		rec := *c.rec.(*R)
		return &rec
	}
	rec, err := decode(raw)
	if err != nil {
		w.tb.Fatalf("record %s: %v", describe(string(key)), err)
	}
	kept := *rec
	w.decoded[string(key)] = decoded{raw, &kept}
	return rec
}

// Acquired is the effective acquired of the entry at a position, as a move of
// it by its owner, or by the consignee of a sale under way, would write it
// (design 01, section 4).
func (w *World) Acquired(at app.Position) uint64 {
	w.tb.Helper()
	return w.acquired(at, true)
}

// AcquiredNow is the effective acquired of the entry at a position as it
// stands, whatever is under way.
func (w *World) AcquiredNow(at app.Position) uint64 {
	return w.acquired(at, false)
}

func (w *World) acquired(at app.Position, received bool) uint64 {
	var line []*app.Holding
	for id := at.Holding; !id.IsZero(); {
		h := w.Holding(id)
		line = append(line, h)
		id = h.Parent
	}
	outermost := line[len(line)-1]
	effective := outermost.Acquired
	if received && outermost.Shipment != 0 {
		effective = outermost.Shipment // as received, by the inferred Receive
	}
	for i := len(line) - 2; i >= 0; i-- {
		if effective == line[i].Joined {
			effective = line[i].Acquired
		}
	}
	if effective != w.Segment(at.Holding, at.Segment).Base {
		return effective
	}
	entries, _ := w.Contents.Entries(at.Holding, at.Segment)
	return entries[at.Position].Acquired
}

// Investigation reads an investigation.
func (w *World) Investigation(n uint64) *app.Investigation {
	return read(w, app.InvestigationKey(n), app.DecodeInvestigation)
}

// Notice reads the notices of a subject to a partner, nil when there are none.
func (w *World) Notice(partner gs1.GLN, s app.Subject) *app.Notice {
	if _, ok := w.Store.Get(app.NoticeKey(partner, s)); !ok {
		return nil
	}
	return read(w, app.NoticeKey(partner, s), app.DecodeNotice)
}
