package app_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
)

// damaged is a state in which everything occurs: nested and mixed containers,
// goods under way and short, marks, ended items, a container used twice.
func damaged(t *testing.T) *apptest.World {
	t.Helper()
	w, _ := samples(t)
	item := func(n int) app.Spot { return app.Spot{Opening: w.Opening(apptest.Item(w.Unit, n))} }
	w.MustDo(w.Maker, apptest.Commission(w.Maker, w.Unit, "L2", 101, 140))
	w.MustDo(w.Maker, apptest.Commission(w.Maker, w.UnitB, "B1", 1, 1500))
	a, b, c := w.Maker.SSCC(11), w.Maker.SSCC(12), w.Maker.SSCC(13)
	w.MustDo(w.Maker, w.Pack(a, append(apptest.Items(w.Unit, 101, 104), apptest.Items(w.UnitB, 1, 3)...)...))
	w.MustDo(w.Maker, w.Pack(b, apptest.Items(w.Unit, 105, 108)...))
	w.MustDo(w.Maker, w.Pack(c, a, b))
	n, _ := app.ShipmentNumber(w.MustDo(w.Maker, w.Ship(w.Wholesaler, c)).Data)
	all := &app.Receive{Shipment: n, Mode: app.ReceiveAllBut, Location: w.Wholesaler.GLN, Holdings: w.Aboard(n, false), Openings: w.Openings(apptest.Item(w.Unit, 105))}
	w.MustDo(w.Wholesaler, all)
	w.MustDo(w.Maker, w.Ship(w.Pharmacy, apptest.Items(w.Unit, 120, 124)...))
	w.MustDo(w.Wholesaler, &app.SetMark{Key: apptest.Item(w.Unit, 101), Mark: app.MarkSuspect, Blocking: true, Spot: item(101)})
	d := w.Maker.SSCC(14)
	w.MustDo(w.Maker, &app.CommissionContainer{Location: w.Maker.GLN, Containers: []app.ContainerUse{{Key: d}}})
	w.Step(366 * 86400)
	w.MustDo(w.Maker, &app.CommissionContainer{Location: w.Maker.GLN, Containers: []app.ContainerUse{{Key: d, N: 1}}})
	w.CheckInvariants()
	apptest.CheckInvariants(t, w.Store, nil)
	return w
}

// TestInvariantsSeeMissingRecords deletes each record in turn.
func TestInvariantsSeeMissingRecords(t *testing.T) {
	w := damaged(t)
	tried := map[app.RecordKind]int{}
	each(w.Store, func(key, value []byte) {
		kind := app.RecordKind(key[0])
		if harmless(kind, key, value) {
			return
		}
		tried[kind]++
		w.Store.Delete(key)
		if v := app.CheckInvariants(w.Store, w.Contents.Entries); len(v) == 0 {
			t.Errorf("record %c %x is missing and nothing is reported", kind, key[1:])
		}
		w.Store.Set(key, value)
	})
	for _, kind := range append(recordKinds(), app.RecordContent) {
		if tried[kind] == 0 && kind != app.RecordDelegation && kind != app.RecordCorrection {
			t.Errorf("no record %c was deleted", kind)
		}
	}
	w.CheckInvariants()
}

// harmless are records that no other one implies: delegations, corrections, the
// chain's identity, a product of which there is no lot, a container that never
// held anything, marks that do not block.
func harmless(kind app.RecordKind, key, value []byte) bool {
	switch kind {
	case app.RecordDelegation, app.RecordCorrection:
		return true
	case app.RecordProduct:
		return string(key[1:]) != "00614141000012"
	case app.RecordHolding:
		h, err := app.DecodeHolding(value)
		return err == nil && h.Segments == 0
	case app.RecordParameter:
		return slices.Equal(key, app.ChainKey())
	case app.RecordMarks:
		m, err := app.DecodeMarks(value)
		return err != nil || m.Located.IsZero() || !m.Blocking()
	default:
		return false
	}
}

func each(s *apptest.Store, fn func(key, value []byte)) {
	all := s.Clone()
	for _, kind := range append(recordKinds(), app.RecordContent) {
		all.Scan([]byte{byte(kind)}, func(key, value []byte) bool {
			fn(key, value)
			return true
		})
	}
}

// TestInvariantsSeeWrongFields changes each number of each holding, shipment,
// lot and count by one, and each id and partner to another.
func TestInvariantsSeeWrongFields(t *testing.T) {
	w := damaged(t)
	for _, contents := range []app.ContentsFunc{nil, w.Contents.Entries} {
		each(w.Store, func(key, value []byte) {
			switch app.RecordKind(key[0]) {
			case app.RecordHolding:
				tamper(t, w, contents, key, value, app.DecodeHolding, app.EncodeHolding)
			case app.RecordShipment:
				tamper(t, w, contents, key, value, app.DecodeShipment, app.EncodeShipment)
			case app.RecordLot:
				tamper(t, w, contents, key, value, app.DecodeLot, app.EncodeLot)
			case app.RecordCommission:
				tamper(t, w, contents, key, value, app.DecodeCommissionRecord, app.EncodeCommission)
			default: // no fields to count by
			}
		})
	}
	w.CheckInvariants()
}

// untold are the fields of which a state alone cannot tell that they are wrong.
func untold(rec any, name string, contents bool) bool {
	switch r := rec.(type) {
	case *app.Holding:
		switch name {
		case "Events", "Head", "CustodyTime", "Possessor", "Location", "Declared", "N", "Joined", "Short", "Height":
			return name != "N" || r.Kind != app.KindContainer
		case "Kind", "Lot", "LotMode":
			return true // changed in the tests of the decoder
		case "Owner":
			return !contents || r.Live == 0 || r.Kind == app.KindContainer
		}
	case *app.Shipment:
		return slices.Contains([]string{"Time", "Height", "Reverses", "Agent", "To", "ShipTo", "From", "Carrier", "Purpose", "Exemption", "TransactionDate"}, name)
	case *app.Lot:
		return name == "Expiry" || name == "Exempt" && r.Exempt != app.LotNotExempt
	case *app.CommissionRecord:
		return name == "Height" || name == "Inputs" || !contents && name != "Count" && name != "InputCount"
	}
	return false
}

func tamper[R any](t *testing.T, w *apptest.World, contents app.ContentsFunc, key, value []byte, decode func([]byte) (*R, error), encode func(*R) []byte) {
	t.Helper()
	rec, err := decode(value)
	if err != nil {
		t.Fatal(err)
	}
	v := reflect.ValueOf(rec).Elem()
	for i := range v.NumField() {
		f, name := v.Field(i), v.Type().Field(i).Name
		if untold(rec, name, contents != nil) || !f.CanSet() {
			continue
		}
		old := reflect.New(f.Type()).Elem()
		old.Set(f)
		switch f.Kind() {
		case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
			f.SetUint(f.Uint() + 1)
			if name == "Acquired" {
				f.SetUint(1000) // no such shipment; another of the same owner would be told by nothing
			}
		case reflect.Array:
			if f.Type() == reflect.TypeOf(w.Auditor.GLN) {
				f.Set(reflect.ValueOf(w.Auditor.GLN))
			} else {
				f.Index(5).SetUint(f.Index(5).Uint() ^ 1)
			}
		default:
			continue
		}
		raw := encode(rec)
		w.Store.Set(key, raw)
		if found := app.CheckInvariants(w.Store, contents); len(found) == 0 && !slices.Equal(raw, value) {
			t.Errorf("record %c %x: %s is %v instead of %v and nothing is reported; contents given: %v", key[0], key[1:5], name, f, old, contents != nil)
		}
		w.Store.Set(key, value)
		f.Set(old)
	}
}

// TestInvariantsSeeWrongStates changes each position's state to each other.
func TestInvariantsSeeWrongStates(t *testing.T) {
	w := damaged(t)
	each(w.Store, func(key, value []byte) {
		if app.RecordKind(key[0]) != app.RecordSegment {
			return
		}
		states := 1 + 32 + 2 + 8 // where they begin
		for _, at := range []int{states, len(value) - 1} {
			bad := slices.Clone(value)
			old := bad[at] >> 4
			for s := range byte(10) {
				if s == old || s <= 1 && old <= 1 || s >= 3 && old >= 3 {
					continue // here and partial count alike, and so do all ends
				}
				bad[at] = bad[at]&0x0f | s<<4
				w.Store.Set(key, bad)
				if found := app.CheckInvariants(w.Store, nil); len(found) == 0 {
					t.Errorf("segment %x: state %d instead of %d and nothing is reported", key[1:5], s, old)
				}
			}
		}
		w.Store.Set(key, value)
	})
}

// TestInvariantsSeeWrongContents: entries that are missing, or another's.
func TestInvariantsSeeWrongContents(t *testing.T) {
	w := damaged(t)
	each(w.Store, func(key, _ []byte) {
		if app.RecordKind(key[0]) != app.RecordSegment {
			return
		}
		id := app.HoldingID(key[1:33])
		for name, change := range map[string]func([]app.Entry) []app.Entry{
			"missing":  func([]app.Entry) []app.Entry { return nil },
			"shorter":  func(e []app.Entry) []app.Entry { return e[1:] },
			"acquired": func(e []app.Entry) []app.Entry { e[0].Acquired++; return e },
		} {
			found := app.CheckInvariants(w.Store, func(h app.HoldingID, n uint32) ([]app.Entry, bool) {
				entries, ok := w.Contents.Entries(h, n)
				if fmt.Sprint(app.SegmentKey(h, n)) == fmt.Sprint(key) && h == id {
					return change(slices.Clone(entries)), name != "missing"
				}
				return entries, ok
			})
			if len(found) == 0 {
				t.Errorf("segment %x: entries %s and nothing is reported", key[1:5], name)
			}
		}
	})
}

// TestRecordSizes: no record is larger than its comment says, with every field
// as large as it may be.
func TestRecordSizes(t *testing.T) {
	for name, got := range app.LargestRecords() {
		if got.Size > got.Documented || got.Size < got.Documented*6/10 {
			t.Errorf("%s: the largest has %d bytes, documented are %d", name, got.Size, got.Documented)
		}
	}
}
