package main

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"slices"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/app/merkle"
	"github.com/pedigree-ledger/pedigree/testnet"
)

// The goods of the bench of verification: lots of ten segments, packed by 64
// in cases and by 40 cases on pallets, of which the second of each lot has been
// sold and received, and the third is under way.
const (
	goodsPerLot    = 10 * merkle.SegmentSize
	goodsPerCase   = 64
	casesPerPallet = 40
	palletsPerLot  = goodsPerLot / goodsPerCase / casesPerPallet
	goodsProducts  = 4
	palletReceived = 1
	palletUnderWay = 2
)

// goods makes the txs that bring the goods of the bench onto the ledger.
type goods struct {
	maker, buyer goodsParty
	lots         int
	expiry       gs1.Date
	packages     int // SSCCs issued
	shipments    uint64
}

// goodsParty signs for one partner.
type goodsParty struct {
	gln    gs1.GLN
	prefix gs1.CompanyPrefix
	key    ed25519.PrivateKey
	nonce  uint64
}

func newGoods(serials uint64, m testnet.Member, buyer ed25519.PrivateKey) (*goods, error) {
	gln, err := m.GLN()
	if err != nil {
		return nil, err
	}
	return &goods{
		maker:  goodsParty{gln: gln, prefix: testnet.MemberPrefix(m.Index), key: m.Operations},
		buyer:  goodsParty{gln: benchGLN(0), key: buyer},
		lots:   int((max(serials, 1) + goodsPerLot - 1) / goodsPerLot),
		expiry: gs1.FromUnix(uint64(time.Now().AddDate(2, 0, 0).Unix())),
	}, nil
}

// founder is the buyer as it stands in the genesis: a wholesaler without a
// node.
func (g *goods) founder() app.GenesisPartner {
	return app.GenesisPartner{
		GLN: g.buyer.gln,
		PartnerInfo: app.PartnerInfo{
			Name: "Bench Wholesale", Roles: app.RoleWholesaler, Credential: app.Credential{From: 0, Until: 1 << 40},
		},
		Keys: []app.PublicKey{app.PublicKey(g.buyer.key.Public().(ed25519.PublicKey))},
	}
}

// serials is how many serials there are.
func (g *goods) serials() int { return g.lots * goodsPerLot }

// gtin is the product of a lot.
func (g *goods) gtin(lot int) gs1.GTIN {
	return mustKey(gs1.ParseGTIN, fmt.Sprintf("0%s%05d", g.maker.prefix, lot%goodsProducts+1))
}

func (g *goods) lotName(lot int) string { return fmt.Sprintf("LOT%05d", lot) }

// item is the n-th item, its lot and expiry: what is printed on it.
func (g *goods) item(n int) (gs1.Key, string) {
	lot := n / goodsPerLot
	return gs1.ItemKey(g.gtin(lot), benchSerial(uint64(n))), g.lotName(lot)
}

// sign seals an op of a party.
func (p *goodsParty) sign(op app.Op) (benchTx, error) {
	p.nonce++
	tx := &app.Tx{ChainID: benchChain, ValidUntil: 50_000, Nonce: p.nonce, EventTime: uint64(time.Now().Unix()), Op: op}
	raw, err := tx.Seal(p.key)
	return benchTx{raw: raw}, err
}

// register makes the products known.
func (g *goods) register(submit func(benchTx) error) error {
	for i := range goodsProducts {
		op := &app.RegisterProduct{GTIN: g.gtin(i), ProductInfo: app.ProductInfo{Level: app.LevelUnit, Name: "Bench"}}
		if err := g.submit(&g.maker, op, 0, submit); err != nil {
			return err
		}
	}
	return nil
}

func (g *goods) submit(by *goodsParty, op app.Op, serials int, submit func(benchTx) error) error {
	tx, err := by.sign(op)
	if err != nil {
		return err
	}
	tx.serials = serials
	return submit(tx)
}

// lot commissions a lot, packs it and ships two of its pallets.
func (g *goods) lot(lot int, submit func(benchTx) error) error {
	serials := make([]string, goodsPerLot)
	for i := range serials {
		serials[i] = benchSerial(uint64(lot*goodsPerLot + i))
	}
	slices.Sort(serials)
	op := &app.Commission{GTIN: g.gtin(lot), Lot: g.lotName(lot), Expiry: g.expiry, Location: g.maker.gln, Serials: serials}
	if err := g.submit(&g.maker, op, goodsPerLot, submit); err != nil {
		return err
	}
	var cases []app.HoldingID
	for segment := range slices.Chunk(serials, merkle.SegmentSize) {
		packed, err := g.pack(lot, segment, submit)
		if err != nil {
			return err
		}
		cases = append(cases, packed...)
	}
	return g.palletise(cases, submit)
}

// pack packs one run of a lot into cases.
func (g *goods) pack(lot int, serials []string, submit func(benchTx) error) ([]app.HoldingID, error) {
	entries := make([]app.Entry, len(serials))
	leaves := make([]merkle.Hash, len(serials))
	for i, s := range serials {
		entries[i] = app.Entry{Key: gs1.ItemKey(g.gtin(lot), s), Lot: g.lotName(lot)}
		leaves[i] = entries[i].Leaf()
	}
	tree := merkle.NewTree(leaves)
	run := app.RunID(g.gtin(lot), g.lotName(lot), tree.Root())
	var out []app.HoldingID
	for at := 0; at < len(entries); at += goodsPerCase {
		o := app.Opening{Holding: run, Entries: entries[at : at+goodsPerCase]}
		for i := range goodsPerCase {
			o.Positions = append(o.Positions, uint16(at+i))
		}
		var err error
		if o.Siblings, err = tree.Prove(o.Positions); err != nil {
			return nil, err
		}
		key := g.sscc()
		if err := g.submit(&g.maker, &app.Pack{Parent: key, Openings: []app.Opening{o}}, 0, submit); err != nil {
			return nil, err
		}
		out = append(out, app.ContainerID(key, 0))
	}
	return out, nil
}

// palletise packs the cases of a lot on pallets and ships two of them.
func (g *goods) palletise(cases []app.HoldingID, submit func(benchTx) error) error {
	for i := range palletsPerLot {
		key := g.sscc()
		on := slices.SortedFunc(slices.Values(cases[i*casesPerPallet:(i+1)*casesPerPallet]), func(a, b app.HoldingID) int { return bytes.Compare(a[:], b[:]) })
		if err := g.submit(&g.maker, &app.Pack{Parent: key, Children: on}, 0, submit); err != nil {
			return err
		}
		if i != palletReceived && i != palletUnderWay {
			continue
		}
		g.shipments++
		terms := app.Terms{To: g.buyer.gln, ShipTo: g.buyer.gln, Purpose: app.PurposeSale, Statement: true, TransactionDate: gs1.FromUnix(uint64(time.Now().Unix()))}
		if err := g.submit(&g.maker, &app.Ship{Terms: terms, Holdings: []app.HoldingID{app.ContainerID(key, 0)}}, 0, submit); err != nil {
			return err
		}
	}
	return nil
}

// receive receives every first of two shipments, once all of them stand.
func (g *goods) receive(submit func(benchTx) error) error {
	for n := uint64(1); n <= g.shipments; n += 2 {
		// The pallets' numbers follow from the order in which they were packed.
		lot := int(n-1) / 2
		key := g.palletKey(lot, palletReceived)
		op := &app.Receive{Shipment: n, Mode: app.ReceiveAll, Location: g.buyer.gln, Holdings: []app.HoldingID{app.ContainerID(key, 0)}}
		if err := g.submit(&g.buyer, op, 0, submit); err != nil {
			return err
		}
	}
	return nil
}

// another is the op that keeps blocks coming: a hundred serials more, in a lot
// that nobody asks about.
func (g *goods) another() app.Op {
	serials := make([]string, 100)
	for i := range serials {
		serials[i] = benchSerial(uint64(g.serials() + 100*int(g.maker.nonce) + i))
	}
	slices.Sort(serials)
	return &app.Commission{GTIN: g.gtin(0), Lot: "BESIDE", Expiry: g.expiry, Location: g.maker.gln, Serials: serials}
}

// sscc issues the next SSCC of the maker.
func (g *goods) sscc() gs1.Key {
	g.packages++
	return g.ssccOf(g.packages)
}

func (g *goods) ssccOf(n int) gs1.Key {
	return gs1.LogisticKey(mustKey(gs1.ParseSSCC, fmt.Sprintf("0%s%09d", g.maker.prefix, n)))
}

// palletKey is a pallet of a lot: it was issued after the lot's cases.
func (g *goods) palletKey(lot, pallet int) gs1.Key {
	const cases = goodsPerLot / goodsPerCase
	return g.ssccOf(lot*(cases+palletsPerLot) + cases + pallet + 1)
}
