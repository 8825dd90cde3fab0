package app_test

import (
	"bytes"
	"math/rand"
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/state"
)

// TestProgramsOnTheTree runs a few random programs on the real tree, on two
// replicas: one never stops, the other works in proposals that it throws away
// and is opened again from its disk at random heights. They agree on the app
// hash of every block, and end with the records of the ledger in a map.
func TestProgramsOnTheTree(t *testing.T) {
	r := newRun(t, 100)
	programs := int64(4)
	if testing.Short() {
		programs = 1
	}
	for seed := int64(8); seed <= 8*programs; seed += 8 { // the signed ones
		p := r.attempt(seed, r.steps)
		if p.t.failure != "" {
			t.Fatal(p.t.failure)
		}
		memory := openTree(t, state.Config{InMemory: true})
		disk := openTree(t, state.Config{Dir: t.TempDir(), MemTableBytes: 1 << 20})
		for _, tree := range []*tree{memory, disk} {
			tree.begin(r.worlds[seed%4].Store)
		}
		src := splitMix(seed)
		disk.r = rand.New(&src)
		for first := 0; first < len(p.done); {
			end := first + 1
			for end < len(p.done) && p.done[end].block.Height == p.done[first].block.Height {
				end++
			}
			want, got := memory.run(p.done[first:end]), disk.run(p.done[first:end])
			if !bytes.Equal(got, want) {
				t.Fatalf("seed %d: at height %d the replicas have roots %x and %x", seed, p.done[first].block.Height, got, want)
			}
			first = end
		}
		for _, tree := range []*tree{memory, disk} {
			if d := p.w.Store.Diff(tree.records()); len(d) > 0 {
				t.Errorf("seed %d: the tree holds other records: %v", seed, d)
			}
			tree.close()
		}
		t.Logf("seed %d: %d txs, %d versions, opened %d times", seed, len(p.done), disk.version, disk.opened)
	}
}

// tree is a replica on the real state.
type tree struct {
	t       *testing.T
	cfg     state.Config
	s       *state.State
	r       *rand.Rand // nil: it never stops
	version uint64
	opened  int
}

func openTree(t *testing.T, cfg state.Config) *tree {
	t.Helper()
	tr := &tree{t: t, cfg: cfg}
	tr.open()
	return tr
}

func (tr *tree) open() {
	tr.t.Helper()
	s, err := state.Open(tr.cfg)
	if err != nil {
		tr.t.Fatal(err)
	}
	tr.s = s
	tr.opened++
}

func (tr *tree) close() {
	tr.t.Helper()
	if err := tr.s.Close(); err != nil {
		tr.t.Fatal(err)
	}
}

// begin writes the records of a ledger as the first version.
func (tr *tree) begin(from *apptest.Store) {
	tr.t.Helper()
	o := tr.s.Begin()
	from.Scan(nil, func(key, value []byte) bool {
		o.Set(key, value)
		return true
	})
	tr.commit(o)
}

func (tr *tree) commit(o *state.Overlay) []byte {
	tr.t.Helper()
	tr.version++
	root, err := tr.s.Stage(o, tr.version)
	if err == nil {
		err = tr.s.Commit()
	}
	if err != nil {
		tr.t.Fatal(err)
	}
	return root
}

// run executes a block and returns the app hash after it.
func (tr *tree) run(txs []executed) []byte {
	tr.t.Helper()
	if tr.r != nil {
		if tr.r.Intn(4) == 0 {
			tr.close()
			tr.open()
		}
		for range tr.r.Intn(3) {
			o := tr.s.Begin()
			tr.execute(o, txs[tr.r.Intn(len(txs)):])
			o.Close()
		}
	}
	o := tr.s.Begin()
	codes := tr.execute(o, txs)
	for i, code := range codes {
		if code != txs[i].code {
			tr.t.Fatalf("%s is %s on the tree, %s in a map", txs[i].tx.Op.Kind(), code, txs[i].code)
		}
	}
	return tr.commit(o)
}

func (tr *tree) execute(o *state.Overlay, txs []executed) (codes []app.Code) {
	tr.t.Helper()
	for i := range txs {
		tx, err := app.Decode(txs[i].tx.Raw())
		if err != nil {
			tr.t.Fatal(err)
		}
		res, err := app.Execute(o, txs[i].block, tx)
		if err != nil {
			tr.t.Fatal(err)
		}
		codes = append(codes, res.Code)
	}
	return codes
}

// records reads all of the latest version.
func (tr *tree) records() *apptest.Store {
	tr.t.Helper()
	s, v := apptest.NewStore(), tr.s.Latest()
	v.Scan(nil, func(key, value []byte) bool {
		s.Set(bytes.Clone(key), bytes.Clone(value))
		return true
	})
	if err := v.Close(); err != nil {
		tr.t.Fatal(err)
	}
	return s
}
