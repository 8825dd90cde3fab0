package app_test

import (
	"slices"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// recall recalls a lot or, more often, some items and cases.
func (p *program) recall() {
	if p.chance(60) {
		return
	}
	lot := p.m.items[pick(p, p.keys(true))].lot
	op := &app.RecallLot{
		LotID: lot, Class: app.RecallClass(1 + p.r.Intn(3)), Depth: app.RecallDepth(1 + p.r.Intn(3)), Reason: "glass",
	}
	if r, ok := p.m.recalls[lot]; ok && p.chance(60) {
		op.Class = r.class
	}
	if p.chance(85) {
		op.Keys = p.recallKeys(lot)
	}
	by := pick(p, []*apptest.Partner{p.partner(p.m.labelers[lot.GTIN]), p.w.Maker, p.w.Maker, p.w.Maker2, p.w.Regulator, p.w.Pharmacy})
	p.judge(by, op, func(m *model) string { return m.recall(op) })
}

// recallKeys are items, mostly of the lot, some that were never commissioned,
// and cases.
func (p *program) recallKeys(lot app.LotID) (out []gs1.Key) {
	for _, k := range p.keys(true) {
		if it := p.m.items[k]; it.lot == lot && p.chance(12) || it.lot.GTIN == lot.GTIN && p.chance(2) || p.chance(1) && p.chance(10) {
			out = append(out, k)
		}
	}
	for range p.r.Intn(3) {
		out = append(out, gs1.ItemKey(p.w.Case, apptest.Serial(p.r.Intn(5))))
	}
	if p.chance(10) {
		out = append(out, apptest.Item(lot.GTIN, 900_000+p.r.Intn(3)))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// recalledLot picks a lot, mostly one with a recall.
func (p *program) recalledLot() app.LotID {
	var lots []app.LotID
	for lot := range p.m.recalls {
		lots = append(lots, lot)
	}
	if len(lots) == 0 || p.chance(5) {
		return p.m.items[pick(p, p.keys(true))].lot
	}
	slices.SortFunc(lots, func(a, b app.LotID) int { return slices.Compare([]byte(a.String()), []byte(b.String())) })
	return pick(p, lots)
}

func (p *program) acknowledge() {
	if p.chance(50) {
		return
	}
	op := &app.AcknowledgeRecall{LotID: p.recalledLot(), Found: uint32(p.r.Intn(9))}
	p.judge(pick(p, p.w.Partners()), op, func(m *model) string { return m.acknowledge(op.LotID, op.Found) })
}

func (p *program) closeRecall() {
	if p.chance(50) {
		return
	}
	lot := p.recalledLot()
	r := p.m.recalls[lot]
	op := &app.CloseRecall{LotID: lot, Outcome: app.RecallWithdrawn}
	if p.chance(25) {
		op.Outcome = app.RecallCompleted
	} else {
		for k := range r.marked {
			op.Keys = append(op.Keys, k)
		}
		slices.Sort(op.Keys)
		if p.chance(40) {
			op.Keys = thin(p, op.Keys, 50)
		}
		if p.chance(5) {
			op.Keys = slices.Compact(append(op.Keys, apptest.Item(p.w.Unit2, 999_999)))
		}
		slices.Sort(op.Keys)
	}
	by := pick(p, []*apptest.Partner{p.partner(r.by), p.partner(r.by), p.w.Regulator, p.w.Maker})
	p.judge(by, op, func(m *model) string { return m.closeRecall(op) })
}

// isSomewhere reports whether a key was ever put anywhere: a recall may name
// one that was not.
func (p *program) isSomewhere(k gs1.Key) bool {
	_, item := p.m.items[k]
	_, container := p.m.uses[k]
	return item || container
}

// compareRecalls holds every lot's recall to the model's.
func (p *program) compareRecalls() {
	p.t.Helper()
	for lot, want := range p.m.recalls {
		got := p.w.Lot(lot).Recall
		if got == nil || got.By != want.by || got.Class != want.class || got.Depth != want.depth || got.Whole != want.whole ||
			int(got.Items) != len(want.marked) || int(got.Acks) != len(want.acks) || got.Outcome != want.closed {
			p.fail("recall of %s: got %+v, want %+v", lot, got, want)
			continue
		}
		for gln, found := range want.acks {
			raw, _ := p.w.Store.Get(app.RecallAckKey(lot, gln))
			if a, err := app.DecodeRecallAck(raw); err != nil || a.Found != found {
				p.fail("acknowledgement of %s by %s: got %+v, %v; want %d", lot, gln, a, err, found)
			}
		}
	}
}
