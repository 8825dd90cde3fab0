package app_test

import (
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
)

// TestInvariantsSeeWrongRecalls changes what a lot's record says of its recall,
// where marks and acknowledgements say otherwise.
func TestInvariantsSeeWrongRecalls(t *testing.T) {
	w, _ := samples(t)
	tried := 0
	each(w.Store, func(key, value []byte) {
		l, err := app.DecodeLot(value)
		if app.RecordKind(key[0]) != app.RecordLot || err != nil || l.Recall == nil {
			return
		}
		for name, change := range map[string]func(r *app.Recall){
			"one item more":     func(r *app.Recall) { r.Items++ },
			"an answer more":    func(r *app.Recall) { r.Acks++ },
			"another recall's":  func(r *app.Recall) { r.Tx[0] ^= 1; r.Items++ },
			"of nothing":        func(r *app.Recall) { r.Whole, r.Items = false, 0 },
			"withdrawn in part": func(r *app.Recall) { r.Outcome, r.Items = app.RecallWithdrawn, 1 },
			"of a stranger":     func(r *app.Recall) { r.By[3] ^= 1 },
		} {
			bad, rec := *l, *l.Recall
			change(&rec)
			bad.Recall = &rec
			tried++
			w.Store.Set(key, app.EncodeLot(&bad))
			if found := app.CheckInvariants(w.Store, nil); len(found) == 0 {
				t.Errorf("%s: recall %+v and nothing is reported", name, rec)
			}
			w.Store.Set(key, value)
		}
	})
	if tried == 0 {
		t.Error("no recall in the samples")
	}
	w.CheckInvariants()
}
