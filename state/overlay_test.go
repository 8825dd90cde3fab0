package state_test

import (
	"bytes"
	"maps"
	"testing"

	"github.com/pedigree-ledger/pedigree/state"
	"github.com/pedigree-ledger/pedigree/state/statetest"
)

// TestOverlayStacks writes at random into stacks of overlays over a flat and
// over a historical view, and compares every layer with its model.
func TestOverlayStacks(t *testing.T) {
	rng := statetest.Rand(statetest.Seed(t, *seedFlag))
	s := open(t, state.Config{InMemory: true})
	m := statetest.NewModel()
	for v := uint64(1); v <= 6; v++ {
		m.Commit(t, s, v, statetest.Block(rng, m.Records, 50))
	}
	for _, v := range []uint64{3, 6} {
		view, err := s.At(v)
		if err != nil {
			t.Fatal(err)
		}
		want := maps.Clone(m.Versions[v])
		layer := state.NewOverlay(view)
		for range 6 {
			for range rng.IntN(200) {
				c := statetest.Block(rng, want, 1)
				statetest.Write(layer, c)
				if c[0].Value == nil {
					delete(want, string(c[0].Key))
				} else {
					want[string(c[0].Key)] = c[0].Value
				}
			}
			statetest.CheckReader(t, layer, want, rng)
			layer = layer.Fork()
		}
		statetest.CheckReader(t, layer, want, rng)
		statetest.CheckReader(t, view, m.Versions[v], rng)
		layer.Close()
	}
}

// TestOverlayManyKeys goes beyond one chunk of sorted keys, in both orders.
func TestOverlayManyKeys(t *testing.T) {
	s := open(t, state.Config{InMemory: true})
	for _, step := range []int{1, 7, 2999} {
		o := s.Begin()
		want := make(map[string][]byte)
		for i := range 3000 {
			n := i * step % 3000
			key := []byte{'h', byte(n >> 8), byte(n)}
			o.Set(key, key)
			want[string(key)] = key
		}
		statetest.CheckReader(t, o, want, statetest.Rand(1))
		o.Close()
	}
}

// TestScanMayWrite deletes and adds while scanning: the scan shows what was
// there when it began.
func TestScanMayWrite(t *testing.T) {
	s := open(t, state.Config{InMemory: true})
	m := statetest.NewModel()
	m.Commit(t, s, 1, []statetest.Change{{Key: []byte("ha"), Value: []byte{1}}, {Key: []byte("hc"), Value: []byte{3}}})
	o := s.Begin()
	o.Set([]byte("hb"), []byte{2})
	o.Set([]byte("hd"), []byte{4})
	var seen []byte
	o.Scan([]byte("h"), func(key, value []byte) bool {
		seen = append(seen, value...)
		o.Delete(key)
		o.Set(append([]byte("hz"), key...), []byte{9})
		return true
	})
	if want := []byte{1, 2, 3, 4}; !bytes.Equal(seen, want) {
		t.Errorf("seen while writing: got %v, want %v", seen, want)
	}
	n := 0
	o.Scan([]byte("h"), func(_, value []byte) bool { n++; return value[0] == 9 })
	if n != 4 {
		t.Errorf("records afterwards: got %d, want 4", n)
	}
	o.Close()
}

// TestOverlayCopies: what the caller does to its slices afterwards does not
// matter.
func TestOverlayCopies(t *testing.T) {
	s := open(t, state.Config{InMemory: true})
	o := s.Begin()
	key, value := []byte("ha"), []byte{1}
	o.Set(key, value)
	key[1], value[0] = 'b', 2
	if got, ok := o.Get([]byte("ha")); !ok || !bytes.Equal(got, []byte{1}) {
		t.Errorf("Get: got %v, %v, want [1]", got, ok)
	}
	o.Close()
}
