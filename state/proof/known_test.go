package proof_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/pedigree-ledger/pedigree/internal/wire"
	"github.com/pedigree-ledger/pedigree/state"
	"github.com/pedigree-ledger/pedigree/state/proof"
)

// know is a Known of a state, trusting its root.
func know(t testing.TB, root []byte) *proof.Known {
	t.Helper()
	k, err := proof.NewKnown(root)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// learn reads a key of version 1, and adds its proof when it is not known.
func learn(t testing.TB, s *state.State, k *proof.Known, r *proof.Reading, key []byte) (value []byte, asked bool) {
	t.Helper()
	return learnAt(t, s, 1, k, r, key)
}

func learnAt(t testing.TB, s *state.State, version uint64, k *proof.Known, r *proof.Reading, key []byte) (value []byte, asked bool) {
	t.Helper()
	value, _, err := r.Get(key)
	if !errors.Is(err, proof.ErrNotShown) {
		return value, false
	}
	value, p, err := s.Prove(version, key)
	if err != nil {
		t.Fatal(err)
	}
	if err := k.Add(key, value, p); err != nil {
		t.Fatalf("key %s: %v", key, err)
	}
	got, present, err := r.Get(key)
	if err != nil || present != (value != nil) || !bytes.Equal(got, value) {
		t.Fatalf("key %s: got %q %v %v, want %q", key, got, present, err, value)
	}
	return value, true
}

// TestReadingShowsWhatWasRead reads random keys, present and absent, out of one
// Known that grows: each time what a Multi of these keys alone would show, byte
// for byte.
func TestReadingShowsWhatWasRead(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for _, n := range []int{1, 2, 3, 7, 100, 2000} {
		s, root := forest(t, n)
		k := know(t, root)
		known := 0
		for range 40 {
			r, m := k.Read(), &proof.Multi{}
			var keys [][]byte
			for range 1 + random.IntN(6) {
				keys = append(keys, leafKey(random.IntN(2*n+1)), []byte("a"))
			}
			for _, key := range keys {
				if _, asked := learn(t, s, k, r, key); !asked {
					known++
				}
			}
			add(t, s, root, m, keys...)
			want, _ := encoded(t, m)
			for _, key := range keys {
				if _, _, err := want.Get(key); err != nil {
					t.Fatal(err)
				}
			}
			want.Prune()
			_, raw := encoded(t, want)
			e := wire.NewEncoder(1024)
			r.Encode(e)
			if !bytes.Equal(e.Bytes(), raw) {
				t.Fatalf("tree of %d, keys %s:\ngot  %x\nwant %x", n, keys, e.Bytes(), raw)
			}
		}
		if known == 0 {
			t.Errorf("tree of %d: nothing was known before", n)
		}
		if k.Bytes() == 0 || !bytes.Equal(k.Root(), root) {
			t.Errorf("tree of %d: %d bytes under root %x", n, k.Bytes(), k.Root())
		}
	}
}

// TestKnownOfTheNextVersion changes a state at random, version by version, and
// reads in each, and in some of before, what a map says: most of it without a
// proof of its own, and shown as a stranger to all other versions shows it.
func TestKnownOfTheNextVersion(t *testing.T) {
	s, err := state.Open(state.Config{InMemory: true, KeepVersions: 1000})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	random := rand.New(rand.NewPCG(6, 7))
	const keys, versions = 400, 60
	type kept struct {
		version uint64
		is      map[int]string
		k       *proof.Known
	}
	is := make(map[int]string)
	var all []kept
	var k *proof.Known
	asked, known := 0, 0
	read := func(at kept) {
		r, alone := at.k.Read(), know(t, at.k.Root())
		stranger := alone.Read()
		for range 1 + random.IntN(5) {
			i := random.IntN(keys + 1)
			value, again := learnAt(t, s, at.version, at.k, r, leafKey(i))
			if again {
				asked++
			} else {
				known++
			}
			if want, present := at.is[i]; present != (value != nil) || string(value) != want {
				t.Fatalf("version %d, key %d: got %q, want %q", at.version, i, value, want)
			}
			learnAt(t, s, at.version, alone, stranger, leafKey(i))
		}
		got, want := wire.NewEncoder(1024), wire.NewEncoder(1024)
		r.Encode(got)
		stranger.Encode(want)
		if !bytes.Equal(got.Bytes(), want.Bytes()) {
			t.Fatalf("version %d:\ngot  %x\nwant %x", at.version, got.Bytes(), want.Bytes())
		}
	}
	for v := uint64(1); v <= versions; v++ {
		o := s.Begin()
		for range 1 + random.IntN(4) {
			i := random.IntN(keys)
			if _, present := is[i]; present && random.IntN(3) == 0 && len(is) > 1 {
				delete(is, i)
				o.Delete(leafKey(i))
			} else {
				is[i] = fmt.Sprintf("value %d of %d", i, v)
				o.Set(leafKey(i), []byte(is[i]))
			}
		}
		root, err := s.Stage(o, v)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Commit(); err != nil {
			t.Fatal(err)
		}
		if k == nil {
			k = know(t, root)
		} else if k, err = k.Next(root); err != nil {
			t.Fatal(err)
		}
		all = append(all, kept{v, maps.Clone(is), k})
		for range 20 {
			read(all[len(all)-1])
			read(all[max(0, len(all)-1-random.IntN(10))])
		}
	}
	t.Logf("%d keys asked for, %d known", asked, known)
	if asked > known/3 {
		t.Errorf("%d keys had to be asked for, and only %d were known", asked, known)
	}
}

// TestKnownRefuses adds what does not hold: nothing of it is known afterwards.
func TestKnownRefuses(t *testing.T) {
	s, root := forest(t, 100)
	other, _ := forest(t, 101)
	prove := func(s *state.State, key []byte) (value, p []byte) {
		value, p, err := s.Prove(1, key)
		if err != nil {
			t.Fatal(err)
		}
		return value, p
	}
	value, present := prove(s, leafKey(4))
	_, absent := prove(s, leafKey(5))
	_, foreign := prove(other, leafKey(4))
	for _, c := range []struct {
		name       string
		key, value []byte
		proof      []byte
	}{
		{"another state", leafKey(4), value, foreign},
		{"another value", leafKey(4), []byte("value 9"), present},
		{"another key", leafKey(6), value, present},
		{"presence for absence", leafKey(4), nil, present},
		{"absence for presence", leafKey(5), value, absent},
		{"absence of a key elsewhere", leafKey(7), nil, absent},
		{"absence of a neighbor", leafKey(4), nil, absent},
		{"no key", nil, value, present},
		{"no proof", leafKey(4), value, nil},
		{"no protobuf", leafKey(4), value, []byte("proof")},
	} {
		k := know(t, root)
		if err := k.Add(c.key, c.value, c.proof); !errors.Is(err, proof.ErrInvalid) && !errors.Is(err, proof.ErrForm) {
			t.Errorf("%s: got %v, want ErrInvalid or ErrForm", c.name, err)
		}
		if k.Bytes() != 0 {
			t.Errorf("%s: something is known afterwards", c.name)
		}
	}
	if _, err := proof.NewKnown([]byte("root")); !errors.Is(err, proof.ErrForm) {
		t.Errorf("a short root: got %v, want ErrForm", err)
	}
}

// TestKnownRefusesEveryDamage flips each bit of a proof: it is refused, or says
// the same.
func TestKnownRefusesEveryDamage(t *testing.T) {
	s, root := forest(t, 60)
	for _, i := range []int{40, 41} {
		value, p, err := s.Prove(1, leafKey(i))
		if err != nil {
			t.Fatal(err)
		}
		for bit := range 8 * len(p) {
			damaged := bytes.Clone(p)
			damaged[bit/8] ^= 1 << (bit % 8)
			k := know(t, root)
			if k.Add(leafKey(i), value, damaged) != nil {
				continue
			}
			e, want := wire.NewEncoder(1024), wire.NewEncoder(1024)
			r := k.Read()
			if got, present, err := r.Get(leafKey(i)); err != nil || present != (value != nil) || !bytes.Equal(got, value) {
				t.Fatalf("bit %d: got %q %v %v", bit, got, present, err)
			}
			r.Encode(e)
			whole := know(t, root)
			honest := whole.Read()
			learn(t, s, whole, honest, leafKey(i))
			honest.Encode(want)
			if !bytes.Equal(e.Bytes(), want.Bytes()) {
				t.Fatalf("bit %d: another statement is known", bit)
			}
		}
	}
}

// TestKnownIsShared lets many goroutines learn and read at once.
func TestKnownIsShared(t *testing.T) {
	s, root := forest(t, 500)
	k := know(t, root)
	var all sync.WaitGroup
	for g := range 8 {
		all.Go(func() {
			random := rand.New(rand.NewPCG(5, uint64(g)))
			for range 50 {
				r := k.Read()
				for range 3 {
					i := random.IntN(1000)
					if value, _ := learn(t, s, k, r, leafKey(i)); i%2 == 0 && string(value) != fmt.Sprintf("value %d", i/2) {
						t.Errorf("%d: got %q", i, value)
					}
				}
				e := wire.NewEncoder(1024)
				r.Encode(e)
				if m := proof.DecodeMulti(wire.NewDecoder(e.Bytes())); !bytes.Equal(m.Root(), root) {
					t.Errorf("root %x, want %x", m.Root(), root)
				}
			}
		})
	}
	all.Wait()
}
