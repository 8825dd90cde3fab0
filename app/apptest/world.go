// Package apptest is a ledger in a map for tests of the state machine and of
// everything above it: a World has partners with keys, products, a block
// height and time, and follows the contents of every segment, so that a test
// can say "item X" and get its opening wherever it is.
//
// Everything in it is deterministic. A World fails its test on trouble of the
// node; a rejection is a result like any other.
package apptest

import (
	"cmp"
	"crypto/ed25519"
	"maps"
	"slices"
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// ChainID is the chain of every World.
const ChainID = "apptest-1"

// GenesisTime is 2026-01-01 in seconds UTC.
const GenesisTime = 1767225600

// World is one ledger and the partners that use it.
type World struct {
	tb    testing.TB
	Store *Store
	// Block is the last block; Do begins the next one unless told not to.
	Block    app.Block
	Contents *Contents

	Maker, Maker2, Repackager, Wholesaler, Wholesaler2 *Partner
	Pharmacy, Pharmacy2, Logistics, Regulator, Auditor *Partner

	// Unit, Inner and Case are products of Maker at these levels; Unit2 and
	// Case2 of Maker2; UnitB is another unit of Maker.
	Unit, UnitB, Inner, Case, Unit2, Case2 gs1.GTIN

	// CheckEvery is after how many txs Do checks the invariants of the
	// whole state: 1 by default, 0 is never.
	CheckEvery int
	done       int
	decoded    map[string]decoded

	// Sealer, when set, makes the txs of Do and Seal instead of the private
	// key's Tx.Seal. For tests that do not want to pay for signatures.
	Sealer func(tx *app.Tx, private ed25519.PrivateKey) (*app.Tx, error)
	// Executed, when set, sees every tx with its verdict, also when the test
	// fails by it.
	Executed func(tx *app.Tx, res *app.Result)
}

// Partners lists the founders, in a fixed order.
func (w *World) Partners() []*Partner {
	return []*Partner{
		w.Maker, w.Maker2, w.Repackager, w.Wholesaler, w.Wholesaler2,
		w.Pharmacy, w.Pharmacy2, w.Logistics, w.Regulator, w.Auditor,
	}
}

// Fork is an independent copy that fails another test. Forks of one World may
// be made and used at the same time as long as nobody uses the World itself.
func (w *World) Fork(tb testing.TB) *World {
	f := *w
	f.tb, f.Store, f.Contents, f.decoded = tb, w.Store.Clone(), w.Contents.clone(), make(map[string]decoded)
	for _, p := range []**Partner{
		&f.Maker, &f.Maker2, &f.Repackager, &f.Wholesaler, &f.Wholesaler2,
		&f.Pharmacy, &f.Pharmacy2, &f.Logistics, &f.Regulator, &f.Auditor,
	} {
		own := **p
		own.nonces = maps.Clone(own.nonces)
		*p = &own
	}
	return &f
}

// NewWorld is a World with the parameters of production, its founders and six
// products.
func NewWorld(tb testing.TB) *World { return NewWorldWith(tb, app.DefaultParams()) }

// NewWorldWith is NewWorld with other parameters.
func NewWorldWith(tb testing.TB, params app.Params) *World {
	tb.Helper()
	w := &World{
		tb: tb, Store: NewStore(), Contents: NewContents(), CheckEvery: 1, decoded: make(map[string]decoded),
		Block:      app.Block{ChainID: ChainID, Height: 0, Time: GenesisTime},
		Maker:      NewPartner("maker", "0614141", app.RoleManufacturer, true),
		Maker2:     NewPartner("maker2", "0361414", app.RoleManufacturer, true),
		Repackager: NewPartner("repackager", "0361500", app.RoleRepackager, false),

		Wholesaler:  NewPartner("wholesaler", "0860001", app.RoleWholesaler, true),
		Wholesaler2: NewPartner("wholesaler2", "0860002", app.RoleWholesaler, true),
		Pharmacy:    NewPartner("pharmacy", "0870001", app.RoleDispenser, false),
		Pharmacy2:   NewPartner("pharmacy2", "0870002", app.RoleDispenser, false),
		Logistics:   NewPartner("logistics", "0880001", app.RoleLogistics, false),
		Regulator:   NewPartner("regulator", "0890001", app.RoleRegulator, false),
		Auditor:     NewPartner("auditor", "0890002", app.RoleAuditor, false),
	}
	genesis := w.Genesis(params)
	if err := genesis.Check(); err != nil {
		tb.Fatalf("apptest: %v", err)
	}
	if err := app.InitGenesis(w.Store, ChainID, GenesisTime, genesis); err != nil {
		tb.Fatalf("apptest: genesis: %v", err)
	}
	w.registerProducts()
	return w
}

// Genesis describes the World's founders, with keys and credentials that are
// valid from 1990 to 2060.
func (w *World) Genesis(params app.Params) *app.Genesis {
	g := &app.Genesis{Params: params}
	for _, p := range w.Partners() {
		gp := app.GenesisPartner{GLN: p.GLN, PartnerInfo: p.Info(), Keys: []app.PublicKey{p.Public()}}
		if p.Member {
			gp.Consensus = app.PublicKey(Key("consensus " + p.Name)[32:])
		}
		g.Partners = append(g.Partners, gp)
	}
	slices.SortFunc(g.Partners, func(a, b app.GenesisPartner) int { return cmp.Compare(a.GLN.String(), b.GLN.String()) })
	return g
}

// Info is what is registered about the partner.
func (p *Partner) Info() app.PartnerInfo {
	return app.PartnerInfo{
		Name: p.Name, Address: "1 Main Street, Springfield", Roles: p.Roles,
		Prefixes:   []gs1.CompanyPrefix{p.Prefix},
		Credential: app.Credential{From: 631152000, Until: 2840140800},
	}
}

func (w *World) registerProducts() {
	w.tb.Helper()
	register := func(by *Partner, indicator, n int, level app.Level, name string) gs1.GTIN {
		g := GTIN(indicator, by.Prefix, n)
		w.MustDo(by, &app.RegisterProduct{GTIN: g, ProductInfo: app.ProductInfo{
			Level: level, Name: name, Form: "tablet", Strength: "10 mg", NetContent: "30",
			NDCs: []app.NDC{{Code: "61414-1" + string(rune('0'+n)) + "1-30", From: Date("2020-01-01")}},
		}})
		return g
	}
	w.Unit = register(w.Maker, 0, 1, app.LevelUnit, "Aspirol")
	w.UnitB = register(w.Maker, 0, 2, app.LevelUnit, "Bromazil")
	w.Inner = register(w.Maker, 3, 1, app.LevelInner, "Aspirol, 6 bottles")
	w.Case = register(w.Maker, 5, 1, app.LevelCase, "Aspirol, 48 bottles")
	w.Unit2 = register(w.Maker2, 0, 1, app.LevelUnit, "Cardiol")
	w.Case2 = register(w.Maker2, 5, 1, app.LevelCase, "Cardiol, 24 bottles")
}
