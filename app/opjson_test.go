package app_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
)

// TestOpJSON takes the op of every vector through JSON and back to the same
// bytes.
func TestOpJSON(t *testing.T) {
	seen := make(map[app.Kind]bool)
	for _, v := range readVectors[txVector](t, "tx.json") {
		raw, err := hex.DecodeString(v.Hex)
		if err != nil {
			t.Fatal(err)
		}
		tx, err := app.Decode(raw)
		if err != nil {
			t.Fatalf("%s: %v", v.Name, err)
		}
		text, err := app.MarshalOp(tx.Op)
		if err != nil {
			t.Fatalf("%s: %v", v.Name, err)
		}
		op, err := app.UnmarshalOp(text)
		if err != nil {
			t.Errorf("%s: %v in %s", v.Name, err, text)
			continue
		}
		seen[op.Kind()] = true
		again := *tx
		again.Op = op
		if got := app.EncodeTx(&again); !bytes.Equal(got, raw) {
			t.Errorf("%s: by way of %s got\n%x, want\n%x", v.Name, text, got, raw)
		}
	}
	for _, k := range app.Kinds() {
		if !seen[k] {
			t.Errorf("no vector of %s was read back", k)
		}
	}
}

const recallJSON = `{"op": "Recall", "body": {"gtin": "00614141000012", "lot": "L1", "class": 2, "depth": 3, "reason": "glass"}}`

// TestOpJSONRefused: what is about to be signed is read strictly.
func TestOpJSONRefused(t *testing.T) {
	gln := "0614141000005"
	replaced := func(old, to string) string {
		if !strings.Contains(recallJSON, old) {
			t.Fatalf("%q is not in %s", old, recallJSON)
		}
		return strings.Replace(recallJSON, old, to, 1)
	}
	opening := func(positions string) string {
		return fmt.Sprintf(`{"op": "ReportConflict", "body": {"location": %q, "opening": {"holding": %q, "segment": 0, "positions": %s,
			"entries": [{"key": "010061414100001221A1", "lot": "L1", "child": %q, "acquired": 0}]}}}`,
			gln, strings.Repeat("11", 32), positions, strings.Repeat("00", 32))
	}
	for _, good := range []string{recallJSON, opening("[0]"), recallJSON + "\n"} {
		if _, err := app.UnmarshalOp([]byte(good)); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, tc := range []struct{ text, want string }{
		{"", "unexpected end"},
		{"[]", "expected"},
		{recallJSON + "{}", "after top-level value"},
		{recallJSON + " x", "after top-level value"},
		{`{"op": "Recall"}`, "body"},
		{`{"op": "Recall", "body": null}`, "body"},
		{replaced(`"Recall"`, `"recall"`), "one of RegisterProduct"},
		{replaced(`"op"`, `"note": 1, "op"`), `unknown field "note"`},
		{replaced(`"class"`, `"klass"`), `unknown field "klass"`},
		{replaced(`"class"`, `"class": 1, "class"`), "twice"},
		{replaced(`"class"`, `"CLASS": 1, "class"`), "twice"},
		{replaced(`"class": 2`, `"class": 4`), "class is 1 to 3"},
		{replaced(`"class": 2`, `"class": 258`), "258"},
		{replaced(`"reason": "glass"`, `"reason": "`+strings.Repeat("x", 81)+`"`), "81"},
		{replaced(`"reason": "glass"`, `"reason": "`+strings.Repeat("x", 300)+`"`), "cannot be encoded"},
		{replaced("glass", "gl\\u0007ss"), "control"},
		{replaced("glass", "gl\xffss"), "UTF-8"},
		{replaced("00614141000012", "00614141000013"), "check digit"},
		{opening("[0, 1]"), "cannot be encoded"},
		{opening("[]"), "at least one position"},
		{strings.Replace(opening("[0]"), `"entries": [`, `"entries": [{"key": "010061414100001221A0", "lot": "L1"}, `, 1), "no place for"},
		{`{"op": "CommissionContainer", "body": {"location": "` + gln + `", "expiry": "2030-01-31", "containers": [{"key": "00006141410000000012", "n": 0}]}}`, "no place for"},
		{strings.Repeat(" ", app.MaxOpJSON) + recallJSON, "at most"},
		{`{"op": "Dispense", "body": ` + strings.Repeat(`{"openings":[`, 20_000), "depth"},
	} {
		if op, err := app.UnmarshalOp([]byte(tc.text)); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%.300s:\ngot %v, %v; want an error with %q", tc.text, op, err, tc.want)
		}
	}
}

// FuzzUnmarshalOp: whatever is read can be written and read again.
func FuzzUnmarshalOp(f *testing.F) {
	_, all := samples(f)
	for _, s := range all {
		text, err := app.MarshalOp(s.tx.Op)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		op, err := app.UnmarshalOp(text)
		if err != nil {
			return
		}
		first := app.EncodeTx(&app.Tx{Op: op})
		again, err := app.MarshalOp(op)
		if err != nil {
			t.Fatal(err)
		}
		if op, err = app.UnmarshalOp(again); err != nil {
			t.Fatalf("%s was read, but not what was written of it: %v", text, err)
		}
		if second := app.EncodeTx(&app.Tx{Op: op}); !bytes.Equal(first, second) {
			t.Errorf("%s:\ngot %x, want %x", text, second, first)
		}
	})
}
