package lru

import (
	"errors"
	"testing"
)

// TestWhatIsUsedStays puts in ten times what there is room for.
func TestWhatIsUsedStays(t *testing.T) {
	c := New[int, int](100)
	for i := range 100 {
		c.Put(i, i*i, 10)
		if got, ok := c.Get(0); !ok || got != 0 {
			t.Fatalf("after %d: what is used all the time is gone", i)
		}
		if c.Bytes() > 100 {
			t.Fatalf("after %d: %d bytes are kept, at most 100 allowed", i, c.Bytes())
		}
	}
	for i := 1; i < 100; i++ {
		got, ok := c.Get(i)
		if want := i > 90; ok != want || ok && got != i*i {
			t.Errorf("%d: got %d, %v; want it kept: %v", i, got, ok, want)
		}
	}
}

// TestOneInThePlaceOfAnother counts a key's bytes once.
func TestOneInThePlaceOfAnother(t *testing.T) {
	c := New[string, string](100)
	c.Put("a", "first", 60)
	c.Put("a", "second", 70)
	if got, ok := c.Get("a"); !ok || got != "second" || c.Bytes() != 70 {
		t.Errorf("got %q, %v in %d bytes; want the second in 70", got, ok, c.Bytes())
	}
}

// TestTooLarge does not keep what would never fit, nor anything beside it.
func TestTooLarge(t *testing.T) {
	for _, limit := range []int64{0, 100} {
		c := New[string, string](limit)
		c.Put("a", "large", 101)
		if _, ok := c.Get("a"); ok || c.Bytes() != 0 {
			t.Errorf("limit %d: %d bytes are kept", limit, c.Bytes())
		}
	}
}

// TestRemove gives the room back.
func TestRemove(t *testing.T) {
	c := New[string, string](100)
	c.Put("a", "first", 60)
	c.Remove("b")
	c.Remove("a")
	if _, ok := c.Get("a"); ok || c.Bytes() != 0 {
		t.Errorf("%d bytes are kept of what was removed", c.Bytes())
	}
}

// TestKeep makes a value once, and again where another type stands in its place
// or nothing could be made.
func TestKeep(t *testing.T) {
	c := New[string, any](100)
	made, failure := 0, errors.New("not now")
	get := func(err error) (int, error) {
		return Keep(c, "a", func(int) int64 { return 10 }, func() (int, error) { made++; return 7, err })
	}
	if _, err := get(failure); !errors.Is(err, failure) || c.Bytes() != 0 {
		t.Errorf("got %v, and %d bytes are kept", err, c.Bytes())
	}
	for range 3 {
		if v, err := get(nil); err != nil || v != 7 || made != 2 {
			t.Errorf("got %d, %v after %d made, want 7 after 2", v, err, made)
		}
	}
	c.Put("a", "another", 10)
	if v, err := get(nil); err != nil || v != 7 || made != 3 {
		t.Errorf("got %d, %v after %d made, want 7 after 3", v, err, made)
	}
}
