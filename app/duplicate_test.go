package app_test

import (
	"fmt"
	"math/rand"
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
)

// TestDuplicatesKeepInvariants commissions the same serials again and again,
// moves, marks and ends the copies at random, and checks the whole state after
// each op. There is no model here: whatever the verdict, nothing may break.
func TestDuplicatesKeepInvariants(t *testing.T) {
	reported := 0
	for seed := range int64(40) {
		t.Run(fmt.Sprint("seed", seed), func(t *testing.T) {
			d := &duplicates{w: apptest.NewWorld(t), r: rand.New(rand.NewSource(seed))}
			for range 80 {
				d.step()
			}
			reported += d.reported
			if d.accepted < 20 {
				t.Errorf("only %d ops were accepted", d.accepted)
			}
		})
	}
	if reported == 0 {
		t.Error("no duplicate was reported")
	}
}

type duplicates struct {
	w        *apptest.World
	r        *rand.Rand
	accepted int
	reported int
}

func (d *duplicates) do(by *apptest.Partner, op app.Op) {
	if res := d.w.Do(by, op); res.Code == app.CodeOK {
		d.accepted++
	}
}

// live lists every live position of an item, in the order of the store.
func (d *duplicates) live() (out []app.Position) {
	d.w.Store.Scan([]byte{byte(app.RecordHolding)}, func(key, _ []byte) bool {
		for _, at := range d.w.Live(app.HoldingID(key[1:])) {
			if entries, _ := d.w.Contents.Entries(at.Holding, at.Segment); !entries[at.Position].IsContainer() {
				out = append(out, at)
			}
		}
		return true
	})
	return out
}

func (d *duplicates) step() {
	w, r := d.w, d.r
	all := d.live()
	if len(all) < 10 || len(all) < 60 && r.Intn(6) == 0 {
		op := apptest.Commission(w.Maker, w.Unit, []string{"L1", "L2"}[r.Intn(2)], 0, r.Intn(5))
		for i := range op.Serials {
			op.Serials[i] = apptest.Serial(3*i + r.Intn(3))
		}
		d.do(w.Maker, op)
		return
	}
	at := all[r.Intn(len(all))]
	some := w.Contents.Open(at, all[r.Intn(len(all))])
	one := w.Contents.Open(at)
	key := one[0].Entries[0].Key
	by, to := w.Maker, w.Wholesaler
	for out := at.Holding; !out.IsZero(); out = w.Holding(out).Parent {
		if h := w.Holding(out); h.Parent.IsZero() && h.Owner == w.Wholesaler.GLN {
			by, to = w.Wholesaler, w.Pharmacy
		}
	}
	box := by.SSCC(1 + r.Intn(4))
	switch r.Intn(10) {
	case 0, 1:
		n, _ := w.Contents.Use(box)
		d.do(by, &app.Pack{Parent: box, N: n, Openings: some})
	case 2:
		d.do(by, &app.Relocate{Possessor: by.GLN, Location: by.Site(r.Intn(2)), Openings: some, Loose: w.NextLoose(some)})
	case 3:
		d.do(by, &app.SetMark{Key: key, Mark: app.MarkKind(1 + r.Intn(3)), Blocking: true, Spot: app.Spot{Opening: &one[0]}})
	case 4:
		d.do(w.Regulator, &app.SetMark{Key: key, Mark: app.MarkKind(1 + r.Intn(3)), Blocking: r.Intn(2) == 0})
	case 5:
		d.do(by, &app.LocateMark{Key: key, Spot: app.Spot{Opening: &one[0]}})
	case 6:
		if m := w.Marks(key); m != nil {
			d.do(w.Regulator, &app.ClearMark{Key: key, Mark: m.Marks[0].Kind, By: m.Marks[0].By})
		}
	case 7:
		d.do(by, &app.Decommission{Openings: one})
	case 9:
		if in := w.Contents.Commissions(key); len(in) > 1 {
			i := r.Intn(len(in) - 1)
			op := &app.ReportDuplicate{Key: key, First: in[i], Second: in[i+1]}
			if res := w.Do(w.Auditor, op); res.Code == app.CodeOK {
				d.reported++
			} else if res.Code != app.CodeMarkExists {
				w.Refused(w.Auditor, app.CodeMarkExists, op)
			}
		}
	case 8:
		op := w.Ship(to)
		op.Openings, op.Loose = some, w.NextLoose(some)
		if d.do(by, op); r.Intn(2) == 0 {
			d.receive(to)
		}
	}
}

// receive takes in what is under way to a partner, but for one item.
func (d *duplicates) receive(to *apptest.Partner) {
	raw, ok := d.w.Store.Get(app.ShipmentCountKey())
	if !ok {
		return
	}
	n, err := app.DecodeCount(raw)
	if err != nil || d.w.Shipment(n).To != to.GLN {
		return
	}
	op := d.w.ReceiveAll(to, n)
	if len(op.Holdings) == 1 && d.r.Intn(2) == 0 {
		if open := d.w.OpenAll(op.Holdings[0]); len(open) > 0 {
			op.Mode, op.Openings = app.ReceiveAllBut, open[:1]
			op.Loose = d.w.NextLooseAsIs(op.Openings)
		}
	}
	d.do(to, op)
}
