package gs1

import (
	"strings"
	"testing"
)

func TestCorpusLinters(t *testing.T) {
	type vector struct {
		Src, Linter, Input, Note, Error string
		Valid                           bool
	}
	c := &tally{name: "gs1-syntax-engine/linters"}
	named := map[string]*tally{}
	for _, line := range corpusLines(t, "gs1-syntax-engine/linters.dev.jsonl") {
		v := decode[vector](t, line)
		// What a linter is handed here has the set and length of its component.
		check, ok := linterFormats[v.Linter]
		if !ok || strings.Contains(v.Error, "_GCP_PREFIX") || strings.Contains(v.Error, "_GCP_DATASOURCE") {
			// The vector's source pretends that a look-up failed.
			c.skip("looks the company prefix up at GS1")
			continue
		}
		n := named[v.Linter]
		if n == nil {
			n = &tally{name: v.Linter}
			named[v.Linter] = n
		}
		if v.Input == "" && v.Valid {
			_, e := checkValue("", spec{format: check}, "")
			c.differs(t, e != nil && e.Problem == ProblemEmpty, "no AI has an empty value", v.Linter)
			continue
		}
		used, e := 0, problem(ProblemEmpty, 0, "")
		if v.Input != "" {
			used, e = checkValue("", spec{format: check}, v.Input)
		}
		got := e == nil && used == len(v.Input)
		n.result(t, got == v.Valid, "%s %s %q: got %v (used %d), want %v", v.Src, v.Linter, v.Input, e, used, v.Valid)
		c.tried++
		if got == v.Valid {
			c.passed++
		}
	}
	c.log(t, 3742, map[string]int{"looks the company prefix up at GS1": 10, "no AI has an empty value": 7})
	for _, name := range []string{"csum", "yymmd0", "cset82", "csetnumeric"} {
		if n := named[name]; n == nil || n.tried == 0 {
			t.Errorf("linter %s was not tried", name)
		} else {
			t.Logf("corpus linter %s: %d of %d", name, n.passed, n.tried)
		}
	}
}

// linterFormats holds, for each linter of GS1's syntax dictionary, the format
// that applies it.
var linterFormats = map[string]string{
	"csum": "N..99:csum", "csumalpha": "X..99:pair", "cset39": "Y..99", "cset82": "X..99", "cset64": "Z..99:base64",
	"csetnumeric": "N..99", "hasnondigit": "X..99:letter", "hh": "N2:hour", "hhmi": "N4:time", "hyphen": "X..9:hyphen",
	"iban": "X..99:iban", "importeridx": "X1:importer", "iso3166": "N3:country", "iso3166999": "N3:country999",
	"iso3166alpha2": "X2:alpha2", "iso4217": "N3:currency", "iso5218": "N1:sex", "latitude": "N10:latitude",
	"longitude": "N10:longitude", "mediatype": "N2:media", "mi": "N2:minute", "ss": "N2:minute", "nonzero": "N..99:nonzero",
	"nozeroprefix": "N..99:nolead0", "pcenc": "X..99:percent", "pieceoftotal": "N..99:piece",
	"posinseqslash": "X..99:sequence", "winding": "N1:winding", "yesno": "N1:yesno", "yymmd0": "N6:date0",
	"yymmdd": "N6:date", "yyyymmdd": "N8:date8", "yyyymmd0": "N8:date80", "zero": "N..99:zero", "packagetype": "X..4:package",
	"couponcode": "X..70:coupon", "couponposoffer": "X..70:offer",
}
