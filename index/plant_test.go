package index

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// plant is a World that only commissions: full Commissions of random serials
// of one GTIN, without following where everything is.
type plant struct {
	w    *apptest.World
	rng  *rand.Rand
	last []string // the serials of the last block
}

func newPlant(tb testing.TB) *plant {
	w := apptest.NewWorld(tb)
	w.CheckEvery = 0
	return &plant{w: w, rng: rand.New(rand.NewPCG(1, 2))}
}

// start applies empty blocks up to the plant's height.
func (p *plant) start(tb testing.TB, x *Index) {
	for h := range p.w.Block.Height {
		if err := x.Apply(Block{Height: h + 1}); err != nil {
			tb.Fatal(err)
		}
	}
}

// block is a block with one Commission of n random serials.
func (p *plant) block(tb testing.TB, n int) Block {
	op := &app.Commission{GTIN: p.w.Unit, Lot: "L1", Expiry: apptest.Date("2028-12-31"), Location: p.w.Maker.GLN}
	for len(op.Serials) < n {
		for len(op.Serials) < n {
			op.Serials = append(op.Serials, fmt.Sprintf("%012d", p.rng.Int64N(1e12)))
		}
		slices.Sort(op.Serials)
		op.Serials = slices.Compact(op.Serials)
	}
	p.last = op.Serials
	p.w.Step(10)
	tx := p.w.Seal(p.w.Maker, op)
	res, err := app.Execute(p.w.Store, p.w.Block, tx)
	if err != nil || res.Code != app.CodeOK {
		tb.Fatalf("commission: %v %v", res.Code, err)
	}
	return Block{Height: p.w.Block.Height, Time: p.w.Block.Time, Txs: []BlockTx{{Tx: tx, Result: res, Partner: p.w.Maker.GLN}}}
}

// blockKey is the key of an item of the last block.
func (p *plant) blockKey() gs1.Key { return gs1.ItemKey(p.w.Unit, p.last[len(p.last)/2]) }
