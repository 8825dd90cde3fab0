package proof

import (
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/client/clienttest"
)

// TestEveryKindIsShown: a kind of record is decoded for people, but for
// parameters, which are of many forms; and what is shown of the records of a
// chain is never hex by mistake.
func TestEveryKindIsShown(t *testing.T) {
	shown := map[app.RecordKind]bool{app.RecordParameter: true}
	for _, k := range shownKinds() {
		shown[k.kind] = true
	}
	for _, k := range app.RecordKinds() {
		if !shown[k] {
			t.Errorf("records of kind %q are not shown", k)
		}
	}
	c := clienttest.NewChain(t)
	c.World.Store.Scan(nil, func(key, value []byte) bool {
		rec := showRecord(key, value)
		if _, hex := rec.Value.(string); hex && app.RecordKind(key[0]) != app.RecordParameter {
			t.Errorf("record %x is shown in hex", key)
		}
		return true
	})
}
