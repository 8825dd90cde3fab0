package index

import (
	"fmt"
	"slices"
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

func someEntries(n int) []app.Entry {
	var out []app.Entry
	for i := range n {
		k := gs1.ItemKey(apptest.GTIN(0, "0614141", 1+i%3), fmt.Sprintf("%c%04d", 'A'+i%5, i))
		out = append(out, app.Entry{Key: k, Lot: fmt.Sprint("L", i%4), Acquired: uint64(i % 2)})
		if i%9 == 0 {
			out = append(out, app.Entry{Key: apptest.SSCC("0614141", i), Child: app.HoldingID{byte(i), 1}, Acquired: 5})
		}
	}
	slices.SortFunc(out, func(a, b app.Entry) int {
		if a.Key < b.Key {
			return -1
		}
		return 1
	})
	return out
}

// TestPack packs and unpacks entries of every kind, and finds each.
func TestPack(t *testing.T) {
	for _, n := range []int{1, 2, 100, 900} {
		want := someEntries(n)
		p := packEntries(want)
		got, err := unpackEntries(p)
		if err != nil || !slices.Equal(got, want) {
			t.Fatalf("%d entries: got %d, %v; want the same", len(want), len(got), err)
		}
		for i, e := range want {
			f, at, found, err := findPacked(p, e.Key)
			if err != nil || !found || at != uint16(i) || f != e {
				t.Fatalf("find %s: got %+v at %d, %v, %v; want position %d", e.Key, f, at, found, err, i)
			}
			if _, _, found, err := findPacked(p, e.Key+"x"); found || err != nil {
				t.Fatalf("find what is not there: got %v, %v", found, err)
			}
		}
	}
}

// FuzzUnpack gives the reader of contents any bytes: it never panics, and what
// it accepts it can pack again to the same entries.
func FuzzUnpack(f *testing.F) {
	f.Add(packEntries(someEntries(3)))
	f.Add(packEntries(someEntries(20)))
	f.Add([]byte{packedVersion, 0, 1, 0x80, 0})
	f.Fuzz(func(t *testing.T, p []byte) {
		got, err := unpackEntries(p)
		if err != nil {
			return
		}
		again, err := unpackEntries(packEntries(got))
		if err != nil || !slices.Equal(again, got) {
			t.Errorf("unpacked again: got %+v, %v; want %+v", again, err, got)
		}
	})
}

// FuzzRecords gives the readers of the index's own records any bytes: they
// never panic.
func FuzzRecords(f *testing.F) {
	m := move{state: app.Moved, to: app.HoldingID{1}, first: 3, segments: 2, positions: []uint16{1, 5, 1023}}
	f.Add(m.encode(), uint16(5))
	c := commission{at: ref{1, 2}, lot: "L", seq: 3, runs: []run{{holding: app.HoldingID{2}, count: 7, first: "A"}}}
	f.Add(c.encode(), uint16(0))
	p := pieces{levels: []level{{start: 8, pieces: []piece{{3, 4000}}}}}
	f.Add(p.encode(), uint16(0))
	f.Fuzz(func(t *testing.T, v []byte, position uint16) {
		if c, err := decodeCommission(v); err == nil && string(c.encode()) != string(v) {
			t.Errorf("commission %x: encodes as %x", v, c.encode())
		}
		if p, err := decodePieces(v); err == nil && string(p.encode()) != string(v) {
			t.Errorf("pieces %x: encode as %x", v, p.encode())
		}
		// Of these only that they do not panic, and find nothing in nothing.
		_, has, _ := decodeMove(v, position%1024)
		if _, err := decodeSummary(ref{}, v); len(v) == 0 && (has || err == nil) {
			t.Errorf("nothing: got position %v, summary %v", has, err)
		}
	})
}

// TestMoveRecord reads back lists and bitmaps of positions.
func TestMoveRecord(t *testing.T) {
	for _, n := range []int{1, 64, 65, 1024} {
		m := move{at: ref{}, state: app.Moved, to: app.HoldingID{9}, first: 7, segments: 2}
		for i := range n {
			m.positions = append(m.positions, uint16(i*1024/n))
		}
		v := m.encode()
		for i := range uint16(1024) {
			got, has, err := decodeMove(v, i)
			if err != nil || has != slices.Contains(m.positions, i) || got.to != m.to || got.first != 7 || got.segments != 2 {
				t.Fatalf("%d positions, position %d: got %+v %v, %v", n, i, got, has, err)
			}
		}
	}
}
