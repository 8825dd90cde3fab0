package proof_test

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client/clienttest"
	"github.com/pedigree-ledger/pedigree/client/proof"
)

// reported is a scene with a duplicate and a conflict on record, among other
// txs of the same blocks.
func reported(tb testing.TB) (s *scene, duplicate, conflict []byte) {
	tb.Helper()
	s = newScene(tb)
	s.Do(s.maker, apptest.Commission(s.maker, s.unit, "L2", 5, 6))
	in := s.World.Contents.Commissions(s.item(5))
	s.Do(s.pharmacy, &app.ReportDuplicate{Key: s.item(5), First: in[0], Second: in[1]})
	duplicate = s.evidence(tb, s.item(5), 0)
	s.Do(s.wholesaler, &app.ReportConflict{Location: s.wholesaler.GLN, Opening: *s.World.Opening(s.item(100))})
	return s, duplicate, s.evidence(tb, s.item(100), 0)
}

// evidence makes the file behind the last report on a key.
func (s *scene) evidence(tb testing.TB, key gs1.Key, height uint64) []byte {
	tb.Helper()
	f, err := proof.BuildEvidence(tb.Context(), s.Chain, s.report(key, height))
	if err != nil {
		tb.Fatal(err)
	}
	return f.Encode()
}

func (s *scene) report(key gs1.Key, height uint64) proof.Report {
	marks := s.World.Marks(key).Marks
	m := marks[len(marks)-1]
	return proof.Report{Key: key, Tx: m.Tx, Block: m.Height, Height: height}
}

// checkEvidence verifies a file.
func (s *scene) checkEvidence(raw []byte, opt proof.Options) (*proof.Evidence, error) {
	f, err := proof.DecodeEvidence(raw)
	if err != nil {
		return nil, err
	}
	if opt.Now.IsZero() {
		opt.Now = s.now()
	}
	return f.Verify(s.trust(), s.trust(), opt)
}

func TestEvidence(t *testing.T) {
	s, duplicate, conflict := reported(t)
	d, err := s.checkEvidence(duplicate, proof.Options{Claim: proof.Claim{Key: s.item(5)}})
	if err != nil {
		t.Fatal(err)
	}
	if d.Op != "ReportDuplicate" || d.By.GLN != s.pharmacy.GLN || d.By.Name != "pharmacy" || !d.Mark.Blocking || d.Conflict != nil || len(d.Commissions) != 2 {
		t.Errorf("duplicate: %+v", d)
	}
	if a, b := d.Commissions[0], d.Commissions[1]; a.Lot.Lot != lot || b.Lot.Lot != "L2" || a.Position != 4 || b.Position != 0 || a.Height >= b.Height {
		t.Errorf("the commissions: %+v", d.Commissions)
	}
	c, err := s.checkEvidence(conflict, proof.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if c.Op != "ReportConflict" || c.By.GLN != s.wholesaler.GLN || c.Mark.Blocking || c.Commissions != nil || c.Reported != c.Height {
		t.Errorf("conflict: %+v", c)
	}
	if x := c.Conflict; x == nil || x.Location != s.wholesaler.GLN || x.Holding.Possessor != s.maker.GLN || x.State != app.Here || x.Entry.Key != s.item(100) {
		t.Errorf("the places: %+v", x)
	}
	t.Logf("%d bytes for a duplicate, %d for a conflict", len(duplicate), len(conflict))

	// Later, the same report shows what has become of the place since.
	s.ship(s.maker, s.wholesaler, s.item(100))
	later := s.evidence(t, s.item(100), s.Height())
	l, err := s.checkEvidence(later, proof.Options{})
	if err != nil || l.Conflict.State != app.Moved || l.Reported != c.Reported || l.Height <= c.Height {
		t.Errorf("later: %v %+v", err, l)
	}
}

// TestEvidenceRefused: what does not hold is refused, each with its reason.
func TestEvidenceRefused(t *testing.T) {
	s, duplicate, conflict := reported(t)
	refused := func(what string, raw []byte, opt proof.Options, want error) {
		t.Helper()
		if _, err := s.checkEvidence(raw, opt); !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", what, err, want)
		}
	}
	refused("another key", duplicate, proof.Options{Claim: proof.Claim{Key: s.item(6)}}, proof.ErrInvalid)
	refused("an old file", duplicate, proof.Options{Now: s.now().Add(time.Hour), MaxAge: time.Minute}, proof.ErrStale)
	refused("no file", []byte("EVIDENCE"), proof.Options{}, proof.ErrForm)
	refused("a pedigree file", s.build(t, proof.Query{Key: s.item(3)}), proof.Options{}, proof.ErrForm)
	f, err := proof.DecodeEvidence(conflict)
	if err != nil {
		t.Fatal(err)
	}
	other := proof.TrustValidators(apptest.ChainID, clienttest.NewValidators(4, 9).Set.Hash())
	for _, trust := range [][2]proof.Trust{{s.trust(), other}, {other, s.trust()}, {{}, {}}} {
		if _, err := f.Verify(trust[0], trust[1], proof.Options{Now: s.now()}); !errors.Is(err, proof.ErrUntrusted) {
			t.Errorf("another validator set: got %v", err)
		}
	}
	report, state := f.Blocks()
	if _, err := f.Verify(proof.TrustHeader(apptest.ChainID, report.Hash()), proof.TrustHeader(apptest.ChainID, state.Hash()), proof.Options{Now: s.now()}); err != nil {
		t.Errorf("headers trusted one by one: %v", err)
	}

	// A node that shows another tx, a mark that is no report, or a state from
	// before it.
	r := s.report(s.item(100), 0)
	for what, change := range map[string]func(*proof.Report){
		"another tx":    func(r *proof.Report) { r.Tx[0] ^= 1 },
		"another block": func(r *proof.Report) { r.Block-- },
		"another key":   func(r *proof.Report) { r.Key = s.item(101) },
		"too early":     func(r *proof.Report) { r.Height = r.Block - 1 },
	} {
		changed := r
		change(&changed)
		if _, err := proof.BuildEvidence(context.Background(), s.Chain, changed); err == nil {
			t.Errorf("%s: a file was made", what)
		}
	}
	s.Do(s.maker, &app.SetMark{Key: s.item(200), Mark: app.MarkSuspect})
	if _, err := proof.BuildEvidence(context.Background(), s.Chain, s.report(s.item(200), 0)); !errors.Is(err, proof.ErrInvalid) {
		t.Errorf("a mark that is no report: got %v", err)
	}
	s.Do(s.wholesaler, &app.ClearMark{Key: s.item(100), Mark: app.MarkDuplicate, By: s.wholesaler.GLN})
	r.Height = s.Height()
	if _, err := proof.BuildEvidence(context.Background(), s.Chain, r); !errors.Is(err, proof.ErrInvalid) {
		t.Errorf("a report that was taken back: got %v", err)
	}
}

// TestEvidenceEveryByteCounts changes every byte, drops every tail, and splices
// the two files.
func TestEvidenceEveryByteCounts(t *testing.T) {
	s, duplicate, conflict := reported(t)
	for _, raw := range [][]byte{duplicate, conflict} {
		for at := range raw {
			changed := bytes.Clone(raw)
			changed[at] ^= 0x01
			if e, err := s.checkEvidence(changed, proof.Options{}); err == nil {
				t.Fatalf("byte %d of %d changed: accepted for %+v", at, len(raw), e)
			}
		}
		for n := range raw {
			if _, err := s.checkEvidence(raw[:n], proof.Options{}); err == nil {
				t.Fatalf("the first %d bytes of %d were accepted", n, len(raw))
			}
		}
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	for range 3000 {
		changed, other := bytes.Clone(duplicate), conflict
		if r.IntN(2) == 0 {
			changed, other = bytes.Clone(conflict), duplicate
		}
		was := bytes.Clone(changed)
		n := 1 + r.IntN(300)
		to, from := r.IntN(len(changed)), r.IntN(len(other))
		copy(changed[to:min(to+n, len(changed))], other[from:])
		if e, err := s.checkEvidence(changed, proof.Options{}); err == nil && !bytes.Equal(changed, was) {
			t.Fatalf("spliced at %d: accepted for %+v", to, e)
		}
	}
}

// FuzzDecodeEvidence reads anything: what is read writes itself back.
func FuzzDecodeEvidence(f *testing.F) {
	_, duplicate, conflict := reported(f)
	f.Add(duplicate)
	f.Add(conflict)
	f.Fuzz(func(t *testing.T, raw []byte) {
		e, err := proof.DecodeEvidence(raw)
		if err == nil && !bytes.Equal(e.Encode(), raw) {
			t.Fatalf("%x is read and written as %x", raw, e.Encode())
		}
	})
}
