package app_test

import (
	"strings"
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
)

// TestShrink plants bugs in the model and shows that a program that falls for
// one ends with the few ops that matter.
func TestShrink(t *testing.T) {
	tests := []struct {
		name  string
		plant planted
		needs []string // ops that the small program must still have
	}{
		{"one op", func(_ *program, op app.Op, why string) string {
			if op.Kind() == app.KindQuarantine {
				return "planted"
			}
			return why
		}, []string{"Quarantine"}},
		{"a pack after a recall", func(p *program, op app.Op, why string) string {
			if op.Kind() == app.KindPack && p.tally["ok Recall"] > 0 {
				return "planted"
			}
			return why
		}, []string{"Recall", "Pack"}},
		{"a receipt after a mark", func(p *program, op app.Op, why string) string {
			if op.Kind() == app.KindReceive && p.tally["ok Mark"] > 0 {
				return "planted"
			}
			return why
		}, []string{"Mark", "Ship", "Receive"}},
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			r := newRun(t, 100)
			r.plant = c.plant
			p := r.all(1, 100, 1)
			if p == nil {
				t.Fatal("no program fell for it")
			}
			small := r.shrink(p)
			text := string(small.keep().text(t))
			t.Logf("shrunk from %d txs to %d", len(p.done), len(small.done))
			if most := min(len(p.done), 12); len(small.done) > most {
				t.Errorf("shrunk from %d txs to %d, want at most %d:\n%s", len(p.done), len(small.done), most, text)
			}
			for _, op := range c.needs {
				if !strings.Contains(text, `"op":"`+op+`"`) {
					t.Errorf("no %s is left:\n%s", op, text)
				}
			}
		})
	}
}

// TestReplicasDiffer shows that a difference of one record is seen.
func TestReplicasDiffer(t *testing.T) {
	r := newRun(t, 20)
	p := r.attempt(8, r.steps)
	if p.t.failure != "" {
		t.Fatal(p.t.failure)
	}
	p.w.Step(10)
	p.replay()
	key := app.LotKey(p.m.items[p.keys(true)[0]].lot)
	raw, _ := p.other.store.Get(key)
	raw = append([]byte(nil), raw...)
	raw[len(raw)-1] ^= 1
	p.other.store.Set(key, raw)
	defer func() {
		if _, ok := recover().(ended); !ok || !strings.Contains(p.t.failure, "replicas differ at height") {
			t.Errorf("got failure %q, want a difference", p.t.failure)
		}
	}()
	p.endBlock()
}
