package gs1

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestCorpusSyntaxDictionary holds the whole AI table against GS1's syntax
// dictionary: which AIs exist, flags, lengths, companions, exclusions, path.
func TestCorpusSyntaxDictionary(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(corpusDir(t), "gs1-syntax-dictionary", "gs1-syntax-dictionary.txt"))
	if err != nil {
		t.Skip("corpus not found: ", err)
	}
	c := &tally{name: "gs1-syntax-dictionary"}
	known := map[string]bool{}
	for line := range strings.Lines(string(data)) {
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(line)
		if len(words) < 2 {
			continue
		}
		want := dictionarySpec(t, words[1:])
		for _, ai := range dictionaryRange(t, words[0]) {
			known[ai] = true
			got, ok := lookup(ai)
			lo, hi := valueBounds(want.format)
			gotLo, gotHi := valueBounds(got.format)
			ok = ok && inOrder(got.format) == want.format
			got.format = want.format
			ok = ok && got == want && lo == gotLo && hi == gotHi && aiLength(ai[0], ai[1]) == len(ai)
			c.result(t, ok, "(%s): got %+v %d..%d, want %+v %d..%d", ai, got, gotLo, gotHi, want, lo, hi)
		}
	}
	for n := range 10000 {
		for width := 2; width <= 4; width++ {
			ai := padded(uint32(n), 4)[4-width:]
			if _, ok := lookup(ai); ok != known[ai] {
				t.Fatalf("(%s): known here %v, in the dictionary %v", ai, ok, known[ai])
			}
		}
	}
	c.log(t, 541, nil)
}

// inOrder sorts the rules of each component of a format.
func inOrder(format string) string {
	words := strings.Fields(format)
	for i, w := range words {
		if set, rules, ok := strings.Cut(w, ":"); ok {
			words[i] = set + ":" + strings.Join(slices.Sorted(slices.Values(strings.Split(rules, "+"))), "+")
		}
	}
	return strings.Join(words, " ")
}

func dictionaryRange(t *testing.T, s string) []string {
	t.Helper()
	from, to, isRange := strings.Cut(s, "-")
	if !isRange {
		return []string{from}
	}
	a, erra := strconv.Atoi(from)
	b, errb := strconv.Atoi(to)
	if erra != nil || errb != nil {
		t.Fatalf("range %q", s)
	}
	var ais []string
	for n := a; n <= b; n++ {
		ais = append(ais, strconv.Itoa(n))
	}
	return ais
}

// dictionarySpec reads one line's flags and attributes into our notation, each
// linter as the rule that stands for it.
func dictionarySpec(t *testing.T, words []string) spec {
	t.Helper()
	var s spec
	if strings.Trim(words[0], "*?") == "" {
		s.preset = strings.Contains(words[0], "*")
		s.attribute = strings.Contains(words[0], "?")
	}
	for _, w := range words {
		name, value, _ := strings.Cut(w, "=")
		value = strings.ReplaceAll(value, ",", " ")
		switch name {
		case "req":
			s.needs = value
		case "ex":
			s.bars = value
		case "dlpkey":
			s.primary = true
			parts := strings.Split(strings.ReplaceAll(value, " ", "+"), "|")
			s.path = strings.Join(parts, " ")
		}
	}
	s.format = strings.Join(lengthsOf(words), " ")
	return s
}

func lengthsOf(words []string) []string {
	var formats []string
	for _, w := range words {
		inner := strings.NewReplacer("[", "", "]", "").Replace(w)
		if inner == "" || !slices.Contains([]byte("NXYZ"), inner[0]) {
			continue
		}
		format, linters, _ := strings.Cut(inner, ",")
		if rules := rulesOf(inner[0], linters); rules != "" {
			format += ":" + rules
		}
		if inner != w {
			format = "?" + format
		}
		formats = append(formats, format)
	}
	return formats
}

// rulesOf names the rules that stand for the linters of a component, in order.
// A company prefix is judged by its form only, and where all is digits by
// nothing: which prefixes GS1 has given out changes every day.
func rulesOf(set byte, linters string) string {
	var rules []string
	if set == 'Z' {
		rules = append(rules, "base64") // GS1's linter of the set checks its padding
	}
	for name := range strings.SplitSeq(linters, ",") {
		switch {
		case name == "", strings.HasPrefix(name, "gcppos") && set == 'N':
		case strings.HasPrefix(name, "gcppos"):
			rules = append(rules, "prefix")
		default:
			_, rule, _ := strings.Cut(linterFormats[name], ":")
			if rule == "" {
				rule = name
			}
			rules = append(rules, rule)
		}
	}
	slices.Sort(rules)
	return strings.Join(rules, "+")
}
