package app_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/app/merkle"
)

var update = flag.Bool("update", false, "write the vectors and the reference pages instead of comparing them")

// golden compares a file with what it should be, or with -update writes it.
func golden(t *testing.T, path string, want []byte) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v: write it with go test ./app -update", err)
	}
	if !bytes.Equal(got, want) {
		at := 0
		for at < min(len(got), len(want)) && got[at] == want[at] {
			at++
		}
		line := 1 + bytes.Count(want[:at], []byte("\n"))
		t.Errorf("%s differs at line %d; if that is meant, write it with go test ./app -update\ngot  %.200s\nwant %.200s",
			path, line, got[at:], want[at:])
	}
}

func goldenJSON(t *testing.T, name string, v any) {
	t.Helper()
	p, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, filepath.Join("testdata", "vector", name), append(p, '\n'))
}

// txVector is one tx: every byte is frozen.
type txVector struct {
	Name string          `json:"name"`
	Seed string          `json:"privateKeySeed"`
	ID   app.TxID        `json:"id"`
	Tx   json.RawMessage `json:"tx"`
	Kind string          `json:"kind"`
	Hex  string          `json:"hex"`
}

// TestTxVectors freezes the encoding of one tx and more of every op.
func TestTxVectors(t *testing.T) {
	w, all := samples(t)
	var out []txVector
	for _, s := range all {
		v := txVector{Name: s.name, ID: s.tx.ID(), Kind: s.tx.Op.Kind().String(), Hex: hex.EncodeToString(s.tx.Raw())}
		for _, p := range w.Partners() {
			if p.KeyID == s.tx.KeyID {
				v.Seed = hex.EncodeToString(p.Private.Seed())
			}
		}
		var err error
		if v.Tx, err = json.Marshal(s.tx); err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	goldenJSON(t, "tx.json", out)
}

// TestTxVectorsSeal reads the vectors back: each decodes, and seals again to
// the same bytes with its key.
func TestTxVectorsSeal(t *testing.T) {
	if *update {
		t.Skip("the vectors are being written")
	}
	for _, v := range readVectors[txVector](t, "tx.json") {
		raw, _ := hex.DecodeString(v.Hex)
		tx, err := app.Decode(raw)
		if err != nil {
			t.Fatalf("%s: %v", v.Name, err)
		}
		for _, p := range apptest.NewWorld(t).Partners() {
			if hex.EncodeToString(p.Private.Seed()) != v.Seed {
				continue
			}
			again, err := tx.Seal(p.Private)
			if err != nil || !bytes.Equal(raw, again) {
				t.Errorf("%s: sealed again it is %x (%v), want %s", v.Name, again, err, v.Hex)
			}
		}
	}
}

func readVectors[V any](t *testing.T, name string) (out []V) {
	t.Helper()
	p, err := os.ReadFile(filepath.Join("testdata", "vector", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(p, &out); err != nil {
		t.Fatal(err)
	}
	if len(out) == 0 {
		t.Fatalf("%s holds no vectors", name)
	}
	return out
}

// recordVector is one record of the tree.
type recordVector struct {
	Kind  string `json:"kind"`
	Key   string `json:"key"`
	Value string `json:"value"`
	Means any    `json:"means"`
}

// TestRecordVectors freezes keys and values of every kind of record: the first
// few of each in the samples' state.
func TestRecordVectors(t *testing.T) {
	w, _ := samples(t)
	const few = 6
	var out []recordVector
	for _, kind := range recordKinds() {
		n := 0
		w.Store.Scan([]byte{byte(kind)}, func(key, value []byte) bool {
			rec, err := decodeRecord(key, value)
			if err != nil {
				t.Errorf("record %x: %v", key, err)
			}
			out = append(out, recordVector{string(rune(kind)), hex.EncodeToString(key), hex.EncodeToString(value), rec})
			n++
			return n < few
		})
		if n == 0 {
			t.Errorf("the samples write no record %c", kind)
		}
	}
	goldenJSON(t, "record.json", out)
}

// TestRecordKinds: the list of kinds is that of the vectors, which a content
// record is not in: the samples mix no lots.
func TestRecordKinds(t *testing.T) {
	want := append(recordKinds(), app.RecordContent)
	got := app.RecordKinds()
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("kinds of record: got %q, want %q", got, want)
	}
}

func recordKinds() []app.RecordKind {
	return []app.RecordKind{
		app.RecordCommission, app.RecordMarks, app.RecordHolding, app.RecordKey, app.RecordLot, app.RecordPartner,
		app.RecordSegment, app.RecordProduct, app.RecordShipment, app.RecordParameter, app.RecordDelegation,
		app.RecordRecallAck,
		app.RecordRequest, app.RecordCorrection, app.RecordException,
		app.RecordInvestigation, app.RecordNotice,
	}
}

// decodeRecord reads the value under a key, as whoever verifies a proof does.
func decodeRecord(key, value []byte) (any, error) {
	switch app.RecordKind(key[0]) {
	case app.RecordCommission:
		return app.DecodeCommissionRecord(value)
	case app.RecordMarks:
		return app.DecodeMarks(value)
	case app.RecordHolding:
		return app.DecodeHolding(value)
	case app.RecordKey:
		k, err := app.DecodeKey(value)
		return map[string]any{"partner": k.Partner, "from": k.From, "until": k.Until, "highest": k.Highest}, err
	case app.RecordLot:
		return app.DecodeLot(value)
	case app.RecordPartner:
		return app.DecodePartner(value)
	case app.RecordSegment:
		s, err := app.DecodeSegment(value)
		states := make([]string, s.Count)
		for i := range s.Count {
			states[i] = s.State(i).String()
		}
		return map[string]any{"root": s.Root, "base": s.Base, "states": states}, err
	case app.RecordProduct:
		return app.DecodeProduct(value)
	case app.RecordShipment:
		return app.DecodeShipment(value)
	case app.RecordDelegation:
		return app.DecodeDelegation(value)
	case app.RecordRecallAck:
		return app.DecodeRecallAck(value)
	case app.RecordRequest:
		return app.DecodeTraceRequest(value)
	case app.RecordCorrection:
		return app.DecodeCorrection(value)
	case app.RecordException:
		return app.DecodeException(value)
	case app.RecordInvestigation:
		return app.DecodeInvestigation(value)
	case app.RecordNotice:
		return app.DecodeNotice(value)
	case app.RecordContent:
		return app.DecodeCount(value)
	case app.RecordParameter:
		if bytes.Equal(key, app.ParamsKey()) {
			return app.DecodeParams(value)
		}
		if bytes.Equal(key, app.CalendarKey()) {
			return app.DecodeCalendar(value)
		}
		if bytes.HasPrefix(key, []byte("xkeys/")) {
			return app.DecodePartnerKeys(value)
		}
		return string(key[1:]), nil
	default:
		return nil, fmt.Errorf("unknown kind %c", key[0])
	}
}

// TestIDVectors freezes ids, heads and leaves.
func TestIDVectors(t *testing.T) {
	unit := apptest.GTIN(0, "0614141", 1)
	item := app.Entry{Key: apptest.Item(unit, 1), Lot: "L1", Acquired: 7}
	pallet := apptest.SSCC("0614141", 1)
	child := app.Entry{Key: pallet, Child: app.ContainerID(pallet, 2), Acquired: 9}
	root, second := app.EntriesRoot([]app.Entry{item}), merkle.LeafHash([]byte("k"), []byte("v"))
	run := app.RunID(unit, "L1", root)
	head := app.NextHead([32]byte{}, app.TxID{1, 2, 3})
	goldenJSON(t, "id.json", map[string]any{
		"item":                     item.Key,
		"item entry value":         hex.EncodeToString(item.Value()),
		"item leaf, root of one":   root,
		"container entry value":    hex.EncodeToString(child.Value()),
		"container leaf":           child.Leaf(),
		"run":                      run,
		"container use 0":          app.ContainerID(pallet, 0),
		"container use 2":          app.ContainerID(pallet, 2),
		"loose 0 of one segment":   app.LooseID([]merkle.Hash{root}, 0),
		"loose 3 of two segments":  app.LooseID([]merkle.Hash{root, second}, 3),
		"key":                      app.NewKeyID(app.Ed25519, apptest.NewPartner("maker", "0614141", 0, false).Public()),
		"head after tx 010203":     hex.EncodeToString(head[:]),
		"head that absorbs a run":  hexOf(app.AbsorbHead(head, run, app.NextHead(head, app.TxID{9}))),
		"entries of one segment":   hex.EncodeToString(app.EncodeEntries([]app.Entry{item})),
		"content key of a mixture": hex.EncodeToString(app.ContentKey(run, app.LotID{GTIN: unit, Lot: "L1"})),
		"commission key":           hex.EncodeToString(app.CommissionKey(app.LotID{GTIN: unit, Lot: "L1"}, 5)),
	})
}

func hexOf(h [32]byte) string { return hex.EncodeToString(h[:]) }

// TestNumbers freezes the numbers of codes and ops: they stand in blocks and
// in other people's programs.
func TestNumbers(t *testing.T) {
	codes, ops := map[string]uint32{}, map[string]uint16{}
	for _, c := range app.Codes() {
		if _, dup := codes[c.String()]; dup {
			t.Errorf("two codes are named %s", c)
		}
		codes[c.String()] = uint32(c)
		if back, ok := app.CodeByName(c.String()); !ok || back != c || c.Meaning() == "" || c.Advice() == "" {
			t.Errorf("%s: its name leads to %d; meaning %q, advice %q", c, back, c.Meaning(), c.Advice())
		}
	}
	for _, k := range app.Kinds() {
		ops[k.String()] = uint16(k)
		if back, ok := app.KindByName(k.String()); !ok || back != k {
			t.Errorf("%s: its name leads to %d", k, back)
		}
		if op, ok := app.NewOp(k); !ok || op.Kind() != k {
			t.Errorf("%s: its line makes another op", k)
		}
	}
	goldenJSON(t, "number.json", map[string]any{"codes": codes, "ops": ops})
}

// TestShortKeys: an entry with a serial of one character, and many of them,
// have an encoding too.
func TestShortKeys(t *testing.T) {
	unit := apptest.GTIN(0, "0614141", 1)
	var entries []app.Entry
	var cases app.CommissionContainer
	cases.Location = apptest.GLN("0614141", 0)
	for _, s := range []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "A", "B", "C", "D", "E"} {
		e := app.Entry{Key: gs1.ItemKey(unit, s), Lot: "L"}
		entries = append(entries, e)
		cases.Containers = append(cases.Containers, app.ContainerUse{Key: e.Key})
	}
	back, err := app.DecodeEntries(app.EncodeEntries(entries))
	if err != nil || len(back) != len(entries) {
		t.Errorf("got %d entries, %v; want %d", len(back), err, len(entries))
	}
	w := apptest.NewWorld(t)
	w.Seal(w.Maker, &cases)
}
