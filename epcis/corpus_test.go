package epcis

import (
	"bufio"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
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

// isEPCISKind tells whether files of a kind are EPCIS at all, documents or not.
func isEPCISKind(kind string) bool { return strings.HasPrefix(kind, "epcis-") || kind == "malformed" }

// expected says what must become of a file: "read", "refused", or "either" when
// its manifest entry leaves it open, with the reason where that is not plain.
func (f corpusFile) expected() (verdict, why string) {
	switch {
	case f.Path == "openepcis-event-sentry/events/invalid-event.json":
		return "read", "breaks the rules of a business profile, not of EPCIS"
	case f.has("meant-invalid"):
		return "refused", "meant invalid"
	case f.has("malformed"):
		return "refused", "malformed"
	case f.valid() && !f.holdsEvents() && !f.has("masterdata"):
		return "either", "a question or a fault, no events"
	case f.valid():
		return "read", "valid"
	case f.has("schema-invalid"):
		return "either", "not valid by its schema"
	case f.holdsEvents():
		return "either", "not judged by a schema"
	}
	return "either", "holds no events"
}

func (f corpusFile) holdsEvents() bool { return len(f.Events) > 0 }

// corpusTable is what became of every EPCIS file of the corpus.
type corpusTable struct {
	counts  map[[2]string]*corpusCount // by kind and source
	refused []string                   // lines of the second table
}

type corpusCount struct{ files, read, events int }

func (c *corpusTable) add(t *testing.T, f corpusFile, doc *Document, err error) {
	t.Helper()
	key := [2]string{f.Kind, strings.SplitN(f.Path, "/", 2)[0]}
	if c.counts[key] == nil {
		c.counts[key] = &corpusCount{}
	}
	n := c.counts[key]
	n.files++
	verdict, why := f.expected()
	if err != nil {
		if verdict == "read" {
			t.Errorf("%s (%s): got error %v, want a document", f.Path, why, err)
		}
		c.refused = append(c.refused, "| "+f.Path+" | "+why+" | "+strings.ReplaceAll(err.Error(), "|", "\\|")+" |")
		return
	}
	if verdict == "refused" {
		t.Errorf("%s (%s): was read, want it refused", f.Path, why)
	}
	n.read++
	n.events += len(doc.Events)
	want := 0
	for _, k := range f.Events {
		want += k
	}
	if len(doc.Events) != want {
		t.Errorf("%s: got %d events, want %d", f.Path, len(doc.Events), want)
	}
}

// markdown writes the tables.
func (c *corpusTable) markdown() string {
	var b strings.Builder
	b.WriteString(`# What becomes of the EPCIS files of the corpus

Written by TestCorpusTable with -update; the files themselves are not part of
this module. A file that its schema accepts is read; one that was made to be
invalid, or is malformed, is refused.

| kind | source | files | read | refused | events |
|---|---|---|---|---|---|
`)
	keys := slices.SortedFunc(maps.Keys(c.counts), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) })
	var all corpusCount
	for _, k := range keys {
		n := c.counts[k]
		fmt.Fprintf(&b, "| %s | %s | %d | %d | %d | %d |\n", k[0], k[1], n.files, n.read, n.files-n.read, n.events)
		all.files, all.read, all.events = all.files+n.files, all.read+n.read, all.events+n.events
	}
	fmt.Fprintf(&b, "| all | | %d | %d | %d | %d |\n", all.files, all.read, all.files-all.read, all.events)
	b.WriteString("\n## Refused\n\n| file | the manifest | the reason given |\n|---|---|---|\n")
	slices.Sort(c.refused)
	b.WriteString(strings.Join(c.refused, "\n") + "\n")
	return b.String()
}

// TestCorpusTable reads every EPCIS file of the corpus, holds the outcome to
// what the manifest expects and to the table kept in testdata.
func TestCorpusTable(t *testing.T) {
	dir := corpusDir(t)
	table := &corpusTable{counts: map[[2]string]*corpusCount{}}
	for _, f := range manifest(t, dir) {
		if !isEPCISKind(f.Kind) {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(f.Path)))
		if err != nil {
			t.Fatal(err)
		}
		doc, err := DecodeBytes(data, Options{})
		table.add(t, f, doc, err)
	}
	golden(t, "corpus.md", table.markdown())
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
