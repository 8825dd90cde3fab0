package gs1

import (
	"bufio"
	"bytes"
	"encoding/json"
	"maps"
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

// log says how the vectors were met, and checks how many there were: tried were
// held to their verdict, on the others we differ for the reasons that differ
// counts.
func (c *tally) log(t *testing.T, tried int, differ map[string]int) {
	t.Helper()
	t.Logf("corpus %s: %d of %d as they say, %d differ %v", c.name, c.passed, c.tried, c.other, c.reasons)
	if c.tried != tried || !maps.Equal(c.reasons, differ) {
		t.Errorf("corpus %s: %d vectors held and these not %v, want %d and %v", c.name, c.tried, c.reasons, tried, differ)
	}
}

// differs counts a vector on which we differ from its source, for a reason, and
// checks that we do.
func (c *tally) differs(t *testing.T, ok bool, reason, input string) {
	t.Helper()
	c.skip(reason)
	if !ok {
		t.Errorf("corpus %s: %q was to differ: %s", c.name, input, reason)
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
	for name, n := range map[string]int{
		"undamaged": 588, "bad_check_digit": 19, "bad_day": 12, "bad_month": 15, "drop_gtin": 21, "dup_diff": 16, "dup_same": 23,
		"empty_value": 18, "extra_fnc1": 19, "gtin_13": 13, "gtin_short": 12, "illegal_char": 9, "letter_in_gtin": 16,
		"lot_too_long": 17, "missing_fnc1": 24, "serial_too_long": 14, "trailing_fnc1": 25, "two_primary": 26, "unknown_ai": 13,
	} {
		c := kinds[name]
		if c == nil {
			t.Fatalf("no vector is %s", name)
		}
		c.log(t, n, nil)
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
			_, err := ParseBracketed(v.Input)
			c.differs(t, problemOf(err) == ProblemUnknownAI, "unknown AIs permitted there", v.Input)
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
	c.log(t, 97, map[string]int{"unknown AIs permitted there": 3})
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
		case v.Kind == "data_to_scan" && v.Expect == nil:
			_, err := ParseScan(v.Input)
			c.result(t, err != nil, "%s %q: no symbol holds it, want an error", v.Src, v.Input)
		case v.Kind == "data_to_scan" && v.Symbology == "QR":
			_, err := ParseScan(*v.Expect)
			c.result(t, strings.HasPrefix(v.Input, "^") == (err == nil), "%s %q: %v", v.Src, *v.Expect, err)
		case v.Kind == "data_to_scan":
			// What the reference would transmit reads back as its input.
			es, err := ParseScan(*v.Expect)
			want := scanInput(v.Input)
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
	c.log(t, 59, nil)
}

// scanInput returns the element string that a vector's input stands for: the
// digits of a retail symbol are a GTIN, with or without their check digit, and
// a composite component follows after "|".
func scanInput(s string) string {
	linear, composite, isComposite := strings.Cut(s, "|^")
	if !strings.HasPrefix(linear, "^") {
		if len(linear) == 12 && checkLast(linear) != nil {
			linear += string(rune(mod10(linear)))
		}
		linear = "^01" + strings.Repeat("0", 14-len(linear)) + linear
	}
	if isComposite {
		linear += "^" + composite
	}
	return strings.TrimSuffix(linear, "^")
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
		es, err := ParseBracketed(v.Input)
		if strings.Contains(v.Input, "(8011)0") && v.Valid {
			c.differs(t, problemOf(err) == ProblemValue, "GS1's own linter refuses it", v.Input)
			continue
		}
		if strings.HasSuffix(v.Src, ":1076") {
			_, e := parseBracketed(v.Input)
			c.differs(t, e == nil && err != nil, "associations switched off there", v.Input)
			continue
		}
		c.result(t, (err == nil) == v.Valid, "%s %q: got %v, %v; want %v %s", v.Src, v.Input, es, err, v.Valid, v.Error)
	}
	c.log(t, 574, map[string]int{"GS1's own linter refuses it": 1, "associations switched off there": 1})
}
