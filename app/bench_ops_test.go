package app_test

import (
	"bytes"
	"crypto/sha256"
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

var tableFlag = flag.Bool("table", false, "measure every op and print the table: TestOpTable")

// opSizes are the entries of the holdings that ops are measured on: one
// package, a case, a full segment.
func opSizes() []int { return []int{1, 48, 1024} }

// benched is one op on the state that it is measured on.
type benched struct {
	w  *apptest.World
	tx *app.Tx
}

// goods is a world in which Maker has n items in a run and, packed, n more in
// a container.
func goods(t testing.TB, n int) *apptest.World {
	t.Helper()
	w := apptest.NewWorld(t)
	w.CheckEvery = 0
	w.MustDo(w.Maker, apptest.Commission(w.Maker, w.Unit, "L1", 1, n))
	w.MustDo(w.Maker, apptest.Commission(w.Maker, w.Unit, "L1", 2001, 2000+n))
	w.MustDo(w.Maker, w.Pack(w.Maker.SSCC(1), apptest.Items(w.Unit, 2001, 2000+n)...))
	return w
}

// opCase prepares a world of goods and says what is measured there.
type opCase func(w *apptest.World, n int) (*apptest.Partner, app.Op)

// opCases are the ops whose cost could depend on the size of a holding: the
// container is named whole, or one item is opened out of n. The other ops are
// measured as they stand in the samples.
func opCases() map[app.Kind]opCase {
	box := func(w *apptest.World) gs1.Key { return w.Maker.SSCC(1) }
	one := func(w *apptest.World) []app.Opening { return w.Openings(apptest.Item(w.Unit, 1)) }
	sent := func(w *apptest.World) { w.MustDo(w.Maker, w.Ship(w.Pharmacy, box(w))) }
	held := func(w *apptest.World) {
		sent(w)
		w.MustDo(w.Pharmacy, w.ReceiveAll(w.Pharmacy, 1))
	}
	marked := func(w *apptest.World) *app.SetMark {
		key := apptest.Item(w.Unit, 1)
		return &app.SetMark{Key: key, Mark: app.MarkSuspect, Blocking: true, Spot: app.Spot{Opening: w.Opening(key)}}
	}
	return map[app.Kind]opCase{
		app.KindCommission: func(w *apptest.World, n int) (*apptest.Partner, app.Op) {
			return w.Maker, apptest.Commission(w.Maker, w.Unit, "L1", 4001, 4000+n)
		},
		app.KindCommissionContainer: func(w *apptest.World, n int) (*apptest.Partner, app.Op) {
			op := &app.CommissionContainer{Location: w.Maker.GLN}
			for i := range n {
				op.Containers = append(op.Containers, app.ContainerUse{Key: apptest.Item(w.Case, i)})
			}
			return w.Maker, op
		},
		app.KindDecommission: func(w *apptest.World, _ int) (*apptest.Partner, app.Op) {
			return w.Maker, &app.Decommission{Openings: one(w)}
		},
		app.KindPack: func(w *apptest.World, _ int) (*apptest.Partner, app.Op) {
			return w.Maker, w.Pack(w.Maker.SSCC(2), apptest.Item(w.Unit, 1))
		},
		app.KindUnpack: func(w *apptest.World, _ int) (*apptest.Partner, app.Op) { return w.Maker, w.Unpack(box(w)) },
		app.KindShip:   func(w *apptest.World, _ int) (*apptest.Partner, app.Op) { return w.Maker, w.Ship(w.Wholesaler, box(w)) },
		app.KindReceive: func(w *apptest.World, _ int) (*apptest.Partner, app.Op) {
			sent(w)
			return w.Pharmacy, w.ReceiveAll(w.Pharmacy, 1)
		},
		app.KindRefuse: func(w *apptest.World, _ int) (*apptest.Partner, app.Op) {
			sent(w)
			return w.Pharmacy, &app.Refuse{Shipment: 1, All: true, Holdings: w.Aboard(1, false)}
		},
		app.KindVoidShip: func(w *apptest.World, _ int) (*apptest.Partner, app.Op) {
			sent(w)
			return w.Maker, &app.VoidShip{Shipment: 1, All: true, Holdings: w.Aboard(1, false)}
		},
		app.KindRelocate: func(w *apptest.World, _ int) (*apptest.Partner, app.Op) {
			return w.Maker, &app.Relocate{Possessor: w.Logistics.GLN, Location: w.Logistics.GLN, Holdings: w.Containers(box(w))}
		},
		app.KindReturn: func(w *apptest.World, _ int) (*apptest.Partner, app.Op) {
			held(w)
			return w.Pharmacy, w.Return(w.Maker, 1, box(w))
		},
		app.KindDispense: func(w *apptest.World, _ int) (*apptest.Partner, app.Op) {
			held(w)
			return w.Pharmacy, w.Dispense(apptest.Item(w.Unit, 2001))
		},
		app.KindDestroy: func(w *apptest.World, _ int) (*apptest.Partner, app.Op) {
			return w.Maker, &app.Destroy{Openings: one(w)}
		},
		app.KindExport: func(w *apptest.World, _ int) (*apptest.Partner, app.Op) {
			return w.Maker, &app.Export{Country: "CA", Openings: one(w)}
		},
		app.KindSample: func(w *apptest.World, _ int) (*apptest.Partner, app.Op) {
			return w.Maker, &app.Sample{Openings: one(w)}
		},
		app.KindMark: func(w *apptest.World, _ int) (*apptest.Partner, app.Op) { return w.Maker, marked(w) },
		app.KindLocateMark: func(w *apptest.World, _ int) (*apptest.Partner, app.Op) {
			op := marked(w)
			spot := op.Spot
			op.Spot = app.Spot{}
			w.MustDo(w.Maker, op)
			return w.Maker, &app.LocateMark{Key: op.Key, Spot: spot}
		},
		app.KindClearMark: func(w *apptest.World, _ int) (*apptest.Partner, app.Op) {
			op := marked(w)
			w.MustDo(w.Maker, op)
			return w.Maker, &app.ClearMark{Key: op.Key, Mark: op.Mark, By: w.Maker.GLN}
		},
		app.KindQuarantine: func(w *apptest.World, _ int) (*apptest.Partner, app.Op) {
			return w.Maker, &app.Quarantine{Holdings: w.Containers(box(w))}
		},
		app.KindRelease: func(w *apptest.World, _ int) (*apptest.Partner, app.Op) {
			w.MustDo(w.Maker, &app.Quarantine{Holdings: w.Containers(box(w))})
			return w.Maker, &app.Release{Holdings: w.Containers(box(w))}
		},
		app.KindReportDuplicate: func(w *apptest.World, n int) (*apptest.Partner, app.Op) {
			w.MustDo(w.Maker, apptest.Commission(w.Maker, w.Unit, "L2", 1, n))
			in := w.Contents.Commissions(apptest.Item(w.Unit, 1))
			return w.Auditor, &app.ReportDuplicate{Key: apptest.Item(w.Unit, 1), First: in[0], Second: in[1]}
		},
		app.KindReportConflict: func(w *apptest.World, _ int) (*apptest.Partner, app.Op) {
			return w.Pharmacy, &app.ReportConflict{Location: w.Pharmacy.GLN, Opening: one(w)[0]}
		},
	}
}

// opsOfSize are all ops by name, each on a state of its own.
func opsOfSize(t testing.TB, n int) map[string]benched {
	t.Helper()
	out := make(map[string]benched)
	cases := opCases()
	for _, k := range app.Kinds() {
		if prepare, ok := cases[k]; ok {
			w := goods(t, n)
			by, op := prepare(w, n)
			w.Step(10)
			out[k.String()] = benched{w, w.Seal(by, op)}
		}
	}
	w := apptest.NewWorld(t)
	_, all := samples(t)
	for _, s := range all {
		w.Block = app.Block{ChainID: apptest.ChainID, Height: s.tx.ValidUntil - 100, Time: s.tx.EventTime}
		if k := s.tx.Op.Kind(); cases[k] == nil && out[k.String()].w == nil {
			out[k.String()] = benched{w.Fork(t), s.tx}
		}
		if res, err := app.Execute(w.Store, w.Block, s.tx); err != nil || res.Code != app.CodeOK {
			t.Fatalf("%s: %s %v", s.name, res.Code, err)
		}
	}
	return out
}

// crowd is a store among n more holdings that nobody names, with their
// segments, lots, marks, commissions and shipments: whoever scans them sees
// and counts them.
type crowd struct {
	*apptest.Store
	n     int
	bytes int // written
}

func (c *crowd) Set(key, value []byte) {
	c.bytes += len(key) + len(value)
	c.Store.Set(key, value)
}

func (c *crowd) Scan(prefix []byte, fn func(key, value []byte) bool) {
	more := true
	c.Store.Scan(prefix, func(key, value []byte) bool {
		more = fn(key, value)
		return more
	})
	for _, kind := range []app.RecordKind{
		app.RecordHolding, app.RecordSegment, app.RecordContent, app.RecordLot,
		app.RecordCommission, app.RecordMarks, app.RecordShipment,
	} {
		if len(prefix) > 0 && prefix[0] != byte(kind) || len(prefix) > 1 && prefix[0] != byte(app.RecordCommission) {
			continue // keys of holdings and of others share no longer prefix with these
		}
		var value []byte
		c.Store.Scan([]byte{byte(kind)}, func(_, v []byte) bool {
			value = v
			return false
		})
		for i := 0; more && i < c.n; i++ {
			if key := crowdKey(kind, i); bytes.HasPrefix(key, prefix) {
				c.Reads++
				more = fn(key, value)
			}
		}
	}
}

// crowdKey is the key of the i-th record of a kind that nobody names.
func crowdKey(kind app.RecordKind, i int) []byte {
	id := sha256.Sum256(fmt.Appendf(nil, "crowd %d", i))
	lot := app.LotID{GTIN: apptest.GTIN(0, "0614141", 1), Lot: "L1"}
	switch kind {
	case app.RecordSegment:
		return app.SegmentKey(id, 0)
	case app.RecordContent:
		return app.ContentKey(id, lot)
	case app.RecordLot:
		lot.Lot = fmt.Sprintf("C%09d", i)
		return app.LotKey(lot)
	case app.RecordCommission:
		return app.CommissionKey(lot, uint32(i+1000))
	case app.RecordMarks:
		return app.MarksKey(gs1.ItemKey(lot.GTIN, fmt.Sprintf("C%09d", i)))
	case app.RecordShipment:
		return app.ShipmentKey(uint64(i) + 1_000_000)
	default:
		return app.HoldingKey(id)
	}
}

// opCost is what an op costs in counts.
type opCost struct{ txBytes, reads, writes, written, entries int }

// costAmong counts what an op costs among a crowd of n holdings.
func costAmong(t testing.TB, x benched, n int) opCost {
	t.Helper()
	c := &crowd{Store: x.w.Store.Clone(), n: n}
	res, err := app.Execute(c, x.w.Block, x.tx)
	if err != nil || res.Code != app.CodeOK {
		t.Fatalf("%s: %s: %s %v", x.tx.Op.Kind(), res.Code, res.Detail, err)
	}
	checkCost(t, x.tx, c.Reads, c.Writes, &res)
	out := opCost{x.tx.Bytes(), c.Reads, c.Writes, c.bytes, x.tx.Openings()}
	for _, s := range res.Contents {
		out.entries += len(s.Entries)
	}
	return out
}

// TestNoOpCostGrows: the same op reads, writes and hashes as much among ten
// thousand holdings as among a million, and stays within its bound.
func TestNoOpCostGrows(t *testing.T) {
	for _, n := range opSizes() {
		ops := opsOfSize(t, n)
		for _, k := range app.Kinds() {
			x, ok := ops[k.String()]
			if !ok {
				t.Errorf("%s is not measured: it has no sample", k)
				continue
			}
			if few, many := costAmong(t, x, 10_000), costAmong(t, x, 1_000_000); few != many {
				t.Errorf("%s on %d entries: %+v among 10,000 holdings, %+v among 1,000,000", k, n, few, many)
			}
		}
	}
}

// TestCrowdIsSeen: whoever scanned the holdings would pay for every one.
func TestCrowdIsSeen(t *testing.T) {
	w := goods(t, 4)
	for _, prefix := range [][]byte{nil, {byte(app.RecordHolding)}, app.CommissionKey(app.LotID{GTIN: w.Unit, Lot: "L1"}, 0)[:18]} {
		c := &crowd{Store: w.Store.Clone(), n: 1000}
		c.Scan(prefix, func([]byte, []byte) bool { return true })
		if c.Reads < 1000 {
			t.Errorf("prefix %q: %d reads", prefix, c.Reads)
		}
	}
}

// TestSizesOfHoldings: an op that names a holding whole, or opens one of its
// entries, reads and writes as many records of a big one as of a small one.
func TestSizesOfHoldings(t *testing.T) {
	small, big := opsOfSize(t, 48), opsOfSize(t, 1024)
	for _, k := range app.Kinds() {
		a, b := costAmong(t, small[k.String()], 0), costAmong(t, big[k.String()], 0)
		if k != app.KindCommissionContainer && (a.writes != b.writes || b.reads > a.reads+b.entries) {
			t.Errorf("%s: %d reads and %d writes on 48 entries, %d and %d on 1,024", k, a.reads, a.writes, b.reads, b.writes)
		}
	}
}

// BenchmarkOps measures every op: decoded afresh, as in a block, with its
// signature checked beforehand (it is measured by itself).
func BenchmarkOps(b *testing.B) {
	for _, n := range opSizes() {
		ops := opsOfSize(b, n)
		for _, k := range app.Kinds() {
			if x, ok := ops[k.String()]; ok && (n == 1 || opCases()[k] != nil) {
				b.Run(fmt.Sprintf("%s/%d", k, n), func(b *testing.B) { measure(b, x) })
			}
		}
	}
}

func measure(b *testing.B, x benched) {
	b.Helper()
	execute(b, x.w, x.tx)
	c := costAmong(b, x, 0)
	b.ReportMetric(float64(c.reads), "reads/op")
	b.ReportMetric(float64(c.writes), "writes/op")
	b.ReportMetric(float64(c.written), "B-written/op")
}

// TestOpTable prints what every op costs, as a table: make bench-ops.
func TestOpTable(t *testing.T) {
	if !*tableFlag {
		t.Skip("only with -table")
	}
	fmt.Fprintln(os.Stdout, "| op | on entries | tx bytes | reads | writes | bytes written | µs | allocations |")
	fmt.Fprintln(os.Stdout, "|---|---:|---:|---:|---:|---:|---:|---:|")
	ops := make(map[int]map[string]benched)
	for _, n := range opSizes() {
		ops[n] = opsOfSize(t, n)
	}
	for _, k := range app.Kinds() {
		for _, n := range opSizes() {
			if n > 1 && opCases()[k] == nil {
				continue
			}
			x := ops[n][k.String()]
			c := costAmong(t, x, 0)
			r := testing.Benchmark(func(b *testing.B) { execute(b, x.w, x.tx) })
			fmt.Fprintf(os.Stdout, "| %s | %d | %d | %d | %d | %d | %.1f | %d |\n",
				k, n, c.txBytes, c.reads, c.writes, c.written, float64(r.NsPerOp())/1000, r.AllocsPerOp())
		}
	}
}
