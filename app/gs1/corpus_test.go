package gs1

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// corpusLines returns the JSON lines of a corpus file, or skips the test where
// the corpus is not beside the project.
func corpusLines(t *testing.T, name string) [][]byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(corpusDir(t), filepath.FromSlash(name)))
	if err != nil {
		t.Skip("corpus not found: ", err)
	}
	var lines [][]byte
	sc := bufio.NewScanner(bytes.NewReader(data))
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		if len(bytes.TrimSpace(sc.Bytes())) > 0 {
			lines = append(lines, bytes.Clone(sc.Bytes()))
		}
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
	return lines
}

func corpusDir(t *testing.T) string {
	t.Helper()
	if dir := os.Getenv("PEDIGREE_CORPUS"); dir != "" {
		return dir
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, "..", "shared", "corpus")
		}
		if dir == filepath.Dir(dir) {
			t.Skip("corpus not found: no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
}

// tally counts the vectors of one corpus file.
type tally struct {
	name                 string
	passed, tried, other int
	reasons              map[string]int
}

func (c *tally) result(t *testing.T, ok bool, format string, args ...any) {
	t.Helper()
	c.tried++
	if ok {
		c.passed++
		return
	}
	t.Errorf(format, args...)
}

func (c *tally) skip(reason string) {
	c.other++
	if c.reasons == nil {
		c.reasons = map[string]int{}
	}
	c.reasons[reason]++
}

func (c *tally) log(t *testing.T) {
	t.Helper()
	t.Logf("corpus %s: %d of %d in scope, %d out of scope %v", c.name, c.passed, c.tried, c.other, c.reasons)
	if c.tried == 0 {
		t.Errorf("corpus %s: no vector was tried", c.name)
	}
}

func decode[T any](t *testing.T, line []byte) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(line, &v); err != nil {
		t.Fatalf("%v in %s", err, line)
	}
	return v
}

func TestCorpusDerivedPharma(t *testing.T) {
	type vector struct {
		ID             string
		Mutation       string
		Scan           string
		ScanValid      bool    `json:"scan_valid"`
		ScanAI         string  `json:"scan_ai"`
		DigitalLink    string  `json:"digital_link"`
		Bracketed      *string `json:"bracketed"`
		BracketedValid *bool   `json:"bracketed_valid"`
		FNC1           string  `json:"fnc1"`
		DLRoundtrip    *bool   `json:"dl_roundtrip_valid"`
		DLAI           string  `json:"dl_ai"`
	}
	kinds := map[string]*tally{}
	problems := map[string]map[string]int{}
	for _, line := range corpusLines(t, "derived-gs1-pharma/dev.jsonl") {
		v := decode[vector](t, line)
		if v.Mutation == "" {
			v.Mutation = "undamaged"
		}
		c := kinds[v.Mutation]
		if c == nil {
			c = &tally{name: "derived-gs1-pharma " + v.Mutation}
			kinds[v.Mutation], problems[v.Mutation] = c, map[string]int{}
		}
		es, err := ParseScan(v.Scan)
		ok := (err == nil) == v.ScanValid
		if v.ScanValid {
			ok = ok && es.Bracketed() == v.ScanAI
		} else {
			problems[v.Mutation][problemOf(err).Code()]++
		}
		if v.DigitalLink != "" && ok {
			uri, err := es.DigitalLink(CanonicalStem)
			ok = err == nil && uri == v.DigitalLink
		}
		if v.Bracketed != nil && ok {
			bs, err := ParseBracketed(*v.Bracketed)
			ok = (err == nil) == *v.BracketedValid && (err != nil || bs.Bracketed() == *v.Bracketed && bs.ElementString() == v.FNC1)
		}
		if v.DLRoundtrip != nil && ok {
			ds, err := ParseDigitalLink(v.DigitalLink)
			ok = (err == nil) == *v.DLRoundtrip && ds.Bracketed() == v.DLAI
		}
		c.result(t, ok, "%s %s: %q: got %q, %v; want valid %v", v.ID, v.Mutation, v.Scan, es.Bracketed(), err, v.ScanValid)
	}
	for name, c := range kinds {
		c.log(t)
		if len(problems[name]) > 0 {
			t.Logf("corpus %s: diagnosed as %v", c.name, problems[name])
		}
	}
}

func TestCorpusElementStrings(t *testing.T) {
	type vector struct {
		Src, Kind, Input, Expect string
		Valid                    bool
		Full                     *bool `json:"full_engine_valid"`
		Options                  map[string]any
		Rule                     string
	}
	c := &tally{name: "gs1-syntax-engine/element-strings"}
	for _, line := range corpusLines(t, "gs1-syntax-engine/element-strings.dev.jsonl") {
		v := decode[vector](t, line)
		if strings.Contains(v.Input, "(89)") {
			c.skip("unknown AIs permitted")
			continue
		}
		var stage Elements
		var e *ScanError
		var full error
		if v.Kind == "raw_element_string_fnc1_as_caret" {
			if v.Input == "" || v.Input[0] != '^' {
				_, err := ParseElementString(v.Input)
				c.result(t, err != nil && !v.Valid, "%s %q: want an error", v.Src, v.Input)
				continue
			}
			stage, e = parseRaw(v.Input[1:], '^')
			_, full = ParseElementString(v.Input)
		} else {
			stage, e = parseBracketed(v.Input)
			_, full = ParseBracketed(v.Input)
		}
		ok := (full == nil) == *v.Full
		if v.Kind != "ai_association" {
			ok = ok && (e == nil) == v.Valid
		}
		if v.Valid && v.Expect != "" {
			ok = ok && stage.ElementString() == v.Expect
		}
		c.result(t, ok, "%s %q: got %q, %v, %v; want %v, full %v, %q", v.Src, v.Input, stage.ElementString(), e, full, v.Valid, *v.Full, v.Expect)
	}
	c.log(t)
}

func TestCorpusScanData(t *testing.T) {
	type vector struct {
		Src, Kind, Input, Symbology string
		Valid                       bool
		Expect                      *string
		Options                     map[string]any
	}
	c := &tally{name: "gs1-syntax-engine/scan-data"}
	for _, line := range corpusLines(t, "gs1-syntax-engine/scan-data.dev.jsonl") {
		v := decode[vector](t, line)
		switch {
		case v.Kind == "data_to_scan" && (v.Expect == nil || !strings.HasPrefix(v.Input, "^") || v.Symbology == "EAN8" || v.Symbology == "UPCA" || v.Symbology == "UPCE"):
			c.skip("symbol encoding")
		case v.Kind == "data_to_scan":
			// What the reference would transmit reads back as its input.
			es, err := ParseScan(*v.Expect)
			want := strings.TrimSuffix(strings.ReplaceAll(v.Input, "|^", "^"), "^")
			got := es.ElementString()
			c.result(t, err == nil && sameElements(got, want), "%s %q: got %q, %v; want %q", v.Src, *v.Expect, got, err, want)
		case !v.Valid:
			es, err := ParseScan(v.Input)
			c.result(t, err != nil, "%s %q: got %v, want an error", v.Src, v.Input, es)
		case strings.HasPrefix(*v.Expect, "^") || strings.Contains(*v.Expect, "://") || strings.HasPrefix(v.Input, "]E"):
			es, err := ParseScan(v.Input)
			got, want := es.ElementString(), *v.Expect
			switch {
			case strings.Contains(want, "://"):
				same, perr := ParseDigitalLink(want)
				want = same.ElementString()
				if perr != nil {
					t.Error(perr)
				}
			case v.Input[1] == 'E':
				digits, rest, _ := strings.Cut(want, "|^")
				want = "^01" + strings.Repeat("0", 14-len(digits)) + digits + rest
			}
			c.result(t, err == nil && got == want, "%s %q: got %q, %v; want %q", v.Src, v.Input, got, err, want)
		default:
			_, err := ParseScan(v.Input)
			c.result(t, problemOf(err) == ProblemNotScan, "%s %q holds no GS1 data: got %v", v.Src, v.Input, err)
		}
	}
	c.log(t)
}

// sameElements compares two element strings by what they hold: the composite
// part may be joined with a separator that is not needed.
func sameElements(a, b string) bool {
	ea, erra := ParseElementString(a)
	eb, errb := ParseElementString(b)
	return erra == nil && errb == nil && ea.Bracketed() == eb.Bracketed()
}

func TestCorpusBWIPP(t *testing.T) {
	type vector struct {
		Src, Input, Error string
		Valid             bool
	}
	c := &tally{name: "bwipp-gs1/element-strings"}
	for _, line := range corpusLines(t, "bwipp-gs1/element-strings.dev.jsonl") {
		v := decode[vector](t, line)
		if strings.HasPrefix(v.Input, "(811") && !strings.HasPrefix(v.Input, "(8111") {
			c.skip("content of coupons")
			continue
		}
		if strings.Contains(v.Input, "(8011)0") && v.Valid {
			c.skip("GS1's own linter refuses it")
			continue
		}
		if strings.HasSuffix(v.Src, ":1076") {
			c.skip("associations switched off")
			continue
		}
		es, err := ParseBracketed(v.Input)
		c.result(t, (err == nil) == v.Valid, "%s %q: got %v, %v; want %v %s", v.Src, v.Input, es, err, v.Valid, v.Error)
	}
	c.log(t)
}
