package index

import (
	"slices"
	"sort"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// found is one commissioning of an item.
type found struct {
	ordinal  uint32 // of the commission, within the GTIN
	c        *commission
	run      int
	position uint16
	entry    app.Entry
}

// commissionedAt says where that was.
func (f *found) commissionedAt(g gs1.GTIN) app.CommissionedAt {
	before := uint32(0)
	for _, r := range f.c.runs[:f.run] {
		before += uint32(r.count)
	}
	return app.CommissionedAt{
		Lot: app.LotID{GTIN: g, Lot: f.c.lot}, Sequence: f.c.seq,
		Position: before + uint32(f.position), At: f.at(),
	}
}

// at is the position in the run. A run has one segment.
func (f *found) at() app.Position {
	return app.Position{Holding: f.c.runs[f.run].holding, Position: f.position}
}

// commissionings finds every commissioning of an item, oldest first.
func (x *Index) commissionings(s *snapshot, g gs1.GTIN, serial string) ([]found, error) {
	p, n, err := x.recent.pieces(s, g)
	if err != nil {
		return nil, err
	}
	var out []found
	fp := fingerprint(x.salt, []byte(serial))
	for lvl := len(p.levels); lvl > 0; lvl-- {
		l := &p.levels[lvl-1]
		for i := range l.pieces {
			refs, err := x.recent.searchPiece(s, g, lvl, l.start+uint32(i), l.pieces[i].cut, fp)
			if err != nil {
				return nil, err
			}
			for _, r := range slices.Compact(refs) {
				ordinal := (l.start+uint32(i))<<(fanBits*lvl) + r>>runBits
				if out, err = x.confirm(s, out, g, ordinal, int(r&(1<<runBits-1)), serial); err != nil {
					return nil, err
				}
			}
		}
	}
	for ordinal := p.start(0); ordinal < n; ordinal++ {
		if out, err = x.confirm(s, out, g, ordinal, -1, serial); err != nil {
			return nil, err
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].ordinal < out[j].ordinal })
	return out, nil
}

// confirm looks a serial up in the contents of one run of a commission, or,
// when run is below 0, in the only run that may have it.
func (x *Index) confirm(s *snapshot, out []found, g gs1.GTIN, ordinal uint32, run int, serial string) ([]found, error) {
	c, err := x.recent.commission(s, g, ordinal)
	if err != nil {
		return nil, err
	}
	if run < 0 {
		if run = c.runOf(serial); run < 0 {
			return out, nil
		}
	}
	if run >= len(c.runs) {
		return nil, errPacked
	}
	e, position, ok, err := x.recent.find(s, c.runs[run].root, gs1.ItemKey(g, serial))
	if err != nil || !ok {
		return out, err
	}
	return append(out, found{ordinal, c, run, position, e}), nil
}

// runOf is the only run that may have a serial, or -1.
func (c *commission) runOf(serial string) int {
	return sort.Search(len(c.runs), func(i int) bool { return c.runs[i].first > serial }) - 1
}
