package app_test

import (
	"crypto/ed25519"
	"fmt"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// A ledger in a map: genesis, one transaction, its verdict, and what stands
// afterwards.
func Example() {
	private := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)) // a real key is random
	maker, err := gs1.ParseGLN("9521001000000")
	fail(err)
	genesis := &app.Genesis{Params: app.DefaultParams(), Partners: []app.GenesisPartner{{
		GLN: maker, Keys: []app.PublicKey{app.PublicKey(private.Public().(ed25519.PublicKey))},
		Consensus: make(app.PublicKey, ed25519.PublicKeySize),
		PartnerInfo: app.PartnerInfo{
			Name: "Alder Pharmaceuticals", Roles: app.RoleManufacturer, Prefixes: []gs1.CompanyPrefix{"9521001"},
			Credential: app.Credential{Until: 1 << 40},
		},
	}}}
	store := apptest.NewStore() // a map; package state keeps one on disk
	block := app.Block{ChainID: "example", Height: 1, Time: 1_800_000_000}
	fail(app.InitGenesis(store, block.ChainID, block.Time, genesis))

	gtin, err := gs1.ParseGTIN("09521001100014")
	fail(err)
	tx := &app.Tx{
		ChainID: block.ChainID, ValidUntil: 100, Nonce: 1, EventTime: block.Time,
		Op: &app.RegisterProduct{GTIN: gtin, ProductInfo: app.ProductInfo{Level: app.LevelUnit, Name: "Exemplar"}},
	}
	_, err = tx.Seal(private)
	fail(err)

	result, err := app.Execute(store, block, tx)
	fail(err) // trouble with the store, and no verdict
	fmt.Println(tx.Op.Kind(), result.Code)

	again, err := app.Execute(store, block, tx)
	fail(err)
	fmt.Println("once more:", again.Code)

	raw, _ := store.Get(app.ProductKey(gtin))
	product, err := app.DecodeProduct(raw)
	fail(err)
	fmt.Println(product.Name, "of", product.Labeler)
	// Output:
	// RegisterProduct ok
	// once more: nonce-used
	// Exemplar of 9521001000000
}

func fail(err error) {
	if err != nil {
		panic(err)
	}
}
