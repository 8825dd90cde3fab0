package events_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pedigree-ledger/pedigree/api/edge"
)

// corpusDocuments are the published documents of partners' systems, by path; the
// test is skipped where there are none.
func corpusDocuments(t *testing.T) []string {
	t.Helper()
	dir := os.Getenv("PEDIGREE_CORPUS")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "corpus")
	}
	f, err := os.Open(filepath.Join(dir, "MANIFEST.jsonl"))
	if err != nil {
		t.Skipf("corpus not found: %v", err)
	}
	defer f.Close()
	var out []string
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var entry struct{ Path, Kind string }
		if err := json.Unmarshal(lines.Bytes(), &entry); err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(entry.Kind, "epcis") {
			out = append(out, filepath.Join(dir, entry.Path))
		}
	}
	return out
}

// TestCaptureCorpus hands every published document in. Each is answered with a
// job that ends, or with a problem that says what is wrong.
func TestCaptureCorpus(t *testing.T) {
	if testing.Short() {
		t.Skip("some 300 documents")
	}
	s := newServer(t)
	s.desk.World.CheckEvery = 0
	taken, refused := 0, 0
	for _, path := range corpusDocuments(t) {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		kind := jsonType
		if strings.HasSuffix(path, ".xml") {
			kind = xmlType
		}
		r := s.do("POST", "/capture", raw, "Content-Type", kind, "GS1-Capture-Error-Behaviour", "proceed")
		r.what = filepath.Base(path)
		if r.status == http.StatusAccepted {
			taken++
			job := s.job(r)
			if !job.Success && len(job.Errors) == 0 {
				t.Errorf("%s: failed without a reason", r.what)
			}
			for _, e := range job.Errors {
				if e.Detail == "" || e.Type == "epcisException:ImplementationException" {
					t.Errorf("%s: got %+v", r.what, e)
				}
			}
			continue
		}
		refused++
		var p edge.Problem
		r.want(http.StatusBadRequest).read(&p)
		if p.Type != "epcisException:ValidationException" || p.Detail == "" {
			t.Errorf("%s: got %s", r.what, r.body)
		}
	}
	t.Logf("%d documents were taken in, %d refused", taken, refused)
	if taken < 200 {
		t.Errorf("%d documents were taken in: the corpus is not what it was", taken)
	}
	// What was taken in can be asked for, in both forms.
	for _, accept := range []string{jsonType, xmlType} {
		n := 0
		for path := "/events?perPage=500"; path != ""; {
			page := s.do("GET", path, nil, "Accept", accept).want(http.StatusOK)
			n += len(page.events())
			path = page.next()
		}
		if n == 0 {
			t.Errorf("%s: no event", accept)
		}
		t.Logf("%s: %d events", accept, n)
	}
}
