package index

import (
	"log/slog"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// Block is a committed block with its results.
type Block struct {
	Height uint64
	// Time is the block's time in seconds UTC.
	Time uint64
	// Genesis are the records of partners that the network began with, or
	// that the first block made of them; in the first block only.
	Genesis []app.Change
	// Txs are in the order of the block.
	Txs []BlockTx
}

// BlockTx is a tx of a block, what the state machine made of it, and the
// partner whose key signed it (zero when the key is unknown).
type BlockTx struct {
	Tx      *app.Tx
	Result  app.Result
	Partner gs1.GLN
}

// Apply puts a block into the index, whole or not at all. A block that is in
// the index already is a no-op; a *GapError tells that others must come first.
// After any other error the index has failed: see Status. Apply keeps nothing
// of b.
func (x *Index) Apply(b Block) (err error) {
	x.applying.Lock()
	defer x.applying.Unlock()
	if err := x.failed(); err != nil {
		return err
	}
	defer x.guard(&err)()
	height := x.Height()
	if b.Height <= height {
		return nil
	}
	if b.Height != height+1 {
		return &GapError{Height: height, Got: b.Height}
	}
	begin := time.Now()
	w, err := x.derive(b)
	if err != nil {
		return err
	}
	if err := x.disk.commit(w.writes(), b.Height); err != nil {
		return err
	}
	x.observeApply(b, w, time.Since(begin))
	x.merger.wake(w.commissioned)
	return nil
}

// derive works out what a block writes.
func (x *Index) derive(b Block) (*batch, error) {
	s, err := x.disk.snapshot()
	if err != nil {
		return nil, err
	}
	defer s.close()
	w := newBatch(s)
	w.clock(b.Time)
	for i := range b.Genesis {
		if err := w.partner(b.Genesis[i].Key, b.Genesis[i].Value); err != nil {
			return nil, err
		}
	}
	for i := range b.Txs {
		if err := w.tx(ref{b.Height, uint32(i)}, &b.Txs[i]); err != nil {
			return nil, err
		}
	}
	return w, nil
}

func (x *Index) observeApply(b Block, w *batch, took time.Duration) {
	x.metrics.height.Set(float64(b.Height))
	x.metrics.applySeconds.Observe(took.Seconds())
	x.metrics.writes.Add(float64(len(w.order)))
	x.metrics.writtenBytes.Add(float64(w.bytes))
	x.metrics.contents.Add(float64(w.contents))
	x.cfg.Logger.Debug("block applied", slog.Uint64("height", b.Height), slog.Int("writes", len(w.order)), slog.Duration("took", took))
}

// batch collects what one block writes, and reads through it, so that the txs
// of a block see each other.
type batch struct {
	s     *snapshot
	set   map[string][]byte // nil: deleted
	order []string

	commissioned []gs1.GTIN
	bytes        int
	contents     int
}

func newBatch(s *snapshot) *batch { return &batch{s: s, set: make(map[string][]byte)} }

// get returns the present value of a key, nil when there is none.
func (w *batch) get(key []byte) ([]byte, error) {
	if v, ok := w.set[string(key)]; ok {
		return v, nil
	}
	return w.s.get(key)
}

// put sets a key. The batch keeps value.
func (w *batch) put(key, value []byte) {
	k := string(key)
	if _, ok := w.set[k]; !ok {
		w.order = append(w.order, k)
	}
	w.set[k] = value
	w.bytes += len(k) + len(value)
}

// mark sets a key whose presence says everything.
func (w *batch) mark(key []byte) { w.put(key, []byte{}) }

// remove deletes a key.
func (w *batch) remove(key []byte) { w.put(key, nil) }

func (w *batch) writes() []write {
	out := make([]write, 0, len(w.order)+1)
	for _, k := range w.order {
		out = append(out, write{[]byte(k), w.set[k]})
	}
	return out
}
