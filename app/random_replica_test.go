package app_test

import (
	"bytes"
	"maps"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
)

// replica runs the blocks of a program a second time, in another way: decoded
// afresh, on a layer that is thrown away and on one that is kept, with the
// mempool asking in between, and restarted from its records at random heights.
// It must come to the same verdicts and the same root.
type replica struct {
	t        testing.TB
	r        *rand.Rand
	store    *apptest.Store
	unsigned bool // signatures are not there to be checked
}

func newReplica(t testing.TB, s *apptest.Store, seed int64, unsigned bool) *replica {
	src := splitMix(^uint64(seed))
	return &replica{t, rand.New(&src), s, unsigned}
}

// run executes a block and compares with what the first replica made of it.
func (q *replica) run(b app.Block, txs []executed, first *apptest.Store) {
	q.t.Helper()
	if q.r.Intn(5) == 0 {
		q.restart()
	}
	again := make([]*app.Tx, len(txs))
	for i := range txs {
		again[i] = q.decode(txs[i].tx)
	}
	if q.r.Intn(3) == 0 {
		q.propose(b, again)
	}
	if q.r.Intn(2) == 0 {
		q.execute(q.store, b, again, txs)
	} else {
		l := newLayer(q.store)
		q.execute(l, b, again, txs)
		l.flush(q.store)
	}
	if q.store.Root() != first.Root() {
		q.t.Fatalf("replicas differ at height %d: %v", b.Height, first.Diff(q.store))
	}
}

func (q *replica) decode(tx *app.Tx) *app.Tx {
	q.t.Helper()
	decode := app.Decode
	if q.unsigned {
		decode = app.DecodeUnsigned
	}
	again, err := decode(tx.Raw())
	if err != nil {
		q.t.Fatalf("replica: decode %s: %v", tx.Op.Kind(), err)
	}
	return again
}

// restart begins again from the records alone.
func (q *replica) restart() {
	s := apptest.NewStore()
	q.store.Scan(nil, func(key, value []byte) bool {
		s.Set(key, bytes.Clone(value))
		return true
	})
	q.store = s
}

// propose executes some of the txs in another order and throws all away.
func (q *replica) propose(b app.Block, txs []*app.Tx) {
	q.t.Helper()
	l := newLayer(q.store)
	for _, i := range q.r.Perm(len(txs))[:1+q.r.Intn(len(txs))] {
		if _, err := app.Execute(l, b, txs[i]); err != nil {
			q.t.Fatalf("replica: propose %s: %v", txs[i].Op.Kind(), err)
		}
	}
}

func (q *replica) execute(s app.Store, b app.Block, txs []*app.Tx, first []executed) {
	q.t.Helper()
	for i, tx := range txs {
		if q.r.Intn(4) == 0 { // the mempool, on committed state
			if _, err := app.Check(q.store, b, txs[q.r.Intn(len(txs))]); err != nil {
				q.t.Fatalf("replica: check: %v", err)
			}
		}
		before := q.store.Reads + q.store.Writes
		res, err := app.Execute(s, b, tx)
		checkCost(q.t, tx, q.store.Reads+q.store.Writes-before, 0, &res)
		if err != nil {
			q.t.Fatalf("replica: execute %s: %v", tx.Op.Kind(), err)
		}
		if res.Code != first[i].code {
			q.t.Fatalf("replicas differ: %s is %s for one, %s for the other", tx.Op.Kind(), first[i].code, res.Code)
		}
	}
}

// layer is a block in progress over a state: writes stay in it until flushed.
type layer struct {
	base app.View
	own  map[string][]byte // nil: deleted
}

func newLayer(base app.View) *layer { return &layer{base, map[string][]byte{}} }

func (l *layer) Get(key []byte) ([]byte, bool) {
	if v, ok := l.own[string(key)]; ok {
		return v, v != nil
	}
	return l.base.Get(key)
}

func (l *layer) Scan(prefix []byte, fn func(key, value []byte) bool) {
	all := map[string][]byte{}
	l.base.Scan(prefix, func(key, value []byte) bool {
		all[string(key)] = value
		return true
	})
	for k, v := range l.own {
		if strings.HasPrefix(k, string(prefix)) {
			all[k] = v
		}
	}
	for _, k := range slices.Sorted(maps.Keys(all)) {
		if all[k] != nil && !fn([]byte(k), all[k]) {
			return
		}
	}
}

func (l *layer) Err() error            { return l.base.Err() }
func (l *layer) Set(key, value []byte) { l.own[string(key)] = value }
func (l *layer) Delete(key []byte)     { l.own[string(key)] = nil }

// flush writes the layer to a store, ascending by key.
func (l *layer) flush(s app.Store) {
	for _, k := range slices.Sorted(maps.Keys(l.own)) {
		if v := l.own[k]; v != nil {
			s.Set([]byte(k), v)
		} else {
			s.Delete([]byte(k))
		}
	}
}
