package schema

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pedigree-ledger/pedigree/epcis"
)

// TestWhatIsWritten reads every document of the corpus that its own schema
// accepts, writes it in each form, and holds that to the schema of the form.
func TestWhatIsWritten(t *testing.T) {
	dir := corpus(t)
	set, err := Load(filepath.Join(dir, "openepcis-document-validation", "schemas"))
	if err != nil {
		t.Fatal(err)
	}
	valid, excused := 0, map[string]int{}
	for _, f := range manifest(t, dir) {
		if (f.XSDValid == nil || !*f.XSDValid) && (f.JSONValid == nil || !*f.JSONValid) {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(f.Path)))
		if err != nil {
			t.Fatal(err)
		}
		doc, err := epcis.DecodeBytes(data, epcis.Options{})
		if err != nil {
			continue // TestCorpusTable of package epcis lists them
		}
		if doc.CreationDate.Text == "" { // an event alone, or an answer in JSON-LD
			doc.CreationDate = epcis.NewTime(doc.Events[0].Time.At)
		}
		for format, encode := range map[epcis.Format]func(*epcis.Document) ([]byte, error){
			epcis.FormatXML1: epcis.EncodeXML12, epcis.FormatXML2: epcis.EncodeXML20, epcis.FormatJSON2: epcis.EncodeJSON20,
		} {
			out, err := encode(doc)
			if err != nil {
				t.Fatal(err)
			}
			found, err := set.Check(format, out)
			if err != nil {
				t.Fatal(err)
			}
			for _, finding := range found {
				why := cannotBeValid(format, finding)
				if excused[why]++; why == "" {
					t.Errorf("%s as %s: %v", f.Path, format, finding.Error())
				}
			}
			if len(found) == 0 {
				valid++
			}
		}
	}
	t.Logf("%d documents written are valid; findings for a known reason: %v", valid, excused)
}

// cannotBeValid says why a document that one schema accepts cannot be written so
// that another does.
func cannotBeValid(format epcis.Format, f epcis.Error) string {
	switch {
	case format == epcis.FormatXML1 && f.Field == "EPCISDocument/EPCISHeader":
		return "XML 1.2 has no header without an SBDH, and an SBDH needs a sender"
	case format == epcis.FormatJSON2 && strings.Contains(f.Reason, "'urn:epcglobal:cbv:") && strings.Contains(f.Reason, "does not match pattern"):
		return "a word in the CBV's namespace that is not the CBV's"
	case format == epcis.FormatJSON2 && strings.HasSuffix(f.Pointer, "/type") && strings.Contains(f.Pointer, "/sensorReport/"):
		return "a measurement that the JSON schema's list lacks"
	case format == epcis.FormatJSON2 && strings.HasSuffix(f.Pointer, "/epcList") && strings.Contains(f.Reason, "are equal"):
		return "an object listed twice"
	}
	return ""
}

// TestOwnDocuments holds the documents that the tests of package epcis read to
// GS1's schemas.
func TestOwnDocuments(t *testing.T) {
	set, err := Load(filepath.Join(corpus(t), "openepcis-document-validation", "schemas"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"shipment.xml", "dscsa-r12.xml", "dscsa-r13.xml", "pharmacy.jsonld"} {
		data, err := os.ReadFile(filepath.Join("..", "testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		doc, err := epcis.DecodeBytes(data, epcis.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if found, err := set.Check(doc.Format, data); err != nil || len(found) > 0 {
			t.Errorf("%s: got findings %v, error %v, want none", name, found, err)
		}
	}
}
