package index

import (
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
)

// TestReuse packs an SSCC again a year after it was emptied: its place is that
// of the new use, its history that of both.
func TestReuse(t *testing.T) {
	l := newLedger(t)
	x := open(t, small(t.TempDir()))
	box := l.Maker.SSCC(4)
	l.must(l.Maker, apptest.Commission(l.Maker, l.Unit, "L1", 1, 4))
	l.must(l.Maker, l.Pack(box, apptest.Item(l.Unit, 1), apptest.Item(l.Unit, 2)))
	l.must(l.Maker, l.Unpack(box))
	l.Block.Time += 366 * 86400
	op := l.Pack(box, apptest.Item(l.Unit, 3), apptest.Item(l.Unit, 2))
	op.N = 1
	l.must(l.Maker, op)
	l.feed(x)
	p := mustPlace(t, x, box)
	if want := app.ContainerID(box, 1); p.Holding != want || len(p.Chain) != 1 || p.Entry.Key != box || p.State != app.Here {
		t.Errorf("place: got %+v, want the second use, %s", p, want)
	}
	h, err := x.History(box, app.PageRequest{})
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, s := range h.Items {
		kinds = append(kinds, s.Kind)
	}
	if len(kinds) != 3 || kinds[0] != "Pack" || kinds[1] != "Unpack" || kinds[2] != "Pack" {
		t.Errorf("history: got %v, want Pack, Unpack, Pack", kinds)
	}
	item := mustPlace(t, x, apptest.Item(l.Unit, 2))
	if item.Holding != app.ContainerID(box, 1) || item.At != l.Where(apptest.Item(l.Unit, 2)) {
		t.Errorf("item: got %+v, want in the second use", item)
	}
}
