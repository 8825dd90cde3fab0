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
			ok = ok && withoutRules(got.format) == want.format
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
	c.log(t)
}

// withoutRules keeps sets and lengths of a format.
func withoutRules(format string) string {
	words := strings.Fields(format)
	for i := range words {
		words[i], _, _ = strings.Cut(words[i], ":")
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

// dictionarySpec reads one line's flags and attributes into our notation; of
// the format it keeps sets and lengths.
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
		w, _, _ = strings.Cut(w, ",")
		inner := strings.TrimSuffix(strings.TrimPrefix(w, "["), "]")
		if inner == "" || !slices.Contains([]byte("NXYZ"), inner[0]) {
			continue
		}
		if inner != w {
			inner = "?" + inner
		}
		formats = append(formats, inner)
	}
	return formats
}
