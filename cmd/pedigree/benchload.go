package main

import (
	"context"
	"crypto/ed25519"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/testnet"
)

// benchChain is the chain id of every bench network, so that all of them take
// the same transaction bytes.
const benchChain = "pedigree-bench"

// benchPrefix is the company prefix of the i-th maker.
func benchPrefix(i int) gs1.CompanyPrefix { return gs1.CompanyPrefix(fmt.Sprintf("952%04d", 100+i)) }

// benchGLN is the i-th maker.
func benchGLN(i int) gs1.GLN { return mustKey(gs1.ParseGLN, string(benchPrefix(i))+"00000") }

// benchGTIN is the i-th maker's product.
func benchGTIN(i int) gs1.GTIN { return mustKey(gs1.ParseGTIN, "0"+string(benchPrefix(i))+"00001") }

// mustKey completes an identifier of the bench's own with its check digit.
func mustKey[T any](parse func(string) (T, error), body string) T {
	digit, err := gs1.CheckDigit(body)
	if err != nil {
		panic(err)
	}
	v, err := parse(body + string(digit))
	if err != nil {
		panic(err)
	}
	return v
}

// benchGenesis makes every member a manufacturer.
func benchGenesis(members []testnet.Member) *app.Genesis {
	g := &app.Genesis{}
	for i, m := range members {
		g.Partners = append(g.Partners, app.GenesisPartner{
			GLN: benchGLN(i),
			PartnerInfo: app.PartnerInfo{
				Name: m.Name, Roles: app.RoleManufacturer, Prefixes: []gs1.CompanyPrefix{benchPrefix(i)},
				Credential: app.Credential{From: 0, Until: 1 << 40},
			},
			Keys:      []app.PublicKey{app.PublicKey(m.Operations.Public().(ed25519.PublicKey))},
			Consensus: app.PublicKey(m.Identity.Consensus),
		})
	}
	return g
}

// benchTx is a signed transaction and how many serials it commissions.
type benchTx struct {
	raw     []byte
	serials int
	maker   int
}

// maker signs the transactions of one member.
type maker struct {
	index  int
	key    ed25519.PrivateKey
	nonce  uint64
	next   uint64 // next serial number
	perTx  int
	gtin   gs1.GTIN
	gln    gs1.GLN
	expiry gs1.Date
}

func newMaker(m testnet.Member, perTx int) *maker {
	return &maker{index: m.Index, key: m.Operations, perTx: perTx, gtin: benchGTIN(m.Index), gln: benchGLN(m.Index), expiry: gs1.FromUnix(uint64(time.Now().AddDate(2, 0, 0).Unix()))}
}

// register is the maker's first transaction.
func (m *maker) register() (benchTx, error) {
	return m.sign(&app.RegisterProduct{GTIN: m.gtin, ProductInfo: app.ProductInfo{Level: app.LevelUnit, Name: "Bench"}}, 0)
}

// commission is the next transaction: serials that look random, ascending
// within the transaction, as manufacturers issue them.
func (m *maker) commission() (benchTx, error) {
	serials := make([]string, m.perTx)
	for i := range serials {
		serials[i] = benchSerial(m.next)
		m.next++
	}
	slices.Sort(serials)
	lot := fmt.Sprintf("LOT%05d", m.nonce/64)
	return m.sign(&app.Commission{GTIN: m.gtin, Lot: lot, Expiry: m.expiry, Location: m.gln, Serials: serials}, m.perTx)
}

func (m *maker) sign(op app.Op, serials int) (benchTx, error) {
	m.nonce++
	tx := &app.Tx{ChainID: benchChain, ValidUntil: 50_000, Nonce: m.nonce, EventTime: uint64(time.Now().Unix()), Op: op}
	raw, err := tx.Seal(m.key)
	return benchTx{raw: raw, serials: serials, maker: m.index}, err
}

// benchSerial maps a counter to twelve characters, one to one: multiplication
// by an odd number modulo a power of two mixes, and loses nothing.
func benchSerial(n uint64) string {
	const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	v := n * 0x9E3779B97F4A7C15 & (1<<60 - 1)
	var b [12]byte
	for i := range b {
		b[i] = letters[v>>(55-5*i)&31]
	}
	return string(b[:])
}

// source signs transactions ahead of the driver, maker by maker in turn.
func source(ctx context.Context, makers []*maker, ahead int) (<-chan benchTx, chan error) {
	out, failed := make(chan benchTx, ahead), make(chan error, 2)
	go labelled(ctx, "load", func(ctx context.Context) {
		defer close(out)
		for i := 0; ; i++ {
			tx, err := makers[i%len(makers)].commission()
			if err != nil {
				failed <- err
				return
			}
			select {
			case out <- tx:
			case <-ctx.Done():
				return
			}
		}
	})
	return out, failed
}

// txKey is a short key of a transaction for the driver's own book.
func txKey(raw []byte) uint64 {
	// The signature at the end tells transactions apart.
	return binary.BigEndian.Uint64(raw[len(raw)-8:])
}
