package abci

import (
	"testing"

	abcitypes "github.com/cometbft/cometbft/abci/types"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/app/merkle"
	"github.com/pedigree-ledger/pedigree/index"
)

// TestFileSentAgain sends a manufacturer's whole file again under new nonces:
// as it was, cut differently, and under another lot; with the index present,
// absent and lagging. What the ledger itself catches it catches in all three;
// what gets past is proved by ReportDuplicate, which blocks both copies.
func TestFileSentAgain(t *testing.T) {
	tests := []struct {
		name string
		// start makes the index, and advises says whether it then knows.
		start   func(t *testing.T, c *chain)
		open    func(c *chain, hold chan struct{}) func(bool) (Index, error)
		advises bool
	}{
		{"index present", func(t *testing.T, c *chain) {
			c.app.Follow(c.store())
			waitFor(t, "the index is ready", func() bool { return c.app.IndexStatus().State == phaseReady })
		}, func(c *chain, _ chan struct{}) func(bool) (Index, error) { return realIndex(c) }, true},
		{"index absent", func(*testing.T, *chain) {}, nil, false},
		{"index lagging", func(t *testing.T, c *chain) {
			c.app.Follow(c.store())
			waitFor(t, "the index is open", func() bool { x, _, _ := c.app.follower.current(); return x != nil })
		}, lagging, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			hold := make(chan struct{})
			c := newChain(t, func(c *chain) {
				if tt.open != nil {
					c.cfg.OpenIndex = tt.open(c, hold)
				}
			})
			defer close(hold) // before the chain is closed, which waits for the index
			mustCode(t, c.block(c.product(1)), app.CodeOK)
			first := c.file("L1", 1, 60)
			mustCode(t, c.block(first), app.CodeOK)
			tt.start(t, c)
			c.sentAgain(first, tt.advises)
		})
	}
}

// file is one Commission of a manufacturer's file, as a tx with a new nonce.
func (c *chain) file(lot string, from, to int) []byte { return c.commission(1, lot, from, to) }

// sentAgain sends what was commissioned in lot L1, serials 1 to 60, again.
func (c *chain) sentAgain(first []byte, advises bool) {
	c.t.Helper()
	advice := app.CodeOK
	if advises {
		advice = app.CodeDuplicateKey
	}
	check := func(what string, raw []byte, want app.Code) {
		c.t.Helper()
		if got := c.check(abcitypes.CheckTxType_New, raw); got != want {
			c.t.Errorf("%s at the mempool: got %s, want %s", what, got, want)
		}
	}
	// The very bytes, and the same entries: the ledger needs no index.
	check("the same bytes", first, app.CodeNonceUsed)
	same := c.file("L1", 1, 60)
	check("the same entries", same, app.CodeRunExists)
	mustCode(c.t, c.block(same), app.CodeRunExists)

	// Cut differently, or under another lot: the index advises, and no block
	// is held to it.
	cut, other := c.file("L1", 1, 30), c.file("L2", 31, 60)
	check("cut differently", cut, advice)
	check("under another lot", other, advice)
	mustCode(c.t, c.block(cut, other), app.CodeOK, app.CodeOK)

	made := []made{{"L1", 0, 1, 60}, {"L1", 1, 1, 30}, {"L2", 0, 31, 60}}
	c.reportTwice(made[0], made[1], 7)
	c.reportTwice(made[0], made[2], 40)
}

// made is one Commission: the serials from and to of a lot.
type made struct {
	lot      string
	sequence uint32
	from, to int
}

// reportTwice reports an item that is in both commissions, after which neither
// of them is sold.
func (c *chain) reportTwice(first, second made, serial int) {
	c.t.Helper()
	unit := apptest.GTIN(0, c.w.Maker.Prefix, 1)
	op := &app.ReportDuplicate{Key: apptest.Item(unit, serial), First: first.in(unit, serial), Second: second.in(unit, serial)}
	mustCode(c.t, c.block(c.tx(c.w.Auditor, op)), app.CodeOK)
	for _, m := range []made{first, second} {
		ship := &app.Ship{Openings: []app.Opening{m.opening(unit, serial)}, Terms: app.Terms{
			To: c.w.Wholesaler.GLN, ShipTo: c.w.Wholesaler.GLN, Purpose: app.PurposeSale, Statement: true, TransactionDate: apptest.Date("2026-01-02"),
		}}
		mustCode(c.t, c.block(c.tx(c.w.Maker, ship)), app.CodeMarked)
	}
}

// entries are what the Commission made, one run of them.
func (m made) entries(unit gs1.GTIN) (entries []app.Entry, leaves []merkle.Hash) {
	for n := m.from; n <= m.to; n++ {
		e := app.Entry{Key: apptest.Item(unit, n), Lot: m.lot}
		entries, leaves = append(entries, e), append(leaves, e.Leaf())
	}
	return entries, leaves
}

func (m made) in(unit gs1.GTIN, serial int) app.CommissionedIn {
	_, leaves := m.entries(unit)
	at := uint16(serial - m.from)
	return app.CommissionedIn{Lot: m.lot, Sequence: m.sequence, Position: at, Siblings: merkle.Prove(leaves, []uint16{at})}
}

func (m made) opening(unit gs1.GTIN, serial int) app.Opening {
	entries, leaves := m.entries(unit)
	at := uint16(serial - m.from)
	return app.Opening{
		Holding: app.RunID(unit, m.lot, app.EntriesRoot(entries)), Positions: []uint16{at},
		Entries: entries[at : at+1], Siblings: merkle.Prove(leaves, []uint16{at}),
	}
}

// lagging opens an index that takes no block before hold is closed.
func lagging(c *chain, hold chan struct{}) func(bool) (Index, error) {
	x := &stuckIndex{hold: hold}
	dir := c.t.TempDir()
	return func(bool) (Index, error) {
		var err error
		x.Index, err = index.Open(index.Config{Dir: dir})
		return x, err
	}
}

// stuckIndex is a real index whose Apply waits.
type stuckIndex struct {
	*index.Index
	hold chan struct{}
}

func (x *stuckIndex) Apply(b index.Block) error {
	<-x.hold
	return x.Index.Apply(b)
}
