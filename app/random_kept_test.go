package app_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
)

// keptProgram is a program that failed once, as a file of testdata/program: a
// list of txs in JSON, independent of how programs are chosen.
type keptProgram struct {
	Seed    int64      `json:"seed"`
	Failure string     `json:"failure"`
	Params  app.Params `json:"params"`
	Txs     []keptTx   `json:"txs"`
}

type keptTx struct {
	Height uint64 `json:"height"`
	Time   uint64 `json:"time"`
	// By is a partner's name, or the private key of none of them.
	By string          `json:"by"`
	Tx json.RawMessage `json:"tx"` // the envelope
	Op json.RawMessage `json:"op"`
	// Model is what the rules say: accepted or refused.
	Model  string `json:"model,omitempty"`
	Ledger string `json:"ledger"` // what the ledger said, for the reader
}

// keep makes the file of a program.
func (p *program) keep() *keptProgram {
	k := &keptProgram{Seed: p.seed, Failure: p.t.failure}
	raw, _ := p.w.Store.Get(app.ParamsKey())
	if params, err := app.DecodeParams(raw); err == nil {
		k.Params = *params
	}
	for i := range p.done {
		k.Txs = append(k.Txs, p.keepTx(&p.done[i]))
	}
	return k
}

func (p *program) keepTx(x *executed) keptTx {
	k := keptTx{Height: x.block.Height, Time: x.block.Time, Model: x.says, Ledger: x.code.String()}
	k.By = hex.EncodeToString(p.private[x.tx.KeyID].Seed())
	for _, q := range p.w.Partners() {
		if id := app.NewKeyID(app.Ed25519, publicOf(q.Name)); id == x.tx.KeyID { // its first key
			k.By = q.Name
		}
	}
	envelope := *x.tx
	envelope.Op = nil
	var err error
	if k.Tx, err = json.Marshal(&envelope); err != nil {
		p.t.note(err.Error())
	}
	if k.Op, err = app.MarshalOp(x.tx.Op); err != nil {
		p.t.note(err.Error())
	}
	return k
}

// text is the file: one line for each tx.
func (k *keptProgram) text(t testing.TB) []byte {
	t.Helper()
	var out bytes.Buffer
	line := func(before string, v any) {
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&out, "%s%s", before, raw)
	}
	line("{\n\"seed\": ", k.Seed)
	line(",\n\"failure\": ", k.Failure)
	line(",\n\"params\": ", k.Params)
	before := ",\n\"txs\": [\n"
	for i := range k.Txs {
		line(before, &k.Txs[i])
		before = ",\n"
	}
	out.WriteString("\n]}\n")
	return out.Bytes()
}

func (k *keptProgram) write(t testing.TB) {
	t.Helper()
	dir := filepath.Join("testdata", "program")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.json", k.Seed)), k.text(t), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestKeptPrograms replays the programs that failed once: the ledger says what
// the rules say, after every block the invariants hold, and a second replica
// has the same root.
func TestKeptPrograms(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "program", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		t.Run(filepath.Base(f), func(t *testing.T) {
			raw, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			replayKept(t, raw)
		})
	}
}

// replayKept runs a kept program and returns its world.
func replayKept(t testing.TB, raw []byte) *apptest.World {
	t.Helper()
	var k keptProgram
	if err := json.Unmarshal(raw, &k); err != nil {
		t.Fatal(err)
	}
	w := apptest.NewWorldWith(t, k.Params)
	var txs []executed
	for i := range k.Txs {
		x := &k.Txs[i]
		txs = append(txs, executed{block: app.Block{ChainID: w.Block.ChainID, Height: x.Height, Time: x.Time}, tx: x.seal(t, w), says: x.Model})
	}
	rerun(t, w, newReplica(t, w.Store.Clone(), k.Seed, false), txs)
	return w
}

// rerun executes txs in their blocks and compares with what the model said of
// them, with a second replica, and with the invariants.
func rerun(t testing.TB, w *apptest.World, other *replica, txs []executed) {
	t.Helper()
	w.CheckEvery = 0
	first := 0
	for i := range txs {
		x := &txs[i]
		w.Block = x.block
		res := w.Execute(x.tx)
		if x.code = res.Code; x.says != "" && (x.says == "accepted") != (res.Code == app.CodeOK) {
			t.Errorf("tx %d: %s: the ledger says %s (%s), the model %s", i, x.tx.Op.Kind(), res.Code, res.Detail, x.says)
		}
		if i == len(txs)-1 || txs[i+1].block.Height != x.block.Height {
			w.CheckInvariants()
			other.run(w.Block, txs[first:i+1], w.Store)
			first = i + 1
		}
	}
}

func (x *keptTx) seal(t testing.TB, w *apptest.World) *app.Tx {
	t.Helper()
	var tx app.Tx
	if err := json.Unmarshal(x.Tx, &tx); err != nil {
		t.Fatal(err)
	}
	var err error
	if tx.Op, err = app.UnmarshalOp(x.Op); err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Seal(x.private(t, w)); err != nil {
		t.Fatal(err)
	}
	return &tx
}

func (x *keptTx) private(t testing.TB, w *apptest.World) ed25519.PrivateKey {
	t.Helper()
	for _, q := range w.Partners() {
		if q.Name == x.By {
			return apptest.Key("operations " + q.Name)
		}
	}
	seed, err := hex.DecodeString(x.By)
	if err != nil || len(seed) != ed25519.SeedSize {
		t.Fatalf("%q is neither a partner nor a private key", x.By)
	}
	return ed25519.NewKeyFromSeed(seed)
}

// TestProgramsCanBeKept writes ordinary programs as files and replays them:
// they end in the same state.
func TestProgramsCanBeKept(t *testing.T) {
	r := newRun(t, 60)
	for seed := int64(5000); seed < 5032; seed += 8 { // the signed ones
		p := r.attempt(seed, r.steps)
		if p.t.failure != "" {
			t.Fatal(p.t.failure)
		}
		w := replayKept(t, p.keep().text(t))
		if d := p.w.Store.Diff(w.Store); len(d) > 0 {
			t.Errorf("seed %d: replayed to another state: %v", seed, d)
		}
	}
}
