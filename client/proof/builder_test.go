package proof_test

import (
	"bytes"
	"context"
	"errors"
	"reflect"
	"slices"
	"sync"
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client/proof"
)

// header is the one that commits to the present state.
func (s *scene) header(tb testing.TB) *proof.Header {
	tb.Helper()
	lb, err := s.LightBlock(tb.Context(), s.Height()+1)
	if err != nil {
		tb.Fatal(err)
	}
	h, err := proof.NewHeader(lb)
	if err != nil {
		tb.Fatal(err)
	}
	return h
}

// questions are about keys of every kind.
func (s *scene) questions() []proof.Query {
	out := []proof.Query{
		{Key: s.pallet},
		{Key: s.case2},
		{Key: s.maker.SSCC(99)},
		{Key: gs1.ItemKey(s.unit, "S001024A"), Lot: lot},
		{Key: gs1.ItemKey(s.unit, "S001024A"), Lot: "none"},
	}
	for _, n := range []int{1, 5, 9, 16, 17, 1024, 1025, 2047, 2500, 3001, 3100} {
		out = append(out, proof.Query{Key: s.item(n)})
	}
	return out
}

// TestBuilderMakesTheSameFiles asks one Builder about everything, twice and
// from many goroutines, over heights, with room for all and for nothing: each
// file is byte for byte the one that Build makes alone, and the answer is what
// its Verify says.
func TestBuilderMakesTheSameFiles(t *testing.T) {
	for _, room := range []int64{0, 100 << 10, 64 << 20} {
		s := newScene(t)
		b := proof.NewBuilder(s.Chain, room)
		for range 3 {
			h := s.header(t)
			type want struct {
				q   proof.Query
				raw []byte
				ped *proof.Pedigree
			}
			var all []want
			for _, q := range s.questions() {
				q.Height = h.Height()
				raw := s.build(t, q)
				all = append(all, want{q, raw, s.verify(t, raw, proof.Claim{Key: q.Key})})
			}
			var wg sync.WaitGroup
			for range 4 {
				wg.Go(func() {
					for _, w := range slices.Concat(all, all) {
						ped, file, err := b.Pedigree(t.Context(), h, w.q, proof.Options{Now: s.now(), Claim: proof.Claim{Key: w.q.Key}})
						if err != nil {
							t.Errorf("room %d, %s: %v", room, w.q.Key, err)
							continue
						}
						if !bytes.Equal(file.Encode(), w.raw) {
							t.Errorf("room %d, %s: another file than alone", room, w.q.Key)
						}
						if !reflect.DeepEqual(ped, w.ped) {
							t.Errorf("room %d, %s: got %+v, want %+v", room, w.q.Key, ped, w.ped)
						}
					}
				})
			}
			wg.Wait()
			s.Do(s.maker, &app.SetMark{Key: s.item(2000 + int(h.Height())), Mark: app.MarkStolen})
		}
	}
}

// liar is a chain that says something else when asked to.
type liar struct {
	*scene
	lie string
}

func (l *liar) Entries(ctx context.Context, id app.HoldingID, segment uint32) ([]app.Entry, error) {
	entries, err := l.scene.Entries(ctx, id, segment)
	if l.lie == "entries" && err == nil {
		entries = slices.Clone(entries)
		entries[0].Acquired++
	}
	if l.lie == "no entries" {
		entries = nil
	}
	return entries, err
}

func (l *liar) CommissionSegments(ctx context.Context, lot app.LotID, seq uint32) ([]app.CommissionSegment, error) {
	segments, err := l.scene.CommissionSegments(ctx, lot, seq)
	if l.lie == "segments" && err == nil {
		segments = slices.Clone(segments)
		segments[0].Root[0]++
	}
	if l.lie == "no segments" {
		segments = nil
	}
	return segments, err
}

func (l *liar) Record(ctx context.Context, height uint64, key []byte) (value, evidence []byte, err error) {
	value, evidence, err = l.scene.Record(ctx, height, key)
	switch {
	case l.lie == "value" && value != nil:
		value = bytes.Clone(value)
		value[len(value)-1]++
	case l.lie == "absence":
		value = nil
	case l.lie == "another height":
		value, evidence, err = l.scene.Record(ctx, height-1, key)
	}
	return value, evidence, err
}

// TestBuilderKeepsNoLies asks a source that lies once: the answer is refused,
// and the next, honest one is right.
func TestBuilderKeepsNoLies(t *testing.T) {
	s := newScene(t)
	s.Do(s.maker, &app.SetMark{Key: s.item(2000), Mark: app.MarkStolen})
	for _, lie := range []string{"entries", "no entries", "segments", "no segments", "value", "absence", "another height"} {
		l := &liar{scene: s, lie: lie}
		b := proof.NewBuilder(l, 1<<20)
		h := s.header(t)
		if lie == "another height" {
			s.Do(s.maker, &app.SetMark{Key: s.item(2100 + int(h.Height())), Mark: app.MarkStolen})
			h = s.header(t)
		}
		ask := func() (*proof.Pedigree, error) {
			ped, _, err := b.Pedigree(t.Context(), h, proof.Query{Key: s.item(3)}, proof.Options{Now: s.now()})
			return ped, err
		}
		if ped, err := ask(); !errors.Is(err, proof.ErrInvalid) {
			t.Errorf("%s: got %+v, %v; want ErrInvalid", lie, ped, err)
		}
		l.lie = ""
		if ped, err := ask(); err != nil || !ped.Identity.Yes {
			t.Errorf("after %s: got %+v, %v", lie, ped, err)
		}
	}
}
