package schema

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/pedigree-ledger/pedigree/epcis"
)

// BenchmarkCheck15000 holds a commissioning of 15,000 items to GS1's schemas.
func BenchmarkCheck15000(b *testing.B) {
	set, err := Load(filepath.Join(corpus(b), "openepcis-document-validation", "schemas"))
	if err != nil {
		b.Fatal(err)
	}
	e := epcis.Event{
		Type: epcis.ObjectEvent, Action: epcis.ActionAdd, BizStep: "commissioning", TimeZoneOffset: "+00:00",
		Time: epcis.NewTime(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)),
	}
	for i := range 15_000 {
		e.EPCs = append(e.EPCs, fmt.Sprintf("urn:epc:id:sgtin:0358160.001010.%012d", i*7919))
	}
	doc := &epcis.Document{CreationDate: e.Time, Events: []epcis.Event{e}}
	for format, encode := range map[epcis.Format]func(*epcis.Document) ([]byte, error){
		epcis.FormatXML1: epcis.EncodeXML12, epcis.FormatJSON2: epcis.EncodeJSON20,
	} {
		data, err := encode(doc)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(format.String(), func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if found, err := set.Check(format, data); err != nil || len(found) > 0 {
					b.Fatal(found, err)
				}
			}
		})
	}
}
