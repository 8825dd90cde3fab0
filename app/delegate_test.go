package app_test

import (
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
)

// TestDelegationInFlight: a delegation and what the agent signs under it may be
// under way together, and a refusal for want of it is no matter of the
// envelope: it spends the nonce.
func TestDelegationInFlight(t *testing.T) {
	w := apptest.NewWorld(t)
	w.MustDo(w.Maker, apptest.Commission(w.Maker, w.Unit, "L1", 1, 8))
	w.Step(10)
	op := w.Pack(w.Maker.SSCC(1), apptest.Items(w.Unit, 1, 4)...)
	grant := &app.Delegate{Agent: w.Logistics.GLN, Scope: app.Scope{Ops: []app.Kind{app.KindPack}}, From: apptest.GenesisTime, Until: apptest.GenesisTime + 86400}
	early, late := w.Seal(w.Logistics, op, apptest.For(w.Maker)), w.Seal(w.Logistics, op, apptest.For(w.Maker))
	for _, tx := range []*app.Tx{early, late} {
		if rej, err := app.Check(w.Store, w.Block, tx); rej != nil || err != nil {
			t.Errorf("the mempool refuses what a pending delegation could cure: %v, %v", rej, err)
		}
	}
	if res := w.Execute(early); res.Code != app.CodeNotDelegated {
		t.Fatalf("before the delegation: got %s, want not-delegated", res.Code)
	}
	if res := w.Execute(early); res.Code != app.CodeNonceUsed {
		t.Errorf("again: got %s, want nonce-used", res.Code)
	}
	w.Execute(w.Seal(w.Maker, grant))
	res := w.Execute(late)
	if res.Code != app.CodeOK {
		t.Fatalf("after the delegation: got %s: %s, want ok", res.Code, res.Detail)
	}
	want := []app.Attribute{{Name: "kind", Value: "Pack"}, {Name: "partner", Value: w.Maker.GLN.String()}, {Name: "agent", Value: w.Logistics.GLN.String()}}
	for i, a := range res.Events[len(res.Events)-1].Attributes {
		if a != want[i] {
			t.Errorf("event op: got %v, want %v", a, want[i])
		}
	}
}

// TestAgentSpendsItsOwn: nonce and quota are the agent's key's, custody the
// principal's.
func TestAgentSpendsItsOwn(t *testing.T) {
	w := apptest.NewWorld(t)
	w.MustDo(w.Maker, &app.Delegate{Agent: w.Logistics.GLN, Scope: app.Scope{Ops: []app.Kind{app.KindCommission}}, From: apptest.GenesisTime, Until: apptest.GenesisTime + 86400})
	before := w.Store.Clone()
	w.MustDo(w.Logistics, apptest.Commission(w.Maker, w.Unit, "L1", 1, 4), apptest.For(w.Maker))
	if a, b := get(before, app.KeyKey(w.Maker.KeyID)), get(w.Store, app.KeyKey(w.Maker.KeyID)); a != b {
		t.Error("the principal's nonce was touched")
	}
	if a, b := get(before, app.KeyKey(w.Logistics.KeyID)), get(w.Store, app.KeyKey(w.Logistics.KeyID)); a == b {
		t.Error("the agent's nonce was not spent")
	}
	if h := w.Holding(w.Where(apptest.Item(w.Unit, 1)).Holding); h.Owner != w.Maker.GLN || h.Possessor != w.Maker.GLN {
		t.Errorf("got owner %s and possessor %s, want the maker", h.Owner, h.Possessor)
	}
}

func get(s *apptest.Store, key []byte) string {
	value, _ := s.Get(key)
	return string(value)
}
