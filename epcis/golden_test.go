package epcis

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
)

// update rewrites the golden files. Commit the change only if you understand it.
var update = flag.Bool("update", false, "rewrite testdata/*.golden and testdata/corpus.md")

func golden(t *testing.T, name, got string) {
	t.Helper()
	if filepath.Ext(name) != ".md" {
		name += ".golden"
	}
	path := filepath.Join("testdata", name)
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

// TestDecodeSamples reads our own documents; testdata/*.golden says in words what
// was understood.
func TestDecodeSamples(t *testing.T) {
	for _, name := range []string{"shipment.xml", "pharmacy.jsonld"} {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		doc, err := DecodeBytes(data, Options{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		golden(t, name, doc.Describe())
		checkRoundTrip(t, name, doc)
		xml, err := EncodeXML12(doc)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name+".to-xml", string(xml))
		json, err := EncodeJSON20(doc)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name+".to-json", string(json))
	}
}
