package proof_test

import (
	"testing"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/client/clienttest"
	"github.com/pedigree-ledger/pedigree/client/proof"
)

// scene is a chain on which goods went from the maker to the wholesaler: a
// pallet of two cases of eight bottles each, and bottles that stayed behind.
type scene struct {
	*clienttest.Chain
	maker, wholesaler, pharmacy *apptest.Partner
	unit                        gs1.GTIN
	pallet, case1, case2        gs1.Key
}

const lot = "L1"

func newScene(tb testing.TB) *scene {
	tb.Helper()
	w := apptest.NewWorld(tb)
	w.CheckEvery = 0
	s := &scene{
		Chain: clienttest.NewChainOf(tb, w), maker: w.Maker, wholesaler: w.Wholesaler, pharmacy: w.Pharmacy,
		unit: w.Unit, pallet: w.Maker.SSCC(1), case1: w.Maker.SSCC(2), case2: w.Maker.SSCC(3),
	}
	s.Do(s.maker, apptest.Commission(s.maker, s.unit, lot, 1, 2500))
	s.Do(s.maker, apptest.Commission(s.maker, s.unit, lot, 3001, 3100))
	s.Do(s.maker, w.Pack(s.case1, apptest.Items(s.unit, 1, 8)...))
	s.Do(s.maker, w.Pack(s.case2, apptest.Items(s.unit, 9, 16)...))
	s.Do(s.maker, w.Pack(s.pallet, s.case1, s.case2))
	return s
}

// item is the key of the n-th serial.
func (s *scene) item(n int) gs1.Key { return apptest.Item(s.unit, n) }

// ship sells things from one partner to the next and returns the shipment.
func (s *scene) ship(from, to *apptest.Partner, things ...gs1.Key) uint64 {
	n, _ := app.ShipmentNumber(s.Do(from, s.World.Ship(to, things...)).Data)
	return n
}

// receive receives all of a shipment.
func (s *scene) receive(by *apptest.Partner, shipment uint64) {
	s.Do(by, s.World.ReceiveAll(by, shipment))
}

// build makes the file for a query.
func (s *scene) build(tb testing.TB, q proof.Query) []byte {
	tb.Helper()
	p, err := proof.Build(tb.Context(), s.Chain, q)
	if err != nil {
		tb.Fatal(err)
	}
	return p.Encode()
}

// trust trusts the validators of the present.
func (s *scene) trust() proof.Trust {
	return proof.TrustValidators(apptest.ChainID, s.Validators.Set.Hash())
}

func (s *scene) now() time.Time { return time.Unix(int64(s.World.Block.Time), 0) }

// verify checks a file that must hold.
func (s *scene) verify(tb testing.TB, raw []byte, c proof.Claim) *proof.Pedigree {
	tb.Helper()
	p, err := proof.Decode(raw)
	if err != nil {
		tb.Fatal(err)
	}
	ped, err := p.Verify(s.trust(), proof.Options{Now: s.now(), MaxAge: time.Hour, Claim: c})
	if err != nil {
		tb.Fatal(err)
	}
	return ped
}

// ask builds and verifies.
func (s *scene) ask(tb testing.TB, key gs1.Key) *proof.Pedigree {
	tb.Helper()
	return s.verify(tb, s.build(tb, proof.Query{Key: key, Lot: lot}), proof.Claim{Key: key})
}

func expect(tb testing.TB, what string, a proof.Answer, yes bool, vrs, cbv string) {
	tb.Helper()
	if a.Yes != yes || a.VRS != vrs || a.CBV != cbv {
		tb.Errorf("%s: got %+v, want %v %q %q", what, a, yes, vrs, cbv)
	}
}

func serial(n int) string { return apptest.Serial(n) }
