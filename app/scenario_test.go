package app_test

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

// TestScenarios runs testdata/scenario/*.txt: what happens to goods, in words.
// A command is expected to be accepted; expect-refused before it says
// otherwise. -rewrite writes what happened. Together the files provoke every
// op, and every code that a scenario can provoke.
func TestScenarios(t *testing.T) {
	codes, kinds := map[app.Code]bool{}, map[app.Kind]map[app.Code]bool{}
	files, err := filepath.Glob(filepath.Join("testdata", "scenario", "*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	datadriven.Walk(t, filepath.Join("testdata", "scenario"), func(t *testing.T, path string) {
		files = slices.DeleteFunc(files, func(f string) bool { return f == path })
		s := &scenario{codes: codes, kinds: kinds}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			t.Helper()
			return s.run(t, d)
		})
		if s.w == nil {
			t.Fatalf("%s begins no world", path)
		}
		apptest.CheckInvariants(t, s.w.Store, s.w.Contents)
	})
	if len(files) > 0 {
		return // -run chose some of them
	}
	for _, k := range app.Kinds() {
		if !kinds[k][app.CodeOK] {
			t.Errorf("no scenario has an accepted %s", k)
		}
		listed := codesOf(t, k)
		for _, c := range app.Codes() {
			if kinds[k][c] && !listed[c] && !c.Envelope() && c != app.CodeOK {
				t.Errorf("%s gave %s, which its comment does not list", k, c)
			}
			if !kinds[k][c] && listed[c] && !slices.Contains(commonCodes(), c) {
				t.Errorf("%s: no scenario shows %s, which its comment lists", k, c)
			}
		}
	}
	for _, c := range app.Codes() {
		why, elsewhere := notInScenarios(c)
		if !codes[c] && !elsewhere {
			t.Errorf("no scenario provokes %s", c)
		}
		if codes[c] && elsewhere && !c.Envelope() {
			t.Errorf("a scenario provokes %s, but %s", c, why)
		}
	}
}

// notInScenarios says where a code is tested that no scenario can provoke.
func notInScenarios(c app.Code) (string, bool) {
	switch {
	case c.Envelope():
		return "TestEnvelope", true
	case c == app.CodeOpenedTwice:
		return "the decoder refuses openings and positions that are not ascending, so validation never sees one twice", true
	}
	return "", false
}

func scenarioOf(k app.Kind) string {
	return filepath.Join("testdata", "scenario", strings.ToLower(k.String())+".txt")
}

// TestScenarioPerOp: every op has the scenario file named after it.
func TestScenarioPerOp(t *testing.T) {
	for _, k := range app.Kinds() {
		if found, _ := filepath.Glob(scenarioOf(k)); len(found) != 1 {
			t.Errorf("%s: %s does not exist", k, scenarioOf(k))
		}
	}
}

// scenario is one file under way.
type scenario struct {
	t     *testing.T
	w     *apptest.World
	names map[string]string // ids and keys to words
	order []string
	loose int
	codes map[app.Code]bool
	kinds map[app.Kind]map[app.Code]bool
	last  *app.Tx
	prev  []app.Opening
	txs   map[string]app.TxID // transactions that name-tx named

	sponsored map[string]*apptest.Partner // by name, to sign with

	args    []datadriven.CmdArg
	refused bool
}

func (s *scenario) run(t *testing.T, d *datadriven.TestData) string {
	s.t, s.args, s.refused = t, d.CmdArgs, false
	cmd := d.Cmd
	if cmd == "expect-refused" {
		s.refused, cmd, s.args = true, s.args[0].Key, s.args[1:]
	}
	if s.w == nil || cmd == "world" {
		s.begin()
		if cmd == "world" {
			return "a new ledger\n"
		}
	}
	if f, ok := s.views()[cmd]; ok {
		return f()
	}
	f, ok := s.ops()[cmd]
	if !ok {
		d.Fatalf(t, "there is no command %q", cmd)
	}
	return s.do(f())
}

// begin makes a new world; arguments set its parameters.
func (s *scenario) begin() {
	p := app.DefaultParams()
	p.MaxEventAgeDays = s.number("max-event-age", p.MaxEventAgeDays)
	p.MaxLots = s.number("max-lots", p.MaxLots)
	s.w = apptest.NewWorldWith(s.t, p)
	s.names, s.order, s.loose, s.sponsored = map[string]string{}, nil, 0, nil
	for letter, g := range s.products() {
		s.name(g.String(), letter)
	}
	for _, q := range append(s.w.Partners(), s.partnerNamed("stranger")) {
		for n := 3; n >= 1; n-- {
			s.name(q.Site(n).String(), fmt.Sprintf("%s/%d", q.Name, n))
		}
		s.name(q.GLN.String(), q.Name)
	}
}

// name gives an id or key its word in the output.
func (s *scenario) name(id, word string) {
	if _, ok := s.names[id]; !ok {
		s.names[id] = word
		s.order = append(s.order, id)
	}
}

func (s *scenario) products() map[string]gs1.GTIN {
	return map[string]gs1.GTIN{
		"A": s.w.Unit, "B": s.w.UnitB, "Inner": s.w.Inner, "Case": s.w.Case, "D": s.w.Unit2, "CaseD": s.w.Case2,
		"New": apptest.GTIN(0, s.w.Maker.Prefix, 77), "Foreign": apptest.GTIN(0, "0999999", 1),
		"Unit": apptest.GTIN(0, s.w.Repackager.Prefix, 1),
	}
}

// do executes an op and tells what happened.
func (s *scenario) do(op app.Op) string {
	s.t.Helper()
	by := s.partner("by")
	options := s.options()
	tx := s.w.Seal(by, op, options...)
	return s.execute(tx, by)
}

func (s *scenario) execute(tx *app.Tx, by *apptest.Partner) string {
	s.t.Helper()
	s.last = tx
	res := s.w.Execute(tx)
	s.codes[res.Code] = true
	if s.kinds[tx.Op.Kind()] == nil {
		s.kinds[tx.Op.Kind()] = map[app.Code]bool{}
	}
	s.kinds[tx.Op.Kind()][res.Code] = true
	if (res.Code != app.CodeOK) != s.refused {
		s.t.Fatalf("%s by %s: %s: %s; expected to be refused: %v", tx.Op.Kind(), by.Name, res.Code, s.words(res.Detail), s.refused)
	}
	if res.Code != app.CodeOK {
		return fmt.Sprintf("refused: %s (%d)\n  %s\n", res.Code, uint32(res.Code), s.words(res.Detail))
	}
	return "accepted\n" + s.effects(&res)
}

// options are those that every op takes: event=, same-block, for=.
func (s *scenario) options() []apptest.Option {
	if !s.has("same-block") {
		s.w.Step(10)
	}
	at := s.w.Block.Time
	if v := s.text("event", ""); v != "" {
		if n, err := strconv.Atoi(v); err == nil {
			at = uint64(int(at) + n)
		} else {
			day, err := time.Parse(time.DateOnly, v)
			if err != nil {
				s.t.Fatalf("event=%s: seconds from now, or a day", v)
			}
			at = uint64(day.Unix())
		}
	}
	out := []apptest.Option{apptest.At(at)}
	if s.has("for") {
		out = append(out, apptest.For(s.partner("for")))
	}
	return out
}

// effects tells what an accepted op did.
func (s *scenario) effects(res *app.Result) string {
	s.nameNew(res)
	var b strings.Builder
	for _, m := range res.Moves {
		fmt.Fprintf(&b, "  %s: %s %s%s\n", s.words(m.From.String()), s.list(m), m.State, s.to(m.To))
	}
	for _, c := range res.Contents {
		fmt.Fprintf(&b, "  %s: %d new entries\n", s.words(c.Holding.String()), len(c.Entries))
	}
	for _, e := range res.Events {
		if e.Type == app.EventOp {
			continue
		}
		fmt.Fprintf(&b, "  event %s:", e.Type)
		for _, a := range e.Attributes {
			if a.Value != "" {
				fmt.Fprintf(&b, " %s=%s", a.Name, s.words(a.Value))
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func (s *scenario) to(id app.HoldingID) string {
	if id.IsZero() {
		return ""
	}
	return " to " + s.words(id.String())
}

// list names what a Move concerns, shortly.
func (s *scenario) list(m app.Move) string {
	entries, _ := s.w.Contents.Entries(m.From, m.Segment)
	var out []string
	for _, p := range m.Positions {
		out = append(out, s.words(string(entries[p].Key)))
	}
	if len(out) > 4 {
		return fmt.Sprintf("%s ... %s (%d)", out[0], out[len(out)-1], len(out))
	}
	return strings.Join(out, " ")
}

// nameNew gives the holdings of a result their words.
func (s *scenario) nameNew(res *app.Result) {
	for _, ch := range res.Changes {
		if app.RecordKind(ch.Key[0]) != app.RecordHolding {
			continue
		}
		id := app.HoldingID(ch.Key[1:])
		switch h := s.w.Holding(id); {
		case s.names[id.String()] != "":
		case h.Kind == app.KindContainer && h.N > 0:
			s.name(id.String(), fmt.Sprintf("%s (use %d)", s.words(string(h.Key)), h.N))
		case h.Kind == app.KindContainer:
			s.name(id.String(), s.words(string(h.Key)))
		default:
			s.loose++
			s.name(id.String(), fmt.Sprintf("%s-%d", h.Kind, s.loose))
		}
	}
}

// words replaces ids, keys and times by what people call them.
func (s *scenario) words(text string) string {
	text = s.plainKeys(text)
	for _, id := range s.order {
		text = strings.ReplaceAll(text, id, s.names[id])
	}
	text = regexp.MustCompile(`\b[0-9a-f]{64}\b`).ReplaceAllStringFunc(text, func(h string) string { return h[:8] + "..." })
	text = regexp.MustCompile(`\b[1-9]\d{8,9}\b`).ReplaceAllStringFunc(text, func(f string) string {
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil || n < 400_000_000 {
			return f
		}
		return time.Unix(n, 0).UTC().Format("2006-01-02T15:04:05")
	})
	return text
}

// plainKeys writes item keys as "A:1" and SSCCs as "maker#1".
func (s *scenario) plainKeys(text string) string {
	for letter, g := range s.products() {
		text = strings.ReplaceAll(text, "01"+g.String()+"10", letter+" lot ")
		for prefix := "01" + g.String() + "21S"; strings.Contains(text, prefix); {
			i := strings.Index(text, prefix)
			end := i + len(prefix) + 6
			text = text[:i] + letter + ":" + strings.TrimLeft(text[i+len(prefix):end], "0") + text[end:]
		}
	}
	for letter, g := range s.products() {
		for _, q := range s.w.Partners() {
			text = regexp.MustCompile(`01`+g.String()+`21\*`+q.GLN.String()+`0*([0-9]+)`).ReplaceAllString(text, letter+":*"+q.Name+":$1")
		}
	}
	for _, q := range s.w.Partners() {
		for n := 30; n >= 1; n-- {
			word := fmt.Sprintf("%s#%d", q.Name, n)
			text = strings.ReplaceAll(text, string(q.SSCC(n)), word)
			text = strings.ReplaceAll(text, string(q.SSCC(n))[2:], word)
		}
	}
	return text
}
