package proof_test

import (
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client/proof"
)

// TestSize holds files to the sizes of design 01, section 7: 8 KB for an item
// in an outermost holding of a small network, 16 KB at a million leaves.
// PEDIGREE_LEAVES sets how many leaves the state has.
func TestSize(t *testing.T) {
	leaves := 20_000
	if n, err := strconv.Atoi(os.Getenv("PEDIGREE_LEAVES")); err == nil {
		leaves = n
	}
	s := newScene(t)
	s.measure(t, "small state", 8<<10)
	s.Fill(leaves)
	s.measure(t, strconv.FormatUint(s.State.Leaves(), 10)+" leaves", 16<<10)
}

// measure builds and verifies files of every kind.
func (s *scene) measure(t *testing.T, state string, limit int) {
	t.Helper()
	tote := s.maker.SSCC(50)
	if _, used := s.World.Contents.Use(tote); !used {
		s.Do(s.maker, commissionOne(s, "L2", 5001))
		s.Do(s.maker, s.World.Pack(tote, s.item(3050), s.item(5001)))
		s.Do(s.maker, &app.SetMark{Key: s.item(3051), Mark: app.MarkStolen})
	}
	deep := s.item(2)
	for _, q := range []struct {
		name string
		proof.Query
	}{
		{"item in its run", proof.Query{Key: s.item(2000)}},
		{"item in a case on a pallet", proof.Query{Key: deep}},
		{"item with a mark", proof.Query{Key: s.item(3051)}},
		{"pallet", proof.Query{Key: s.pallet}},
		{"tote of two lots", proof.Query{Key: tote}},
		{"serial that does not exist", proof.Query{Key: gs1.ItemKey(s.unit, "S001024A"), Lot: lot}},
	} {
		begin := time.Now()
		raw := s.build(t, q.Query)
		built := time.Since(begin)
		begin = time.Now()
		s.verify(t, raw, proof.Claim{Key: q.Key})
		t.Logf("%s: %-26s %6d bytes, built in %s, verified in %s", state, q.name, len(raw),
			built.Round(10*time.Microsecond), time.Since(begin).Round(10*time.Microsecond))
		if len(raw) > limit {
			t.Errorf("%s: %s has %d bytes, at most %d", state, q.name, len(raw), limit)
		}
	}
}
