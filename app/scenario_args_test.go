package app_test

import (
	"slices"
	"strconv"
	"strings"

	"github.com/pedigree-ledger/pedigree/app"
	"github.com/pedigree-ledger/pedigree/app/apptest"
	"github.com/pedigree-ledger/pedigree/app/gs1"
)

func (s *scenario) has(name string) bool {
	return slices.ContainsFunc(s.args, func(a datadrivenArg) bool { return a.Key == name })
}

func (s *scenario) text(name, otherwise string) string {
	for _, a := range s.args {
		if a.Key == name && len(a.Vals) == 1 {
			return a.Vals[0]
		}
	}
	return otherwise
}

func (s *scenario) number(name string, otherwise uint64) uint64 {
	v := s.text(name, "")
	if v == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(v, 10, 64)
	if err != nil {
		s.t.Fatalf("%s=%s: a number expected", name, v)
	}
	return n
}

func (s *scenario) listOf(name string) []string {
	v := s.text(name, "")
	if v == "" {
		return nil
	}
	return strings.Split(v, ",")
}

func (s *scenario) partner(name string) *apptest.Partner {
	return s.partnerNamed(s.text(name, ""))
}

// partnerNamed finds a founder, or makes a partner that is not registered.
func (s *scenario) partnerNamed(name string) *apptest.Partner {
	for _, q := range s.w.Partners() {
		if q.Name == name {
			return q
		}
	}
	if q, ok := s.sponsored[name]; ok {
		return q
	}
	if name == "stranger" {
		return apptest.NewPartner(name, "0990001", app.RoleDispenser, false)
	}
	s.t.Fatalf("there is no partner %q", name)
	return nil
}

// site is "maker" or "maker/2".
func (s *scenario) site(name, otherwise string) gs1.GLN {
	partner, n, _ := strings.Cut(s.text(name, otherwise), "/")
	i, _ := strconv.Atoi(n)
	return s.partnerNamed(partner).Site(i)
}

func (s *scenario) gtin(letter string) gs1.GTIN {
	g, ok := s.products()[letter]
	if !ok {
		s.t.Fatalf("there is no product %q", letter)
	}
	return g
}

// key is "A:1" for an item or case, "maker#1" for an SSCC.
func (s *scenario) key(word string) gs1.Key {
	if partner, n, ok := strings.Cut(word, "#"); ok {
		i, _ := strconv.Atoi(n)
		return s.partnerNamed(partner).SSCC(i)
	}
	letter, n, _ := strings.Cut(word, ":")
	if of, surrogate := strings.CutPrefix(n, "*"); surrogate {
		return s.surrogate(letter, of)
	}
	i, _ := strconv.Atoi(n)
	return apptest.Item(s.gtin(letter), i)
}

// surrogate is "maker:1": what stands for a package without a serial.
func (s *scenario) surrogate(letter, of string) gs1.Key {
	partner, n, _ := strings.Cut(of, ":")
	i, _ := strconv.Atoi(n)
	return gs1.ItemKey(s.gtin(letter), app.SurrogateSerial(s.partnerNamed(partner).GLN, apptest.Serial(i)[1:]))
}

// keys reads a list such as A:1..4,A:9,maker#2.
func (s *scenario) keys(name string) (out []gs1.Key) {
	for _, word := range s.listOf(name) {
		from, to, ranged := strings.Cut(word, "..")
		if !ranged {
			out = append(out, s.key(word))
			continue
		}
		letter, first, _ := strings.Cut(from, ":")
		a, _ := strconv.Atoi(first)
		b, _ := strconv.Atoi(to)
		out = append(out, apptest.Items(s.gtin(letter), a, b)...)
	}
	return out
}

// whole lists the holdings an op names: containers=, and groups= by an item in
// each. "unknown" is a holding that does not exist; maker#1@0 is use 0.
func (s *scenario) whole() []app.HoldingID {
	var ids []app.HoldingID
	for _, word := range s.listOf("containers") {
		ids = append(ids, s.container(word))
	}
	for _, k := range s.keys("groups") {
		ids = append(ids, s.w.Where(k).Holding)
	}
	return apptest.SortIDs(ids)
}

func (s *scenario) container(word string) app.HoldingID {
	if word == "unknown" {
		return app.HoldingID{1, 2, 3}
	}
	word, use, ok := strings.Cut(word, "@")
	if ok {
		n, _ := strconv.Atoi(use)
		return app.ContainerID(s.key(word), uint32(n))
	}
	return s.w.Container(s.key(word))
}

// openings opens items=, and for ops that take containers out, inner=. wrong=
// spoils them.
func (s *scenario) openings() []app.Opening {
	var at []app.Position
	for _, k := range append(s.keys("items"), s.keys("inner")...) {
		at = append(at, s.w.Where(k))
	}
	for _, k := range s.keys("as-commissioned") {
		at = append(at, s.w.Commissioned(k))
	}
	out := s.w.Contents.Open(at...)
	if s.has("as-before") {
		return s.prev
	}
	s.prev = out
	if len(out) == 0 {
		return nil
	}
	o := &out[0]
	switch s.text("wrong", "") {
	case "":
	case "holding":
		o.Holding = app.HoldingID{1, 2, 3}
	case "segment":
		o.Segment += 7
	case "entry":
		o.Entries[0].Lot = "FAKE"
	case "path":
		o.Siblings[0][0] ^= 1
	case "position":
		o.Positions[len(o.Positions)-1]++
	default:
		s.t.Fatalf("wrong=%s is not known", s.text("wrong", ""))
	}
	return out
}

// nextLoose is the number that an honest submitter would plan with; loose=
// gives another.
func (s *scenario) nextLoose(openings []app.Opening, short bool) uint32 {
	switch {
	case s.has("loose") || s.has("wrong"):
		return uint32(s.number("loose", 0))
	case short:
		return s.w.NextLooseAsIs(openings)
	default:
		return s.w.NextLoose(openings)
	}
}

func (s *scenario) date(name, otherwise string) gs1.Date {
	return apptest.Date(s.text(name, otherwise))
}

func (s *scenario) serials() (out []string) {
	for _, word := range s.listOf("serials") {
		from, to, ranged := strings.Cut(word, "..")
		a, _ := strconv.Atoi(from)
		b := a
		if ranged {
			b, _ = strconv.Atoi(to)
		}
		for n := a; n <= b; n++ {
			out = append(out, apptest.Serial(n))
		}
	}
	return out
}
