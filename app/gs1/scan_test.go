package gs1

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func loadVectors[T any](t *testing.T, name string) []T {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	var v []T
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	if len(v) == 0 {
		t.Fatalf("%s holds no vector", name)
	}
	return v
}

func TestParseScan(t *testing.T) {
	type vector struct {
		Name, Scan, Elements, Key, Problem, AI, Hint string
		Offset                                       int
	}
	for _, v := range loadVectors[vector](t, "scans.json") {
		es, err := ParseScan(v.Scan)
		if v.Problem == "" {
			key, _ := es.Key()
			if err != nil || es.Bracketed() != v.Elements || string(key) != v.Key {
				t.Errorf("%s: ParseScan(%q) = %s, %v, key %q; want %s, key %q", v.Name, v.Scan, es.Bracketed(), err, key, v.Elements, v.Key)
			}
			continue
		}
		var e *ScanError
		if !errors.As(err, &e) {
			t.Errorf("%s: ParseScan(%q) = %s, %v; want %s", v.Name, v.Scan, es.Bracketed(), err, v.Problem)
			continue
		}
		if e.Problem.Code() != v.Problem || e.AI != v.AI || e.Offset != v.Offset || !strings.Contains(e.Hint, v.Hint) {
			t.Errorf("%s: ParseScan(%q) = %s (%s) at %d, hint %q; want %s (%s) at %d, hint with %q",
				v.Name, v.Scan, e.Problem.Code(), e.AI, e.Offset, e.Hint, v.Problem, v.AI, v.Offset, v.Hint)
		}
		if e.Error() == "" || e.Detail == "" {
			t.Errorf("%s: error without detail: %q", v.Name, e.Error())
		}
	}
}

func TestParseEPC(t *testing.T) {
	type vector struct {
		URI, Elements, Prefix, Canonical, Problem string
		Offset                                    int
	}
	for _, v := range loadVectors[vector](t, "epcs.json") {
		e, err := ParseEPC(v.URI)
		if v.Problem != "" {
			var se *ScanError
			if !errors.As(err, &se) || se.Problem.Code() != v.Problem || se.Offset != v.Offset {
				t.Errorf("ParseEPC(%q) = %v, %+v; want %s at %d", v.URI, e, err, v.Problem, v.Offset)
			}
			continue
		}
		want := v.URI
		if v.Canonical != "" {
			want = v.Canonical
		}
		if err != nil || e.String() != want || e.Elements().Bracketed() != v.Elements || string(e.CompanyPrefix()) != v.Prefix {
			t.Errorf("ParseEPC(%q) = %q, %q, prefix %q, %v; want %q, %q, %q", v.URI, e, e.Elements().Bracketed(), e.CompanyPrefix(), err, want, v.Elements, v.Prefix)
		}
		if e.PrefixLen != len(v.Prefix) {
			t.Errorf("ParseEPC(%q).PrefixLen = %d, want %d", v.URI, e.PrefixLen, len(v.Prefix))
		}
	}
}

func TestBuildEPCRefuses(t *testing.T) {
	g, err := ParseGTIN("00301162001165")
	if err != nil {
		t.Fatal(err)
	}
	for name, build := range map[string]func() (EPC, error){
		"short prefix": func() (EPC, error) { return SGTIN{g, "1"}.EPC(5) },
		"long prefix":  func() (EPC, error) { return SGTIN{g, "1"}.EPC(13) },
		"no serial":    func() (EPC, error) { return SGTIN{g, ""}.EPC(6) },
		"bad lot":      func() (EPC, error) { return g.LotEPC(6, "a b") },
		"no GTIN":      func() (EPC, error) { return GTIN{}.ProductEPC(6) },
		"no SSCC":      func() (EPC, error) { return SSCC{}.EPC(6) },
		"no GLN":       func() (EPC, error) { return GLN{}.Party(6) },
		"extension":    func() (EPC, error) { return GLN{'1'}.Location(6, strings.Repeat("x", 21)) },
	} {
		if e, err := build(); err == nil || e != (EPC{}) {
			t.Errorf("%s: got %v, %v; want an error", name, e, err)
		}
	}
}

func TestAccessors(t *testing.T) {
	es, err := ParseScan("(01)00301162001165(21)S1(17)280200(10)L1(410)0614141000005")
	if err != nil {
		t.Fatal(err)
	}
	g, okG := es.GTIN()
	l, okL := es.GLN()
	serial, okS := es.Serial()
	lot, okLot := es.Lot()
	exp, okE := es.Expiry(2026)
	_, okC := es.SSCC()
	if !okG || !okL || !okS || !okLot || !okE || okC {
		t.Errorf("found: GTIN %v, GLN %v, serial %v, lot %v, expiry %v, SSCC %v", okG, okL, okS, okLot, okE, okC)
	}
	got := g.String() + " " + l.String() + " " + serial + " " + lot + " " + exp.String()
	if want := "00301162001165 0614141000005 S1 L1 2028-02-29"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	key, ok := es.Key()
	if !ok || key.Bracketed() != "(01)00301162001165(21)S1" {
		t.Errorf("Key = %s, %v", key.Bracketed(), ok)
	}
	if got, want := es.Scan(), "]d2010030116200116521S1\x1d1728020010L1\x1d4100614141000005"; got != want {
		t.Errorf("Scan() = %q, want %q", got, want)
	}
}

func TestSuspicions(t *testing.T) {
	for _, tc := range []struct {
		scan string
		want []Problem
	}{
		{"]d2010030116200116521ABC17280131", []Problem{ProblemLostSeparator}},
		{"]d2010030116200116521ABC10LOT12", []Problem{ProblemLostSeparator}},
		{"]d2010030116200116510LOT21abcd1", []Problem{ProblemLostSeparator}},
		{"]d2010030116200116521ABC<GS>10L", []Problem{ProblemLostSeparator}},
		{"]d2010030116200116521abc", []Problem{ProblemCapsLock}},
		{"]d2010030116200116521ABC\x1d10LOT1", nil},
		{"]d2010030116200116521ABC1\x1d1728013110L17", nil},
		{"]d2010030116200116521aBc", nil},
		{"]d200106141412345678908", nil},
	} {
		es, err := ParseScan(tc.scan)
		if err != nil {
			t.Errorf("ParseScan(%q): %v", tc.scan, err)
			continue
		}
		got := es.Suspicions()
		if len(got) != len(tc.want) || len(got) > 0 && got[0].Problem != tc.want[0] {
			t.Errorf("Suspicions of %q = %v, want %v", tc.scan, got, tc.want)
		}
	}
}

// TestRepairIsBounded hands over scans made of nothing but places where an
// element could begin.
func TestRepairIsBounded(t *testing.T) {
	for _, s := range []string{
		strings.Repeat("10", 250), strings.Repeat("21", 4000), strings.Repeat("1710", 120), "21" + strings.Repeat("9", 5000),
		"]d2" + strings.Repeat("37", 250), strings.Repeat("21A\x1d", 100),
	} {
		es, err := ParseScan(s)
		if err == nil {
			t.Errorf("ParseScan of %d bytes = %v, want an error", len(s), es)
		}
	}
}

func BenchmarkParseScan(b *testing.B) {
	for _, bc := range []struct{ name, scan string }{
		{"matrix", "]d2010030116200116521ABCDEFGHIJ1234\x1d1728013110AB-12"},
		{"link", "https://id.gs1.org/01/00301162001165/10/AB-12/21/ABCDEFGHIJ1234?17=280131"},
		{"epc", "urn:epc:id:sgtin:030116.0200116.ABCDEFGHIJ1234"},
		{"lost", "]d2010030116200116521ABCDEFGHIJKLMNOP10LOTABCDEFGHIJKLM17280131"},
	} {
		b.Run(bc.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := ParseScan(bc.scan); (err != nil) != (bc.name == "lost") {
					b.Fatal(err)
				}
			}
		})
	}
}

func TestProblemNames(t *testing.T) {
	codes, words := map[string]bool{}, map[string]bool{}
	for p := ProblemCheckDigit; p <= ProblemNotScan; p++ {
		if codes[p.Code()] || words[p.String()] || strings.HasPrefix(p.String(), "problem ") {
			t.Errorf("problem %d: code %q, words %q: want names of its own", p, p.Code(), p.String())
		}
		codes[p.Code()], words[p.String()] = true, true
	}
	if got := Problem(200).Code() + " " + Problem(200).String(); got != "200 problem 200" {
		t.Errorf("unknown problem: got %q, want \"200 problem 200\"", got)
	}
}
