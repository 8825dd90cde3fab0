package proof_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/cometbft/cometbft/types"

	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/client/clienttest"
	"github.com/pedigree-ledger/pedigree/client/proof"
)

// refused checks a file that must not be believed.
func refused(t *testing.T, name string, raw []byte, trust proof.Trust, opt proof.Options, want error) {
	t.Helper()
	p, err := proof.Decode(raw)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if ped, err := p.Verify(trust, opt); !errors.Is(err, want) {
		t.Errorf("%s: got %v and %+v, want %v", name, err, ped, want)
	}
}

// TestTrust verifies one file with every kind of trust, right and wrong.
func TestTrust(t *testing.T) {
	s := newScene(t)
	first, err := s.LightBlock(t.Context(), s.Height())
	if err != nil {
		t.Fatal(err)
	}
	raw := s.build(t, proof.Query{Key: s.item(5)})
	p, err := proof.Decode(raw)
	if err != nil {
		t.Fatal(err)
	}
	now := proof.Options{Now: s.now()}
	for name, trust := range map[string]proof.Trust{
		"validators":   s.trust(),
		"header":       proof.TrustHeader(apptest.ChainID, p.Block().Hash()),
		"light block":  proof.TrustBlock(first, time.Hour),
		"same block":   proof.TrustBlock(p.Block(), time.Hour),
		"not at all":   {},
		"other chain":  proof.TrustValidators("other", s.Validators.Set.Hash()),
		"other set":    proof.TrustValidators(apptest.ChainID, clienttest.NewValidators(4, 9).Set.Hash()),
		"other header": proof.TrustHeader(apptest.ChainID, first.Hash()),
		"expired":      proof.TrustBlock(first, time.Second),
	} {
		_, err := p.Verify(trust, now)
		good := name == "validators" || name == "header" || name == "light block" || name == "same block"
		if good != (err == nil) || !good && !errors.Is(err, proof.ErrUntrusted) {
			t.Errorf("%s: %v", name, err)
		}
	}
	refused(t, "from the future", raw, s.trust(), proof.Options{Now: s.now().Add(-time.Hour)}, proof.ErrStale)
	refused(t, "too old", raw, s.trust(), proof.Options{Now: s.now().Add(time.Hour), MaxAge: time.Minute}, proof.ErrStale)
	refused(t, "another key", raw, s.trust(), proof.Options{Now: s.now(), Claim: proof.Claim{Key: s.item(6)}}, proof.ErrInvalid)
}

// TestSkippingVerification lets the validators change: one of four may be new,
// three of four may not.
func TestSkippingVerification(t *testing.T) {
	s := newScene(t)
	trusted, err := s.LightBlock(t.Context(), s.Height())
	if err != nil {
		t.Fatal(err)
	}
	for first, want := range []error{nil, nil, nil, proof.ErrUntrusted} {
		s.Validators = clienttest.NewValidators(4, first)
		s.Empty()
		raw := s.build(t, proof.Query{Key: s.item(5), Height: s.Height()})
		p, err := proof.Decode(raw)
		if err != nil {
			t.Fatal(err)
		}
		_, err = p.Verify(proof.TrustBlock(trusted, time.Hour), proof.Options{Now: s.now()})
		// Two thirds sign in the file; with two of four in common, a third of
		// the trusted power may or may not be among them.
		if first != 2 && !errors.Is(err, want) {
			t.Errorf("%d validators replaced: got %v, want %v", first, err, want)
		}
	}
}

// TestTooFewSignatures silences two of four validators.
func TestTooFewSignatures(t *testing.T) {
	s := newScene(t)
	for i := range 2 {
		s.Validators.Silent[string(s.Validators.Set.Validators[i].Address)] = true
		raw := s.build(t, proof.Query{Key: s.item(5), Height: s.Height()})
		if i == 0 {
			s.verify(t, raw, proof.Claim{})
			s.Empty()
			continue
		}
		refused(t, "two of four", raw, s.trust(), proof.Options{Now: s.now()}, proof.ErrUntrusted)
	}
}

// TestFileIsTrimmed checks that a file carries no more than it needs.
func TestFileIsTrimmed(t *testing.T) {
	s := newScene(t)
	p, err := proof.Build(t.Context(), s.Chain, proof.Query{Key: s.item(5)})
	if err != nil {
		t.Fatal(err)
	}
	signed := 0
	for _, sig := range p.Block().Commit.Signatures {
		if sig.BlockIDFlag == types.BlockIDFlagCommit {
			signed++
		}
	}
	if signed != 3 {
		t.Errorf("%d signatures of four equal validators, want 3", signed)
	}
	if got, want := p.Height(), uint64(p.Block().Height)-1; got != want {
		t.Errorf("height %d, want %d", got, want)
	}
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"holding"`, `"lot"`, `"commission"`, `"partner"`, `"signatures":3`, string(s.item(5))} {
		if !strings.Contains(string(text), want) {
			t.Errorf("JSON lacks %s: %s", want, text)
		}
	}
	ped := s.ask(t, s.item(5))
	if text, err = json.Marshal(ped); err != nil || !strings.Contains(string(text), `"cbv":"sellable_accessible"`) {
		t.Errorf("pedigree: %v %s", err, text)
	}
}
