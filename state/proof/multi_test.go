package proof_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/pedigree-ledger/pedigree/internal/wire"
	"github.com/pedigree-ledger/pedigree/state"
	"github.com/pedigree-ledger/pedigree/state/proof"
)

// forest is a state of n records with keys "k" and an even number of six
// digits, and its root.
func forest(t testing.TB, n int) (*state.State, []byte) {
	t.Helper()
	s, err := state.Open(state.Config{InMemory: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	o := s.Begin()
	for i := range n {
		o.Set(leafKey(2*i), fmt.Appendf(nil, "value %d", i))
	}
	root, err := s.Stage(o, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Commit(); err != nil {
		t.Fatal(err)
	}
	return s, root
}

func leafKey(i int) []byte { return fmt.Appendf(nil, "k%06d", i) }

// add proves keys and puts their proofs together; it returns how long the
// proofs are one by one.
func add(t testing.TB, s *state.State, root []byte, m *proof.Multi, keys ...[]byte) (alone int) {
	t.Helper()
	for _, key := range keys {
		value, p, err := s.Prove(1, key)
		if err != nil {
			t.Fatal(err)
		}
		if err := m.Add(root, key, value, p); err != nil {
			t.Fatalf("key %s: %v", key, err)
		}
		alone += len(p)
	}
	return alone
}

// encoded writes m and reads it back.
func encoded(t testing.TB, m *proof.Multi) (*proof.Multi, []byte) {
	t.Helper()
	e := wire.NewEncoder(1024)
	m.Encode(e)
	d := wire.NewDecoder(e.Bytes())
	back := proof.DecodeMulti(d)
	if err := d.Finish(); err != nil {
		t.Fatal(err)
	}
	return back, e.Bytes()
}

// TestMultiAgainstMap asks for random keys, present and absent, in trees of
// many sizes: what is shown is right, and what was not asked for is not shown.
func TestMultiAgainstMap(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{1, 2, 3, 7, 100, 2000} {
		s, root := forest(t, n)
		for range 20 {
			m := &proof.Multi{}
			asked := make(map[int]bool)
			for range 1 + r.IntN(6) {
				asked[r.IntN(2*n+2)-1] = true
			}
			for i := range asked {
				add(t, s, root, m, leafKey(max(i, 0)))
			}
			back, _ := encoded(t, m)
			if !bytes.Equal(back.Root(), root) {
				t.Fatalf("root %x, want %x", back.Root(), root)
			}
			for i := range asked {
				i = max(i, 0)
				value, present, err := back.Get(leafKey(i))
				want := i%2 == 0 && i < 2*n
				if err != nil || present != want || present && string(value) != fmt.Sprintf("value %d", i/2) {
					t.Fatalf("%d of %d: got %q %v %v", i, n, value, present, err)
				}
			}
			back.Prune()
			if back.Unread() {
				t.Fatal("unread after Prune")
			}
			if again, _ := encoded(t, back); !bytes.Equal(again.Root(), root) {
				t.Fatalf("pruned: root %x, want %x", again.Root(), root)
			}
		}
	}
}

// TestMultiShowsOnlyWhatItShows asks for what is hidden.
func TestMultiShowsOnlyWhatItShows(t *testing.T) {
	s, root := forest(t, 1000)
	m := &proof.Multi{}
	alone := add(t, s, root, m, leafKey(100), leafKey(501), leafKey(504), leafKey(1500))
	back, raw := encoded(t, m)
	t.Logf("%d bytes together, %d bytes as ICS-23 proofs", len(raw), alone)
	for _, key := range [][]byte{leafKey(102), leafKey(99), leafKey(900), leafKey(2500), []byte("a")} {
		if _, _, err := back.Get(key); !errors.Is(err, proof.ErrNotShown) {
			t.Errorf("%s: got %v, want ErrNotShown", key, err)
		}
	}
	if !back.Unread() {
		t.Error("nothing was read, and Unread does not say so")
	}
	// 501 is between 500 and 502; then 504 follows 502, unless something is
	// hidden.
	if err := back.Scan([]byte("k00050"), func(_, _ []byte) error { return nil }); !errors.Is(err, proof.ErrNotShown) {
		t.Errorf("scan with gaps: got %v, want ErrNotShown", err)
	}
	add(t, s, root, m, leafKey(499), leafKey(500), leafKey(501), leafKey(502), leafKey(503), leafKey(505), leafKey(506), leafKey(507), leafKey(508), leafKey(509))
	back, _ = encoded(t, m)
	var got []string
	err := back.Scan([]byte("k00050"), func(key, _ []byte) error {
		got = append(got, string(key))
		return nil
	})
	if err != nil || fmt.Sprint(got) != "[k000500 k000502 k000504 k000506 k000508]" {
		t.Errorf("scan: got %v, %v", got, err)
	}
	other, otherRoot := forest(t, 10)
	value, p, err := other.Prove(1, leafKey(2))
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Add(otherRoot, leafKey(2), value, p); !errors.Is(err, proof.ErrInvalid) {
		t.Errorf("a proof of another state: got %v, want ErrInvalid", err)
	}
	if err := m.Add(root, leafKey(2), value, p); !errors.Is(err, proof.ErrInvalid) {
		t.Errorf("a proof under the wrong root: got %v, want ErrInvalid", err)
	}
}

// FuzzMulti reads anything: what is read writes itself back, and can be asked.
func FuzzMulti(f *testing.F) {
	s, root := forest(f, 50)
	for _, keys := range [][]int{{0}, {1}, {4, 50, 99}} {
		m := &proof.Multi{}
		for _, k := range keys {
			add(f, s, root, m, leafKey(k))
		}
		_, raw := encoded(f, m)
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		d := wire.NewDecoder(raw)
		m := proof.DecodeMulti(d)
		if d.Finish() != nil {
			return
		}
		e := wire.NewEncoder(len(raw))
		m.Encode(e)
		if !bytes.Equal(e.Bytes(), raw) {
			t.Fatalf("%x is read and written as %x", raw, e.Bytes())
		}
		_, _, _ = m.Get(leafKey(4))
		_ = m.Scan([]byte("k"), func(_, _ []byte) error { return nil })
		m.Prune()
		if m.Unread() {
			t.Fatalf("%x: unread after Prune", raw)
		}
	})
}
