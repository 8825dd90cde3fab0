package index

import (
	"flag"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
)

var seedFlag = flag.Uint64("seed", 0, "seed of random tests; 0 takes one from the clock")

// random returns a source of numbers whose seed is printed.
func random(t testing.TB) *rand.Rand {
	t.Helper()
	seed := *seedFlag
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("seed %d (repeat with -seed %d)", seed, seed)
	return rand.New(rand.NewPCG(seed, 1))
}

// ledger is a World that keeps its blocks.
type ledger struct {
	*apptest.World
	t      testing.TB
	blocks []Block // height is index + 1
}

func newLedger(t testing.TB) *ledger {
	t.Helper()
	l := &ledger{World: apptest.NewWorld(t), t: t}
	l.CheckEvery = 50
	for h := range l.Block.Height {
		l.blocks = append(l.blocks, Block{Height: h + 1})
	}
	l.Store.Scan([]byte{byte(app.RecordPartner)}, func(key, value []byte) bool {
		l.blocks[0].Genesis = append(l.blocks[0].Genesis, app.Change{Key: key, Value: value})
		return true
	})
	return l
}

// do executes an op in the next block, or in the present one when more.
func (l *ledger) do(p *apptest.Partner, op app.Op, options ...apptest.Option) app.Result {
	l.t.Helper()
	l.Step(10)
	l.blocks = append(l.blocks, Block{Height: l.Block.Height, Time: l.Block.Time})
	return l.also(p, op, options...)
}

// also executes an op in the present block.
func (l *ledger) also(p *apptest.Partner, op app.Op, options ...apptest.Option) app.Result {
	l.t.Helper()
	tx := l.Seal(p, op, options...)
	res := l.Execute(tx)
	b := &l.blocks[len(l.blocks)-1]
	b.Txs = append(b.Txs, BlockTx{Tx: tx, Result: res, Partner: p.GLN})
	return res
}

// must is do for an op that has to be accepted.
func (l *ledger) must(p *apptest.Partner, op app.Op, options ...apptest.Option) app.Result {
	l.t.Helper()
	res := l.do(p, op, options...)
	if res.Code != app.CodeOK {
		l.t.Fatalf("%s: got %s (%s), want ok", op.Kind(), res.Code, res.Detail)
	}
	return res
}

// id is the id of the last tx.
func (l *ledger) id() app.TxID {
	b := l.blocks[len(l.blocks)-1]
	return b.Txs[len(b.Txs)-1].Tx.ID()
}

// feed applies the blocks that the index does not have yet.
func (l *ledger) feed(x *Index) {
	l.t.Helper()
	feed(l.t, x, l.blocks)
}

func feed(t testing.TB, x *Index, blocks []Block) {
	t.Helper()
	for _, b := range blocks[x.Height():] {
		if err := x.Apply(b); err != nil {
			t.Fatalf("apply block %d: %v", b.Height, err)
		}
	}
}

// small is a configuration that makes little things big.
func small(dir string) Config {
	return Config{Dir: dir, MemTableBytes: 2 << 20, ValueLogFileBytes: 1 << 20, BlockCacheBytes: 1 << 20}
}

func open(t testing.TB, cfg Config) *Index {
	t.Helper()
	x, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := x.Close(); err != nil && x.failed() == nil {
			t.Errorf("close: %v", err)
		}
	})
	return x
}
