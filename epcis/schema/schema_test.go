package schema

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/pedigree-ledger/pedigree/epcis"
)

// small makes schemas of our own under GS1's names: enough to see where
// findings point.
func small(t testing.TB) *Set {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(fileXML2, `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:epcglobal:epcis:xsd:2">
  <xs:element name="EPCISDocument"><xs:complexType><xs:sequence>
    <xs:element name="action" maxOccurs="unbounded"><xs:simpleType><xs:restriction base="xs:string"><xs:enumeration value="ADD"/></xs:restriction></xs:simpleType></xs:element>
  </xs:sequence></xs:complexType></xs:element>
</xs:schema>`)
	write("EPCglobal-epcis-query-2_0.xsd", `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:epcglobal:epcis-query:xsd:2">
  <xs:element name="EPCISQueryDocument"><xs:complexType><xs:sequence><xs:element name="n" type="xs:int"/></xs:sequence></xs:complexType></xs:element>
</xs:schema>`)
	write(fileJSON, `{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","properties":{"epcisBody":{"properties":
    {"eventList":{"items":{"required":["action"]}}}}}}`)
	set, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func TestCheckPoints(t *testing.T) {
	set := small(t)
	const xml = "<e:EPCISDocument xmlns:e=\"urn:epcglobal:epcis:xsd:2\">\n  <action>ADD</action>\n  <action>BUY</action>\n</e:EPCISDocument>"
	for _, v := range []struct {
		name, doc string
		format    epcis.Format
		want      string // of the first finding, "" for none
	}{
		{"valid XML", strings.ReplaceAll(xml, "BUY", "ADD"), epcis.FormatXML2, ""},
		{"invalid XML", xml, epcis.FormatXML2, "document, line 3, "},
		{"cut XML", xml[:60], epcis.FormatXML2, "document"},
		{"entity", "<!DOCTYPE x [<!ENTITY a \"b\">]>" + xml, epcis.FormatXML2, "document, line 1"},
		{"valid JSON", `{"epcisBody":{"eventList":[{"action":"ADD"}]}}`, epcis.FormatJSON2, ""},
		{"invalid JSON", `{"epcisBody":{"eventList":[{"action":"ADD"},{}]}}`, epcis.FormatJSON2, "event 2, line 1, at /epcisBody/eventList/1: "},
		{"cut JSON", "{\n\"a\": [", epcis.FormatJSON2, "document"},
	} {
		got, err := set.Check(v.format, []byte(v.doc))
		switch {
		case err != nil:
			t.Errorf("%s: %v", v.name, err)
		case v.want == "" && len(got) > 0:
			t.Errorf("%s: got %v, want no finding", v.name, got)
		case v.want != "" && (len(got) == 0 || !strings.HasPrefix(got[0].Error(), v.want)):
			t.Errorf("%s: got %v, want %s...", v.name, got, v.want)
		}
	}
	if _, err := set.Check(epcis.FormatXML1, []byte(xml)); err == nil {
		t.Error("a form without a schema was judged")
	}
}

func TestCheckBoundsFindings(t *testing.T) {
	set := small(t)
	doc := `{"epcisBody":{"eventList":[` + strings.Repeat("{},", 99) + `{}]}}`
	got, err := set.Check(epcis.FormatJSON2, []byte(doc))
	if err != nil || len(got) != maxFindings {
		t.Errorf("got %d findings, error %v, want %d", len(got), err, maxFindings)
	}
}

// TestCheckTogether checks many documents at once.
func TestCheckTogether(t *testing.T) {
	set := small(t)
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			doc := []byte(`{"epcisBody":{"eventList":[` + strings.Repeat("{},", i) + `{}]}}`)
			for range 50 {
				if got, err := set.Check(epcis.FormatJSON2, doc); err != nil || len(got) != i+1 {
					t.Errorf("got %d findings, error %v, want %d", len(got), err, i+1)
				}
			}
		})
	}
	wait.Wait()
}

// TestQueryDocuments takes the schema of the root's namespace.
func TestQueryDocuments(t *testing.T) {
	set := small(t)
	const doc = "<!DOCTYPE x>\n<q:EPCISQueryDocument xmlns:q=\"urn:epcglobal:epcis-query:xsd:2\"><n>x</n></q:EPCISQueryDocument>"
	got, err := set.Check(epcis.FormatXML2, []byte(doc))
	if err != nil || len(got) == 0 || got[0].Line != 2 {
		t.Errorf("got %v, error %v, want a finding on line 2", got, err)
	}
	if got, err := set.Check(epcis.FormatXML2, []byte(strings.Replace(doc, ">x<", ">1<", 1))); err != nil || len(got) > 0 {
		t.Errorf("got %v, error %v, want none", got, err)
	}
}

func TestLoadRefuses(t *testing.T) {
	if _, err := Load(t.TempDir()); err == nil {
		t.Error("a folder without schemas was accepted")
	}
	if _, err := Load(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a folder that does not exist was accepted")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, fileXML1), []byte("<not-a-schema/>"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(dir); err == nil || !strings.Contains(err.Error(), fileXML1) {
		t.Errorf("got %v, want an error that names the file", err)
	}
}

// corpus finds the shared corpus, or skips the test.
func corpus(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("PEDIGREE_CORPUS")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "corpus")
	}
	if _, err := os.Stat(filepath.Join(dir, "MANIFEST.jsonl")); err != nil {
		t.Skip("corpus not found: ", err)
	}
	return dir
}

// corpusFile is what the manifest says of one file.
type corpusFile struct {
	Path, Kind, XSD string
	XSDValid        *bool `json:"xsd_valid"`
	JSONValid       *bool `json:"json_schema_valid_allowing_blank_node_ids"`
}

func manifest(t *testing.T, dir string) []corpusFile {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "MANIFEST.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var files []corpusFile
	for dec := json.NewDecoder(bytes.NewReader(data)); dec.More(); {
		var f corpusFile
		if err := dec.Decode(&f); err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	return files
}

// TestCorpusVerdicts holds GS1's own schemas, where the corpus is there, to the
// verdicts that other validators gave.
func TestCorpusVerdicts(t *testing.T) {
	dir := corpus(t)
	set, err := Load(filepath.Join(dir, "openepcis-document-validation", "schemas"))
	if err != nil {
		t.Fatal(err)
	}
	agree, differ := 0, map[string]int{}
	for _, f := range manifest(t, dir) {
		format, want := epcis.FormatJSON2, f.JSONValid
		switch f.XSD {
		case fileXML1:
			format, want = epcis.FormatXML1, f.XSDValid
		case fileXML2:
			format, want = epcis.FormatXML2, f.XSDValid
		}
		if want == nil {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(f.Path)))
		if err != nil {
			t.Fatal(err)
		}
		got, err := set.Check(format, data)
		if err != nil {
			t.Fatal(err)
		}
		if why := difference(f.Path, got); (len(got) == 0) == *want {
			agree++
		} else if differ[why]++; why == "" {
			t.Errorf("%s: got %v, want valid %v", f.Path, got, *want)
		}
	}
	t.Logf("%d verdicts agree; known differences: %v", agree, differ)
}

// difference says why a verdict may differ from the manifest's.
func difference(path string, got []epcis.Error) string {
	switch {
	case len(got) == 0 && strings.Contains(path, "Event_all_possible_fields.xml"):
		return "foreign elements that the manifest's validator judged strictly"
	default:
		return ""
	}
}
