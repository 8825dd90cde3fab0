package epcis

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

func readTestdata(t *testing.T, name string) *Document {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := DecodeBytes(data, Options{})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return doc
}

// TestReleasesOfTheGuideline reads a shipment by each release, and again after
// each form of writing it.
func TestReleasesOfTheGuideline(t *testing.T) {
	direct := DirectPurchase{Direct: true, Qualifier: PartiallyDirect, Statement: "Some items were bought directly.", Indirect: []string{"urn:epc:id:sgtin:0358160.001010.1001"}}
	for _, c := range []struct {
		file      string
		release   Release
		ndc       string
		direct    DirectPurchase
		drop      bool // a drop shipment flag is there
		date      string
		authority string
	}{
		{"dscsa-r12.xml", R12, "58160010130", DirectPurchase{Direct: true}, false, "", "GLN"},
		{"dscsa-r13.xml", R13, "58160-0101-30", direct, true, "2026-11-18", "GS1"},
	} {
		doc := readTestdata(t, c.file)
		for _, form := range append(allForms(), encoder{"as read", nil}) {
			d := doc
			if form.encode != nil {
				d = again(t, doc, form)
			}
			e, name := &d.Events[0], c.file+" "+form.name
			if got := d.DSCSA.Release(); got != c.release || !d.DSCSA.Affirmed || !reflect.DeepEqual(d.DSCSA, NewStatement(c.release)) {
				t.Errorf("%s: got release %d, statement %+v", name, got, d.DSCSA)
			}
			if got, ok := e.DirectPurchase(); !ok || !reflect.DeepEqual(got, c.direct) {
				t.Errorf("%s: got direct purchase %+v %v, want %+v", name, got, ok, c.direct)
			}
			if drop, ok := e.DropShipment(); drop || ok != c.drop {
				t.Errorf("%s: got drop shipment %v %v, want false %v", name, drop, ok, c.drop)
			}
			if received, ok := e.ReceivedDirectPurchase(); received != c.drop || ok != c.drop {
				t.Errorf("%s: got received direct purchase %v %v, want %v", name, received, ok, c.drop)
			}
			if got := e.TransactionDate(); got != c.date {
				t.Errorf("%s: got transaction date %q, want %q", name, got, c.date)
			}
			if got := d.Elements(TypeEPCClass)[0]; got.NDC() != c.ndc || got.Attribute("additionalTradeItemIdentificationTypeCode") != c.release.NDCTypeCode() {
				t.Errorf("%s: got NDC %q, want %q", name, got.NDC(), c.ndc)
			}
			if got := d.Header.Senders[0].Authority; got != c.authority || got != c.release.Authority() {
				t.Errorf("%s: got authority %q, want %q", name, got, c.authority)
			}
		}
	}
}

// TestWritingByRelease makes by program what the file of each release says.
func TestWritingByRelease(t *testing.T) {
	old, current := readTestdata(t, "dscsa-r12.xml"), readTestdata(t, "dscsa-r13.xml")
	p, _ := current.Events[0].DirectPurchase()

	e := old.Events[0]
	e.SetDirectPurchase(p, R13)
	e.SetDropShipment(false)
	e.SetReceivedDirectPurchase(true)
	e.SetTransactionDate("2026-11-18")
	if d := Diff(&current.Events[0], &e); d != "" {
		t.Errorf("R1.2 made into R1.3 differs:\n%s", d)
	}
	e = current.Events[0]
	e.SetDirectPurchase(p, R12)
	if got, _ := e.DirectPurchase(); !reflect.DeepEqual(got, DirectPurchase{Direct: true}) {
		t.Errorf("got %+v in R1.2, want the flag alone", got)
	}
	if again, _ := current.Events[0].DirectPurchase(); again.Qualifier != PartiallyDirect {
		t.Error("changing a copy changed the event")
	}
}
