package bundle

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/gs1"
	"github.com/pedigree-ledger/pedigree/epcis"
	"github.com/pedigree-ledger/pedigree/epcis/schema"
)

// update rewrites the golden files. Commit the change only if you understand it.
var update = flag.Bool("update", false, "rewrite testdata/*.golden")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s:\ngot\n%s\nwant\n%s", path, got, want)
	}
}

func party(t *testing.T, gln, name, address string, prefix gs1.CompanyPrefix) Party {
	t.Helper()
	g, err := gs1.ParseGLN(gln)
	if err != nil {
		t.Fatal(err)
	}
	return Party{GLN: g, Name: name, Address: address, prefixes: []gs1.CompanyPrefix{prefix}}
}

// sample is a bundle of a pharmacy with one transaction of each sort: a drop
// shipment of a recalled lot in a container, an exempt transfer without a
// statement, and a lot whose packages bear no identifier, of which some are not
// listed.
func sample(t *testing.T) *Bundle {
	t.Helper()
	maker := party(t, "0614141000005", "Maker & Söhne", "1 Main Street, Springfield", "0614141")
	seller := party(t, "0860001000009", "Wholesaler", "2 Dock Road, Łódź", "0860001")
	pharmacy := party(t, "0870001000008", "Pharmacy", "", "0870001")
	other := party(t, "0870002000007", "Other Pharmacy", "4 High Street", "0870002")
	gtin, err := gs1.ParseGTIN("00614141000012")
	if err != nil {
		t.Fatal(err)
	}
	sscc, err := gs1.ParseSSCC("106141412345678908")
	if err != nil {
		t.Fatal(err)
	}
	product := Product{GTIN: gtin, Manufacturer: maker, prefixLen: 7, NDC: "61414-101-30", ProductInfo: app.ProductInfo{
		Level: app.LevelUnit, Name: "Aspirol™", Form: "tablet", Strength: "10 mg", NetContent: "30 tablets",
	}}
	at := func(day int) time.Time { return time.Date(2026, 1, day, 15, 4, 5, 0, time.UTC) }
	recalled := Lot{Lot: "A/1", Expiry: 20281231, Recall: &app.Recall{Class: 2, Whole: true, Time: uint64(at(9).Unix()), Reason: "glass"}}
	first := commissionID{app.LotID{GTIN: gtin, Lot: "A/1"}, 0}
	pack := func(serial string) Package {
		return Package{Key: gs1.ItemKey(gtin, serial), Serial: serial, Proved: true, commission: first}
	}
	bad := pack("S000003")
	bad.Proved, bad.Why = false, "the ledger has no such serial in this lot"
	surrogate := app.SurrogateSerial(seller.GLN, "000001")
	old := Package{Key: gs1.ItemKey(gtin, surrogate), Serial: surrogate, Surrogate: true, Proved: true, commission: commissionID{app.LotID{GTIN: gtin, Lot: "OLD"}, 0}}
	documents := []app.Document{{Kind: app.DocPO, ID: "urn:epcglobal:cbv:bt:0870001000008:PO1"}}
	return &Bundle{
		ChainID: "sample-1", Height: 42, Time: at(20), Partner: &pharmacy, Since: at(1), Until: at(31),
		Cut: &Cut{Transactions: 3, Until: at(2), Packages: 4},
		times: times{
			commissioned: map[commissionID]time.Time{first: at(1), old.commission: at(2)},
			packed:       map[app.HoldingID]time.Time{{1}: at(2)},
		},
		Transactions: []Transaction{
			{
				Shipment: 9, Purpose: app.PurposeSale, From: seller, To: pharmacy, Shipper: seller.GLN, ShipTo: pharmacy.GLN,
				Date: 20260105, Shipped: at(5), Statement: true, Counts: Counts{Shipped: 5, Received: 4, Open: 1},
				Lines:    []Line{{Product: product, Lot: Lot{Lot: "OLD", Expiry: 20270930, Exempt: app.LotGrandfathered}, Packages: []Package{old}}},
				Unlisted: 4,
			},
			{
				Shipment: 8, Purpose: app.PurposeSale, From: pharmacy, To: other, Shipper: pharmacy.GLN, ShipTo: other.GLN,
				Date: 20260104, Shipped: at(4), Exemption: app.ExemptSpecificPatient, Counts: Counts{Shipped: 1, Received: 1},
				Lines: []Line{{Product: product, Lot: recalled, Packages: []Package{pack("S000001")}}},
			},
			{
				Shipment: 7, Purpose: app.PurposeSale, From: seller, To: pharmacy, Shipper: maker.GLN, ShipTo: pharmacy.GLN, DropShipment: true,
				Date: 20260103, Shipped: at(3), Statement: true, Documents: documents, Counts: Counts{Shipped: 3, Received: 2, Short: 1},
				Lines:      []Line{{Product: product, Lot: recalled, Packages: []Package{pack("S000001"), pack("S000002"), bad}}},
				containers: []container{{key: gs1.LogisticKey(sscc), id: app.HoldingID{1}, holds: []gs1.Key{gs1.ItemKey(gtin, "S000001"), gs1.ItemKey(gtin, "S000002")}}},
			},
		},
	}
}

// TestPDF holds the words of a PDF; its bytes are the same each time.
func TestPDF(t *testing.T) {
	b := sample(t)
	var plain bytes.Buffer
	if err := b.print(false).Output(&plain); err != nil {
		t.Fatal(err)
	}
	golden(t, "sample.pdf", shown(plain.String()))
	checkSymbols(t, b, plain.String())
	var one, two bytes.Buffer
	if err := b.WritePDF(&one); err != nil {
		t.Fatal(err)
	}
	if err := sample(t).WritePDF(&two); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(one.Bytes(), two.Bytes()) || one.Len() >= plain.Len() {
		t.Errorf("two PDFs of one bundle have %d and %d bytes, plain %d", one.Len(), two.Len(), plain.Len())
	}
}

// checkSymbols reads the DataMatrix symbols that a plain PDF draws: one for each
// package that bears an identifier, in order.
func checkSymbols(t *testing.T, b *Bundle, pdf string) {
	t.Helper()
	drawn := regexp.MustCompile(`(?s)cm 0 g\n(.*?)f Q`).FindAllStringSubmatch(pdf, -1)
	var want []string
	for i := range b.Transactions {
		for j := range b.Transactions[i].Lines {
			l := &b.Transactions[i].Lines[j]
			for k := range l.Packages {
				if id, ok := l.Identifier(&l.Packages[k]); ok {
					want = append(want, id.Elements().Bracketed())
				}
			}
		}
	}
	if len(drawn) != len(want) || len(want) != 4 {
		t.Fatalf("%d symbols in the PDF, want %d", len(drawn), len(want))
	}
	for i := range drawn {
		if got := read(t, rectangles(t, drawn[i][1])).Bracketed(); got != want[i] {
			t.Errorf("symbol %d: got %s, want %s", i+1, got, want[i])
		}
	}
}

// shown are the strings that a plain PDF shows, a line each, a line of dashes
// between pages.
func shown(pdf string) string {
	var out []string
	for _, m := range regexp.MustCompile(`\((?:\\.|[^\\)])*\)\s*Tj|endstream`).FindAllString(pdf, -1) {
		switch text, isText := strings.CutSuffix(m, "Tj"); {
		case !isText:
			if len(out) > 0 && out[len(out)-1] != "----" {
				out = append(out, "----")
			}
		default:
			text = strings.TrimSpace(text)
			text = strings.NewReplacer(`\(`, "(", `\)`, ")", `\\`, `\`).Replace(text[1 : len(text)-1])
			runes := make([]rune, 0, len(text))
			for i := range len(text) {
				runes = append(runes, rune(text[i])) // close enough to Windows-1252 to be read
			}
			out = append(out, string(runes))
		}
	}
	return strings.Join(out, "\n") + "\n"
}

// TestDocuments holds the EPCIS forms: they are valid, say what they must, and
// read back as each other.
func TestDocuments(t *testing.T) {
	b := sample(t)
	var xml, json bytes.Buffer
	if err := b.WriteXML(&xml); err != nil {
		t.Fatal(err)
	}
	if err := b.WriteJSON(&json); err != nil {
		t.Fatal(err)
	}
	valid(t, epcis.FormatXML1, xml.Bytes(), "gs1-epcis", "1.2", "XSD")
	valid(t, epcis.FormatJSON2, json.Bytes(), "openepcis-document-validation", "schemas", "json-schema")
	x, err := epcis.DecodeBytes(xml.Bytes(), epcis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	j, err := epcis.DecodeBytes(json.Bytes(), epcis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(x.Events) != len(j.Events) || len(x.Events) != 6 {
		t.Fatalf("%d events in XML and %d in JSON, want 6 in both", len(x.Events), len(j.Events))
	}
	for i := range x.Events {
		if diff := epcis.Diff(&x.Events[i], &j.Events[i]); diff != "" {
			t.Errorf("event %d: %s", i+1, diff)
		}
	}
	var told []string
	for i := range x.Events {
		ev := &x.Events[i]
		told = append(told, ev.Step()+" "+ev.Time.At.Format("02")+" "+strings.Join(append(append([]string{}, ev.EPCs...), ev.ChildEPCs...), " "))
	}
	const item = "urn:epc:id:sgtin:0614141.000001."
	for i, want := range []string{
		"commissioning 01 " + item + "S000001 " + item + "S000002 " + item + "S000003",
		"packing 02 " + item + "S000001 " + item + "S000002",
		"shipping 03 " + item + "S000003 urn:epc:id:sscc:0614141.1234567890",
		"shipping 04 " + item + "S000001",
		"commissioning 02 " + item + "*0860001000009000001",
		"shipping 05 " + item + "*0860001000009000001",
	} {
		if told[i] != want {
			t.Errorf("event %d: got %q, want %q", i+1, told[i], want)
		}
	}
	products, places := x.Elements(epcis.TypeEPCClass), x.Elements(epcis.TypeLocation)
	if len(products) != 1 || products[0].ID != "urn:epc:idpat:sgtin:0614141.000001.*" || products[0].Attribute("additionalTradeItemIdentification") != "61414-101-30" || len(places) != 3 {
		t.Errorf("master data: %+v, %+v", products, places)
	}
	for _, said := range []string{"packagesNotListed", "none: exempt, specific-patient", "3 older transactions", "sample-1-42-0870001000008"} {
		if !strings.Contains(xml.String(), said) || !strings.Contains(json.String(), said) {
			t.Errorf("%q is not said in both forms", said)
		}
	}
	if drop, ok := x.Events[2].DropShipment(); !ok || !drop || !x.DSCSA.Affirmed || x.DSCSA.GuidelineVersion != "GS1 US DSCSA R1.3" {
		t.Errorf("drop shipment %v, statement %+v", drop, x.DSCSA)
	}
}

// valid holds a document to GS1's own schema, where that is at hand.
func valid(t *testing.T, form epcis.Format, data []byte, dir ...string) {
	t.Helper()
	path := filepath.Join(append([]string{corpusDir()}, dir...)...)
	if _, err := os.Stat(path); err != nil {
		t.Log("corpus not found, its schema is not held: ", err)
		return
	}
	set, err := schema.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	found, err := set.Check(form, data)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range found {
		t.Errorf("not valid: %v", &e)
	}
}
