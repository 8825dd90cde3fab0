package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/client/clienttest"
	"github.com/pedigree-ledger/pedigree/client/proof"
)

// TestProofRecord checks proofs of records as the HTTP API gives them.
func TestProofRecord(t *testing.T) {
	c := clienttest.NewChain(t)
	height := c.Height()
	lb, err := c.LightBlock(t.Context(), height+1)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	save := func(name string, v any) string {
		t.Helper()
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	prove := func(key []byte) *proof.RecordFile {
		t.Helper()
		value, evidence, err := c.Record(t.Context(), height, key)
		if err != nil {
			t.Fatal(err)
		}
		if len(value) == 0 {
			value = nil
		}
		f, err := proof.NewRecordFile(key, value, evidence, lb)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	maker := prove(app.PartnerKey(c.World.Maker.GLN))
	trust := []string{"--validators-hash", fmt.Sprintf("%X", c.Validators.Set.Hash()), "--max-age", "0"}
	check := func(path string) said { return pedigree(t, append([]string{"proof", "record", path}, trust...)...) }
	check(save("alone.json", maker)).want(t, exitOK, `"name": "maker"`, "the proof holds")
	check(save("answer.json", map[string]any{"record": nil, "height": 9, "proof": maker})).want(t, exitOK, `"name": "maker"`)
	check(save("absent.json", prove(app.PartnerKey(apptest.GLN(c.World.Maker.Prefix, 99))))).want(t, exitOK, "there is no record")

	changed := *maker
	changed.Value = append([]byte{}, maker.Value...)
	changed.Value[20] ^= 1
	check(save("changed.json", changed)).want(t, exitNo, "REFUSED")
	changed = *maker
	changed.Value = nil
	check(save("denied.json", changed)).want(t, exitNo, "REFUSED")
	changed = *maker
	changed.Height++
	check(save("height.json", changed)).want(t, exitNo, "REFUSED")
	check(save("none.json", map[string]any{"record": 1})).want(t, exitNo, "holds no proof")
	trust = []string{"--validators-hash", fmt.Sprintf("%064X", 7), "--max-age", "0"}
	check(save("alone.json", maker)).want(t, exitNo, "REFUSED")
}
