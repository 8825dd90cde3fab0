package epcis

import (
	"os"
	"path/filepath"
	"testing"
)

// encoder is one of the forms in which a document can be written.
type encoder struct {
	name   string
	encode func(*Document) ([]byte, error)
}

func allForms() []encoder {
	return []encoder{{"XML 1.2", EncodeXML12}, {"XML 2.0", EncodeXML20}, {"XML 2.0 with web words", encodeWeb}, {"JSON-LD 2.0", EncodeJSON20}}
}

func encodeWeb(d *Document) ([]byte, error) { return EncodeXML20Words(d, CBVWebURI) }

// checkRoundTrip writes doc in every form, reads each back, and demands equal
// events with equal digests.
func checkRoundTrip(t *testing.T, name string, doc *Document) {
	t.Helper()
	for _, form := range allForms() {
		out, err := form.encode(doc)
		if err != nil {
			t.Errorf("%s: writing %s: %v", name, form.name, err)
			continue
		}
		again, err := DecodeBytes(out, Options{})
		if err != nil {
			t.Errorf("%s: reading the %s written: %v\n%s", name, form.name, err, out)
			continue
		}
		if len(again.Events) != len(doc.Events) {
			t.Errorf("%s as %s: got %d events, want %d", name, form.name, len(again.Events), len(doc.Events))
			continue
		}
		checkSameDocument(t, name+" as "+form.name, doc, again)
		for i := range doc.Events {
			a, b := &doc.Events[i], &again.Events[i]
			if d := Diff(a, b); d != "" {
				t.Errorf("%s as %s: event %d differs:\n%s\n%s", name, form.name, i+1, d, out)
			}
			want, err := a.Digest()
			if err != nil {
				t.Errorf("%s: event %d: %v", name, i+1, err)
			}
			if got, _ := b.Digest(); got != want {
				ga, _ := a.preHash(true)
				gb, _ := b.preHash(true)
				t.Errorf("%s as %s: event %d: got digest %s, want %s\n%s\n%s", name, form.name, i+1, got, want, gb, ga)
			}
		}
	}
}

func decodeCorpus(t *testing.T, path string) *Document {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(corpusDir(t), filepath.FromSlash(path)))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := DecodeBytes(data, Options{})
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return doc
}

const (
	gs1Example   = "openepcis-test-resources/1.2/EPCIS/XML/Capture/Documents/GS1_US_Pharma_Example_2_2_1_1.xml"
	cardinalXML1 = "jamischarles-epcis-parser/cardinal_health.1.2.xml"
	cardinalXML2 = "jamischarles-epcis-parser/cardinal_health.2.0.xml"
	cardinalJSON = "jamischarles-epcis-parser/cardinal_health.2.0.jsonld"
)

func TestRoundTripOfTheExamples(t *testing.T) {
	for _, path := range []string{gs1Example, cardinalXML1, cardinalXML2, cardinalJSON} {
		doc := decodeCorpus(t, path)
		checkRoundTrip(t, path, doc)
		out, err := EncodeXML12(doc)
		if err != nil {
			t.Fatal(err)
		}
		again, err := DecodeBytes(out, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for i := range doc.Events {
			want, _ := doc.Events[i].Hash()
			if got, _ := again.Events[i].Hash(); got != want && doc.Format != FormatJSON2 {
				t.Errorf("%s: event %d: got hash %s, want %s", path, i+1, got, want)
			}
		}
	}
}

// TestRoundTripOfTheCorpus holds every document that is read to what is promised
// of all.
func TestRoundTripOfTheCorpus(t *testing.T) {
	dir := corpusDir(t)
	n := 0
	for _, f := range manifest(t, dir) {
		if !isDocumentKind(f.Kind) {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(f.Path)))
		if err != nil {
			t.Fatal(err)
		}
		if doc, err := DecodeBytes(data, Options{}); err == nil {
			checkRoundTrip(t, f.Path, doc)
			n++
		}
	}
	t.Logf("%d documents", n)
}

func TestCardinalFormsAgree(t *testing.T) {
	xml1 := decodeCorpus(t, cardinalXML1)
	for _, path := range []string{cardinalXML2, cardinalJSON} {
		other := decodeCorpus(t, path)
		for i := range xml1.Events {
			a, b := &xml1.Events[i], &other.Events[i]
			want, _ := a.Digest()
			if got, _ := b.Digest(); got != want {
				t.Errorf("%s event %d: got digest %s, want %s", path, i+1, got, want)
			}
			if d := Diff(a, b); d != "" {
				t.Errorf("%s event %d differs:\n%s", path, i+1, d)
			}
		}
	}
	json := decodeCorpus(t, cardinalJSON)
	fromXML, _ := xml1.Events[0].Hash()
	fromJSON, _ := json.Events[0].Hash()
	if fromXML == fromJSON {
		t.Errorf("got one reference hash %s for both forms, want two: the reference tells the namespaces apart", fromXML)
	}
	if digest, _ := xml1.Events[0].Digest(); digest != fromXML {
		t.Errorf("got digest %s, want the XML form's reference hash %s", digest, fromXML)
	}
}

// TestExpectedEqual reads the reference's files in which every event is one
// event differently written.
func TestExpectedEqual(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(corpusDir(t), "ralphtro-event-hash", "expected_equal", "*.xml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("got %d files, error %v, want some", len(files), err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := DecodeBytes(data, Options{})
		if err != nil {
			t.Errorf("%s: %v", filepath.Base(f), err)
			continue
		}
		want, _ := doc.Events[0].Hash()
		for i := range doc.Events {
			if got, _ := doc.Events[i].Hash(); got != want {
				pre, _ := doc.Events[i].PreHash()
				t.Errorf("%s event %d: got %s, want %s\n%s", filepath.Base(f), i+1, got, want, pre)
			}
		}
	}
}
