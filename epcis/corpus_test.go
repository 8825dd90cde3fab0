package epcis

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// corpusDir finds the shared corpus: PEDIGREE_CORPUS, or ../shared/corpus beside
// the repository.
func corpusDir(tb testing.TB) string {
	tb.Helper()
	dir := os.Getenv("PEDIGREE_CORPUS")
	if dir == "" {
		at, err := os.Getwd()
		if err != nil {
			tb.Fatal(err)
		}
		for {
			if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil {
				break
			}
			up := filepath.Dir(at)
			if up == at {
				tb.Skip("corpus not found: no go.mod above the test")
			}
			at = up
		}
		dir = filepath.Join(at, "..", "shared", "corpus")
	}
	if _, err := os.Stat(filepath.Join(dir, "MANIFEST.jsonl")); err != nil {
		tb.Skipf("corpus not found: %v", err)
	}
	return dir
}

// corpusFile is what the manifest says of one file.
type corpusFile struct {
	Path      string         `json:"path"`
	Kind      string         `json:"kind"`
	Events    map[string]int `json:"events"`
	XSDValid  *bool          `json:"xsd_valid"`
	JSONValid *bool          `json:"json_schema_valid_allowing_blank_node_ids"`
	Hard      []string       `json:"hard"`
}

// valid tells whether the schema of the file's form accepts it.
func (f corpusFile) valid() bool {
	return f.XSDValid != nil && *f.XSDValid || f.JSONValid != nil && *f.JSONValid
}

func (f corpusFile) has(tag string) bool {
	for _, t := range f.Hard {
		if t == tag {
			return true
		}
	}
	return false
}

func manifest(tb testing.TB, dir string) []corpusFile {
	tb.Helper()
	f, err := os.Open(filepath.Join(dir, "MANIFEST.jsonl"))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	var files []corpusFile
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var c corpusFile
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			tb.Fatal(err)
		}
		files = append(files, c)
	}
	if err := lines.Err(); err != nil {
		tb.Fatal(err)
	}
	return files
}

func isDocumentKind(kind string) bool {
	switch kind {
	case "epcis-1.x-xml", "epcis-2.0-xml", "epcis-2.0-json":
		return true
	}
	return false
}

// refusedThoughValid lists files that a schema accepts and this package refuses,
// with the reason.
func refusedThoughValid(path string) string {
	switch path {
	case "gs1-epcis/XML/WithEventHashID/event_with_identical_hash_id_2.xml",
		"gs1-epcis/XML/WithFullCombinationOfFields/aggregation_event_all_possible_fields.xml",
		"gs1-epcis/XML/WithFullCombinationOfFields/masterdata_all_possible_fields.xml",
		"gs1-epcis/XML/WithFullCombinationOfFields/object_event_all_possible_fields.xml",
		"gs1-epcis/XML/WithFullCombinationOfFields/transformation_event_all_possible_fields.xml":
		return "begins with <!DOCTYPE project>, left over from an editor"
	}
	return ""
}

func TestCorpusDocuments(t *testing.T) {
	dir := corpusDir(t)
	type count struct{ files, read, refused, valid, meantInvalid, meantInvalidRefused, events int }
	counts := map[string]*count{}
	for _, f := range manifest(t, dir) {
		if !isDocumentKind(f.Kind) {
			continue
		}
		c := counts[f.Kind]
		if c == nil {
			c = &count{}
			counts[f.Kind] = c
		}
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(f.Path)))
		if err != nil {
			t.Fatal(err)
		}
		doc, err := DecodeBytes(data, Options{})
		c.files++
		if f.valid() {
			c.valid++
		}
		if f.has("meant-invalid") {
			c.meantInvalid++
		}
		if err != nil {
			c.refused++
			if f.has("meant-invalid") {
				c.meantInvalidRefused++
			}
			t.Logf("refused %s (valid %v): %v", f.Path, f.valid(), err)
			if f.valid() && refusedThoughValid(f.Path) == "" {
				t.Errorf("%s is valid by its schema, got error %v, want a document", f.Path, err)
			}
			if !strings.Contains(err.Error(), ":") {
				t.Errorf("%s: error %q names no reason", f.Path, err)
			}
			continue
		}
		c.read++
		c.events += len(doc.Events)
		want := 0
		for _, n := range f.Events {
			want += n
		}
		if len(doc.Events) != want {
			t.Errorf("%s: got %d events, want %d", f.Path, len(doc.Events), want)
		}
		if f.has("meant-invalid") {
			t.Logf("read though meant invalid: %s", f.Path)
		}
	}
	for _, kind := range []string{"epcis-1.x-xml", "epcis-2.0-xml", "epcis-2.0-json"} {
		if c := counts[kind]; c != nil {
			t.Logf("%s: %d files, %d read (%d events), %d refused, %d schema-valid, %d of %d meant invalid refused",
				kind, c.files, c.read, c.events, c.refused, c.valid, c.meantInvalidRefused, c.meantInvalid)
		}
	}
}

// TestCorpusEverything feeds every XML and JSON file of the corpus, whatever it
// is, to Decode: it is read, and then written and read back, or refused in words.
func TestCorpusEverything(t *testing.T) {
	dir := corpusDir(t)
	read, refused := 0, 0
	for _, f := range manifest(t, dir) {
		switch filepath.Ext(f.Path) {
		case ".xml", ".json", ".jsonld", ".xsd":
		default:
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(f.Path)))
		if err != nil {
			t.Fatal(err)
		}
		doc, err := DecodeBytes(data, Options{})
		if err != nil {
			refused++
			if len(err.Error()) < 20 {
				t.Errorf("%s: got error %q, want one that explains", f.Path, err)
			}
			continue
		}
		read++
		checkRoundTrip(t, f.Path, doc)
	}
	t.Logf("%d files read, %d refused", read, refused)
}
