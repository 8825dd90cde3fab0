package app_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pedigree-ledger/pedigree/app"
)

// scenarioHead is what the comments at the top of a scenario file say: what it
// shows, then lines such as "# Flow: F6", "# HDA: 1-1A overage, keep" and
// "# Question: Q11, Q13", each a list.
type scenarioHead struct {
	file      string
	shows     string // its first sentence
	flows     []string
	hda       []string
	questions []string
}

// namedStory is a story that must be told.
type namedStory struct{ id, name string }

// flows are the recipes by which the law's ways of moving goods are tested.
func flows() []namedStory {
	return []namedStory{
		{"F1", "From the line to the patient"},
		{"F2", "A 3PL handles goods that it never owns"},
		{"F3", "Drop shipment: ownership by way of a wholesaler, possession straight to the pharmacy"},
		{"F4", "Saleable return to the wholesaler that sold it"},
		{"F5", "Sale voided after the truck left"},
		{"F6", "Partial receipt, overage, shortage and damage in one shipment"},
		{"F7", "Wrong lot for a whole shipment, corrected"},
		{"F8", "Concealed overage found weeks later, by the next owner"},
		{"F9", "Suspect, illegitimate, notified, terminated"},
		{"F10", "Recall while goods are on the road"},
		{"F11", "A license ends while goods are on the road"},
		{"F12", "Repackaging: bulk in, unit doses out, linked"},
		{"F13", "Clone: one identifier sold by two owners"},
		{"F14", "Pharmacy to pharmacy for a specific patient need"},
		{"F15", "Exempt transfer in a public health emergency"},
		{"F16", "Grandfathered product of before November 2018"},
		{"F17", "Product under a waiver, without serials of its own"},
		{"F18", "The same file twice"},
		{"F19", "A GTIN is sold to another labeler"},
		{"F20", "A container's number is used again"},
	}
}

// exceptionCases are the scenarios of the HDA's and GS1 US's exceptions
// handling guideline.
func exceptionCases() []namedStory {
	return []namedStory{
		{"1-1A", "Overage, kept"},
		{"1-1B", "Overage, returned"},
		{"1-2", "Wrong lot for the whole shipment"},
		{"1-3A", "Concealed overage, kept"},
		{"1-3B", "Concealed overage, returned"},
		{"1-4A", "Wrong serial number"},
		{"1-4B", "Wrong sold-to party"},
		{"1-5", "Product, no data"},
		{"2-1A", "Shortage, product still wanted"},
		{"2-1B", "Shortage, cancelled"},
		{"2-2", "Concealed shortage"},
		{"2-3", "Lost shipment"},
		{"3-1A", "Damaged, returned"},
		{"3-1B", "Damaged, destroyed"},
		{"4", "Multiple exceptions"},
	}
}

// readScenarioHeads reads the top of every scenario file, in the order of their
// names.
func readScenarioHeads(t *testing.T) (out []scenarioHead) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "scenario", "*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		h := readScenarioHead(t, string(raw))
		h.file = filepath.Base(path)
		if h.shows == "" {
			t.Errorf("%s does not begin with a comment that says what it shows", path)
		}
		out = append(out, h)
	}
	return out
}

func readScenarioHead(t *testing.T, text string) (h scenarioHead) {
	t.Helper()
	var prose []string
	for line := range strings.Lines(text) {
		line, comment := strings.CutPrefix(strings.TrimSpace(line), "# ")
		if !comment {
			break
		}
		label, list, _ := strings.Cut(line, ": ")
		switch label {
		case "Flow":
			h.flows = append(h.flows, idsOf(t, list, `^F[1-9][0-9]?$`)...)
		case "HDA":
			h.hda = append(h.hda, idsOf(t, list, `^[1-4](-[1-5][AB]?)?$`)...)
		case "Question":
			h.questions = append(h.questions, idsOf(t, list, `^Q[1-9][0-9]?$`)...)
		default:
			prose = append(prose, line)
		}
	}
	sentence, _, _ := strings.Cut(strings.Join(prose, " ")+" ", ". ")
	h.shows = strings.TrimSuffix(strings.TrimSpace(sentence), ".")
	return h
}

// idsOf reads a list such as "1-1A overage, keep" or "Q11, Q13": the first
// word of each part that is an id; a part without one belongs to the words
// before it.
func idsOf(t *testing.T, list, form string) (out []string) {
	t.Helper()
	is := regexp.MustCompile(form)
	for _, part := range strings.Split(list, ",") {
		if id := strings.Fields(part + " ."); is.MatchString(id[0]) {
			out = append(out, id[0])
		}
	}
	if len(out) == 0 {
		t.Errorf("%q names nothing of the form %s", list, form)
	}
	return out
}

// TestReferenceScenarios writes docs/reference/scenarios.md: which file tells
// which story. It fails when a flow or an exception has none.
func TestReferenceScenarios(t *testing.T) {
	heads := readScenarioHeads(t)
	var b strings.Builder
	b.WriteString("# Scenarios\n\nStories that the state machine is held to, command and outcome, in `app/testdata/scenario`. They are run by\n")
	b.WriteString("`go test ./app -run TestScenarios`.\n\n")
	b.WriteString("## Flows\n\n| | Flow | File | Shows |\n|---|---|---|---|\n")
	told := map[string]bool{}
	storyTable(t, &b, flows(), heads, told, func(h *scenarioHead) []string { return h.flows })
	b.WriteString("\n## Exceptions\n\nThe scenarios of the HDA's and GS1 US's guideline for exceptions.\n\n| | Exception | File | Shows |\n|---|---|---|---|\n")
	storyTable(t, &b, exceptionCases(), heads, told, func(h *scenarioHead) []string { return h.hda })

	ops := map[string]app.Kind{}
	for _, k := range app.Kinds() {
		ops[filepath.Base(scenarioOf(k))] = k
	}
	var perOp, others strings.Builder
	for i := range heads {
		h := &heads[i]
		if k, ok := ops[h.file]; ok {
			fmt.Fprintf(&perOp, "| %s | `%s` | %s |\n", k, h.file, h.shows)
		} else if !told[h.file] {
			fmt.Fprintf(&others, "| `%s` | %s |\n", h.file, h.shows)
		}
	}
	b.WriteString("\n## One per op\n\nEach code that the op can give, from the right and the wrong side.\n\n| Op | File | Shows |\n|---|---|---|\n" + perOp.String())
	b.WriteString("\n## Other stories\n\n| File | Shows |\n|---|---|\n" + others.String())
	reference(t, "scenarios.md", b.String())
}

// storyTable writes a row for each story and file, and reports stories that
// nobody tells.
func storyTable(t *testing.T, b *strings.Builder, stories []namedStory, heads []scenarioHead, told map[string]bool, of func(*scenarioHead) []string) {
	t.Helper()
	known := map[string]bool{}
	for _, s := range stories {
		known[s.id] = true
		found := false
		for i := range heads {
			if h := &heads[i]; slices.Contains(of(h), s.id) {
				fmt.Fprintf(b, "| %s | %s | `%s` | %s |\n", s.id, s.name, h.file, h.shows)
				found, told[h.file] = true, true
			}
		}
		if !found {
			t.Errorf("no scenario file says that it tells %s: %s", s.id, s.name)
		}
	}
	for i := range heads {
		for _, id := range of(&heads[i]) {
			if !known[id] {
				t.Errorf("%s tells %s, which is not in the list", heads[i].file, id)
			}
		}
	}
}
