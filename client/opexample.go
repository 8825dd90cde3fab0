package client

import (
	"crypto/ed25519"
	"reflect"
	"strings"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/app/merkle"
)

// ExampleOp is an op of the kind with every field filled: made up, but of the
// right form, so that it can be signed and refused by the rules only. It is
// made from the op's fields, so a new op has its example at once.
func ExampleOp(kind app.Kind) app.Op {
	op, _ := app.NewOp(kind)
	fillExample(reflect.ValueOf(op).Elem(), "")
	switch op := op.(type) {
	case *app.Receive:
		op.Openings = nil // mode "all" opens nothing
	case *app.Pack:
		op.Parent = exampleContainer()
	case *app.Ship:
		op.Seller = gs1.GLN{} // no drop shipment
	case *app.Return:
		op.Purpose, op.Seller = app.PurposeReturn, gs1.GLN{}
	case *app.RequestTrace:
		op.Lot = nil // an item or a lot
	case *app.OpenInvestigation:
		op.Subject = app.KeySubject(op.Opening.Entries[0].Key)
	case *app.CloseInvestigation:
		op.Outcome = app.InvestigationIllegitimate
	case *app.RespondException:
		op.Alternative = app.NoResolution // with a rejection
	case *app.ReportDuplicate:
		op.Second.Sequence = op.First.Sequence + 1 // of two commissions
	case *app.CloseRecall:
		op.Outcome = app.RecallWithdrawn // a completed one clears no marks
	case *app.Unpack:
		op.Container = op.Openings[0].Holding // an entry is unpacked from where it stands
	}
	return op
}

// The company prefixes of the examples, of GS1's range for examples.
const (
	exampleMaker gs1.CompanyPrefix = "9521001"
	exampleBuyer gs1.CompanyPrefix = "9521003"
)

// exampleGLN is the first location under a prefix.
func exampleGLN(prefix gs1.CompanyPrefix) gs1.GLN {
	digits := string(prefix) + "00000"
	check, _ := gs1.CheckDigit(digits)
	gln, _ := gs1.ParseGLN(digits + string(rune(check)))
	return gln
}

// exampleContainer is an SSCC under the example's prefix.
func exampleContainer() gs1.Key { return "00095210010000000017" }

// fillExample fills a value by its type, or by the name of its field.
func fillExample(v reflect.Value, field string) {
	if known, ok := exampleOf(v.Interface(), field); ok {
		v.Set(reflect.ValueOf(known))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				fillExample(v.Field(i), f.Name)
			}
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fillExample(v.Elem(), field)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fillExample(v.Index(0), field)
	case reflect.Array:
		for i := range v.Len() {
			fillExample(v.Index(i), field)
		}
	case reflect.String:
		v.SetString(exampleText(field))
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(exampleNumber(field))
	case reflect.Bool:
		v.SetBool(field == "Statement")
	default: // ops hold no other kinds
	}
}

// exampleOf knows the types whose form is more than their kind.
func exampleOf(v any, field string) (any, bool) {
	maker, buyer := exampleGLN(exampleMaker), exampleGLN(exampleBuyer)
	gtin, _ := gs1.ParseGTIN("09521001100014")
	day := gs1.Date(20281231)
	item := app.Entry{Key: gs1.ItemKey(gtin, "A3N9QGNNBQ"), Lot: "LOT-1"}
	switch v.(type) {
	case gs1.GTIN:
		return gtin, true
	case gs1.GLN:
		if field == "To" || field == "ShipTo" || field == "Agent" {
			return buyer, true
		}
		return maker, true
	case gs1.Date:
		if field == "From" || field == "TransactionDate" {
			day = gs1.Date(20260131)
		}
		return day, true
	case gs1.Key:
		return item.Key, true
	case gs1.CompanyPrefix:
		return exampleMaker, true
	case app.Roles:
		return app.RoleDispenser, true
	case app.Kind:
		return app.KindPack, true
	case app.LotExemption:
		return app.LotNotExempt, true
	case app.Exemption:
		return app.ExemptNone, true
	case app.PublicKey:
		return make(app.PublicKey, ed25519.PublicKeySize), true
	case app.Entry:
		return item, true
	case app.ContainerUse:
		return app.ContainerUse{Key: gs1.ItemKey(exampleCase(), "C1")}, true
	case app.Spot:
		return app.Spot{Opening: exampleOpening(&item)}, true
	case app.Opening:
		return *exampleOpening(&item), true
	}
	return nil, false
}

func exampleCase() gs1.GTIN {
	gtin, _ := gs1.ParseGTIN("59521001100019")
	return gtin
}

// exampleOpening opens the second of two entries.
func exampleOpening(e *app.Entry) *app.Opening {
	return &app.Opening{
		Holding: app.RunID(gs1.GTIN{}, e.Lot, e.Leaf()), Positions: []uint16{1},
		Entries: []app.Entry{*e}, Siblings: []merkle.Hash{e.Leaf()},
	}
}

func exampleText(field string) string {
	switch field {
	case "Lot":
		return "LOT-1"
	case "Serials":
		return "A3N9QGNNBQ"
	case "Code":
		return "95210-014-30"
	case "Name":
		return "Fictional name"
	case "Country":
		return "CA"
	case "ID":
		return "PO-1"
	default:
		return "fictional " + strings.ToLower(field)
	}
}

func exampleNumber(field string) uint64 {
	switch field {
	case "From":
		return uint64(time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).Unix())
	case "Until":
		return uint64(time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC).Unix())
	case "Loose", "N", "Segment":
		return 0
	default:
		return 1
	}
}
