package index

import (
	"errors"
	"fmt"
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// tiny executes n commissions of three serials each, many to a block.
func tiny(t testing.TB, p *plant, n int) []Block {
	t.Helper()
	var out []Block
	for range n {
		out = append(out, p.block(t, 3))
	}
	return out
}

// TestMerge finds every item while pieces of three levels come and go, and
// keeps nothing of the pieces that were merged.
func TestMerge(t *testing.T) {
	p := newPlant(t)
	x := open(t, small(t.TempDir()))
	p.start(t, x)
	blocks := tiny(t, p, 600)
	var keys []gs1.Key
	for i, b := range blocks {
		if err := x.Apply(b); err != nil {
			t.Fatal(err)
		}
		for _, s := range b.Txs[0].Tx.Op.(*app.Commission).Serials {
			keys = append(keys, gs1.ItemKey(p.w.Unit, s))
		}
		for j := i % 7; i%50 == 49 && j < len(keys); j += 7 {
			mustPlace(t, x, keys[j])
		}
	}
	x.merger.settle()
	for i, k := range keys {
		if got := mustPlace(t, x, k).Commissions[0]; got.Sequence != uint32(i/3) || got.Position != uint32(i%3) {
			t.Fatalf("%s: got commission %+v, want number %d, position %d", k, got, i/3, i%3)
		}
	}
	checkPieces(t, x, p.w.Unit, 600)
}

func mustPlace(t testing.TB, x *Index, k gs1.Key) *app.Place {
	t.Helper()
	got, err := x.Place(k)
	if err != nil {
		t.Fatalf("place of %s: %v", k, err)
	}
	return got
}

// checkPieces compares the pieces with the arithmetic of their levels, and the
// chunks that stand with the pieces.
func checkPieces(t *testing.T, x *Index, g gs1.GTIN, commissions uint32) {
	t.Helper()
	s, err := x.disk.snapshot()
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	p, n, err := s.pieces(g)
	if err != nil || n != commissions {
		t.Fatalf("commissions: got %d, %v; want %d", n, err, commissions)
	}
	live := make(map[string]bool)
	made := commissions
	for lvl := 1; lvl <= len(p.levels); lvl++ {
		made /= fan
		if p.made(lvl) != made || p.levels[lvl-1].start != made/fan*fan {
			t.Errorf("level %d: got %d pieces made from %d on, want %d from %d on", lvl, p.made(lvl), p.levels[lvl-1].start, made, made/fan*fan)
		}
		for i := range p.levels[lvl-1].pieces {
			live[fmt.Sprint(lvl, p.levels[lvl-1].start+uint32(i))] = true
		}
	}
	err = s.scan(keyOf(spaceChunk, g[:]), nil, func(suffix, _ []byte) (bool, error) {
		number, err := parseU32(suffix[1:5])
		if name := fmt.Sprint(suffix[0], number); !live[name] {
			t.Errorf("chunk of piece %s stands, but the piece does not", name)
		}
		return true, err
	})
	if err != nil {
		t.Fatal(err)
	}
	err = s.scan([]byte{spaceTrash}, nil, func(suffix, _ []byte) (bool, error) {
		t.Errorf("trash %x is left", suffix)
		return true, nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestMergeInterrupted stops and fails merges at every write and begins again.
func TestMergeInterrupted(t *testing.T) {
	p := newPlant(t)
	dir := t.TempDir()
	cfg := small(dir)
	cfg.faults.noMerge = true
	x := open(t, cfg)
	p.start(t, x)
	blocks := tiny(t, p, 80)
	feed(t, x, append(make([]Block, p.w.Block.Height-80), blocks...))
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	for writes := 0; ; writes++ {
		cfg := small(dir)
		n := 0
		cfg.faults.fail = func(int) error {
			if n++; n > writes {
				return errPulled
			}
			return nil
		}
		x, err := Open(cfg)
		if err != nil {
			t.Fatal(err)
		}
		x.merger.settle()
		failed := x.failed()
		for _, b := range blocks {
			mustPlace(t, x, gs1.ItemKey(p.w.Unit, b.Txs[0].Tx.Op.(*app.Commission).Serials[1]))
		}
		if failed == nil {
			checkPieces(t, x, p.w.Unit, 80)
		}
		if err := x.Close(); err != nil {
			t.Fatal(err)
		}
		if failed == nil {
			t.Logf("the last of them made %d writes", n)
			return
		}
		if !errors.Is(failed, errPulled) {
			t.Fatal(failed)
		}
	}
}

// TestDuplicate commissions a serial under two lots: both are named, and the
// live one is where the item is.
func TestDuplicate(t *testing.T) {
	l := newLedger(t)
	x := open(t, small(t.TempDir()))
	key := apptest.Item(l.Unit, 3)
	l.must(l.Maker, apptest.Commission(l.Maker, l.Unit, "L1", 1, 10))
	first := l.Where(key)
	l.must(l.Maker, &app.Decommission{Openings: l.Openings(key)})
	l.must(l.Maker, apptest.Commission(l.Maker, l.Unit, "L2", 3, 5))
	l.feed(x)
	got := mustPlace(t, x, key)
	if len(got.Commissions) != 2 || got.Commissions[0].At != first || got.Commissions[1].Lot.Lot != "L2" {
		t.Errorf("commissions: got %+v, want one of L1 and one of L2", got.Commissions)
	}
	if got.At != l.Where(key) || got.State != app.Here || got.Entry.Lot != "L2" {
		t.Errorf("place: got %+v, want the live one", got)
	}
	h, err := x.History(key, app.PageRequest{})
	if err != nil || len(h.Items) != 3 || h.Items[1].State != app.Decommissioned {
		t.Errorf("history: got %+v, %v; want both lives", h, err)
	}
	if s, found, err := x.Commissioned(l.Unit, []string{apptest.Serial(0), apptest.Serial(10), apptest.Serial(11)}); !found || s != apptest.Serial(10) || err != nil {
		t.Errorf("commissioned: got %q %v %v, want %q", s, found, err, apptest.Serial(10))
	}
	if s, found, err := x.Commissioned(l.Unit, []string{apptest.Serial(0), apptest.Serial(11)}); found || err != nil {
		t.Errorf("commissioned: got %q %v %v, want none", s, found, err)
	}
	if _, found, err := x.Commissioned(l.UnitB, []string{apptest.Serial(1)}); found || err != nil {
		t.Errorf("commissioned under another GTIN: got %v %v, want none", found, err)
	}
}

// TestConcurrent asks while blocks are applied and pieces merge; run it with
// -race.
func TestConcurrent(t *testing.T) {
	p := newPlant(t)
	x := open(t, small(t.TempDir()))
	p.start(t, x)
	blocks := tiny(t, p, 200)
	first := gs1.ItemKey(p.w.Unit, blocks[0].Txs[0].Tx.Op.(*app.Commission).Serials[0])
	if err := x.Apply(blocks[0]); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 4)
	stop := make(chan struct{})
	for range cap(done) {
		go func() {
			for {
				select {
				case <-stop:
					done <- nil
					return
				default:
				}
				if _, err := x.Place(first); err != nil {
					done <- err
					return
				}
				if _, err := x.PartnerHoldings(p.w.Maker.GLN, app.PageRequest{Limit: 50}); err != nil {
					done <- err
					return
				}
				x.Status()
			}
		}()
	}
	feed(t, x, append(make([]Block, blocks[0].Height-1), blocks...))
	close(stop)
	for range cap(done) {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := x.Place(first); !errors.Is(err, ErrClosed) {
		t.Errorf("place after Close: got %v, want ErrClosed", err)
	}
	if err := x.Apply(Block{Height: x.Height() + 1}); !errors.Is(err, ErrClosed) {
		t.Errorf("apply after Close: got %v, want ErrClosed", err)
	}
}
